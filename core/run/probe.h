// SPDX-License-Identifier: GPL-3.0-or-later
// Times two configurations before a sweep, so that an estimate can be shown and confirmed.
#pragma once

#include "core/engine/engine.h"
#include "core/plan/sweep_plan.h"

#include <stop_token>
#include <vector>

namespace bitfront {

/// Times the two probe configurations of the estimate (int8 per-channel, 6-bit palette in groups of
/// 16) with one single-threaded evaluator. A family that the plan does not hold is not timed (0
/// ms). The result's `workers` is 1: set it to the workers that the sweep will run. Throws
/// Cancelled, and whatever the evaluation throws.
ProbeTimes probe(Experiment& experiment, const std::vector<MetricChoice>& metrics,
                 const SweepPlan& plan, const std::stop_token& stop);

} // namespace bitfront
