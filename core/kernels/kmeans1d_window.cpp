// SPDX-License-Identifier: GPL-3.0-or-later
// Dynamic program over clusters within windows, each layer in blocks of rows as a pass has them.
#include "core/kernels/kmeans1d_window.h"

#include <algorithm>

namespace bitfront::detail {

namespace {

/// For each end in [low, high] the cheapest last start in [fromLow, fromHigh].
void solveLayer(const LwsState& state, const LwsRows& rows, const LwsKernels& kernels,
                std::int32_t low, std::int32_t high, std::int32_t fromLow, std::int32_t fromHigh)
{
    std::int32_t from = fromLow;
    for (std::int32_t j = low; j <= high;) {
        for (const std::int32_t size : {512, 64, 8, 1}) {
            if (size > 8 && (j + size - 1 > high || fromHigh - from < size))
                continue;
            if (j + size - 1 > state.points)
                continue;
            // Eight rows may reach beyond the window: what they leave there is never looked at.
            const std::int32_t last = std::min(j + size - 1, high);
            double best = 0;
            const std::int32_t to = std::max(from, std::min(fromHigh, last - 1));
            const std::int32_t start = kernels.argmin(state, rows.candidates, from, to, last, best);
            if (size > 1 && start >= j)
                continue; // the starts of a block must lie before it
            if (size == 1) {
                rows.origin[j] = start;
                rows.reduced[j] = best;
            } else {
                lwsRows(state, rows, kernels, j, size, from, start, 0);
            }
            from = start;
            j = last + 1;
            break;
        }
    }
}

} // namespace

std::vector<std::int32_t> solveInWindows(LwsState& state, const LwsKernels& kernels,
                                         std::span<const std::int32_t> low,
                                         std::span<const std::int32_t> high)
{
    const std::size_t clusters = low.size() - 1;
    std::vector<std::size_t> places(clusters + 1); // of each layer's origins among all
    std::size_t total = 0;
    for (std::size_t k = 1; k <= clusters; ++k) {
        places[k] = total;
        total += static_cast<std::size_t>(high[k] - low[k]) + 1;
    }
    std::vector<std::int32_t> origins(total);
    LwsRows rows {state.otherReduced.data(), state.reduced.data(), nullptr, state.origin.data()};
    state.otherReduced[0] = 0;
    for (std::size_t k = 1; k <= clusters; ++k) {
        solveLayer(state, rows, kernels, low[k], high[k], low[k - 1], high[k - 1]);
        std::copy(state.origin.begin() + low[k], state.origin.begin() + high[k] + 1,
                  origins.begin() + static_cast<std::ptrdiff_t>(places[k]));
        double* const found = rows.reduced;
        rows.reduced =
            found == state.reduced.data() ? state.otherReduced.data() : state.reduced.data();
        rows.candidates = found;
    }
    std::vector<std::int32_t> starts(clusters);
    std::int32_t end = state.points;
    for (std::size_t k = clusters; k > 0; --k)
        starts[k - 1] = end = origins[places[k] + static_cast<std::size_t>(end - low[k])];
    return starts;
}

} // namespace bitfront::detail
