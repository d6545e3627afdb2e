// SPDX-License-Identifier: GPL-3.0-or-later
// Which operator stands behind the target of a node, and what its schema does not say.
#pragma once

#include "core/engine/torch/exported/compiled_graph.h"

#include <optional>
#include <string>

namespace bitfront::exported {

/// "aten.add.Tensor" of "torch.ops.aten.add.Tensor"; other targets as they are.
std::string operatorName(const std::string& target);

/// The kind of "torch.ops.higher_order.cond" and its like.
HigherOrder higherOrderOf(const std::string& target);

/// The operator behind "torch.ops.aten.add.Tensor". Nothing when there is none, or none that may be
/// called: operators outside of "aten" may do anything, and one inside of it opens files.
std::optional<c10::OperatorHandle> findOperator(const std::string& target);

/// Operators that may return their argument itself, although their schema does not say so.
bool mayReturnArgument(const std::string& name);

/// Whether an operator draws random numbers with these arguments: dropout outside of training and
/// attention without dropout do not.
bool drawsRandomNumbers(const Instruction& instruction);

} // namespace bitfront::exported
