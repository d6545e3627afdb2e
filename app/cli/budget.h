// SPDX-License-Identifier: GPL-3.0-or-later
// When a sweep is to end before its plan is done: --max-time, --max-runs, --stop-at.
#pragma once

#include "core/run/sweep_runner.h"

#include <string>

namespace CLI {
class App;
}

namespace bitfront::cli {

struct BudgetOptions
{
    std::string maxTime; ///< "90s", "30m", "2h"; minutes without a letter
    int maxRuns = 0; ///< 0: no limit
    std::string stopAt; ///< "QUALITY,RATIO"
};

void addBudgetOptions(CLI::App& command, BudgetOptions& options);
/// Throws Error(BadArgument).
SweepBudget parseBudget(const BudgetOptions& options);
/// How it ended and what can be done now, one sentence.
std::string budgetText(const SweepEnd& end, const RunContents& run);

} // namespace bitfront::cli
