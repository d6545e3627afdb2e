// SPDX-License-Identifier: GPL-3.0-or-later
// Magnitude pruning: which weights stay. Unstructured and channel pruning follow coreai-opt, block
// and n:m pruning coremltools. A NaN counts as the largest magnitude.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront {

enum class PruneScheme
{
    Unstructured, ///< the n − ⌊n·sparsity⌋ largest |w| stay
    Channel, ///< the ⌊C·sparsity⌋ slices of `axis` with the smallest Σ|w| go
    Block, ///< columns of `blockSize` along axis 0, by L2 norm, see pruneMask()
    NOfM ///< of each `groupSize` consecutive entries along `axis`, `dropped` go
};

struct PruneSpec
{
    PruneScheme scheme = PruneScheme::Unstructured;
    double sparsity = 0.5; ///< share to remove; <= 0 removes nothing, >= 1 all. Not for NOfM
    int axis = 0; ///< Channel and NOfM; negative counts from the end
    std::int64_t blockSize = 1; ///< Block
    std::int64_t dropped = 2; ///< NOfM: n
    std::int64_t groupSize = 4; ///< NOfM: m
};

/// 1 for every weight that stays, 0 for every one that goes, in the weight's order.
///
/// Ties: Unstructured, Channel and NOfM keep exactly the stated number, of equal magnitudes the
/// ones that come first in memory (the reference leaves the order open). Block keeps
/// ⌈blocks·(1−sparsity)⌉ blocks and every other one as strong as the weakest of them, so it may
/// keep more. The last block or group of an extent that does not divide is padded with zeros, which
/// are dropped first. Throws std::invalid_argument for an axis out of range, sizes below 1, or n
/// above m.
std::vector<std::uint8_t> pruneMask(std::span<const float> weights,
                                    std::span<const std::int64_t> shape, const PruneSpec& spec);

/// Multiplies by the mask, as the reference does (a dropped infinity or NaN becomes NaN). `out` may
/// alias `weights`. Throws std::invalid_argument when lengths differ.
void applyMask(std::span<const float> weights, std::span<const std::uint8_t> mask,
               std::span<float> out);

} // namespace bitfront
