// SPDX-License-Identifier: GPL-3.0-or-later
// The reference's dynamic program over clusters (Grønlund et al. 2017, section 2.2) with totally
// monotone matrix search (Aggarwal et al. 1987); the order of every comparison is the reference's.
#include "core/kernels/kmeans1d_reference.h"

#include <algorithm>
#include <cmath>

namespace bitfront::detail {

void ReferenceCost::reset(std::span<const double> values, std::span<const double> weights)
{
    m_values = values;
    m_weights = weights;
    const std::size_t n = values.size();
    m_mass.resize(n + 1);
    m_moments.resize(n + 1);
    m_squares.resize(n + 1);
    double mass = 0, moment = 0, square = 0;
    m_mass[0] = m_moments[0] = m_squares[0] = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double weighted = weights[i] * values[i];
        m_mass[i + 1] = mass += weights[i];
        m_moments[i + 1] = moment += weighted;
        m_squares[i + 1] = square += weighted * values[i];
    }
}

double ReferenceCost::operator()(std::int32_t first, std::int32_t last) const
{
    if (first > last)
        return 0;
    const auto j = static_cast<std::size_t>(first), i = static_cast<std::size_t>(last) + 1;
    const double mass = m_mass[i] - m_mass[j];
    const double moment = m_moments[i] - m_moments[j];
    const double mean = moment / mass;
    double cost = m_squares[i] - m_squares[j];
    cost += mass * (mean * mean);
    cost -= (2 * mean) * moment;
    return cost;
}

double ReferenceCost::centroid(std::int32_t begin, std::int32_t end) const
{
    const auto start = static_cast<std::size_t>(begin), stop = static_cast<std::size_t>(end);
    double mean = 0;
    for (std::size_t i = start; i < stop; ++i) {
        const double weight = m_mass[i + 1] - m_mass[i];
        mean += (m_values[i] - mean) * weight / (m_mass[i + 1] - m_mass[start]);
    }
    if (std::isfinite(mean))
        return mean;
    // Weights so small that they vanish in the sum over all points: the reference gives NaN here.
    double mass = 0;
    mean = 0;
    for (std::size_t i = start; i < stop; ++i) {
        mass += m_weights[i];
        mean += (m_values[i] - mean) * m_weights[i] / mass;
    }
    return mean;
}

std::vector<double> ReferenceCost::centroids(std::span<const std::int32_t> starts,
                                             const LwsKernels& kernels) const
{
    std::vector<double> means(starts.size());
    kernels.means(m_values.data(), m_mass.data(), size(), starts, means.data());
    for (std::size_t k = 0; k < starts.size(); ++k)
        if (!std::isfinite(means[k]))
            means[k] = centroid(starts[k], k + 1 < starts.size() ? starts[k + 1] : size());
    return means;
}

namespace {

/// Row minima of one layer of the dynamic program.
class LayerSearch
{
public:
    LayerSearch(const ReferenceCost& cost, const std::vector<double>& previous)
        : m_cost(cost)
        , m_previous(previous)
        , m_position(static_cast<std::size_t>(cost.size()))
    {
    }

    /// Total cost when the last cluster of points 0..row starts at `column`.
    double entry(std::int32_t row, std::int32_t column) const
    {
        const std::int32_t before = column == 0 ? row : std::min(row, column - 1);
        return m_previous[static_cast<std::size_t>(before)] + m_cost(column, row);
    }

    void run(std::vector<std::int32_t>& argmins)
    {
        std::vector<std::int32_t> all(static_cast<std::size_t>(m_cost.size()));
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = static_cast<std::int32_t>(i);
        search(all, all, argmins);
    }

private:
    std::vector<std::int32_t> reduce(const std::vector<std::int32_t>& rows,
                                     const std::vector<std::int32_t>& columns) const
    {
        std::vector<std::int32_t> kept;
        kept.reserve(rows.size());
        for (const std::int32_t column : columns) {
            while (!kept.empty()) {
                const std::int32_t row = rows[kept.size() - 1];
                if (entry(row, column) >= entry(row, kept.back()))
                    break;
                kept.pop_back();
            }
            if (kept.size() < rows.size())
                kept.push_back(column);
        }
        return kept;
    }

    void search(const std::vector<std::int32_t>& rows, const std::vector<std::int32_t>& columns,
                std::vector<std::int32_t>& argmins)
    {
        if (rows.empty())
            return;
        const std::vector<std::int32_t> kept = reduce(rows, columns);
        std::vector<std::int32_t> odd;
        odd.reserve(rows.size() / 2);
        for (std::size_t i = 1; i < rows.size(); i += 2)
            odd.push_back(rows[i]);
        search(odd, kept, argmins);
        interpolate(rows, kept, argmins);
    }

    /// Fills the rows between those already known, each from the span its neighbours leave.
    void interpolate(const std::vector<std::int32_t>& rows, const std::vector<std::int32_t>& kept,
                     std::vector<std::int32_t>& argmins)
    {
        for (std::size_t i = 0; i < kept.size(); ++i)
            m_position[static_cast<std::size_t>(kept[i])] = i;
        std::size_t start = 0;
        for (std::size_t r = 0; r < rows.size(); r += 2) {
            std::size_t stop = kept.size() - 1;
            if (r + 1 < rows.size()) {
                const auto next = static_cast<std::size_t>(rows[r + 1]);
                stop = m_position[static_cast<std::size_t>(argmins[next])];
            }
            std::int32_t best = kept[start];
            double lowest = entry(rows[r], best);
            for (std::size_t c = start + 1; c <= stop; ++c) {
                const double value = entry(rows[r], kept[c]);
                if (value < lowest) {
                    lowest = value;
                    best = kept[c];
                }
            }
            argmins[static_cast<std::size_t>(rows[r])] = best;
            start = stop;
        }
    }

    const ReferenceCost& m_cost;
    const std::vector<double>& m_previous;
    std::vector<std::size_t> m_position; ///< of a column among the kept ones
};

} // namespace

std::vector<std::int32_t> matrixSearch(const ReferenceCost& cost, std::int32_t clusters)
{
    const auto n = static_cast<std::size_t>(cost.size());
    const auto k = static_cast<std::size_t>(clusters);
    std::vector<double> previous(n), current(n);
    std::vector<std::vector<std::int32_t>> argmins(k, std::vector<std::int32_t>(n));
    for (std::size_t i = 0; i < n; ++i)
        previous[i] = cost(0, static_cast<std::int32_t>(i));
    for (std::size_t layer = 1; layer < k; ++layer) {
        LayerSearch search(cost, previous);
        search.run(argmins[layer]);
        for (std::size_t i = 0; i < n; ++i)
            current[i] = search.entry(static_cast<std::int32_t>(i), argmins[layer][i]);
        previous.swap(current);
    }
    std::vector<std::int32_t> starts;
    std::size_t row = n - 1;
    for (std::size_t layer = k; layer-- > 0;) {
        starts.push_back(argmins[layer][row]);
        if (starts.back() == 0)
            break;
        row = static_cast<std::size_t>(starts.back()) - 1;
    }
    std::reverse(starts.begin(), starts.end());
    return starts;
}

} // namespace bitfront::detail
