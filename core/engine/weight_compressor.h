// SPDX-License-Identifier: GPL-3.0-or-later
// One layer's weights as its planned storage would give them back. Joins plan and kernels.
#pragma once

#include "core/engine/palette_cache.h"
#include "core/kernels/quantize.h"
#include "core/plan/layer_storage.h"

#include <span>
#include <stop_token>

namespace bitfront {

/// The kernels' words for a planned storage.
QuantSpec quantSpec(const LayerInfo& layer, const QuantConfig& config);
PaletteSpec paletteSpec(const PaletteConfig& config);

/// Compresses and restores `weights` as `storage` (not Untouched) says; notes in it the error of
/// the weights and how the palette was searched. `out` must not alias `weights`.
void compressWeights(std::size_t layerIndex, const LayerInfo& layer, LayerStorage& storage,
                     PaletteRounding rounding, std::span<const float> weights, std::span<float> out,
                     PaletteCache& cache, const std::stop_token& stop);

/// Whether compressWeights() would wait for tables that another thread is looking for.
bool wouldWait(std::size_t layerIndex, const LayerStorage& storage, PaletteRounding rounding,
               PaletteCache& cache);

/// Tells the cache all tables that the palettizations among `configs` need of a model.
void expectPalettes(PaletteCache& cache, const ModelInfo& model,
                    std::span<const CompressionConfig> configs);

/// Turns a planned storage into "kept at fp16, because …".
void leaveUntouched(LayerStorage& storage, std::string reason);

} // namespace bitfront
