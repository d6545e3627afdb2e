// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/weight_compressor.h"

namespace bitfront {

QuantSpec quantSpec(const LayerInfo& layer, const QuantConfig& config)
{
    QuantSpec spec;
    spec.dtype = config.dtype;
    spec.scheme = config.scheme;
    spec.blockShape = layer.shape; // per tensor: one block
    const auto at = [&](int axis) -> std::int64_t& {
        return spec.blockShape.at(static_cast<std::size_t>(axis));
    };
    if (config.granularity == QuantGranularity::PerChannel)
        at(layer.channelAxis()) = 1;
    if (config.granularity == QuantGranularity::PerBlock) {
        // Blocks span the whole kernel, one row of the other of the first two axes.
        at(0) = at(1) = 1;
        at(layer.blockAxis()) = config.blockSize;
    }
    return spec;
}

PaletteSpec paletteSpec(const PaletteConfig& config)
{
    PaletteSpec spec;
    spec.bits = config.bits;
    spec.axis = 0; // the sweep groups along axis 0 for every kind of layer
    spec.groupSize = config.groupSize;
    spec.channelScale = config.channelScale;
    return spec;
}

void compressWeights(std::size_t layerIndex, const LayerInfo& layer, LayerStorage& storage,
                     PaletteRounding rounding, std::span<const float> weights, std::span<float> out,
                     PaletteCache& cache, const std::stop_token& stop)
{
    WeightError error;
    if (storage.kind == StorageKind::Quantized) {
        const QuantSpec spec = quantSpec(layer, std::get<QuantConfig>(storage.spec));
        fakeQuantize(weights, layer.shape, layer.weightType, spec, out, &error);
    } else {
        const PaletteSpec asked = paletteSpec(std::get<PaletteConfig>(storage.spec));
        const auto found = cache.find(layerIndex, weights, layer, asked, rounding, stop);
        storage.exactPalette = found->spec.fastMode != asked.fastMode;
        applyPalette(weights, layer.shape, layer.weightType, found->spec, found->tables, out, {},
                     &error);
    }
    storage.weightErrorDb = error.decibels();
}

bool wouldWait(std::size_t layerIndex, const LayerStorage& storage, PaletteRounding rounding,
               PaletteCache& cache)
{
    const auto* palette = std::get_if<PaletteConfig>(&storage.spec);
    return storage.kind == StorageKind::Palettized && palette != nullptr
        && cache.isBusy(layerIndex, paletteSpec(*palette), rounding);
}

void expectPalettes(PaletteCache& cache, const ModelInfo& model,
                    std::span<const CompressionConfig> configs)
{
    for (const CompressionConfig& config : configs) {
        if (!config.isMixed() && !std::holds_alternative<PaletteConfig>(config.spec))
            continue;
        const std::vector<LayerStorage> plan = planStorage(model, config);
        for (std::size_t i = 0; i < plan.size(); ++i)
            if (plan[i].kind == StorageKind::Palettized)
                cache.expect(i, model.layers[i], paletteSpec(std::get<PaletteConfig>(plan[i].spec)),
                             config.palette.rounding);
    }
}

void leaveUntouched(LayerStorage& storage, std::string reason)
{
    storage.kind = StorageKind::Untouched;
    storage.bitsPerCode = 16;
    storage.bits = {};
    storage.bits.codes = 16 * storage.elements;
    storage.reason = std::move(reason);
}

} // namespace bitfront
