// SPDX-License-Identifier: GPL-3.0-or-later
// How long a sweep takes: two probe passes scaled to what it holds, later its own timings.
#include "core/plan/sweep_plan.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bitfront {

namespace {

constexpr double kLow = 0.8,
                 kHigh = 1.4; // around the median, until timings of the run itself are in

/// Time of compression in a probe pass. Never negative: probes jitter.
double aboveForward(double passMs, const ProbeTimes& probe)
{
    return std::max(0.0, passMs - probe.forwardMs);
}

/// What palettes cost above the forward pass, as multiples of finding 6-bit tables in groups of 16
/// alone: measured on the encoder of docs/performance.md.
struct PaletteCost
{
    static constexpr double kAssignment = 0.1; ///< looking all weights up in tables that are known
    static constexpr double kProbe = 1 + kAssignment;
    static constexpr double kTogether = 0.76; ///< tables of one layer found with their relatives

    static double search(const PaletteConfig& palette)
    {
        if (palette.groupSize == 0)
            return palette.channelScale ? 0.4 : 0.3;
        const double groups = palette.groupSize < 8 ? 2.2 : palette.groupSize < 16 ? 1.5 : 1.0;
        return groups * (palette.bits < 6 ? 0.72 : 1) * (palette.channelScale ? 1.4 : 1);
    }
};

/// Time of one configuration, from the probe of its family: int8 per-channel for quantization of
/// any granularity, 6 bits in groups of 16 for palettes.
/// `share`: of the cost of a search, for those that share it.
double configMs(const CompressionConfig& config, const ProbeTimes& probe, double share = 1)
{
    const auto* palette = std::get_if<PaletteConfig>(&config.spec);
    if (!palette)
        return probe.quantMs;
    const double factor =
        (PaletteCost::search(*palette) * share + PaletteCost::kAssignment) / PaletteCost::kProbe;
    const double rest = std::min(probe.forwardMs, probe.paletteMs);
    return rest + aboveForward(probe.paletteMs, probe) * factor;
}

/// A refinement repeats its seed. Palettes find the seed's tables again instead of searching
/// (Experiment::createEvaluator), what is left is to apply them.
double refinementMs(const CompressionConfig& seed, const ProbeTimes& probe)
{
    if (seed.group != GroupId::Palette)
        return configMs(seed, probe);
    const double rest = std::min(probe.forwardMs, probe.paletteMs);
    return rest
        + aboveForward(probe.paletteMs, probe) * PaletteCost::kAssignment / PaletteCost::kProbe;
}

/// Mean over the configurations that may become seeds.
double meanRefinementMs(const SweepPlan& plan, GroupId group, const ProbeTimes& probe)
{
    double sum = 0;
    int count = 0;
    for (const CompressionConfig& config : plan.configs)
        if (config.group == group) {
            sum += refinementMs(config, probe);
            ++count;
        }
    return count == 0 ? 0 : sum / count;
}

TimeRange rangeAround(double ms, double low, double high)
{
    return {ms * low, ms * high};
}

/// Workers share the jobs, but no faster than one job after the other on a single worker.
double sharedMs(double sumMs, int jobs, int workers)
{
    return sumMs / std::max(1, std::min(workers, jobs));
}

/// Both ends rounded to `step` units, never below one step; "about 3 min" where they meet.
std::string inUnits(const TimeRange& range, double unitMs, double step, const std::string& unit)
{
    const auto rounded = [&](double ms) {
        return std::max(step, std::round(ms / unitMs / step) * step);
    };
    const auto number = [](double value) {
        const auto tenths = static_cast<long long>(std::llround(value * 10));
        std::string text = std::to_string(tenths / 10);
        return tenths % 10 == 0 ? text : text + '.' + std::to_string(tenths % 10);
    };
    const double low = rounded(std::min(range.lowMs, range.highMs)), high = rounded(range.highMs);
    if (low == high)
        return "about " + number(high) + ' ' + unit;
    return number(low) + "–" + number(high) + ' ' + unit;
}

} // namespace

