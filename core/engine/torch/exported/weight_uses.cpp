// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/weight_uses.h"

#include <set>

namespace bitfront::exported {

namespace {

/// A value that is a weight, or a part of it.
struct Origin
{
    int slot; ///< of the weight in the outermost graph
    bool transposed = false;
};
using Origins = std::map<int, Origin>;

bool isPart(const std::string& name)
{
    static const std::set<std::string> names {
        "aten::slice", "aten::narrow", "aten::to",    "aten::_to_copy", "aten::contiguous",
        "aten::clone", "aten::detach", "aten::alias", "aten::type_as",  "aten::lift_fresh_copy"};
    return names.count(name) > 0;
}

bool swapsTwoAxes(const Instruction& instruction)
{
    const std::string& name = instruction.op->schema().name();
    if (name == "aten::t")
        return true;
    if (name == "aten::transpose") {
        const auto& a = instruction.operands.at(1).constant;
        const auto& b = instruction.operands.at(2).constant;
        return a.isInt() && b.isInt() && a.toInt() != b.toInt();
    }
    return name == "aten::permute" && instruction.operands.at(1).constant.isIntList()
        && instruction.operands.at(1).constant.toIntVector() == std::vector<std::int64_t> {1, 0};
}

bool isTransposedConvolution(const Instruction& instruction)
{
    const auto& arguments = instruction.op->schema().arguments();
    for (std::size_t i = 0; i < arguments.size(); ++i)
        if (arguments[i].name() == "transposed")
            return instruction.operands[i].constant.isBool()
                && instruction.operands[i].constant.toBool();
    return false;
}

/// Whether an operator's argument of this name holds weights of a recurrent layer; biases are among
/// them.
bool isRecurrent(const std::string& name, const std::string& argument)
{
    static const std::set<std::string> layers {"aten::lstm", "aten::gru", "aten::rnn_tanh",
                                               "aten::rnn_relu"};
    static const std::set<std::string> cells {"aten::lstm_cell", "aten::gru_cell",
                                              "aten::rnn_tanh_cell", "aten::rnn_relu_cell"};
    if (layers.count(name) > 0)
        return argument == "params";
    if (cells.count(name) > 0)
        return argument == "w_ih" || argument == "w_hh";
    return name == "aten::mkldnn_rnn_layer" && argument.rfind("weight", 0) == 0;
}

/// Kind of layer that an operator is, when the argument of this name is its weight.
std::optional<LayerKind> roleOf(const Instruction& instruction, const std::string& argument,
                                bool transposed)
{
    const std::string& name = instruction.op->schema().name();
    const bool isRightFactor = (argument == "mat2" && (name == "aten::mm" || name == "aten::addmm"))
        || (argument == "other" && name == "aten::matmul");
    if (isRightFactor) // with a transposed weight it does what a linear operator does
        return transposed ? LayerKind::Linear : LayerKind::Matmul;
    if (transposed)
        return {};
    if (isRecurrent(name, argument))
        return LayerKind::Recurrent;
    if (argument != "weight")
        return {};
    if (name == "aten::linear")
        return LayerKind::Linear;
    if (name == "aten::embedding")
        return LayerKind::Embedding;
    if (name.rfind("aten::conv_transpose", 0) == 0)
        return LayerKind::ConvTranspose;
    if (name.rfind("aten::conv", 0) == 0 || name.rfind("aten::_convolution", 0) == 0)
        return isTransposedConvolution(instruction) ? LayerKind::ConvTranspose : LayerKind::Conv;
    return {};
}

class UseFinder
{
public:
    std::map<int, WeightUse> uses;

    void visit(const CompiledGraph& graph, Origins origins)
    {
        for (const Instruction& instruction : graph.instructions)
            visit(instruction, origins);
        std::vector<int> outputs;
        for (const Operand& output : graph.outputs)
            collectSlots(output, outputs);
        for (const int slot : outputs)
            if (const auto found = origins.find(slot); found != origins.end())
                uses[found->second.slot].used = true;
    }

private:
    void visit(const Instruction& instruction, Origins& origins)
    {
        if (!instruction.op) {
            visitSubgraphs(instruction, origins);
            return;
        }
        const auto& arguments = instruction.op->schema().arguments();
        for (std::size_t i = 0; i < instruction.operands.size(); ++i) {
            std::vector<int> slots;
            collectSlots(instruction.operands[i], slots);
            for (const int slot : slots)
                if (const auto found = origins.find(slot); found != origins.end())
                    note(instruction, arguments[i].name(), i == 0, found->second, origins);
        }
    }

    void note(const Instruction& instruction, const std::string& argument, bool isFirst,
              const Origin origin, Origins& origins)
    {
        const bool swaps = isFirst && swapsTwoAxes(instruction);
        if ((isFirst && isPart(instruction.op->schema().name())) || swaps) {
            for (const int slot : instruction.writes)
                origins.insert_or_assign(slot, Origin {origin.slot, origin.transposed != swaps});
            return;
        }
        WeightUse& use = uses[origin.slot];
        use.used = true;
        const auto kind = roleOf(instruction, argument, origin.transposed);
        if (kind && (!use.kind || *use.kind == LayerKind::Embedding))
            use.kind = kind;
    }

    /// The values that a node hands to its graphs stand behind them, in the order of their inputs.
    void visitSubgraphs(const Instruction& instruction, const Origins& origins)
    {
        std::vector<int> handed;
        bool sawGraph = false;
        for (const Operand& operand : instruction.operands) {
            sawGraph = sawGraph || operand.kind == Operand::Kind::Subgraph;
            if (!sawGraph || operand.kind == Operand::Kind::Subgraph)
                continue;
            if (operand.kind == Operand::Kind::List)
                for (const Operand& element : operand.elements)
                    handed.push_back(element.kind == Operand::Kind::Slot ? element.slot : -1);
            else if (operand.kind == Operand::Kind::Slot)
                handed.push_back(operand.slot);
        }
        for (const Operand& operand : instruction.operands) {
            if (operand.kind != Operand::Kind::Subgraph)
                continue;
            Origins inner;
            for (std::size_t i = 0; i < std::min(handed.size(), operand.graph->inputs.size()); ++i)
                if (const auto found = origins.find(handed[i]); found != origins.end())
                    inner.emplace(operand.graph->inputs[i], found->second);
            visit(*operand.graph, std::move(inner));
        }
    }
};

} // namespace

std::map<int, WeightUse> findUses(const CompiledGraph& graph, const std::vector<int>& slots)
{
    Origins origins;
    UseFinder finder;
    for (const int slot : slots) {
        origins.emplace(slot, Origin {slot});
        finder.uses.emplace(slot, WeightUse {});
    }
    finder.visit(graph, std::move(origins));
    return finder.uses;
}

} // namespace bitfront::exported
