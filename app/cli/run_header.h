// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a run that the command line starts.
#pragma once

#include "app/cli/workload.h"

namespace bitfront::cli {

/// Everything run.json says before the first result; measures the quality of plain fp16. `budget`
/// is part of the command that repeats the run.
RunHeader makeRunHeader(const Workload& workload, const std::vector<MetricChoice>& metrics,
                        const SweepPlan& plan, const ProbeTimes& probe, const std::string& folder,
                        const SweepBudget& budget = {});

} // namespace bitfront::cli
