// SPDX-License-Identifier: GPL-3.0-or-later
// Counts and names derived from what a model looks like.
#include "core/plan/layer_info.h"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <utility>

namespace bitfront {

namespace {

constexpr std::array<std::pair<LayerKind, std::string_view>, 7> kKinds {
    {{LayerKind::Linear, "linear"},
     {LayerKind::Conv, "conv"},
     {LayerKind::ConvTranspose, "conv_transpose"},
     {LayerKind::Embedding, "embedding"},
     {LayerKind::AttentionInput, "attention_input"},
     {LayerKind::Matmul, "matmul"},
     {LayerKind::Recurrent, "recurrent"}}};

} // namespace

std::string_view name(LayerKind kind)
{
    for (const auto& [entry, text] : kKinds)
        if (entry == kind)
            return text;
    return "unknown";
}

std::optional<LayerKind> layerKindFromName(std::string_view text)
{
    for (const auto& [entry, known] : kKinds)
        if (known == text)
            return entry;
    return std::nullopt;
}

std::int64_t LayerInfo::elements() const
{
    return std::accumulate(shape.begin(), shape.end(), std::int64_t {1}, std::multiplies<> {});
}

std::string LayerInfo::shortType() const
{
    const auto dot = moduleType.rfind('.');
    return dot == std::string::npos ? moduleType : moduleType.substr(dot + 1);
}

std::int64_t ModelInfo::layerElements() const
{
    std::int64_t sum = 0;
    for (const LayerInfo& entry : layers)
        sum += entry.elements();
    return sum;
}

std::int64_t ModelInfo::plainElements() const
{
    std::int64_t sum = 0;
    for (const PlainParameter& entry : plainParameters)
        sum += entry.elements;
    return sum;
}

std::int64_t ModelInfo::parameterCount() const
{
    return layerElements() + plainElements();
}

const LayerInfo* ModelInfo::layer(std::string_view layerName) const
{
    const auto found = std::find_if(layers.begin(), layers.end(), [&](const LayerInfo& entry) {
        return entry.name == layerName;
    });
    return found == layers.end() ? nullptr : &*found;
}

bool isSameModel(const ModelInfo& a, const ModelInfo& b)
{
    return a.sha256 == b.sha256 && a.layerOptions == b.layerOptions;
}

std::string shapeText(const std::vector<std::int64_t>& shape)
{
    if (shape.empty())
        return "scalar";
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : " × ") + std::to_string(extent);
    return text;
}

} // namespace bitfront
