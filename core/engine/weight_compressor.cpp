// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/weight_compressor.h"

#include "core/base/error.h"
#include "core/kernels/palettize_options.h"

#include <algorithm>
#include <chrono>

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

FoundPalette findLayerPalette(std::span<const float> weights, const LayerInfo& layer,
                              PaletteSpec spec, PaletteRounding rounding,
                              const std::stop_token& stop)
{
    PaletteTables tables = rounding == PaletteRounding::Automatic
        ? findPaletteAutomatically(weights, layer.shape, layer.weightType, spec, nullptr, stop)
        : findPalette(weights, layer.shape, layer.weightType, spec, stop);
    return {spec, std::move(tables)};
}

std::shared_ptr<const FoundPalette>
PaletteCache::find(std::size_t layer, std::span<const float> weights, const LayerInfo& info,
                   const PaletteSpec& spec, PaletteRounding rounding, const std::stop_token& stop)
{
    std::shared_ptr<Entry> entry;
    {
        const std::lock_guard lock(m_mutex);
        auto& slot = m_entries[Key {layer, spec.bits, spec.axis, spec.groupSize, spec.channelScale,
                                    spec.fastMode, rounding}];
        if (!slot)
            slot = std::make_shared<Entry>();
        entry = slot;
    }
    std::unique_lock lock(entry->mutex, std::defer_lock);
    while (!lock.try_lock_for(std::chrono::milliseconds(50)))
        if (stop.stop_requested())
            throw Cancelled();
    if (!entry->palette)
        entry->palette = std::make_shared<const FoundPalette>(
            findLayerPalette(weights, info, spec, rounding, stop));
    return entry->palette;
}

void compressWeights(std::size_t layerIndex, const LayerInfo& layer, LayerStorage& storage,
                     PaletteRounding rounding, std::span<const float> weights, std::span<float> out,
                     PaletteCache& cache, const std::stop_token& stop)
{
    if (storage.kind == StorageKind::Quantized) {
        const QuantSpec spec = quantSpec(layer, std::get<QuantConfig>(storage.spec));
        fakeQuantize(weights, layer.shape, layer.weightType, spec, out);
        return;
    }
    const PaletteSpec asked = paletteSpec(std::get<PaletteConfig>(storage.spec));
    const auto found = cache.find(layerIndex, weights, layer, asked, rounding, stop);
    storage.exactPalette = found->spec.fastMode != asked.fastMode;
    applyPalette(weights, layer.shape, layer.weightType, found->spec, found->tables, out);
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
