// SPDX-License-Identifier: GPL-3.0-or-later
// Exact weighted 1-D k-means.
#include "core/kernels/kmeans1d.h"

#include <algorithm>
#include <numeric>

namespace bitfront {

SimdPath bestSimdPath()
{
    return SimdPath::Portable;
}

Kmeans1d::Kmeans1d(SimdPath path)
    : m_path(path)
{
}

void Kmeans1d::setPoints(std::span<const double> values, std::span<const double> weights,
                         std::span<const double>)
{
    m_values = values;
    m_weights = weights;
    m_reference.reset(values, weights);
}

std::vector<std::int32_t> Kmeans1d::solve(std::int32_t clusters)
{
    const auto n = static_cast<std::int32_t>(m_values.size());
    if (clusters >= n) {
        std::vector<std::int32_t> starts(m_values.size());
        std::iota(starts.begin(), starts.end(), 0);
        return starts;
    }
    if (clusters <= 1)
        return {0};
    ++m_stats.problems;
    m_stats.points += n;
    ++m_stats.small;
    return detail::matrixSearch(m_reference, clusters);
}

std::vector<double> Kmeans1d::centroids(std::span<const std::int32_t> starts) const
{
    std::vector<double> means;
    means.reserve(starts.size());
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const std::int32_t end = k + 1 < starts.size() ? starts[k + 1] : m_reference.size();
        means.push_back(m_reference.centroid(starts[k], end));
    }
    return means;
}

double Kmeans1d::cost(std::span<const std::int32_t> starts) const
{
    const std::vector<double> means = centroids(starts);
    double total = 0;
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const auto end =
            k + 1 < starts.size() ? static_cast<std::size_t>(starts[k + 1]) : m_values.size();
        for (auto i = static_cast<std::size_t>(starts[k]); i < end; ++i)
            total += m_weights[i] * (m_values[i] - means[k]) * (m_values[i] - means[k]);
    }
    return total;
}

} // namespace bitfront
