// SPDX-License-Identifier: GPL-3.0-or-later
// Palettization: every weight becomes an index into a small lookup table (LUT) found by exact 1-D
// k-means, one table per tensor or per group of channels (coreai-opt kmeans_fake_palettize.py).
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/formats.h"

namespace bitfront {

struct PaletteSpec
{
    int bits = 4;               ///< 1, 2, 3, 4, 6 or 8
    int axis = 0;               ///< axis of the channel groups: 0 or 1
    std::int64_t groupSize = 0; ///< channels per table; 0 = one table per tensor
    bool channelScale = false;  ///< divide each slice of axis 0 by its largest magnitude first
    bool fastMode = true;       ///< cluster values rounded to fp16 and 4 decimals, as the reference does

    bool operator==(const PaletteSpec&) const = default;
};

/// Lookup tables of one tensor: small, kept and reused while codes are recomputed from them.
struct PaletteTables
{
    std::int64_t groups = 0;
    int entries = 0;                  ///< 2^bits
    std::vector<float> lut;           ///< groups × entries, ascending within a group, padded at the end
    std::vector<float> boundaries;    ///< groups × (entries − 1): smallest (rounded) value of entry k+1
    std::vector<float> channelScales; ///< shape[0] of them, or empty
};

/// Finds the tables. Throws std::invalid_argument when groupSize does not divide or a weight is not
/// finite, Cancelled when stopped (checked per group).
PaletteTables findPalette(std::span<const float> weights, std::span<const std::int64_t> shape,
                          WeightType type, const PaletteSpec& spec, const std::stop_token& stop = {});

/// Replaces every weight by its table entry (times its channel scale). `out` may alias `weights`;
/// `indices` (uint8, same order) may be empty when not wanted.
void applyPalette(std::span<const float> weights, std::span<const std::int64_t> shape, WeightType type,
                  const PaletteSpec& spec, const PaletteTables& tables, std::span<float> out,
                  std::span<std::uint8_t> indices = {});

} // namespace bitfront
