// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loop of exact 1-D k-means: for a price λ per cluster, the cheapest partition of all
// points into any number of clusters (a least-weight subsequence problem), in one pass.
#pragma once

#include <cstdint>
#include <vector>

namespace bitfront::detail {

/// Points as prefix sums, and what a pass writes. A prefix of j points is called position j.
struct LwsState
{
    std::int32_t points = 0;
    std::vector<double> mass, moments, squares; ///< Σw, Σwx, Σwx² of the first j points
    std::vector<double> price; ///< cheapest cost of the first j points, λ per cluster included
    std::vector<double> reduced; ///< price[j] − squares[j]
    std::vector<std::int32_t> origin; ///< where the last cluster of that partition starts

    void resize(std::int32_t count);
};

/// Innermost loops, one set per instruction set. Same operations on every element in the same
/// order, so all sets give identical results.
struct LwsKernels
{
    /// First position in [low, high] that minimises reduced[i] − (Δmoments)²/Δmass up to `end`.
    std::int32_t (*argmin)(const LwsState&, std::int32_t low, std::int32_t high, std::int32_t end,
                           double& best);
    /// price, reduced and origin of `count` (4 or 8) positions from `first` on, candidates [low,
    /// high].
    void (*rows)(LwsState&, std::int32_t first, std::int32_t count, std::int32_t low,
                 std::int32_t high, double lambda);
};

const LwsKernels& portableLwsKernels();
/// Null where this build or machine lacks AVX2.
const LwsKernels* avx2LwsKernels();

/// One pass. Returns the number of clusters of the cheapest partition.
std::int32_t lwsPass(LwsState& state, const LwsKernels& kernels, double lambda);

/// Starts of the clusters that the last pass chose.
std::vector<std::int32_t> lwsStarts(const LwsState& state);

} // namespace bitfront::detail
