// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep would cost, measured by two probe passes: shared by estimate and run.
#pragma once

#include "app/cli/workload.h"
#include "core/run/timing_memory.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <ostream>

namespace bitfront::cli {

struct Estimation
{
    ProbeTimes probe;
    TimeEstimate time; ///< calibrated
    Calibration calibration;
    ThreadBudget threads;
};

/// Runs the probes: as long as two configurations take. Throws Error.
Estimation estimate(Experiment& experiment, const std::vector<MetricChoice>& metrics,
                    const SweepPlan& plan, std::optional<int> threads);

/// The metrics, aloud: above all those that nobody asked for.
void printMetrics(std::ostream& out, const std::vector<MetricChoice>& metrics, bool asked);
void printEstimation(std::ostream& out, const SweepPlan& plan, const Estimation& estimation);
nlohmann::json estimationJson(const SweepPlan& plan, const Estimation& estimation);

} // namespace bitfront::cli
