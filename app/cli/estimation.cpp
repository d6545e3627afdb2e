// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/estimation.h"

#include "app/cli/console.h"
#include "core/base/number_text.h"
#include "core/plan/json.h"
#include "core/run/probe.h"

#include <nlohmann/json.hpp>

namespace bitfront::cli {

using nlohmann::json;

Estimation estimate(Experiment& experiment, const std::vector<MetricChoice>& metrics,
                    const SweepPlan& plan, std::optional<int> threads)
{
    Estimation estimation;
    estimation.threads = threadBudget(experiment.model(), threads);
    estimation.probe = probe(experiment, metrics, plan, {});
    estimation.probe.workers = estimation.threads.workers;
    estimation.calibration = readCalibration(timingFile());
    estimation.time = calibrated(estimateTime(plan, estimation.probe), estimation.calibration);
    return estimation;
}

void printMetrics(std::ostream& out, const std::vector<MetricChoice>& metrics, bool asked)
{
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        const MetricChoice& choice = metrics[i];
        out << "Metric   " << choice.output << ": " << name(choice.metric) << ", floor "
            << (choice.metric == Metric::Iou ? fixedText(choice.floor, 2)
                                             : fixedText(choice.floor, 1) + " dB")
            << (i == 0 && metrics.size() > 1 ? " (ranks)" : "") << '\n';
    }
    if (!asked)
        out << "         psnr is the default; choose others with --metric OUTPUT=psnr|snr|iou\n";
}

void printEstimation(std::ostream& out, const SweepPlan& plan, const Estimation& estimation)
{
    out << "Plan     "
        << counted(static_cast<std::int64_t>(plan.configs.size()), "base configuration") << ", "
        << durationText(estimation.time.base) << '\n';
    if (plan.refine)
        out << "         up to " << estimation.time.refinementCount << " refinements, "
            << durationText(estimation.time.refinement) << '\n'
            << "         together " << durationText(estimation.time.total()) << '\n';
    out << "         " << counted(estimation.threads.workers, "worker") << " with "
        << counted(estimation.threads.threadsPerWorker, "thread") << " each; memory about "
        << bytesText(estimation.probe.memoryBytes) << "\n";
    if (estimation.calibration.sweeps > 0)
        out << "         the times rest on "
            << counted(estimation.calibration.sweeps, "earlier sweep") << " on this machine too\n";
}

json estimationJson(const SweepPlan& plan, const Estimation& estimation)
{
    json groups = json::array();
    for (const GroupId group : kGroups)
        if (plan.count(group) > 0)
            groups.push_back({{"group", groupKey(group)}, {"configurations", plan.count(group)}});
    const TimeEstimate& time = estimation.time;
    return {
        {"configurations", plan.configs.size()},
        {"refinements_up_to", plan.maxRefinements()},
        {"groups", groups},
        {"time", {{"base", time.base}, {"refinement", time.refinement}, {"total", time.total()}}},
        {"probe", estimation.probe},
        {"earlier_sweeps", estimation.calibration.sweeps},
        {"workers", estimation.threads.workers},
        {"threads_per_worker", estimation.threads.threadsPerWorker}};
}

} // namespace bitfront::cli
