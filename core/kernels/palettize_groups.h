// SPDX-License-Identifier: GPL-3.0-or-later
// From weights to the distinct points of one group: ranks, histograms over ranks, and for raw
// groups a sort of the weights themselves.
#pragma once

#include "core/kernels/palettize_codes.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront::detail {

/// A weight as ranks among the distinct rounded values that occur in it.
struct RankedWeights
{
    std::vector<std::uint16_t> ranks; ///< one per element, in the weight's order
    std::vector<double> values; ///< clustered value of each rank, ascending; ±∞ beyond fp16
    std::vector<double> keys; ///< the same on an integer grid (fast mode), else the values
};

/// Throws std::invalid_argument when a weight is not finite.
RankedWeights rankWeights(std::span<const float> weights, std::span<const float> scales,
                          WeightType type, bool fastMode, const GroupLayout& whole);

/// Overwrites `counts` with the histogram of one group over the ranks.
void countRanks(const RankedWeights& ranked, const GroupLayout& layout, std::int64_t group,
                std::vector<std::uint32_t>& counts);

/// Distinct points of one group, buffers reused from group to group.
class GroupPoints
{
public:
    std::vector<double> values, weights, keys; ///< keys empty for raw points

    void takeCounts(const RankedWeights& ranked, std::span<const std::uint32_t> counts);
    /// For groups with far fewer elements than the weight has ranks.
    void sortRanks(const RankedWeights& ranked, const GroupLayout& layout, std::int64_t group);
    void sumSensitivities(const RankedWeights& ranked, const GroupLayout& layout,
                          std::int64_t group, std::span<const float> sensitivities);
    void sortRaw(std::span<const float> source, std::span<const float> scales, WeightType type,
                 const GroupLayout& layout, std::int64_t group,
                 std::span<const float> sensitivities);
    /// After sortRaw(): the running mean of each cluster over the elements one by one, as the
    /// reference takes it; merging equal values first can round to another float. `starts` as from
    /// Kmeans1d::solve(). Not finite where sensitivities vanish in their sum.
    std::vector<double> rawCentroids(std::span<const std::int32_t> starts) const;
    /// After sortRaw(): elements of the group, equal ones counted each.
    std::size_t rawElements() const { return m_raw.size(); }

    /// Whether a value beyond fp16 is among the points: such a group is clustered raw.
    bool containsHuge() const;

private:
    void clear();
    void add(const RankedWeights& ranked, std::size_t rank, double weight);

    std::vector<std::uint16_t> m_ranks;
    std::vector<std::uint32_t> m_present; ///< ranks that occur
    std::vector<double> m_sums;
    std::vector<std::pair<float, float>> m_raw; ///< value, sensitivity
};

} // namespace bitfront::detail
