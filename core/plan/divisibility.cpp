// SPDX-License-Identifier: GPL-3.0-or-later
// Divisibility of layers by block and group sizes.
#include "core/plan/divisibility.h"

#include "core/plan/layer_storage.h"

#include <algorithm>
#include <set>

namespace bitfront {

namespace {

/// What the entries along an axis are called, singular.
std::string axisNoun(const LayerInfo& layer, int axis)
{
    const bool outputs = axis == layer.channelAxis();
    switch (layer.kind) {
    case LayerKind::Conv:
    case LayerKind::ConvTranspose:
        return outputs ? "output channel" : "input channel";
    case LayerKind::Embedding:
        return outputs ? "row" : "embedding dimension";
    case LayerKind::Linear:
    case LayerKind::AttentionInput:
    case LayerKind::Matmul:
    case LayerKind::Recurrent:
        break;
    }
    return outputs ? "output feature" : "input feature";
}

/// Ascending; in time of the root of `number`.
std::vector<std::int64_t> divisorsOf(std::int64_t number)
{
    std::vector<std::int64_t> divisors;
    std::vector<std::int64_t> partners;
    for (std::int64_t small = 1; small <= number / small; ++small) {
        if (number % small != 0)
            continue;
        divisors.push_back(small);
        if (small != number / small)
            partners.push_back(number / small);
    }
    divisors.insert(divisors.end(), partners.rbegin(), partners.rend());
    return divisors;
}

} // namespace

std::int64_t extentAlong(const LayerInfo& layer, int axis)
{
    const auto index = static_cast<std::size_t>(axis);
    return index < layer.shape.size() ? layer.shape[index] : 1;
}

bool divides(const LayerInfo& layer, int axis, std::int64_t size)
{
    return size > 0 && extentAlong(layer, axis) % size == 0;
}

std::string axisText(const LayerInfo& layer, int axis)
{
    const std::int64_t extent = extentAlong(layer, axis);
    return std::to_string(extent) + ' ' + axisNoun(layer, axis) + (extent == 1 ? "" : "s");
}

std::int64_t nearestGroupSize(const LayerInfo& layer, std::int64_t wanted, int bits)
{
    const std::int64_t channels = extentAlong(layer, 0);
    const auto tablesTooBig = [&](std::int64_t size) {
        return channels / size * (std::int64_t {1} << bits) >= layer.elements();
    };
    std::int64_t size = 1;
    for (const std::int64_t divisor : divisorsOf(channels))
        if (divisor <= wanted || tablesTooBig(size))
            size = divisor;
    return size;
}

std::vector<DivisibilityNote> checkDivisibility(const ModelInfo& model,
                                                const std::vector<CompressionConfig>& configs)
{
    std::set<std::int64_t> blockSizes, groupSizes, embeddingGroupSizes;
    for (const CompressionConfig& config : configs) {
        if (const auto* quant = std::get_if<QuantConfig>(&config.spec)) {
            if (quant->granularity == QuantGranularity::PerBlock)
                blockSizes.insert(quant->blockSize);
        } else if (const auto size = std::get<PaletteConfig>(config.spec).groupSize; size > 0) {
            groupSizes.insert(size);
            if (config.palette.embeddings)
                embeddingGroupSizes.insert(size);
        }
    }
    const auto misfits = [](const LayerInfo& layer, int axis, const std::set<std::int64_t>& sizes) {
        std::vector<std::int64_t> found;
        for (const std::int64_t size : sizes)
            if (!divides(layer, axis, size))
                found.push_back(size);
        return found;
    };
    std::vector<DivisibilityNote> notes;
    for (const LayerInfo& layer : model.layers) {
        if (layer.quantizable())
            if (auto sizes = misfits(layer, layer.blockAxis(), blockSizes); !sizes.empty())
                notes.push_back(
                    {layer.name, axisText(layer, layer.blockAxis()), std::move(sizes), {}});
        const std::set<std::int64_t>& ofPalettes =
            layer.palettizable() ? groupSizes : embeddingGroupSizes;
        if (auto sizes = misfits(layer, 0, ofPalettes); !sizes.empty())
            notes.push_back({layer.name, axisText(layer, 0), {}, std::move(sizes)});
    }
    return notes;
}

} // namespace bitfront
