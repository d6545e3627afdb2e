// SPDX-License-Identifier: GPL-3.0-or-later
// Palettization: every weight becomes an index into a small lookup table (LUT) found by exact 1-D
// k-means, one table per tensor or per group of channels (coreai-opt kmeans_fake_palettize.py).
#pragma once

#include "core/base/formats.h"
#include "core/kernels/kmeans1d.h"
#include "core/kernels/weight_error.h"

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace bitfront {

struct PaletteSpec
{
    int bits = 4; ///< 1, 2, 3, 4, 6 or 8
    int axis = 0; ///< axis of the channel groups: 0 or 1
    std::int64_t groupSize = 0; ///< channels per table; 0 = one table per tensor
    bool channelScale = false; ///< divide each slice of axis 0 by its largest magnitude first
    bool fastMode = true; ///< cluster values rounded to fp16 and 4 decimals, as the reference does

    bool operator==(const PaletteSpec&) const = default;
};

/// Lookup tables of one tensor: small, kept and reused while codes are recomputed from them.
struct PaletteTables
{
    std::int64_t groups = 0;
    int entries = 0; ///< 2^bits
    std::vector<float> lut; ///< groups × entries, ascending within a group, padded at the end
    /// groups × (entries − 1): smallest clustered value of entry k+1; +∞ for padding. The index of
    /// a value is the number of boundaries not above it.
    std::vector<float> boundaries;
    std::vector<float> channelScales; ///< shape[0] of them, or empty
    /// One per group: 1 where the weights themselves were clustered (exact mode, or a magnitude
    /// above 65504), 0 where their fp16 (and in fast mode 4-decimal) roundings were. In the former,
    /// entries that equal weights leave unused are 0 and come first, as in the reference.
    std::vector<std::uint8_t> rawGroups;
};

/// Work done by a PaletteEncoder, so that tests can hold it to account.
struct PaletteStats
{
    std::int64_t countedElements = 0; ///< elements that went through a histogram or a sort
    std::int64_t mergedHistograms = 0;
    KmeansStats kmeans;

    PaletteStats& operator+=(const PaletteStats& other);
};

/// A weight prepared for clustering: 2 bytes per element, from which the tables of any bit width
/// and group size follow. Histograms are shared between all specs solved in one call.
class PaletteEncoder
{
public:
    /// Uses axis, channelScale and fastMode of `spec`. `weights` and `sensitivities` (empty, or one
    /// positive weight per element) must outlive the encoder. Throws std::invalid_argument when a
    /// weight is not finite or sizes do not fit.
    PaletteEncoder(std::span<const float> weights, std::span<const std::int64_t> shape,
                   WeightType type, const PaletteSpec& spec,
                   std::span<const float> sensitivities = {});
    ~PaletteEncoder();
    PaletteEncoder(PaletteEncoder&&) noexcept;
    PaletteEncoder& operator=(PaletteEncoder&&) noexcept;

    /// Tables for each spec, in order. The specs may differ in bits and groupSize only. Throws
    /// std::invalid_argument when a groupSize does not divide, Cancelled when stopped.
    std::vector<PaletteTables> solve(std::span<const PaletteSpec> specs,
                                     const std::stop_token& stop = {});

    const PaletteStats& stats() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Finds the tables of one spec. Throws std::invalid_argument when groupSize does not divide or a
/// weight is not finite, Cancelled when stopped (checked per group).
PaletteTables findPalette(std::span<const float> weights, std::span<const std::int64_t> shape,
                          WeightType type, const PaletteSpec& spec,
                          const std::stop_token& stop = {});

/// Replaces every weight by its table entry (times its channel scale). `out` may alias `weights`;
/// `indices` (uint8, same order) may be empty when not wanted. `error` (may be null; then `out`
/// must not alias) receives the error of all values.
void applyPalette(std::span<const float> weights, std::span<const std::int64_t> shape,
                  WeightType type, const PaletteSpec& spec, const PaletteTables& tables,
                  std::span<float> out, std::span<std::uint8_t> indices = {},
                  WeightError* error = nullptr);

} // namespace bitfront
