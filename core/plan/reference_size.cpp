// SPDX-License-Identifier: GPL-3.0-or-later
// The reference's size script, reproduced.
#include "core/plan/reference_size.h"

#include <algorithm>
#include <string_view>

namespace bitfront {

namespace {

struct Sum
{
    double bits = 0, codeBits = 0, elements = 0;
};

/// Scopes that the script charges a 16-bit scale for: it forgets that blocks span the kernel, and
/// charges palettes a scale per table that they do not have.
double scaleCount(const LayerStorage& layer)
{
    if (const auto* quant = std::get_if<QuantConfig>(&layer.spec)) {
        if (quant->granularity == QuantGranularity::PerBlock)
            return static_cast<double>(layer.elements / quant->blockSize);
        const int scaleBits = quant->dtype == CodeType::Float4E2M1 ? 8 : 16;
        return static_cast<double>(layer.bits.scales) / scaleBits;
    }
    const auto& palette = std::get<PaletteConfig>(layer.spec);
    return static_cast<double>(layer.bits.tables >> palette.bits) / 16;
}

void addLayer(Sum& sum, const LayerStorage& layer, double owners)
{
    const auto elements = static_cast<double>(layer.elements);
    const double codes = elements * layer.bitsPerCode;
    double bits = codes;
    if (layer.kind != StorageKind::Untouched) {
        const double scales = scaleCount(layer);
        bits += scales * 16;
        if (layer.bits.zeroPoints > 0)
            bits += scales * layer.bitsPerCode;
        bits += static_cast<double>(layer.bits.tables + layer.bits.channelScales);
    }
    sum.bits += bits * owners;
    sum.codeBits += codes * owners;
    sum.elements += elements * owners;
}

bool isNamedWeight(std::string_view parameter)
{
    const auto dot = parameter.rfind('.');
    return (dot == std::string_view::npos ? parameter : parameter.substr(dot + 1)) == "weight";
}

} // namespace

ReferenceSize referenceSize(const ModelInfo& model, const std::vector<LayerStorage>& layers)
{
    Sum sum;
    for (std::size_t i = 0; i < std::min(layers.size(), model.layers.size()); ++i) {
        const LayerInfo& info = model.layers[i];
        if (info.parameter == "weight")
            addLayer(sum, layers[i], 1.0 + static_cast<double>(info.tiedWith.size()));
    }
    for (const PlainParameter& parameter : model.plainParameters) {
        if (!isNamedWeight(parameter.name))
            continue;
        const auto elements = static_cast<double>(parameter.elements);
        sum.bits += elements * 16;
        sum.codeBits += elements * 16;
        sum.elements += elements;
    }
    ReferenceSize size;
    if (sum.elements == 0)
        return size;
    size.averageBits = sum.codeBits / sum.elements;
    size.megabytes = sum.bits / 8 / (1024.0 * 1024.0);
    size.compressionRatio = static_cast<double>(model.fp16Bytes()) * 8 / sum.bits;
    return size;
}

} // namespace bitfront
