// SPDX-License-Identifier: GPL-3.0-or-later
// Converts arguments as a file states them to what an operator's schema asks for.
#pragma once

#include "core/engine/torch/exported/compiled_graph.h"

#include <functional>

namespace bitfront::exported {

/// What an operand needs from the graph that it stands in.
struct OperandContext
{
    std::function<int(const std::string&)> slotOf; ///< throws for a value that does not exist yet
    std::function<std::shared_ptr<const CompiledGraph>(const Graph&)> compile;
};

/// `type`: of the schema's argument, `fixedLength` as in "int[2]" where one number stands for two;
/// null without schema.
Operand compileOperand(const Argument& argument, const c10::Type* type, int fixedLength,
                       const OperandContext& context);

/// A number as a tensor that promotes as a number does.
at::Tensor wrappedNumber(const c10::IValue& number);

} // namespace bitfront::exported
