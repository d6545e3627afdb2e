// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/script/graph_scan.h"

#include "core/engine/torch/layer_collector.h"
#include "core/engine/torch/script/recurrent_parts.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <functional>
#include <optional>
#include <string_view>

namespace bitfront {

namespace jit = torch::jit;

namespace {

/// How an operator takes its weight.
struct OperatorRole
{
    std::string_view name;
    std::size_t weight; ///< index of the input
    std::size_t bias; ///< 0: none
    LayerKind kind;
};

constexpr OperatorRole kRoles[] {{"aten::linear", 1, 2, LayerKind::Linear},
                                 {"aten::conv1d", 1, 2, LayerKind::Conv},
                                 {"aten::conv2d", 1, 2, LayerKind::Conv},
                                 {"aten::conv3d", 1, 2, LayerKind::Conv},
                                 {"aten::_convolution", 1, 2, LayerKind::Conv},
                                 {"aten::convolution", 1, 2, LayerKind::Conv},
                                 {"aten::_convolution_mode", 1, 2, LayerKind::Conv},
                                 {"aten::conv_transpose1d", 1, 2, LayerKind::ConvTranspose},
                                 {"aten::conv_transpose2d", 1, 2, LayerKind::ConvTranspose},
                                 {"aten::conv_transpose3d", 1, 2, LayerKind::ConvTranspose},
                                 {"aten::embedding", 0, 0, LayerKind::Embedding},
                                 {"aten::matmul", 1, 0, LayerKind::Matmul},
                                 {"aten::mm", 1, 0, LayerKind::Matmul},
                                 {"aten::addmm", 2, 0, LayerKind::Matmul}};
constexpr std::size_t kTransposedInput = 6; ///< of aten::_convolution and aten::convolution

/// What an operator is for a weight of its.
struct WeightUse
{
    const jit::Value* weight;
    LayerKind kind;
};

std::optional<OperatorRole> roleOf(const jit::Node* node)
{
    const std::string_view name = node->kind().toQualString();
    for (OperatorRole role : kRoles) {
        if (role.name != name || node->inputs().size() <= role.weight)
            continue;
        if (name == "aten::_convolution" || name == "aten::convolution") {
            const auto transposed = jit::toIValue(node->input(kTransposedInput));
            if (transposed && transposed->isBool() && transposed->toBool())
                role.kind = LayerKind::ConvTranspose;
        }
        return role;
    }
    return {};
}

void collect(jit::Block* block, std::vector<WeightUse>& uses)
{
    for (jit::Node* node : block->nodes()) {
        if (const auto role = roleOf(node))
            uses.push_back({node->input(role->weight), role->kind});
        for (const RecurrentPart& part : recurrentParts(node))
            if (part.isWeight)
                uses.push_back({part.value(), LayerKind::Recurrent});
        for (jit::Block* inner : node->blocks())
            collect(inner, uses);
    }
}

/// Qualified name of the parameter a value was read from: a chain of GetAttr that starts at self.
std::optional<std::string> parameterName(const jit::Value* value, const jit::Value* self)
{
    std::string name;
    while (value != self) {
        const jit::Node* const node = value->node();
        if (node->kind() != c10::prim::GetAttr)
            return {};
        const std::string& attribute = node->s(c10::attr::name);
        name = name.empty() ? attribute : attribute + '.' + name;
        value = node->input();
    }
    return name;
}

/// A weight behind operators that give a part or a copy of it.
struct WeightSource
{
    const jit::Value* value;
    bool transposed = false;
};

bool swapsTwoAxes(const jit::Node* node)
{
    const std::string_view name = node->kind().toQualString();
    if (name == "aten::t" || name == "aten::numpy_T")
        return true;
    const auto axes = node->inputs().size() > 1 ? jit::toIValue(node->input(1)) : std::nullopt;
    if (name == "aten::permute")
        return axes && axes->isIntList() && axes->toIntVector() == std::vector<std::int64_t> {1, 0};
    if (name != "aten::transpose" || node->inputs().size() < 3)
        return false;
    const auto other = jit::toIValue(node->input(2));
    return axes && other && axes->isInt() && other->isInt() && axes->toInt() != other->toInt();
}

WeightSource throughParts(const jit::Value* value)
{
    static const std::set<std::string_view> parts {
        "aten::slice", "aten::narrow", "aten::to",    "aten::contiguous",
        "aten::clone", "aten::detach", "aten::alias", "aten::type_as"};
    WeightSource source {value};
    for (;;) {
        const jit::Node* const node = source.value->node();
        const bool swaps = swapsTwoAxes(node);
        if (!swaps && parts.count(node->kind().toQualString()) == 0)
            return source;
        source.transposed = source.transposed != swaps;
        source.value = node->input(0);
    }
}

/// What an operator is for its weight. A product with a transposed one is what a linear operator
/// does; other operators say nothing about a transposed weight.
std::optional<LayerKind> kindFor(LayerKind kind, bool transposed)
{
    if (!transposed)
        return kind;
    return kind == LayerKind::Matmul ? std::optional(LayerKind::Linear) : std::nullopt;
}

bool isModule(const jit::Value* value)
{
    return value->type()->is_module();
}

/// Notes every attribute chain that ends in a tensor. Anything else done with a module (a call that
/// cannot be inlined) hides what it reads.
void collectReads(const jit::Block* block, const jit::Value* self, WeightUses& uses)
{
    for (const jit::Node* node : block->nodes()) {
        const bool isAccess =
            node->kind() == c10::prim::GetAttr || node->kind() == c10::prim::SetAttr;
        for (const jit::Value* input : node->inputs())
            uses.complete = uses.complete && (isAccess || !isModule(input));
        if (node->kind() == c10::prim::GetAttr)
            if (const auto name = parameterName(node->output(), self))
                uses.read.insert(*name);
        for (const jit::Block* inner : node->blocks())
            collectReads(inner, self, uses);
    }
}

/// The constant tensor behind an input, if it is one.
std::optional<at::Tensor> constantTensor(const jit::Value* value)
{
    if (value->node()->kind() != c10::prim::Constant)
        return {};
    const auto constant = jit::toIValue(value);
    if (!constant || !constant->isTensor() || !constant->toTensor().defined())
        return {};
    return constant->toTensor();
}

/// An operator of a frozen model with its weights, constants of the code, and their biases.
struct ConstantUse
{
    jit::Node* node;
    LayerKind kind;
    std::string moduleType;
    std::vector<RecurrentPart> parts;
};

std::optional<ConstantUse> constantUse(jit::Node* node)
{
    if (auto parts = recurrentParts(node); !parts.empty() && constantTensor(parts.front().value()))
        return ConstantUse {node, LayerKind::Recurrent, recurrentClass(node), std::move(parts)};
    const auto role = roleOf(node);
    if (!role || role->kind == LayerKind::Matmul) // a constant factor may be anything
        return {};
    const auto weight = constantTensor(node->input(role->weight));
    if (!weight)
        return {};
    ConstantUse use {node, role->kind, classFor(role->kind, weight->dim()), {}};
    use.parts.push_back({node, role->weight, "weight", true});
    if (role->bias > 0 && role->bias < node->inputs().size())
        use.parts.push_back({node, role->bias, "bias", false});
    return use;
}

void collectConstants(jit::Block* block, std::vector<ConstantUse>& uses)
{
    for (jit::Node* node : block->nodes()) {
        if (auto use = constantUse(node))
            uses.push_back(std::move(*use));
        for (jit::Block* inner : node->blocks())
            collectConstants(inner, uses);
    }
}

} // namespace

WeightUses findWeightUses(const jit::Module& module)
{
    WeightUses result;
    const std::shared_ptr<jit::Graph> graph = module.get_method("forward").graph()->copy();
    jit::Inline(*graph);
    const jit::Value* const self = graph->inputs().at(0);
    collectReads(graph->block(), self, result);
    std::vector<WeightUse> uses;
    collect(graph->block(), uses);
    for (const WeightUse& use : uses) {
        const WeightSource source = throughParts(use.weight);
        const auto name = parameterName(source.value, self);
        const auto kind = kindFor(use.kind, source.transposed);
        if (!name || !kind)
            continue;
        const auto [entry, added] = result.kinds.emplace(*name, *kind);
        if (!added && entry->second == LayerKind::Embedding)
            entry->second = *kind; // tied: counts by the use that is not an embedding
    }
    return result;
}

std::vector<ThawedParameter> thawFrozen(jit::Module& module)
{
    std::vector<ThawedParameter> thawed;
    std::set<const jit::Value*> done; // uses of tied weights
    const std::shared_ptr<jit::Graph> graph = module.get_method("forward").graph();
    std::vector<ConstantUse> uses;
    collectConstants(graph->block(), uses);
    std::map<std::string, int> counts;
    for (const ConstantUse& use : uses) {
        const std::string operatorName = use.node->kind().toUnqualString();
        const std::string layer = operatorName + '_' + std::to_string(++counts[operatorName]);
        for (const RecurrentPart& part : use.parts) {
            jit::Value* const constant = part.value();
            const auto tensor = constantTensor(constant);
            if (!tensor || done.count(constant) > 0)
                continue;
            ThawedParameter parameter;
            parameter.layer = layer;
            parameter.role = part.name;
            parameter.attribute = "bitfront_" + layer + '_' + parameter.role;
            parameter.moduleType = use.moduleType;
            module.register_parameter(parameter.attribute, *tensor, /*is_buffer=*/false);
            const jit::WithInsertPoint before(*graph->nodes().begin());
            jit::Value* const read =
                graph->insertGetAttr(graph->inputs().at(0), parameter.attribute);
            constant->replaceAllUsesWith(read);
            done.insert(constant);
            thawed.push_back(std::move(parameter));
        }
    }
    return thawed;
}

} // namespace bitfront
