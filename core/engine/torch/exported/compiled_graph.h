// SPDX-License-Identifier: GPL-3.0-or-later
// A graph ready to run: operators found, arguments converted to what their schemas ask for, values
// in numbered slots. Immutable, shared by all threads; each run has its own values.
#pragma once

#include "core/engine/exported/program.h"
#include "core/engine/torch/exported/number_functions.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bitfront::exported {

struct CompiledGraph;

/// What a value is turned into before an operator sees it.
enum class Wanted
{
    Any,
    Tensor, ///< a number becomes a tensor without axes that takes part in type promotion as one
    Float,
    Bool
};

/// Element type of a list that is put together at run time.
enum class ListType
{
    Any,
    Tensors,
    OptionalTensors,
    Ints,
    Floats,
    Bools
};

struct Operand
{
    enum class Kind
    {
        Constant,
        Slot,
        List,
        Subgraph
    };
    Kind kind = Kind::Constant;
    Wanted wanted = Wanted::Any;
    ListType listType = ListType::Any;
    int slot = -1;
    c10::IValue constant;
    std::vector<Operand> elements;
    std::shared_ptr<const CompiledGraph> graph;
};

/// Operators that call graphs; they exist in Python only.
enum class HigherOrder
{
    None,
    Cond,
    WhileLoop,
    WithGradMode, ///< a region under torch.no_grad() or enable_grad()
    WithAutocast
};

struct CompiledResult
{
    std::vector<int> slots; ///< −1: dropped
    bool isList = false;
};

struct Instruction
{
    std::string name, target; ///< target without "torch.ops."
    std::optional<c10::OperatorHandle> op; ///< else one of the two below
    NumberFunction function = nullptr;
    HigherOrder higherOrder = HigherOrder::None;
    std::vector<Operand> operands; ///< one per argument of the schema
    std::vector<CompiledResult> results;
    std::vector<int> reads, writes; ///< slots, each once
    std::vector<int> mutates; ///< slots whose tensors are written in place
    std::vector<int> shared; ///< slots that results may share memory with
    std::vector<int> lastUses; ///< slots that nobody needs afterwards
    bool random = false; ///< draws random numbers
};

struct CompiledGraph
{
    std::unordered_map<std::string, int> slotOf; ///< by name of the value
    std::vector<int> inputs;
    std::vector<Operand> outputs;
    std::vector<Instruction> instructions;

    int slots() const { return static_cast<int>(slotOf.size()); }
};

/// Finds all operators and converts all arguments. Only operators that compute ("aten") are
/// allowed. Throws Error(UnsupportedModel) that names every target which is missing or refused,
/// Error(BadFormat) for a graph that reads a value before it exists.
std::shared_ptr<const CompiledGraph> compileGraph(const Graph& graph);

/// Slots in an operand, into `slots`.
void collectSlots(const Operand& operand, std::vector<int>& slots);

} // namespace bitfront::exported
