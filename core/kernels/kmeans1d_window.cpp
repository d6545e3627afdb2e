// SPDX-License-Identifier: GPL-3.0-or-later
// Dynamic program over clusters within windows, each layer by divide and conquer.
#include "core/kernels/kmeans1d_window.h"

#include <algorithm>
#include <limits>

namespace bitfront::detail {

namespace {

class WindowProgram
{
public:
    WindowProgram(LwsState& state, const LwsKernels& kernels)
        : m_state(state)
        , m_kernels(kernels)
    {
    }

    /// Cheapest last start for each end in [low, high], starts in [fromLow, fromHigh].
    void layer(std::int32_t low, std::int32_t high, std::int32_t fromLow, std::int32_t fromHigh,
               std::vector<std::int32_t>& origins)
    {
        m_firstEnd = low;
        m_costs.resize(static_cast<std::size_t>(high - low + 1));
        origins.resize(m_costs.size());
        split(low, high, fromLow, fromHigh, origins);
        for (std::int32_t end = low; end <= high; ++end) {
            const auto at = static_cast<std::size_t>(end);
            m_state.reduced[at] =
                m_costs[static_cast<std::size_t>(end - low)] - m_state.squares[at];
        }
    }

private:
    void split(std::int32_t low, std::int32_t high, std::int32_t fromLow, std::int32_t fromHigh,
               std::vector<std::int32_t>& origins)
    {
        if (low > high)
            return;
        const std::int32_t middle = low + (high - low) / 2;
        double best = 0;
        const std::int32_t to = std::max(fromLow, std::min(fromHigh, middle - 1));
        const std::int32_t start = m_kernels.argmin(m_state, fromLow, to, middle, best);
        const auto slot = static_cast<std::size_t>(middle - m_firstEnd);
        m_costs[slot] = best + m_state.squares[static_cast<std::size_t>(middle)];
        origins[slot] = start;
        split(low, middle - 1, fromLow, start, origins);
        split(middle + 1, high, start, fromHigh, origins);
    }

    LwsState& m_state;
    const LwsKernels& m_kernels;
    std::int32_t m_firstEnd = 0;
    std::vector<double> m_costs;
};

} // namespace

std::vector<std::int32_t> solveInWindows(LwsState& state, const LwsKernels& kernels,
                                         std::span<const std::int32_t> low,
                                         std::span<const std::int32_t> high)
{
    const std::size_t clusters = low.size() - 1;
    std::vector<std::vector<std::int32_t>> origins(clusters + 1);
    WindowProgram program(state, kernels);
    state.reduced[0] = 0;
    for (std::size_t k = 1; k <= clusters; ++k)
        program.layer(low[k], high[k], low[k - 1], high[k - 1], origins[k]);
    std::vector<std::int32_t> starts(clusters);
    std::int32_t end = state.points;
    for (std::size_t k = clusters; k > 0; --k)
        starts[k - 1] = end = origins[k][static_cast<std::size_t>(end - low[k])];
    return starts;
}

} // namespace bitfront::detail
