// SPDX-License-Identifier: GPL-3.0-or-later
// One layer's weights as its planned storage would give them back. Joins plan and kernels.
#pragma once

#include "core/kernels/palettize.h"
#include "core/kernels/quantize.h"
#include "core/plan/layer_storage.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <tuple>

namespace bitfront {

/// The kernels' words for a planned storage.
QuantSpec quantSpec(const LayerInfo& layer, const QuantConfig& config);
PaletteSpec paletteSpec(const PaletteConfig& config);

/// Tables with the specification they belong to: its fastMode is what was chosen.
struct FoundPalette
{
    PaletteSpec spec;
    PaletteTables tables;
};

/// Finds the tables of one layer: as asked by `spec`, but with Automatic rounding the weights
/// themselves are clustered where fast mode would harm them.
FoundPalette findLayerPalette(std::span<const float> weights, const LayerInfo& layer,
                              PaletteSpec spec, PaletteRounding rounding,
                              const std::stop_token& stop = {});

/// Lookup tables found once and shared by all evaluators of an experiment. Thread-safe: a table
/// that another thread is looking for is waited for, not looked for twice.
class PaletteCache
{
public:
    /// `layer` identifies the weights. Throws what findPalette() throws; a failed or cancelled
    /// search leaves nothing behind.
    std::shared_ptr<const FoundPalette> find(std::size_t layer, std::span<const float> weights,
                                             const LayerInfo& info, const PaletteSpec& spec,
                                             PaletteRounding rounding, const std::stop_token& stop);

private:
    struct Entry
    {
        std::timed_mutex mutex;
        std::shared_ptr<const FoundPalette> palette;
    };
    using Key = std::tuple<std::size_t, int, int, std::int64_t, bool, bool, PaletteRounding>;

    std::mutex m_mutex;
    std::map<Key, std::shared_ptr<Entry>> m_entries;
};

/// Compresses and restores `weights` as `storage` (not Untouched) says, and notes in it how the
/// palette was searched. `out` may alias `weights`.
void compressWeights(std::size_t layerIndex, const LayerInfo& layer, LayerStorage& storage,
                     PaletteRounding rounding, std::span<const float> weights, std::span<float> out,
                     PaletteCache& cache, const std::stop_token& stop);

/// Turns a planned storage into "kept at fp16, because …".
void leaveUntouched(LayerStorage& storage, std::string reason);

} // namespace bitfront
