// SPDX-License-Identifier: GPL-3.0-or-later
// Small floating-point formats in fp32 clothing: rounding to them (nearest even, subnormals kept)
// and their bit patterns. The rounding is inline and branch-free, so that loops over it vectorise.
#pragma once

#include "core/base/formats.h"
#include "core/kernels/vector_clones.h"

#include <bit>
#include <cstdint>
#include <span>

namespace bitfront {

namespace detail {

/// Layout of a small float format with a sign bit and IEEE-style subnormals.
struct SmallFloat // integers only, so that it can be a template argument everywhere
{
    int mantissaBits;
    int minExponent; ///< of the smallest normal number
    std::uint32_t largest; ///< fp32 bits of the largest finite value
    std::uint32_t onOverflow; ///< fp32 bits of what larger magnitudes become
};

inline constexpr std::uint32_t kInfinityBits = 0x7f800000U;
inline constexpr std::uint32_t kNanBits = 0x7fc00000U;
inline constexpr SmallFloat kFloat16 {10, -14, 0x477fe000U, kInfinityBits};
inline constexpr SmallFloat kBFloat16 {7, -126, 0x7f7f0000U, kInfinityBits};
inline constexpr SmallFloat kE4M3 {3, -6, 0x43e00000U, kNanBits}; // "fn": no infinity
inline constexpr SmallFloat kE5M2 {2, -14, 0x47600000U, kInfinityBits};
inline constexpr SmallFloat kE2M1 {1, 0, 0x40c00000U,
                                   0x40c00000U}; // nothing but finite values: saturates

/// `value` rounded to `format`, half to even. NaN stays NaN.
template<SmallFloat format>
BITFRONT_INLINE float roundToSmall(float value)
{
    constexpr int shift = 23 - format.mantissaBits;
    // Adding a power of two whose last bit weighs one subnormal step rounds to a multiple of it.
    constexpr float step = std::bit_cast<float>(
        static_cast<std::uint32_t>(127 + 23 + format.minExponent - format.mantissaBits) << 23);
    constexpr std::uint32_t smallestNormal = static_cast<std::uint32_t>(127 + format.minExponent)
        << 23;
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    const std::uint32_t even = (magnitude >> shift) & 1U;
    const std::uint32_t normal =
        (magnitude + (1U << (shift - 1)) - 1U + even) & ~((1U << shift) - 1U);
    const float subnormal = (std::bit_cast<float>(magnitude) + step) - step;
    // In bf16 subnormals are those of fp32, where the integer rounding is right as it is.
    std::uint32_t result = format.minExponent > -126 && magnitude < smallestNormal
        ? std::bit_cast<std::uint32_t>(subnormal)
        : normal;
    result = result > format.largest ? format.onOverflow : result;
    result = magnitude > kInfinityBits ? kNanBits : result;
    return std::bit_cast<float>(result | (bits & 0x80000000U));
}

} // namespace detail

inline float roundToFloat16(float value)
{
    return detail::roundToSmall<detail::kFloat16>(value);
}
inline float roundToBFloat16(float value)
{
    return detail::roundToSmall<detail::kBFloat16>(value);
}

/// Rounded to what a weight of this type can hold; fp32 passes unchanged.
float roundTo(WeightType type, float value);
/// The same over arrays of equal length; `out` may alias `values`.
void roundTo(WeightType type, std::span<const float> values, std::span<float> out);
/// Rounded to an fp8 or fp4 code type. Overflow: NaN in e4m3fn, infinity in e5m2, ±6 in e2m1.
/// Throws std::invalid_argument for integer types.
float roundTo(CodeType type, float value);

/// Bit pattern of `value` rounded to fp16 / bf16, and back.
std::uint16_t float16Bits(float value);
std::uint16_t bfloat16Bits(float value);
float float16FromBits(std::uint16_t bits);
float bfloat16FromBits(std::uint16_t bits);

/// Bit pattern of `value` rounded to an fp8 (8 bits) or fp4 (4 bits) code type, and back.
/// Throws std::invalid_argument for integer types.
std::uint8_t smallFloatBits(CodeType type, float value);
float smallFloatFromBits(CodeType type, std::uint8_t bits);

/// e8m0: an exponent alone, 2^(bits − 127), 255 = NaN. Rounds to the nearest power of two, the
/// middle (1.5·2^e) to the even exponent field; below 2^-127 and for zero or negative values gives
/// 2^-127.
std::uint8_t e8m0Bits(float value);
float e8m0FromBits(std::uint8_t bits);
inline float roundToE8M0(float value)
{
    return e8m0FromBits(e8m0Bits(value));
}

} // namespace bitfront
