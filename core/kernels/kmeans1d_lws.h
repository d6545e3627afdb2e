// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loop of exact 1-D k-means: for a price λ per cluster, the cheapest partition of all
// points into any number of clusters (a least-weight subsequence problem), in one pass.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront::detail {

/// Points as prefix sums, and what a pass writes. A prefix of j points is called position j.
struct LwsState
{
    std::int32_t points = 0;
    std::vector<double> mass, moments, squares; ///< Σw, Σwx, Σwx² of the first j points
    std::vector<double> price; ///< cheapest cost of the first j points, λ per cluster included
    std::vector<double> reduced; ///< price[j] − squares[j]
    std::vector<double> otherReduced; ///< of the layer before, within windows
    std::vector<std::int32_t> origin; ///< where the last cluster of that partition starts

    void resize(std::int32_t count);
};

/// Where rows find their candidates and leave what they found; all are indexed by position.
struct LwsRows
{
    const double* candidates = nullptr; ///< reduced prices of where a cluster may start
    double* reduced = nullptr;
    double* price = nullptr; ///< may be null
    std::int32_t* origin = nullptr;
};

/// Innermost loops, one set per instruction set. Same operations on every element in the same
/// order, so all sets give identical results.
struct LwsKernels
{
    /// First position in [low, high] that minimises candidates[i] − (Δmoments)²/Δmass up to `end`.
    std::int32_t (*argmin)(const LwsState&, const double* candidates, std::int32_t low,
                           std::int32_t high, std::int32_t end, double& best);
    /// The `count` (4 or 8) positions from `first` on, for candidates [low, high] before them.
    void (*rows)(const LwsState&, const LwsRows&, std::int32_t first, std::int32_t count,
                 std::int32_t low, std::int32_t high, double lambda);
    /// Mean of the values of each cluster, from the starts of all and Σw of the first j points:
    /// accumulated in ascending order, m += (x − m)·w / Σw. Each is a chain of divisions that wait
    /// for one another, so several clusters are worked on at a time.
    void (*means)(const double* values, const double* mass, std::int32_t points,
                  std::span<const std::int32_t> starts, double* means);
};

/// Positions first … first + count − 1 (count = 4, or 8·2^m), whose best starts ascend within
/// [low, high]: halved until the inner loop takes over, so that wide ranges are not scanned for
/// every 8 rows.
void lwsRows(const LwsState& state, const LwsRows& rows, const LwsKernels& kernels,
             std::int32_t first, std::int32_t count, std::int32_t low, std::int32_t high,
             double lambda);

const LwsKernels& portableLwsKernels();
/// Null where this build or machine lacks AVX2.
const LwsKernels* avx2LwsKernels();

/// One pass. Returns the number of clusters of the cheapest partition.
std::int32_t lwsPass(LwsState& state, const LwsKernels& kernels, double lambda);

/// Starts of the clusters that the last pass chose.
std::vector<std::int32_t> lwsStarts(const LwsState& state);

} // namespace bitfront::detail
