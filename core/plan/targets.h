// SPDX-License-Identifier: GPL-3.0-or-later
// "The smallest model that is still good enough": which record meets a target best.
#pragma once

#include "core/plan/analysis.h"

#include <optional>
#include <span>
#include <vector>

namespace bitfront {

struct Targets
{
    std::optional<double> quality; ///< at least this good, in the judged output's unit
    std::optional<double> ratio; ///< at least this small
};

struct TargetAnswer
{
    RecordId winner = kNoRecord; ///< kNoRecord: none meets the targets
    int survivors = 0; ///< records that meet both
};

/// Whether one measurement reaches both targets and the floor. `judged` names its quality.
bool reachesTargets(const Measurement& measured, const MetricChoice& judged,
                    const Targets& targets);

/// Among records that meet both targets: the smallest where a quality is asked for, else the best.
/// Failed and below-floor records never count. `considered` (empty: all) says which take part.
TargetAnswer meetTargets(const Analysis& analysis, const Targets& targets,
                         const std::vector<bool>& considered = {});

} // namespace bitfront
