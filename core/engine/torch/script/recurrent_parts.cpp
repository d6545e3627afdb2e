// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/script/recurrent_parts.h"

#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace bitfront {

namespace jit = torch::jit;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kClasses {
    {{"aten::lstm", "LSTM"},
     {"aten::gru", "GRU"},
     {"aten::rnn_tanh", "RNN"},
     {"aten::rnn_relu", "RNN"},
     {"aten::lstm_cell", "LSTMCell"},
     {"aten::gru_cell", "GRUCell"},
     {"aten::rnn_tanh_cell", "RNNCell"},
     {"aten::rnn_relu_cell", "RNNCell"}}};

/// Operators have variants with their arguments at different places.
std::optional<std::size_t> placeOf(const jit::Node* node, std::string_view argument)
{
    const auto* schema = node->maybeSchema();
    if (!schema)
        return {};
    for (std::size_t i = 0; i < schema->arguments().size(); ++i)
        if (schema->arguments()[i].name() == argument && i < node->inputs().size())
            return i;
    return {};
}

std::optional<std::int64_t> numberAt(const jit::Node* node, std::string_view argument)
{
    const auto place = placeOf(node, argument);
    const auto value = place ? jit::toIValue(node->input(*place)) : std::nullopt;
    if (value && value->isInt())
        return value->toInt();
    if (value && value->isBool())
        return value->toBool() ? 1 : 0;
    return {};
}

std::vector<RecurrentPart> partsOfCell(jit::Node* node)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names {
        {{"w_ih", "weight_ih"}, {"w_hh", "weight_hh"}, {"b_ih", "bias_ih"}, {"b_hh", "bias_hh"}}};
    std::vector<RecurrentPart> parts;
    for (const auto& [argument, name] : names)
        if (const auto place = placeOf(node, argument))
            parts.push_back({node, *place, std::string(name), argument.front() == 'w'});
    return parts;
}

/// Per layer and direction: input and hidden weights, their biases, the projection.
std::vector<RecurrentPart> partsOfList(jit::Node* node, std::size_t place)
{
    jit::Node* const list = node->input(place)->node();
    const auto biases = numberAt(node, "has_biases"), layers = numberAt(node, "num_layers"),
               both = numberAt(node, "bidirectional");
    if (list->kind() != c10::prim::ListConstruct || !biases || !layers || !both || *layers < 1)
        return {};
    std::vector<std::string> kinds {"weight_ih", "weight_hh"};
    if (*biases != 0)
        kinds.insert(kinds.end(), {"bias_ih", "bias_hh"});
    const std::size_t directions = *both != 0 ? 2 : 1, count = list->inputs().size();
    const std::size_t cells = count / (kinds.size() + 1);
    if (static_cast<std::uint64_t>(*layers) > count)
        return {};
    const std::size_t wanted = static_cast<std::size_t>(*layers) * directions;
    if (cells == wanted && count == wanted * (kinds.size() + 1))
        kinds.emplace_back("weight_hr");
    if (count != wanted * kinds.size())
        return {};
    std::vector<RecurrentPart> parts;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t cell = i / kinds.size();
        const std::string& kind = kinds[i % kinds.size()];
        parts.push_back({list, i,
                         kind + "_l" + std::to_string(cell / directions)
                             + (cell % directions == 1 ? "_reverse" : ""),
                         kind.front() == 'w'});
    }
    return parts;
}

} // namespace

jit::Value* RecurrentPart::value() const
{
    return user->input(input);
}

std::string recurrentClass(const jit::Node* node)
{
    const std::string_view name = node->kind().toQualString();
    for (const auto& [op, module] : kClasses)
        if (op == name)
            return "torch.nn.modules.rnn." + std::string(module);
    return {};
}

std::vector<RecurrentPart> recurrentParts(jit::Node* node)
{
    if (recurrentClass(node).empty())
        return {};
    const auto place = placeOf(node, "params");
    return place ? partsOfList(node, *place) : partsOfCell(node);
}

} // namespace bitfront
