// SPDX-License-Identifier: GPL-3.0-or-later
// Masks by magnitude. Sums and norms are taken in double, so that they do not depend on their
// order.
#include "core/kernels/prune.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace bitfront {

namespace {

/// A row-major tensor seen as [outer, extent, inner] around one axis.
struct AxisView
{
    std::size_t outer = 1;
    std::size_t extent = 1;
    std::size_t inner = 1;
};

AxisView viewAround(std::span<const std::int64_t> shape, int axis)
{
    const auto rank = static_cast<int>(shape.size());
    const int position = axis < 0 ? axis + rank : axis;
    if (position < 0 || position >= rank)
        throw std::invalid_argument("the axis to prune along is not one of the weight's");
    AxisView view;
    for (int i = 0; i < rank; ++i) {
        const auto extent = static_cast<std::size_t>(shape[static_cast<std::size_t>(i)]);
        (i < position ? view.outer : i == position ? view.extent : view.inner) *= extent;
    }
    return view;
}

/// Sortable magnitude: NaN beyond infinity would not order, so it becomes infinity.
template<typename Number>
Number magnitude(Number value)
{
    return std::isnan(value) ? std::numeric_limits<Number>::infinity() : std::fabs(value);
}

/// ⌊count·share⌋ within [0, count], in double as the reference computes it.
std::size_t shareOf(std::size_t count, double share)
{
    if (!(share > 0))
        return 0;
    if (share >= 1)
        return count;
    return static_cast<std::size_t>(std::floor(static_cast<double>(count) * share));
}

/// Marks the `kept` strongest entries; of equal ones the first.
template<typename Number>
std::vector<std::uint8_t> strongest(const std::vector<Number>& strengths, std::size_t kept)
{
    std::vector<std::size_t> order(strengths.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    const auto before = [&strengths](std::size_t left, std::size_t right) {
        if (strengths[left] != strengths[right])
            return strengths[left] > strengths[right];
        return left < right;
    };
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(kept);
    if (kept < order.size())
        std::nth_element(order.begin(), end, order.end(), before);
    std::vector<std::uint8_t> mask(strengths.size(), 0);
    std::for_each(order.begin(), end, [&mask](std::size_t index) { mask[index] = 1; });
    return mask;
}

std::vector<std::uint8_t> unstructuredMask(std::span<const float> weights, double sparsity)
{
    std::vector<float> strengths(weights.size());
    std::transform(weights.begin(), weights.end(), strengths.begin(), magnitude<float>);
    return strongest(strengths, weights.size() - shareOf(weights.size(), sparsity));
}

std::vector<std::uint8_t> channelMask(std::span<const float> weights, const AxisView& view,
                                      double sparsity)
{
    std::vector<double> sums(view.extent, 0.0);
    for (std::size_t i = 0; i < weights.size(); ++i)
        sums[i / view.inner % view.extent] += static_cast<double>(std::fabs(weights[i]));
    std::transform(sums.begin(), sums.end(), sums.begin(), magnitude<double>);
    const std::vector<std::uint8_t> channels =
        strongest(sums, view.extent - shareOf(view.extent, sparsity));
    std::vector<std::uint8_t> mask(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        mask[i] = channels[i / view.inner % view.extent];
    return mask;
}

std::vector<std::uint8_t> blockMask(std::span<const float> weights, const AxisView& view,
                                    const PruneSpec& spec)
{
    const auto size = static_cast<std::size_t>(spec.blockSize);
    const std::size_t blockRows = (view.extent + size - 1) / size;
    std::vector<double> squares(blockRows * view.inner, 0.0); // zero padding adds nothing
    const auto blockOf = [&](std::size_t i) {
        return i / view.inner / size * view.inner + i % view.inner;
    };
    for (std::size_t i = 0; i < weights.size(); ++i)
        squares[blockOf(i)] += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
    std::transform(squares.begin(), squares.end(), squares.begin(), magnitude<double>);
    const double keptShare = std::clamp(1.0 - spec.sparsity, 0.0, 1.0);
    const auto kept =
        static_cast<std::size_t>(std::ceil(static_cast<double>(squares.size()) * keptShare));
    if (kept == 0)
        return std::vector<std::uint8_t>(weights.size(), 0);
    std::vector<double> ordered = squares;
    const auto weakest = ordered.begin() + static_cast<std::ptrdiff_t>(kept - 1);
    std::nth_element(ordered.begin(), weakest, ordered.end(), std::greater<>());
    std::vector<std::uint8_t> mask(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        mask[i] = squares[blockOf(i)] >= *weakest ? 1 : 0;
    return mask;
}

std::vector<std::uint8_t> nOfMMask(std::span<const float> weights, const AxisView& view,
                                   const PruneSpec& spec)
{
    const auto size = static_cast<std::size_t>(spec.groupSize);
    const auto kept = static_cast<std::size_t>(spec.groupSize - spec.dropped);
    std::vector<std::uint8_t> mask(weights.size(), 0);
    std::vector<float> group;
    for (std::size_t line = 0; line < view.outer * view.inner; ++line) {
        const std::size_t start = line / view.inner * view.extent * view.inner + line % view.inner;
        for (std::size_t first = 0; first < view.extent; first += size) {
            group.clear();
            for (std::size_t i = first; i < std::min(first + size, view.extent); ++i)
                group.push_back(magnitude(weights[start + i * view.inner]));
            // What is missing in the last group counts as dropped zeros.
            const std::vector<std::uint8_t> stays = strongest(group, std::min(kept, group.size()));
            for (std::size_t i = 0; i < group.size(); ++i)
                mask[start + (first + i) * view.inner] = stays[i];
        }
    }
    return mask;
}

} // namespace

std::vector<std::uint8_t> pruneMask(std::span<const float> weights,
                                    std::span<const std::int64_t> shape, const PruneSpec& spec)
{
    std::size_t count = 1;
    for (const std::int64_t extent : shape)
        count *= static_cast<std::size_t>(extent);
    if (count != weights.size())
        throw std::invalid_argument("the number of values does not match the weight's shape");
    if (std::isnan(spec.sparsity))
        throw std::invalid_argument("the share to prune is not a number");
    if (weights.empty())
        return {};
    switch (spec.scheme) {
    case PruneScheme::Unstructured:
        return unstructuredMask(weights, spec.sparsity);
    case PruneScheme::Channel:
        return channelMask(weights, viewAround(shape, spec.axis), spec.sparsity);
    case PruneScheme::Block:
        if (spec.blockSize < 1)
            throw std::invalid_argument("blocks to prune hold at least one weight");
        return blockMask(weights, viewAround(shape, 0), spec);
    case PruneScheme::NOfM:
        if (spec.groupSize < 1 || spec.dropped < 0 || spec.dropped > spec.groupSize)
            throw std::invalid_argument("n:m pruning drops n of m weights, 0 <= n <= m");
        return nOfMMask(weights, viewAround(shape, spec.axis), spec);
    }
    throw std::invalid_argument("unknown pruning scheme");
}

void applyMask(std::span<const float> weights, std::span<const std::uint8_t> mask,
               std::span<float> out)
{
    if (weights.size() != mask.size() || weights.size() != out.size())
        throw std::invalid_argument("weights, mask and result differ in length");
    for (std::size_t i = 0; i < weights.size(); ++i)
        out[i] = weights[i] * static_cast<float>(mask[i]);
}

} // namespace bitfront
