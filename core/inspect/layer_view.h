// SPDX-License-Identifier: GPL-3.0-or-later
// One layer's weights before and after compression, with the grid or the table they were moved to.
#pragma once

#include "core/engine/engine.h"
#include "core/inspect/value_bins.h"

#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace bitfront {

/// Weights of one part of a layer, counted.
struct LayerHistogram
{
    ValueBins before, after;
    /// Where weights may be moved to, ascending: every step of the quantization grid, or the
    /// entries of the table. Empty where the part has several grids or tables.
    std::vector<double> levels;
};

/// A layer under one configuration. A part is a set of weights that share one scale or one table:
/// a channel, a block, a group of channels, or the whole tensor.
class LayerView
{
public:
    /// Compresses `weights` as `storage` (of a measurement) says. Throws Error where the weights
    /// do not fit the layer, Cancelled when stopped.
    LayerView(LayerInfo layer, LayerStorage storage, PaletteRounding rounding,
              std::vector<float> weights, const std::stop_token& stop = {});

    const LayerInfo& layer() const { return m_layer; }
    const LayerStorage& storage() const { return m_storage; }
    const std::vector<float>& before() const { return m_before; }
    const std::vector<float>& after() const { return m_after; }

    int parts() const { return m_parts; }
    /// "channel 3", "block 17", "channels 8–15"; empty when the layer is one part.
    std::string partName(int part) const;
    /// The part that holds the channel or block of this number, as partName() counts them.
    int partHolding(std::int64_t number) const;
    /// Counts of one part, or of the whole layer (−1). Looks at all its weights: of a large layer
    /// nothing for a thread that answers people.
    LayerHistogram histogram(int part, int bins) const;

private:
    void findParts();
    void compress(PaletteRounding rounding, const std::stop_token& stop);
    std::vector<float> valuesOf(const std::vector<float>& all, int part) const;
    std::vector<double> levelsOf(int part, std::span<const float> after) const;
    std::int64_t channelsPerPart() const;

    LayerInfo m_layer;
    LayerStorage m_storage;
    std::vector<float> m_before, m_after;
    std::vector<std::int64_t> m_partShape; ///< extent of a part along each axis
    int m_parts = 1;
    std::vector<float> m_scales; ///< quantized: per part
    std::vector<std::int32_t> m_zeroPoints; ///< quantized: per part, or empty
};

} // namespace bitfront
