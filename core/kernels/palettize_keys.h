// SPDX-License-Identifier: GPL-3.0-or-later
// Weights as small integers while palette entries are looked up: fast mode clusters multiples of
// 1e-4, and few of those lie between a table's first and last boundary.
#pragma once

#include "core/base/formats.h"
#include "core/kernels/kmeans1d.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bitfront::detail {

/// Keys that matter to a table: all below `low` have the first entry, all above `high` the last.
struct KeyRange
{
    std::int32_t low = 0, high = 0; ///< both within int16

    std::size_t size() const { return static_cast<std::size_t>(high - low) + 1; }
};

/// offsets[i] = clamp(rint(fp16(in[i] / scale)·1e4), low, high) − low; in[i] finite, its quotient
/// within fp16. Both paths give the same.
void encodeKeys(const float* in, std::size_t count, float scale, WeightType type, KeyRange range,
                std::uint16_t* offsets, SimdPath path = bestSimdPath());

/// Finds the entry of every key, for one group at a time: by a table over the keys or, where
/// entries are few and the machine can, by comparing eight or sixteen keys at once. Both give the
/// same.
class KeyTable
{
public:
    explicit KeyTable(SimdPath path = bestSimdPath())
        : m_path(path)
    {
    }

    /// `boundaries` ascending multiples of 1e-4, +∞ at the end for padding. False, and not to be
    /// used, when a boundary lies beyond int16.
    bool set(std::span<const float> boundaries);

    KeyRange range() const { return m_range; }
    /// out[i] = values[entry of offsets[i]], the entries themselves too where `labels` is not null.
    /// `offsets` are overwritten.
    void look(std::uint16_t* offsets, std::size_t count, const float* values, float* out,
              std::uint8_t* labels) const;

private:
    void fill();
    bool isCompared() const;

    SimdPath m_path;
    KeyRange m_range;
    std::size_t m_count = 0; ///< entries in use
    std::vector<std::uint16_t> m_ends; ///< first offset beyond each entry, padded with the largest
    std::vector<std::uint8_t> m_entries; ///< by offset, where keys are not compared
};

} // namespace bitfront::detail
