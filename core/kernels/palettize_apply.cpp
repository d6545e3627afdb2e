// SPDX-License-Identifier: GPL-3.0-or-later
// Looks weights up in palette tables that are already known: one pass over memory.
#include "core/kernels/half.h"
#include "core/kernels/palettize.h"
#include "core/kernels/palettize_codes.h"
#include "core/kernels/palettize_keys.h"

#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace bitfront {

namespace {

constexpr std::size_t kChunk = 2048;
/// Below this many elements a search per element is cheaper than filling a 64 KiB table.
constexpr std::int64_t kTableThreshold = 384;
/// The same for a table over keys, which is rarely longer than a few thousand.
constexpr std::int64_t kKeyThreshold = 64;

struct GroupTable
{
    const float* lut = nullptr;
    const float* boundaries = nullptr;
    int entries = 0;
};

/// Index of a clustered value: the number of boundaries not above it.
std::uint8_t indexOf(float value, const GroupTable& table)
{
    const float* end = table.boundaries + (table.entries - 1);
    return static_cast<std::uint8_t>(std::upper_bound(table.boundaries, end, value)
                                     - table.boundaries);
}

/// Position in float order, ascending over all finite values, ±0 apart.
std::uint32_t orderedBits(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

/// Turns weights into indices. Rounded groups go through a table over all fp16 codes; raw ones
/// through a table over the upper half of the float, finished by a short walk.
class Indexer
{
public:
    Indexer(WeightType type, bool fastMode)
        : m_type(type)
        , m_fastMode(fastMode)
    {
    }

    void setGroup(const GroupTable& table, bool raw, std::int64_t elements)
    {
        m_group = table;
        m_raw = raw;
        m_tabled = elements >= kTableThreshold;
        if (!m_tabled)
            return;
        m_table.resize(detail::kCodeCount);
        std::size_t from = 0;
        for (int k = 0; k + 1 < table.entries; ++k) {
            const std::size_t to = raw ? firstBucket(table.boundaries[k]) : firstCode(k);
            if (to > from)
                std::memset(m_table.data() + from, k, to - from);
            from = std::max(from, to);
        }
        std::memset(m_table.data() + from, table.entries - 1, m_table.size() - from);
    }

    void operator()(const float* weights, std::size_t count, float scale, std::uint8_t* indices)
    {
        if (m_raw) {
            for (std::size_t i = 0; i < count; ++i)
                indices[i] = rawIndex(detail::roundToType(weights[i] / scale, m_type));
            return;
        }
        detail::encodeCodes(weights, count, scale, m_type, m_codes.data());
        if (m_tabled) {
            for (std::size_t i = 0; i < count; ++i)
                indices[i] = m_table[m_codes[i]];
            return;
        }
        for (std::size_t i = 0; i < count; ++i)
            indices[i] = indexOf(detail::clusteredValue(m_codes[i], m_fastMode), m_group);
    }

private:
    /// First code whose value reaches boundary k; values ascend with the code.
    std::size_t firstCode(int k) const
    {
        std::size_t low = std::size_t {detail::kCodeBelow} + 1, high = detail::kCodeAbove;
        while (low < high) {
            const std::size_t middle = (low + high) / 2;
            if (detail::clusteredValue(static_cast<std::uint16_t>(middle), m_fastMode)
                >= m_group.boundaries[k])
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    /// First bucket all of whose values lie above the boundary's own bucket.
    static std::size_t firstBucket(float boundary)
    {
        return std::min<std::size_t>((orderedBits(boundary) >> 16) + 1, detail::kCodeCount);
    }

    std::uint8_t rawIndex(float value) const
    {
        if (!m_tabled)
            return indexOf(value, m_group);
        // +0 for −0: the two are one value, but not one bit pattern.
        std::uint8_t index = m_table[orderedBits(value + 0.0F) >> 16];
        while (index + 1 < m_group.entries && m_group.boundaries[index] <= value)
            ++index;
        return index;
    }

    WeightType m_type;
    bool m_fastMode;
    bool m_raw = false, m_tabled = false;
    GroupTable m_group;
    std::vector<std::uint8_t> m_table;
    std::array<std::uint16_t, kChunk> m_codes {};
};

void requireFit(std::span<const float> weights, const detail::GroupLayout& layout,
                const PaletteSpec& spec, const PaletteTables& tables, std::span<float> out,
                std::span<std::uint8_t> indices)
{
    const auto groups = static_cast<std::size_t>(layout.groups());
    const auto entries = static_cast<std::size_t>(tables.entries);
    const auto slices = static_cast<std::size_t>(layout.slices());
    const auto elements = slices * static_cast<std::size_t>(layout.sliceSize());
    if (weights.size() != elements || out.size() != elements
        || (!indices.empty() && indices.size() != elements))
        throw std::invalid_argument("sizes of weights and outputs do not match the shape");
    if (tables.groups != layout.groups() || entries < 2 || entries > 256
        || tables.lut.size() != groups * entries
        || tables.boundaries.size() != groups * (entries - 1) || tables.rawGroups.size() != groups
        || tables.channelScales.size() != (spec.channelScale ? slices : 0))
        throw std::invalid_argument("palette tables do not match the weight");
}

/// Values of a slice's entries: the table's, times the slice's scale.
void scaleEntries(const float* lut, std::size_t entries, float scale, WeightType type,
                  float* values)
{
    for (std::size_t k = 0; k < entries; ++k)
        values[k] = lut[k] * scale;
    roundTo(type, {values, entries}, {values, entries});
}

} // namespace

void applyPalette(std::span<const float> weights, std::span<const std::int64_t> shape,
                  WeightType type, const PaletteSpec& spec, const PaletteTables& tables,
                  std::span<float> out, std::span<std::uint8_t> indices, WeightError* error)
{
    const detail::GroupLayout layout(shape, spec.axis, spec.groupSize);
    requireFit(weights, layout, spec, tables, out, indices);
    Indexer indexer(type, spec.fastMode);
    detail::KeyTable keys;
    std::array<std::uint16_t, kChunk> offsets {};
    std::array<std::uint8_t, kChunk> labels {};
    std::array<float, 256> scaled {};
    const SimdPath path = bestSimdPath();
    const auto entries = static_cast<std::size_t>(tables.entries);
    for (std::int64_t group = 0; group < layout.groups(); ++group) {
        const auto g = static_cast<std::size_t>(group);
        const float* lut = tables.lut.data() + g * entries;
        const float* boundaries = tables.boundaries.data() + g * (entries - 1);
        const bool raw = tables.rawGroups[g] != 0;
        const bool keyed = spec.fastMode && !raw && layout.groupElements() >= kKeyThreshold
            && keys.set({boundaries, entries - 1});
        if (!keyed)
            indexer.setGroup({lut, boundaries, tables.entries}, raw, layout.groupElements());
        layout.forEachRun(group, [&](std::size_t offset, std::size_t length, std::size_t slice) {
            const float scale = spec.channelScale ? tables.channelScales[slice] : 1.0F;
            // Entries times the scale, rounded. Of fp32 there is nothing to round, so where entries
            // are many the products are made last.
            const bool ahead =
                spec.channelScale && (type != WeightType::Float32 || 2 * entries <= length);
            if (ahead)
                scaleEntries(lut, entries, scale, type, scaled.data());
            const float* values = ahead ? scaled.data() : lut;
            for (std::size_t done = 0; done < length; done += kChunk) {
                const std::size_t count = std::min(kChunk, length - done);
                const std::size_t at = offset + done;
                if (keyed) {
                    detail::encodeKeys(weights.data() + at, count, scale, type, keys.range(),
                                       offsets.data(), path);
                    keys.look(offsets.data(), count, values, out.data() + at,
                              indices.empty() ? nullptr : indices.data() + at);
                } else {
                    indexer(weights.data() + at, count, scale, labels.data());
                    for (std::size_t i = 0; i < count; ++i)
                        out[at + i] = values[labels[i]];
                    if (!indices.empty())
                        std::memcpy(indices.data() + at, labels.data(), count);
                }
                if (spec.channelScale && !ahead)
                    for (std::size_t i = at; i < at + count; ++i)
                        out[i] *= scale;
                if (error != nullptr)
                    error->add(weights.subspan(at, count), out.subspan(at, count));
            }
        });
    }
}

} // namespace bitfront
