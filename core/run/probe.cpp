// SPDX-License-Identifier: GPL-3.0-or-later
// Times two configurations before a sweep.
#include "core/run/probe.h"

#include <algorithm>
#include <chrono>

namespace bitfront {
namespace {

/// A first pass this short is mostly warm-up: it is timed again.
constexpr double kWarmUpMs = 250;

CompressionConfig probeConfig(GroupId group, const CompressionSpec& spec, IndivisiblePolicy policy)
{
    CompressionConfig config;
    config.name = canonicalName(spec);
    config.group = group;
    config.spec = spec;
    config.indivisible = policy;
    return config;
}

/// Wall-clock time of one evaluation: the metrics count too, unlike in Measurement::timeMs. One
/// that fails took its time as well, and is for the sweep to report: other configurations can go
/// on.
double timeOnce(Evaluator& evaluator, const CompressionConfig& config, const std::stop_token& stop,
                ProbeTimes& times)
{
    if (stop.stop_requested())
        throw Cancelled();
    const auto start = std::chrono::steady_clock::now();
    try {
        const Measurement measured = evaluator.evaluate(config, stop);
        times.memoryBytes = std::max(times.memoryBytes, measured.peakMemoryBytes);
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception&) {
        if (stop.stop_requested())
            throw Cancelled();
    }
    const auto end = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::milli>(end - start).count();
}

} // namespace

ProbeTimes probe(Experiment& experiment, const std::vector<MetricChoice>& metrics,
                 const SweepPlan& plan, const std::stop_token& stop)
{
    ProbeTimes times;
    times.forwardMs = experiment.forwardMs();
    const bool quantizes = plan.count(GroupId::PerChannel) + plan.count(GroupId::PerBlock) > 0;
    const auto evaluator = experiment.createEvaluator(metrics, 1);
    if (quantizes) {
        const CompressionConfig config =
            probeConfig(GroupId::PerChannel, QuantConfig {}, plan.indivisible);
        times.quantMs = timeOnce(*evaluator, config, stop, times);
        if (times.quantMs < kWarmUpMs)
            times.quantMs = timeOnce(*evaluator, config, stop, times);
    }
    if (plan.count(GroupId::Palette) > 0) {
        // Never timed twice: engines may keep the tables of the first pass.
        const PaletteConfig palette {6, 16, false};
        times.paletteMs = timeOnce(
            *evaluator, probeConfig(GroupId::Palette, palette, plan.indivisible), stop, times);
    }
    return times;
}

} // namespace bitfront
