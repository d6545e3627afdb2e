// SPDX-License-Identifier: GPL-3.0-or-later
// Which instructions a run has to execute when some weights are exchanged and some values of the
// uncompressed program are at hand.
#pragma once

#include "core/engine/torch/exported/alias_groups.h"
#include "core/engine/torch/exported/interpreter.h"

#include <vector>

namespace bitfront::exported {

struct RunPlan
{
    std::vector<bool> execute; ///< by instruction
    std::vector<bool> changed; ///< by instruction: its results depend on an exchanged weight
    std::vector<int> taken; ///< slots whose stored values are used
};

/// `exchanged`: slots of exchanged weights. `wanted`: slots that the caller reads in the end.
/// `stored`: values at hand by slot. Executing the plan gives bit for bit what executing everything
/// gives: memory that is written in place is computed anew as a whole, or not at all.
RunPlan planRun(const CompiledGraph& graph, const AliasGroups& aliases,
                const std::vector<int>& exchanged, const std::vector<int>& wanted,
                const Values& stored);

/// Whether computing the results takes long compared with holding them.
bool isCostly(const Instruction& instruction);

/// Whether any instruction draws random numbers: then every run must execute all of them.
bool drawsRandomNumbers(const CompiledGraph& graph);

} // namespace bitfront::exported
