// SPDX-License-Identifier: GPL-3.0-or-later
// Runs compiled graphs, one instruction at a time.
#pragma once

#include "core/engine/torch/exported/compiled_graph.h"

namespace bitfront::exported {

/// One per slot of a graph; None where nothing was computed or it was let go.
using Values = std::vector<c10::IValue>;

/// Computes the instruction's results. Throws Error(ForwardFailed) that names it.
void execute(const Instruction& instruction, Values& values);

/// An operand as a value.
c10::IValue valueOf(const Operand& operand, const Values& values);

/// Runs a whole graph. `arguments`: one per input.
std::vector<c10::IValue> runGraph(const CompiledGraph& graph,
                                  const std::vector<c10::IValue>& arguments);

} // namespace bitfront::exported
