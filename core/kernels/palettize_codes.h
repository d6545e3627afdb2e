// SPDX-License-Identifier: GPL-3.0-or-later
// 16-bit codes that stand for weights while they are counted and looked up: the fp16 bit pattern,
// rearranged so that codes ascend with the value. Also the memory layout of groups of channels.
#pragma once

#include "core/base/formats.h"
#include "core/kernels/half.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace bitfront::detail {

inline constexpr std::size_t kCodeCount = 65536;
/// Codes of −∞ and +∞. Weights beyond fp16's ±65504 get them: their group is clustered raw.
inline constexpr std::uint16_t kCodeBelow = 0x03ff;
inline constexpr std::uint16_t kCodeAbove = 0xfc00;
inline constexpr float kLargestHalf = 65504.0F;

/// Value of a code.
float codeValue(std::uint16_t code);
/// Value the reference clusters instead of a code's: rounded to 4 decimals in fast mode.
float clusteredValue(std::uint16_t code, bool fastMode);
/// Nearest value of a type, ties to even; float32 is unchanged.
inline float roundToType(float value, WeightType type)
{
    if (type == WeightType::Float32)
        return value;
    return type == WeightType::Float16 ? roundToFloat16(value) : roundToBFloat16(value);
}

/// codes[i] = code of round(in[i] / scale). Returns whether all inputs are finite.
bool encodeCodes(const float* in, std::size_t count, float scale, WeightType type,
                 std::uint16_t* codes);

/// Where the elements of a group of channels lie in memory (row-major weight, first two axes
/// matter).
class GroupLayout
{
public:
    /// Throws std::invalid_argument when axis or groupSize does not fit the shape.
    GroupLayout(std::span<const std::int64_t> shape, int axis, std::int64_t groupSize);

    std::int64_t groups() const { return m_groups; }
    std::int64_t groupElements() const { return m_slices * m_sliceSize / m_groups; }
    std::int64_t slices() const { return m_slices; }
    std::int64_t sliceSize() const { return m_sliceSize; }

    /// Calls visit(offset, length, slice) for each contiguous run of a group, none crossing a slice
    /// of axis 0, in memory order.
    template<typename Visit>
    void forEachRun(std::int64_t group, Visit visit) const
    {
        if (m_axis == 0) {
            const std::int64_t perGroup = m_slices / m_groups;
            for (std::int64_t s = group * perGroup; s < (group + 1) * perGroup; ++s)
                visit(static_cast<std::size_t>(s * m_sliceSize),
                      static_cast<std::size_t>(m_sliceSize), static_cast<std::size_t>(s));
            return;
        }
        const std::int64_t length = m_sliceSize / m_groups;
        for (std::int64_t s = 0; s < m_slices; ++s)
            visit(static_cast<std::size_t>(s * m_sliceSize + group * length),
                  static_cast<std::size_t>(length), static_cast<std::size_t>(s));
    }

private:
    int m_axis;
    std::int64_t m_slices = 1, m_sliceSize = 1, m_groups = 1;
};

/// max |w| of each slice of axis 0, 1 where that is 0. NaN is not handled here: encoding rejects
/// it.
void findChannelScales(std::span<const float> weights, const GroupLayout& layout,
                       std::span<float> scales);

} // namespace bitfront::detail
