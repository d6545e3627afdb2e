// SPDX-License-Identifier: GPL-3.0-or-later
// Exact 1-D k-means when each boundary between clusters is known to lie in a window.
#pragma once

#include "core/kernels/kmeans1d_lws.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace bitfront::detail {

/// Best partition whose boundary k (0 … number of clusters) lies in [low[k], high[k]]; the outer
/// windows are {0} and {points}. Overwrites the pass results in `state`. Returns cluster starts.
std::vector<std::int32_t> solveInWindows(LwsState& state, const LwsKernels& kernels,
                                         std::span<const std::int32_t> low,
                                         std::span<const std::int32_t> high);

/// The same with another cost (cost(first, last), cost.size()) and small windows: start k of a
/// cluster lies in [low[k], high[k]], the first at 0. Leftmost among equals. Tries all pairs of
/// neighbours.
template<typename Cost>
std::vector<std::int32_t> windowSearch(const Cost& cost, std::span<const std::int32_t> low,
                                       std::span<const std::int32_t> high)
{
    // best[k][j − low[k]]: cheapest way to put the points before j into k clusters. The origins of
    // all k lie one after another, those of k from places[k] on.
    const std::size_t k = low.size();
    std::size_t total = 1;
    for (std::size_t c = 1; c < k; ++c)
        total += static_cast<std::size_t>(high[c] - low[c]) + 1;
    std::vector<std::int32_t> origins;
    origins.reserve(total);
    std::vector<std::size_t> places(k + 1);
    std::vector<double> before {0.0}, best;
    for (std::size_t c = 1; c <= k; ++c) {
        const std::int32_t first = c < k ? low[c] : cost.size();
        const std::int32_t last = c < k ? high[c] : cost.size();
        places[c] = origins.size();
        best.clear();
        for (std::int32_t end = first; end <= last; ++end) {
            double lowest = std::numeric_limits<double>::infinity();
            std::int32_t from = low[c - 1];
            for (std::int32_t j = low[c - 1]; j <= std::min(high[c - 1], end - 1); ++j) {
                const double value =
                    before[static_cast<std::size_t>(j - low[c - 1])] + cost(j, end - 1);
                if (value < lowest) {
                    lowest = value;
                    from = j;
                }
            }
            best.push_back(lowest);
            origins.push_back(from);
        }
        before.swap(best);
    }
    std::vector<std::int32_t> starts(k);
    starts[k - 1] = origins[places[k]];
    for (std::size_t c = k - 1; c > 0; --c)
        starts[c - 1] = origins[places[c] + static_cast<std::size_t>(starts[c] - low[c])];
    return starts;
}

} // namespace bitfront::detail
