// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/engine/torch/exported/compiled_graph.h"
#include "core/engine/torch/exported/operand_compiler.h"
#include "core/engine/torch/exported/operator_lookup.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace bitfront::exported {

namespace {

void sortUnique(std::vector<int>& slots)
{
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
}

class GraphCompiler
{
public:
    explicit GraphCompiler(std::set<std::string>& missing)
        : m_missing(missing)
        , m_compiled(std::make_shared<CompiledGraph>())
    {
        m_context.slotOf = [this](const std::string& name) { return slotOf(name); };
        m_context.compile = [this](const Graph& graph) {
            return GraphCompiler(m_missing).run(graph);
        };
    }

    std::shared_ptr<const CompiledGraph> run(const Graph& graph)
    {
        for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
            const std::string& name = graph.inputs[i];
            // Constants have no name of their own, but a place.
            m_compiled->inputs.push_back(
                newSlot(name.empty() ? "(constant " + std::to_string(i) + ')' : name));
        }
        for (const Node& node : graph.nodes)
            compileNode(node);
        for (const Argument& output : graph.outputs)
            m_compiled->outputs.push_back(compileOperand(output, nullptr, 0, m_context));
        noteLastUses();
        return m_compiled;
    }

private:
    int newSlot(const std::string& name)
    {
        return m_compiled->slotOf.emplace(name, m_compiled->slots()).first->second;
    }

    int slotOf(const std::string& name) const
    {
        const auto found = m_compiled->slotOf.find(name);
        if (found == m_compiled->slotOf.end())
            throw Error(ErrorCode::BadFormat,
                        "The program in the file is damaged: it uses the value “" + name
                            + "” before it is computed.",
                        "Export and save the model again.");
        return found->second;
    }

    void compileNode(const Node& node)
    {
        Instruction instruction;
        instruction.name = node.name;
        instruction.target = operatorName(node.target);
        instruction.function = numberFunction(node.target);
        instruction.higherOrder = higherOrderOf(node.target);
        if (instruction.function == nullptr && instruction.higherOrder == HigherOrder::None)
            instruction.op = findOperator(node.target);
        if (instruction.op)
            compileArguments(node, instruction);
        else if (instruction.function != nullptr || instruction.higherOrder != HigherOrder::None)
            for (const NamedArgument& input : node.inputs)
                instruction.operands.push_back(compileOperand(input.value, nullptr, 0, m_context));
        else
            m_missing.insert(instruction.target);
        for (const Operand& operand : instruction.operands)
            collectSlots(operand, instruction.reads);
        compileResults(node, instruction);
        noteAliases(instruction);
        instruction.random = instruction.random || drawsRandomNumbers(instruction);
        sortUnique(instruction.reads);
        sortUnique(instruction.writes);
        m_compiled->instructions.push_back(std::move(instruction));
    }

