// SPDX-License-Identifier: GPL-3.0-or-later
// 1-D k-means in the arithmetic of the reference (deps/_kmeans1d/_core.cpp of coreai-opt): it
// decides ties, and solves the small problems where ties are likely, exactly as the reference does.
#pragma once

#include "core/kernels/kmeans1d_lws.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront::detail {

/// Cost of a run of points and the running mean, in the reference's order of float64 operations.
class ReferenceCost
{
public:
    /// `values` ascending, `weights` positive, equally long; both must outlive the object.
    void reset(std::span<const double> values, std::span<const double> weights);

    std::int32_t size() const { return static_cast<std::int32_t>(m_values.size()); }
    /// Squared error of points first..last (inclusive) around their mean; 0 when first > last.
    double operator()(std::int32_t first, std::int32_t last) const;
    /// Mean of points begin..end−1, accumulated in ascending order.
    double centroid(std::int32_t begin, std::int32_t end) const;
    /// centroid() of every cluster, from their starts.
    std::vector<double> centroids(std::span<const std::int32_t> starts,
                                  const LwsKernels& kernels) const;

private:
    std::span<const double> m_values, m_weights;
    std::vector<double> m_mass, m_moments, m_squares; ///< prefix sums with a leading 0
};

/// Optimal starts of the clusters found by the reference's dynamic program (row minima by matrix
/// search). `clusters` ≤ number of points. Costs O(clusters·n) time and memory.
std::vector<std::int32_t> matrixSearch(const ReferenceCost& cost, std::int32_t clusters);

} // namespace bitfront::detail
