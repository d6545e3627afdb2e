// SPDX-License-Identifier: GPL-3.0-or-later
// Counting and sorting behind palette groups.
#include "core/kernels/palettize_groups.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace bitfront::detail {

RankedWeights rankWeights(std::span<const float> weights, std::span<const float> scales,
                          WeightType type, bool fastMode, const GroupLayout& whole)
{
    RankedWeights ranked;
    ranked.ranks.resize(weights.size());
    std::vector<std::uint8_t> present(kCodeCount, 0);
    bool finite = true;
    whole.forEachRun(0, [&](std::size_t offset, std::size_t length, std::size_t slice) {
        std::uint16_t* codes = ranked.ranks.data() + offset;
        finite = encodeCodes(weights.data() + offset, length, scales.empty() ? 1.0F : scales[slice],
                             type, codes)
            && finite;
        for (std::size_t i = 0; i < length; ++i)
            present[codes[i]] = 1;
    });
    if (!finite)
        throw std::invalid_argument("a weight is not finite");
    std::vector<std::uint16_t> rankOf(kCodeCount);
    for (std::size_t code = 0; code < kCodeCount; ++code) {
        if (present[code] == 0)
            continue;
        const float value = clusteredValue(static_cast<std::uint16_t>(code), fastMode);
        if (ranked.values.empty() || ranked.values.back() != value) {
            ranked.values.push_back(value);
            ranked.keys.push_back(fastMode ? std::nearbyint(double {value} * 1e4) : double {value});
        }
        rankOf[code] = static_cast<std::uint16_t>(ranked.values.size() - 1);
    }
    for (std::uint16_t& code : ranked.ranks)
        code = rankOf[code];
    return ranked;
}

void countRanks(const RankedWeights& ranked, const GroupLayout& layout, std::int64_t group,
                std::vector<std::uint32_t>& counts)
{
    counts.assign(ranked.values.size(), 0);
    layout.forEachRun(group, [&](std::size_t offset, std::size_t length, std::size_t) {
        const std::uint16_t* ranks = ranked.ranks.data() + offset;
        for (std::size_t i = 0; i < length; ++i)
            ++counts[ranks[i]];
    });
}

void GroupPoints::clear()
{
    values.clear();
    weights.clear();
    keys.clear();
}

void GroupPoints::add(const RankedWeights& ranked, std::size_t rank, double weight)
{
    values.push_back(ranked.values[rank]);
    keys.push_back(ranked.keys[rank]);
    weights.push_back(weight);
}

void GroupPoints::takeCounts(const RankedWeights& ranked, std::span<const std::uint32_t> counts)
{
    // Branch-free: every rank is noted, only those that occur advance the position.
    m_present.resize(counts.size());
    std::size_t n = 0;
    for (std::size_t r = 0; r < counts.size(); ++r) {
        m_present[n] = static_cast<std::uint32_t>(r);
        n += counts[r] != 0 ? 1 : 0;
    }
    values.resize(n);
    weights.resize(n);
    keys.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t rank = m_present[i];
        values[i] = ranked.values[rank];
        keys[i] = ranked.keys[rank];
        weights[i] = counts[rank];
    }
}

void GroupPoints::sortRanks(const RankedWeights& ranked, const GroupLayout& layout,
                            std::int64_t group)
{
    m_ranks.clear();
    layout.forEachRun(group, [&](std::size_t offset, std::size_t length, std::size_t) {
        const auto first = ranked.ranks.begin() + static_cast<std::ptrdiff_t>(offset);
        m_ranks.insert(m_ranks.end(), first, first + static_cast<std::ptrdiff_t>(length));
    });
    std::sort(m_ranks.begin(), m_ranks.end());
    clear();
    for (std::size_t i = 0; i < m_ranks.size(); ++i) {
        if (i == 0 || m_ranks[i] != m_ranks[i - 1])
            add(ranked, m_ranks[i], 0);
        weights.back() += 1;
    }
}

void GroupPoints::sumSensitivities(const RankedWeights& ranked, const GroupLayout& layout,
                                   std::int64_t group, std::span<const float> sensitivities)
{
    m_sums.assign(ranked.values.size(), 0);
    layout.forEachRun(group, [&](std::size_t offset, std::size_t length, std::size_t) {
        for (std::size_t i = offset; i < offset + length; ++i)
            m_sums[ranked.ranks[i]] += sensitivities[i];
    });
    clear();
    for (std::size_t r = 0; r < m_sums.size(); ++r) {
        if (m_sums[r] > 0)
            add(ranked, r, m_sums[r]);
    }
}

void GroupPoints::sortRaw(std::span<const float> source, std::span<const float> scales,
                          WeightType type, const GroupLayout& layout, std::int64_t group,
                          std::span<const float> sensitivities)
{
    m_raw.clear();
    layout.forEachRun(group, [&](std::size_t offset, std::size_t length, std::size_t slice) {
        const float scale = scales.empty() ? 1.0F : scales[slice];
        for (std::size_t i = offset; i < offset + length; ++i)
            m_raw.emplace_back(roundToType(source[i] / scale, type),
                               sensitivities.empty() ? 1.0F : sensitivities[i]);
    });
    std::sort(m_raw.begin(), m_raw.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    clear();
    for (const auto& [value, weight] : m_raw) {
        if (values.empty() || values.back() != value) {
            values.push_back(value);
            weights.push_back(0);
        }
        weights.back() += weight;
    }
}

std::vector<double> GroupPoints::rawCentroids(std::span<const std::int32_t> starts) const
{
    std::vector<double> means(starts.size());
    std::size_t cluster = 0;
    double mass = 0, massBefore = 0; // of all elements so far, and of those in earlier clusters
    for (std::size_t i = 0; i < m_raw.size(); ++i) {
        const auto& [value, weight] = m_raw[i];
        const bool isLast = cluster + 1 == starts.size();
        if (!isLast && values[static_cast<std::size_t>(starts[cluster + 1])] <= value) {
            ++cluster;
            massBefore = mass;
        }
        const double sum = mass + weight;
        means[cluster] += (value - means[cluster]) * (sum - mass) / (sum - massBefore);
        mass = sum;
    }
    return means;
}

bool GroupPoints::containsHuge() const
{
    return std::isinf(values.front()) || std::isinf(values.back());
}

} // namespace bitfront::detail
