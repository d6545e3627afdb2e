// SPDX-License-Identifier: GPL-3.0-or-later
// Blocked least-weight-subsequence pass and its portable inner loops.
#include "core/kernels/kmeans1d_lws.h"

#include <algorithm>
#include <limits>

namespace bitfront::detail {

void LwsState::resize(std::int32_t count)
{
    points = count;
    const auto size = static_cast<std::size_t>(count) + 1;
    if (mass.size() >= size)
        return;
    for (auto* column : {&mass, &moments, &squares, &price, &reduced, &otherReduced})
        column->resize(size);
    origin.resize(size);
}

namespace {

/// A block longer than 8 rows pays once this many candidates per row are in play.
constexpr std::int32_t kLongBlockReach = 1;

std::size_t at(std::int32_t position)
{
    return static_cast<std::size_t>(position);
}

std::int32_t argminPortable(const LwsState& s, const double* candidates, std::int32_t low,
                            std::int32_t high, std::int32_t end, double& best)
{
    const double mass = s.mass[at(end)], moment = s.moments[at(end)];
    std::int32_t first = low;
    best = std::numeric_limits<double>::max();
    for (std::int32_t i = low; i <= high; ++i) {
        const double m = mass - s.mass[at(i)], t = moment - s.moments[at(i)];
        const double value = candidates[i] - t * t / m;
        if (value < best) {
            best = value;
            first = i;
        }
    }
    return first;
}

void rowsPortable(const LwsState& s, const LwsRows& rows, std::int32_t first, std::int32_t count,
                  std::int32_t low, std::int32_t high, double lambda)
{
    for (std::int32_t j = first; j < first + count; ++j) {
        double best = 0;
        rows.origin[j] = argminPortable(s, rows.candidates, low, high, j, best);
        rows.reduced[j] = best + lambda;
        if (rows.price != nullptr)
            rows.price[j] = rows.reduced[j] + s.squares[at(j)];
    }
}

void meansPortable(const double* values, const double* mass, std::int32_t points,
                   std::span<const std::int32_t> starts, double* means)
{
    constexpr std::size_t kChains = 4;
    for (std::size_t k = 0; k < starts.size(); k += kChains) {
        const std::size_t chains = std::min(kChains, starts.size() - k);
        std::int32_t begin[kChains] = {}, length[kChains] = {}, longest = 0;
        double mean[kChains] = {};
        for (std::size_t c = 0; c < chains; ++c) {
            begin[c] = starts[k + c];
            length[c] = (k + c + 1 < starts.size() ? starts[k + c + 1] : points) - begin[c];
            longest = std::max(longest, length[c]);
        }
        for (std::int32_t offset = 0; offset < longest; ++offset)
            for (std::size_t c = 0; c < kChains; ++c) {
                if (offset >= length[c])
                    continue;
                const std::size_t i = at(begin[c] + offset);
                mean[c] += (values[i] - mean[c]) * (mass[i + 1] - mass[i])
                    / (mass[i + 1] - mass[at(begin[c])]);
            }
        std::copy_n(mean, chains, means + k);
    }
}

/// Price of position `end` when its last cluster starts at `start`, λ not included.
double priceThrough(const LwsState& s, std::int32_t start, std::int32_t end)
{
    const double m = s.mass[at(end)] - s.mass[at(start)];
    const double t = s.moments[at(end)] - s.moments[at(start)];
    return s.reduced[at(start)] + s.squares[at(end)] - t * t / m;
}

} // namespace

const LwsKernels& portableLwsKernels()
{
    static constexpr LwsKernels kernels {argminPortable, rowsPortable, meansPortable};
    return kernels;
}

void lwsRows(const LwsState& s, const LwsRows& rows, const LwsKernels& kernels, std::int32_t first,
             std::int32_t count, std::int32_t low, std::int32_t high, double lambda)
{
    if (count <= 8) {
        kernels.rows(s, rows, first, count, low, high, lambda);
        return;
    }
    const std::int32_t half = count / 2;
    double best = 0;
    const std::int32_t middle =
        kernels.argmin(s, rows.candidates, low, high, first + half - 1, best);
    lwsRows(s, rows, kernels, first, half, low, middle, lambda);
    lwsRows(s, rows, kernels, first + half, half, middle, high, lambda);
}

std::int32_t lwsPass(LwsState& s, const LwsKernels& kernels, double lambda)
{
    s.reduced[0] = s.price[0] = 0;
    const LwsRows rows {s.reduced.data(), s.reduced.data(), s.price.data(), s.origin.data()};
    // `from`: best start for the position before the block. Best starts never move left, so it
    // bounds the candidates of the block. `reach`: last candidate that can matter for the block's
    // last row.
    std::int32_t from = 0, reach = 0;
    for (std::int32_t j = 1; j <= s.points;) {
        // Prices never fall and costs are not negative: a candidate whose own price is not below
        // what `from` offers to the last row is useless there, and so are all after it. A block is
        // as long as all its candidates lie before it.
        std::int32_t count = 1;
        double bound = 0;
        for (const std::int32_t size : {4096, 512, 64, 8, 4, 1}) {
            const bool tooLong = size > 8 && reach - from < kLongBlockReach * size;
            if (tooLong || j + size - 1 > s.points)
                continue;
            count = size;
            bound = priceThrough(s, from, j + size - 1);
            if (s.price[at(j - 1)] >= bound)
                break;
        }
        const std::int32_t last = j + count - 1;
        reach = std::clamp(reach, from, j - 1);
        while (reach > from && s.price[at(reach)] >= bound)
            --reach;
        while (reach + 1 < j && s.price[at(reach + 1)] < bound)
            ++reach;
        double best = 0;
        const std::int32_t lastStart = kernels.argmin(s, rows.candidates, from, reach, last, best);
        if (count == 1) {
            s.origin[at(j)] = lastStart;
            s.reduced[at(j)] = best + lambda;
            s.price[at(j)] = s.reduced[at(j)] + s.squares[at(j)];
        } else {
            lwsRows(s, rows, kernels, j, count, from, lastStart, lambda);
        }
        from = lastStart;
        j += count;
    }
    std::int32_t clusters = 0;
    for (std::int32_t t = s.points; t > 0; t = s.origin[at(t)])
        ++clusters;
    return clusters;
}

std::vector<std::int32_t> lwsStarts(const LwsState& s)
{
    std::vector<std::int32_t> starts;
    for (std::int32_t t = s.points; t > 0;)
        starts.push_back(t = s.origin[at(t)]);
    std::reverse(starts.begin(), starts.end());
    return starts;
}

} // namespace bitfront::detail
