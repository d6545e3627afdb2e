// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/interpreter.h"

#include "core/engine/torch/exported/autocast_scope.h"
#include "core/engine/torch/exported/operand_compiler.h"
#include "core/engine/torch/torch_errors.h"

#include <stdexcept>

namespace bitfront::exported {

namespace {

using c10::IValue;
using Stack = std::vector<IValue>;

constexpr std::int64_t kMaxLoopRuns = 1'000'000;

[[noreturn]] void malformed(const char* what)
{
    throw std::runtime_error(std::string("the program is malformed: ") + what);
}

std::int64_t toInteger(const IValue& value)
{
    if (value.isTensor())
        return value.toTensor().item().toLong();
    return value.isBool() ? static_cast<std::int64_t>(value.toBool()) : value.toInt();
}

double toReal(const IValue& value)
{
    return value.isDouble() ? value.toDouble() : static_cast<double>(toInteger(value));
}

IValue listOf(const Operand& operand, const Values& values)
{
    switch (operand.listType) {
    case ListType::Tensors: {
        c10::List<at::Tensor> list;
        for (const Operand& element : operand.elements)
            list.push_back(valueOf(element, values).toTensor());
        return list;
    }
    case ListType::OptionalTensors: {
        c10::List<std::optional<at::Tensor>> list;
        for (const Operand& element : operand.elements)
            list.push_back(valueOf(element, values).toOptional<at::Tensor>());
        return list;
    }
    case ListType::Ints: {
        std::vector<std::int64_t> list;
        for (const Operand& element : operand.elements)
            list.push_back(toInteger(valueOf(element, values)));
        return list;
    }
    case ListType::Floats: {
        std::vector<double> list;
        for (const Operand& element : operand.elements)
            list.push_back(toReal(valueOf(element, values)));
        return list;
    }
    case ListType::Bools: {
        c10::List<bool> list;
        for (const Operand& element : operand.elements)
            list.push_back(isTrue(valueOf(element, values)));
        return list;
    }
    case ListType::Any:
        break;
    }
    c10::impl::GenericList list(c10::AnyType::get());
    for (const Operand& element : operand.elements)
        list.push_back(valueOf(element, values));
    return list;
}

/// A list of operands as values of their own, anything else as one.
void appendAll(const Operand& operand, const Values& values, Stack& stack)
{
    if (operand.kind == Operand::Kind::List) {
        for (const Operand& element : operand.elements)
            stack.push_back(valueOf(element, values));
    } else if (operand.kind == Operand::Kind::Constant && operand.constant.isList()) {
        for (const IValue& element : operand.constant.toListRef())
            stack.push_back(element);
    } else {
        stack.push_back(valueOf(operand, values));
    }
}

Stack appended(const Instruction& instruction, std::size_t first, const Values& values)
{
    Stack stack;
    for (std::size_t i = first; i < instruction.operands.size(); ++i)
        appendAll(instruction.operands[i], values, stack);
    return stack;
}

const CompiledGraph& subgraph(const Instruction& instruction, std::size_t index)
{
    if (index >= instruction.operands.size()
        || instruction.operands[index].kind != Operand::Kind::Subgraph)
        malformed("a graph is missing");
    return *instruction.operands[index].graph;
}

std::size_t firstSubgraph(const Instruction& instruction)
{
    std::size_t index = 0;
    while (index < instruction.operands.size()
           && instruction.operands[index].kind != Operand::Kind::Subgraph)
        ++index;
    return index;
}

Stack runWhileLoop(const Instruction& instruction, const Values& values)
{
    const CompiledGraph& condition = subgraph(instruction, 0);
    const CompiledGraph& body = subgraph(instruction, 1);
    if (instruction.operands.size() < 3)
        malformed("a loop has no values");
    Stack carried;
    appendAll(instruction.operands[2], values, carried);
    const Stack constants = appended(instruction, 3, values);
    for (std::int64_t runs = 0;; ++runs) {
        if (runs == kMaxLoopRuns)
            throw std::runtime_error("a loop has run a million times and does not end");
        Stack arguments = carried;
        arguments.insert(arguments.end(), constants.begin(), constants.end());
        if (!isTrue(runGraph(condition, arguments).at(0)))
            return carried;
        carried = runGraph(body, arguments);
    }
}

/// Operands: device, type, enabled, whether to cache, graph, values.
Stack runWithAutocast(const Instruction& instruction, const Values& values)
{
    const std::size_t graph = firstSubgraph(instruction);
    if (graph < 3 || !instruction.operands[0].constant.isString())
        malformed("an autocast region");
    const std::string device = instruction.operands[0].constant.toStringRef();
    const bool onCpu = device == "cpu"; // a region for another device changes nothing here
    const AutocastScope scope(c10::kCPU, onCpu && isTrue(instruction.operands[2].constant),
                              onCpu ? instruction.operands[1].constant : IValue());
    return runGraph(subgraph(instruction, graph), appended(instruction, graph + 1, values));
}

Stack runHigherOrder(const Instruction& instruction, const Values& values)
{
    switch (instruction.higherOrder) {
    case HigherOrder::Cond: {
        const bool taken = isTrue(valueOf(instruction.operands.at(0), values));
        return runGraph(subgraph(instruction, taken ? 1 : 2), appended(instruction, 3, values));
    }
    case HigherOrder::WhileLoop:
        return runWhileLoop(instruction, values);
    case HigherOrder::WithAutocast:
        return runWithAutocast(instruction, values);
    case HigherOrder::WithGradMode: { // gradients are never computed here
        const std::size_t graph = firstSubgraph(instruction);
        return runGraph(subgraph(instruction, graph), appended(instruction, graph + 1, values));
    }
    case HigherOrder::None:
        break;
    }
    malformed("an operator is missing");
}

Stack results(const Instruction& instruction, const Values& values)
{
    if (instruction.higherOrder != HigherOrder::None)
        return runHigherOrder(instruction, values);
    Stack stack;
    stack.reserve(instruction.operands.size());
    for (const Operand& operand : instruction.operands)
        stack.push_back(valueOf(operand, values));
    if (instruction.function != nullptr)
        return {instruction.function(stack)};
    instruction.op->callBoxed(&stack);
    return stack;
}

void store(const CompiledResult& result, const IValue& value, Values& values)
{
    if (!result.isList) {
        if (result.slots.front() >= 0)
            values[static_cast<std::size_t>(result.slots.front())] = value;
        return;
    }
    const auto elements = value.toListRef();
    for (std::size_t i = 0; i < result.slots.size(); ++i)
        if (result.slots[i] >= 0)
            values[static_cast<std::size_t>(result.slots[i])] = elements[i];
}

void storeAll(const Instruction& instruction, Stack stack, Values& values)
{
    const auto& outs = instruction.results;
    // A graph's outputs are written as one list where the node was traced as returning a tuple.
    if (outs.size() == 1 && outs.front().isList
        && (instruction.higherOrder != HigherOrder::None || stack.size() != 1)) {
        if (stack.size() < outs.front().slots.size())
            malformed("a result is missing");
        for (std::size_t i = 0; i < outs.front().slots.size(); ++i)
            store({{outs.front().slots[i]}, false}, stack[i], values);
        return;
    }
    for (std::size_t i = 0; i < outs.size(); ++i) {
        if (i >= stack.size() || (outs[i].isList && !stack[i].isList()))
            malformed("a result is missing");
        if (outs[i].isList && stack[i].toListRef().size() < outs[i].slots.size())
            malformed("a list is too short");
        store(outs[i], stack[i], values);
    }
}

} // namespace

c10::IValue valueOf(const Operand& operand, const Values& values)
{
    switch (operand.kind) {
    case Operand::Kind::Constant:
        return operand.constant;
    case Operand::Kind::List:
        return listOf(operand, values);
    case Operand::Kind::Subgraph:
        malformed("a graph stands where a value should");
    case Operand::Kind::Slot:
        break;
    }
    const IValue& value = values[static_cast<std::size_t>(operand.slot)];
    if (operand.wanted == Wanted::Tensor && (value.isInt() || value.isDouble() || value.isBool()))
        return wrappedNumber(value);
    if (operand.wanted == Wanted::Float && value.isInt())
        return static_cast<double>(value.toInt());
    if (operand.wanted == Wanted::Bool && value.isInt())
        return value.toInt() != 0;
    return value;
}

void execute(const Instruction& instruction, Values& values)
{
    try {
        storeAll(instruction, results(instruction, values), values);
    } catch (...) {
        rethrowAsError({ErrorCode::ForwardFailed,
                        "in “" + instruction.name + "” (" + instruction.target + "):", "", ""});
    }
}

std::vector<c10::IValue> runGraph(const CompiledGraph& graph,
                                  const std::vector<c10::IValue>& arguments)
{
    if (arguments.size() != graph.inputs.size())
        malformed("a graph gets a wrong number of values");
    Values values(static_cast<std::size_t>(graph.slots()));
    for (std::size_t i = 0; i < arguments.size(); ++i)
        values[static_cast<std::size_t>(graph.inputs[i])] = arguments[i];
    for (const Instruction& instruction : graph.instructions) {
        execute(instruction, values);
        for (const int slot : instruction.lastUses)
            values[static_cast<std::size_t>(slot)] = {};
    }
    std::vector<IValue> outputs;
    for (const Operand& output : graph.outputs)
        outputs.push_back(valueOf(output, values));
    return outputs;
}

} // namespace bitfront::exported
