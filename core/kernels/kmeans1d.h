// SPDX-License-Identifier: GPL-3.0-or-later
// Exact weighted 1-D k-means: the palette of a weight tensor. Never approximate: the squared error
// is the smallest possible, and where several partitions reach it the reference's is returned.
#pragma once

#include "core/kernels/kmeans1d_lws.h"
#include "core/kernels/kmeans1d_reference.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront {

/// Instruction sets of the inner loop; both give identical results.
enum class SimdPath
{
    Portable,
    Avx2
};
/// The fastest path this machine can run.
SimdPath bestSimdPath();

/// Work done since construction, for tests and cost models.
struct KmeansStats
{
    std::int64_t problems = 0; ///< solve() calls with 1 < clusters < points
    std::int64_t points = 0; ///< distinct points summed over those calls
    std::int64_t probes = 0; ///< passes over the points for one value of λ
    std::int64_t windowed = 0; ///< problems ended by a dynamic program within windows, at about a
                               ///< pass's cost
    std::int64_t small = 0; ///< problems handed to the reference's own dynamic program

    KmeansStats& operator+=(const KmeansStats& other);
};

/// Solver for one set of points and any number of cluster counts. Not thread-safe: one per thread.
class Kmeans1d
{
public:
    explicit Kmeans1d(SimdPath path = bestSimdPath());

    /// `values` strictly ascending and finite, `weights` positive, equally long, not empty; both
    /// must stay valid until the next call. Values on an integer grid are best passed as `keys` too
    /// (keys[i] ∝ values[i] up to rounding): sums over them are then free of rounding.
    void setPoints(std::span<const double> values, std::span<const double> weights,
                   std::span<const double> keys = {});

    /// First point of each of min(clusters, points) non-empty clusters, ascending, beginning with
    /// 0.
    std::vector<std::int32_t> solve(std::int32_t clusters);

    /// Weighted mean of each cluster, rounded as the reference rounds it.
    std::vector<double> centroids(std::span<const std::int32_t> starts) const;
    /// Weighted squared error of a partition in units of `values`, computed around each mean.
    double cost(std::span<const std::int32_t> starts) const;

    const KmeansStats& stats() const { return m_stats; }

private:
    /// A partition met on the way to the wanted number of clusters, and the λ that gave it.
    struct Bracket
    {
        std::vector<std::int32_t> starts;
        double lambda = 0, cost = 0;

        std::int32_t clusters() const { return static_cast<std::int32_t>(starts.size()); }
    };

    /// Where each start may lie.
    struct Windows
    {
        std::vector<std::int32_t> low, high;

        std::int64_t rows() const;
    };

    std::int32_t points() const { return static_cast<std::int32_t>(m_values.size()); }
    void fillSums(bool fromKeys);
    double firstLambda(std::int32_t clusters) const;
    std::vector<std::int32_t> solveExactly(std::int32_t clusters);
    std::vector<std::int32_t> solveWindowed(const Windows& windows);
    Windows windowsBetween(std::int32_t clusters, const Bracket& more, const Bracket& fewer) const;
    Windows windowsAround(std::span<const std::int32_t> starts) const;
    std::vector<std::int32_t> settled(std::vector<std::int32_t> starts) const;
    std::vector<std::int32_t> referenceChoice(std::vector<std::int32_t> starts);

    std::span<const double> m_values, m_weights, m_keys;
    double m_keyRange = 0; ///< extent of the points in the units of the sums
    bool m_sumsFromKeys = false, m_sumsFilled = false;
    detail::ReferenceCost m_reference;
    detail::LwsState m_state;
    const detail::LwsKernels* m_kernels;
    KmeansStats m_stats;
};

} // namespace bitfront