    void compileArguments(const Node& node, Instruction& instruction)
    {
        const auto& arguments = instruction.op->schema().arguments();
        instruction.operands.resize(arguments.size());
        std::vector<bool> given(arguments.size(), false);
        std::size_t position = 0;
        for (const NamedArgument& input : node.inputs) {
            const auto named =
                std::find_if(arguments.begin(), arguments.end(),
                             [&](const c10::Argument& a) { return a.name() == input.name; });
            const std::size_t index = named == arguments.end()
                ? position
                : static_cast<std::size_t>(named - arguments.begin());
            if (index >= arguments.size())
                badArguments(node, "has too many arguments");
            instruction.operands[index] =
                compileOperand(input.value, arguments[index].type().get(),
                               arguments[index].N().value_or(0), m_context);
            given[index] = true;
            position = index + 1;
        }
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            if (given[i])
                continue;
            if (arguments[i].default_value())
                instruction.operands[i].constant = *arguments[i].default_value();
            else if (arguments[i].type()->kind() != c10::TypeKind::OptionalType)
                badArguments(node, "lacks its argument “" + arguments[i].name() + "”");
        }
    }

    [[noreturn]] static void badArguments(const Node& node, const std::string& what)
    {
        throw Error(ErrorCode::BadFormat,
                    "The program in the file is damaged: its operator " + node.target + ' ' + what
                        + '.',
                    "Export it again with a PyTorch that is not newer than this program's.");
    }

    void compileResults(const Node& node, Instruction& instruction)
    {
        for (const Result& result : node.results) {
            CompiledResult compiled {{}, result.isList};
            for (const std::string& name : result.names) {
                compiled.slots.push_back(name.empty() ? -1 : newSlot(name));
                if (!name.empty())
                    instruction.writes.push_back(compiled.slots.back());
            }
            instruction.results.push_back(std::move(compiled));
        }
    }

    static void noteAliases(Instruction& instruction)
    {
        if (!instruction.op) {
            noteSubgraphs(instruction);
            return;
        }
        const auto& schema = instruction.op->schema();
        const bool unsaid = mayReturnArgument(schema.name());
        for (std::size_t i = 0; i < schema.arguments().size(); ++i) {
            const c10::AliasInfo* const alias = schema.arguments()[i].alias_info();
            if (alias == nullptr && !unsaid)
                continue;
            collectSlots(instruction.operands[i], instruction.shared);
            if (alias != nullptr && alias->isWrite())
                collectSlots(instruction.operands[i], instruction.mutates);
        }
    }

    /// A subgraph may return what it was given, and write into it.
    static void noteSubgraphs(Instruction& instruction)
    {
        instruction.shared = instruction.reads;
        for (const Operand& operand : instruction.operands) {
            if (operand.kind != Operand::Kind::Subgraph)
                continue;
            for (const Instruction& inner : operand.graph->instructions) {
                if (!inner.mutates.empty())
                    instruction.mutates = instruction.reads;
                instruction.random = instruction.random || inner.random;
            }
        }
    }

    /// Values that are neither inputs nor outputs are let go after their last use.
    void noteLastUses()
    {
        const int count = m_compiled->slots();
        std::vector<bool> kept(static_cast<std::size_t>(count), false);
        for (const int slot : m_compiled->inputs)
            kept[static_cast<std::size_t>(slot)] = true;
        std::vector<int> outputs;
        for (const Operand& output : m_compiled->outputs)
            collectSlots(output, outputs);
        for (const int slot : outputs)
            kept[static_cast<std::size_t>(slot)] = true;
        auto& instructions = m_compiled->instructions;
        for (auto instruction = instructions.rbegin(); instruction != instructions.rend();
             ++instruction)
            for (const auto* list : {&instruction->reads, &instruction->writes})
                for (const int slot : *list) {
                    if (kept[static_cast<std::size_t>(slot)])
                        continue;
                    kept[static_cast<std::size_t>(slot)] = true;
                    instruction->lastUses.push_back(slot);
                }
    }

    std::set<std::string>& m_missing;
    std::shared_ptr<CompiledGraph> m_compiled;
    OperandContext m_context;
};

[[noreturn]] void refuseOperators(const std::set<std::string>& missing)
{
    constexpr std::size_t shown = 6;
    std::string names;
    std::size_t count = 0;
    for (const std::string& name : missing)
        if (++count <= shown)
            names += (names.empty() ? "" : ", ") + name;
    if (count > shown)
        names += " and " + std::to_string(count - shown) + " more";
    throw Error(ErrorCode::UnsupportedModel,
                (count == 1 ? "The program uses an operator that cannot run here: "
                            : "The program uses operators that cannot run here: ")
                    + names + '.',
                "Only PyTorch's own operators (aten) can be run; export the model without custom "
                "or Python-only ones, or save it as TorchScript.");
}

} // namespace

void collectSlots(const Operand& operand, std::vector<int>& slots)
{
    if (operand.kind == Operand::Kind::Slot)
        slots.push_back(operand.slot);
    for (const Operand& element : operand.elements)
        collectSlots(element, slots);
}

std::shared_ptr<const CompiledGraph> compileGraph(const Graph& graph)
{
    std::set<std::string> missing;
    auto compiled = GraphCompiler(missing).run(graph);
    if (!missing.empty())
        refuseOperators(missing);
    return compiled;
}

} // namespace bitfront::exported
