// SPDX-License-Identifier: GPL-3.0-or-later
// Vector palettization: an index stands for several weights at once, `clusterDim` neighbours along
// axis 0. No exact method is known for this; it is seeded Lloyd with several starts and a
// refinement.
#pragma once

#include "core/kernels/palettize.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace bitfront {

struct VectorPaletteSpec
{
    PaletteSpec base; ///< fastMode is not used: vectors are clustered as they are
    int clusterDim = 2; ///< weights per vector; divides the group's extent along axis 0
    std::uint64_t seed = 1234; ///< equal seeds give equal results
};

struct VectorPalette
{
    std::int64_t groups = 0;
    int entries = 0; ///< 2^bits
    int clusterDim = 0;
    std::vector<float> lut; ///< groups × entries × clusterDim, unused entries repeat the last
    std::vector<std::uint8_t> indices; ///< the weight's shape with axis 0 divided by clusterDim
    std::vector<float> channelScales; ///< shape[0] of them, or empty
    double squaredError = 0; ///< Σ weight·(value − entry)² over all (scaled) vectors
};

/// `sensitivities`: empty, or one positive weight per element; those of a vector are added up.
/// Throws std::invalid_argument when sizes do not divide or a weight is not finite, Cancelled when
/// stopped.
VectorPalette findVectorPalette(std::span<const float> weights, std::span<const std::int64_t> shape,
                                WeightType type, const VectorPaletteSpec& spec,
                                std::span<const float> sensitivities = {},
                                const std::stop_token& stop = {});

/// The weights a vector palette stands for.
void applyVectorPalette(const VectorPalette& palette, std::span<const std::int64_t> shape,
                        WeightType type, const VectorPaletteSpec& spec, std::span<float> out);

} // namespace bitfront
