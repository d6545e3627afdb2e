// SPDX-License-Identifier: GPL-3.0-or-later
// What can be added to a palette: quantized tables, weights of importance, and the decision whether
// the reference's fast mode does a tensor harm.
#pragma once

#include "core/kernels/palettize.h"
#include "core/kernels/quantize.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront {

/// Quantizes every table with one scale (and zero point) of its own: `tables.lut` is replaced by
/// the values the codes stand for. Indices stay as they are. Throws std::invalid_argument for a
/// dtype other than int8, uint8, float8_e4m3fn, float8_e5m2. coreai-opt `lut_qspec`.
QuantizedWeight quantizeTables(PaletteTables& tables, WeightType type, CodeType dtype,
                               QuantScheme scheme);

/// Weights for clustering from gradients: `squaredGradients` (summed over steps, one per element)
/// is scaled to a largest value of 1, zeros become the smallest other value, nothing is below
/// 1e-12; all ones when there is no gradient at all. coreai-opt sensitivity-weighted k-means.
std::vector<float> sensitivityWeights(std::span<const float> squaredGradients);

/// How much of a palette's error is the rounding to fp16 and 4 decimals before clustering.
struct FastModeReport
{
    double roundingError = 0; ///< Σ (weight − what was clustered)², in units of the weights
    double clusteringError = 0; ///< Σ (what was clustered − table entry)²
    double energy = 0; ///< Σ weight²
    /// The rounding is the larger error, and above 1e-4 (−40 dB) of the energy: cluster the weights
    /// themselves instead (PaletteSpec::fastMode = false).
    bool exactModeBetter = false;
};

/// Judges tables found with `spec` in fast mode. Groups clustered raw add no rounding error.
FastModeReport judgeFastMode(std::span<const float> weights, std::span<const std::int64_t> shape,
                             WeightType type, const PaletteSpec& spec, const PaletteTables& tables);

/// findPalette(), then again without fast mode where judgeFastMode() says so. `spec.fastMode` tells
/// the mode the tables belong to; `report` (may be null) says why.
PaletteTables findPaletteAutomatically(std::span<const float> weights,
                                       std::span<const std::int64_t> shape, WeightType type,
                                       PaletteSpec& spec, FastModeReport* report = nullptr,
                                       const std::stop_token& stop = {});

/// The same for several specs that differ in bits and groupSize only: they share their histograms.
/// Not empty. `stats` (may be null) receives the work done.
std::vector<PaletteTables> findPalettesAutomatically(std::span<const float> weights,
                                                     std::span<const std::int64_t> shape,
                                                     WeightType type, std::span<PaletteSpec> specs,
                                                     const std::stop_token& stop = {},
                                                     PaletteStats* stats = nullptr);

/// A table whose entries are not found by clustering, with the index of every weight.
struct FixedPalette
{
    int bits = 0;
    std::vector<float> lut; ///< 2^bits entries
    std::vector<std::uint8_t> indices;
};

/// Entries evenly spaced from the smallest to the largest weight (coremltools mode "uniform").
/// Where all weights are equal coremltools divides by zero; here every entry is that weight.
FixedPalette uniformPalette(std::span<const float> weights, WeightType type, int bits);

/// The distinct weights themselves, zeros after them (coremltools mode "unique"); bits = 0 takes
/// the fewest of 1, 2, 4, 6, 8 that do. Throws std::invalid_argument when there are too many.
FixedPalette uniquePalette(std::span<const float> weights, int bits = 0);

} // namespace bitfront