TimeRange& TimeRange::operator+=(const TimeRange& other)
{
    lowMs += other.lowMs;
    highMs += other.highMs;
    return *this;
}

TimeRange TimeEstimate::total() const
{
    TimeRange sum = base;
    sum += refinement;
    return sum;
}

TimeEstimate estimateTime(const SweepPlan& plan, const ProbeTimes& probe)
{
    TimeEstimate estimate;
    estimate.baseCount = static_cast<int>(plan.configs.size());
    estimate.refinementCount = plan.maxRefinements();
    double base = 0, refinement = 0;
    const double share = plan.count(GroupId::Palette) > 2 ? PaletteCost::kTogether : 1;
    for (const CompressionConfig& config : plan.configs)
        base += configMs(config, probe, share);
    for (const GroupId group : kGroups)
        refinement += plan.maxRefinements(group) * meanRefinementMs(plan, group, probe);
    estimate.base = rangeAround(sharedMs(base, estimate.baseCount, probe.workers), kLow, kHigh);
    estimate.refinement =
        rangeAround(sharedMs(refinement, estimate.refinementCount, probe.workers), kLow, kHigh);
    return estimate;
}

double predictedMs(const ProbeTimes& probe, std::span<const ResultRecord> records)
{
    double sum = 0;
    for (const ResultRecord& record : records) {
        CompressionConfig seed = record.config;
        seed.seed.clear();
        sum += record.config.isRefinement() ? refinementMs(seed, probe) : configMs(seed, probe);
    }
    return sharedMs(sum, static_cast<int>(records.size()), probe.workers);
}

TimeRange estimateRemaining(const ProbeTimes& probe, std::span<const ResultRecord> finished,
                            std::span<const GroupId> pending)
{
    constexpr int kEnough = 3; // timings of a group before it is trusted instead of the probe
    struct Seen
    {
        double sumMs = 0, probeMs = 0;
        int count = 0;
    };
    std::vector<Seen> groups(std::size(kGroups));
    Seen all;
    for (const ResultRecord& record : finished) {
        const Measurement* measured = record.measurement();
        if (!measured)
            continue;
        Seen& seen = groups[static_cast<std::size_t>(record.config.group)];
        for (Seen* entry : {&seen, &all}) {
            entry->sumMs += measured->timeMs;
            entry->probeMs += configMs(record.config, probe, PaletteCost::kTogether);
            ++entry->count;
        }
    }
    // How far off the probes are on this machine under this load, for groups not seen yet.
    const double correction = all.count > 0 && all.probeMs > 0 ? all.sumMs / all.probeMs : 1;
    TimeRange range;
    for (const GroupId group : pending) {
        const Seen& seen = groups[static_cast<std::size_t>(group)];
        const double probeMs = group == GroupId::Palette ? probe.paletteMs : probe.quantMs;
        if (seen.count >= kEnough)
            range += rangeAround(seen.sumMs / seen.count, 0.85, 1.2);
        else
            range += rangeAround(probeMs * correction, kLow, kHigh);
    }
    const int workers = std::max(1, std::min(probe.workers, static_cast<int>(pending.size())));
    return {range.lowMs / workers, range.highMs / workers};
}

std::string durationText(const TimeRange& range)
{
    constexpr double kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
    if (range.highMs < kSecond)
        return "under 1 s";
    if (range.highMs < 10 * kSecond)
        return inUnits(range, kSecond, 1, "s");
    if (range.highMs < 90 * kSecond)
        return inUnits(range, kSecond, 5, "s");
    if (range.highMs < 90 * kMinute)
        return inUnits(range, kMinute, range.highMs < 30 * kMinute ? 1 : 5, "min");
    return inUnits(range, kHour, range.highMs < 10 * kHour ? 0.5 : 1, "h");
}

} // namespace bitfront
