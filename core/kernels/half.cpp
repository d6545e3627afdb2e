// SPDX-License-Identifier: GPL-3.0-or-later
// Rounding of arrays to fp16 and bf16, and the bit patterns of small floats.
#include "core/kernels/half.h"

#include "core/kernels/vector_clones.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace bitfront {

namespace {

using detail::SmallFloat;

BITFRONT_VECTOR_CLONES
void roundArrayToFloat16(const float* values, std::size_t count, float* out)
{
    for (std::size_t i = 0; i < count; ++i)
        out[i] = detail::roundToSmall<detail::kFloat16>(values[i]);
}

BITFRONT_VECTOR_CLONES
void roundArrayToBFloat16(const float* values, std::size_t count, float* out)
{
    for (std::size_t i = 0; i < count; ++i)
        out[i] = detail::roundToSmall<detail::kBFloat16>(values[i]);
}

/// Bits of a value that `format` holds exactly; NaN and infinity have an all-ones exponent.
std::uint32_t encode(const SmallFloat& format, int exponentBits, float value)
{
    const std::uint32_t sign =
        std::signbit(value) ? 1U << (exponentBits + format.mantissaBits) : 0U;
    const std::uint32_t allOnes = ((1U << exponentBits) - 1U) << format.mantissaBits;
    if (std::isnan(value)) // e4m3fn has one NaN, all ones; the others set the top mantissa bit
        return sign | allOnes
            | (format.onOverflow == detail::kNanBits ? (1U << format.mantissaBits) - 1U
                                                     : 1U << (format.mantissaBits - 1));
    if (std::isinf(value))
        return sign | allOnes;
    const float magnitude = std::fabs(value);
    const float unit = std::ldexp(1.0F, format.minExponent - format.mantissaBits);
    if (magnitude < std::ldexp(1.0F, format.minExponent))
        return sign | static_cast<std::uint32_t>(magnitude / unit);
    const int exponent = std::ilogb(magnitude);
    const auto mantissa =
        static_cast<std::uint32_t>(std::ldexp(magnitude, format.mantissaBits - exponent)
                                   - std::ldexp(1.0F, format.mantissaBits));
    const auto field = static_cast<std::uint32_t>(exponent - format.minExponent + 1);
    return sign | (field << format.mantissaBits) | mantissa;
}

float decode(const SmallFloat& format, int exponentBits, std::uint32_t bits)
{
    const std::uint32_t mantissaMask = (1U << format.mantissaBits) - 1U;
    const std::uint32_t exponentMask = (1U << exponentBits) - 1U;
    const std::uint32_t mantissa = bits & mantissaMask;
    const std::uint32_t field = (bits >> format.mantissaBits) & exponentMask;
    const bool negative = ((bits >> (exponentBits + format.mantissaBits)) & 1U) != 0;
    float value = 0;
    if (field == exponentMask && format.onOverflow == detail::kInfinityBits)
        value = mantissa == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
    else if (field == exponentMask && mantissa == mantissaMask
             && format.onOverflow == detail::kNanBits)
        value = std::numeric_limits<float>::quiet_NaN();
    else if (field == 0)
        value = std::ldexp(static_cast<float>(mantissa), format.minExponent - format.mantissaBits);
    else
        value = std::ldexp(static_cast<float>(mantissa + mantissaMask + 1U),
                           format.minExponent - format.mantissaBits + static_cast<int>(field) - 1);
    return negative ? -value : value;
}

struct CodeFormat
{
    SmallFloat format;
    int exponentBits;
};

CodeFormat codeFormat(CodeType type)
{
    switch (type) {
    case CodeType::Float8E4M3:
        return {detail::kE4M3, 4};
    case CodeType::Float8E5M2:
        return {detail::kE5M2, 5};
    case CodeType::Float4E2M1:
        return {detail::kE2M1, 2};
    default:
        throw std::invalid_argument("an integer type has no floating-point bit pattern");
    }
}

} // namespace

float roundTo(WeightType type, float value)
{
    switch (type) {
    case WeightType::Float16:
        return roundToFloat16(value);
    case WeightType::BFloat16:
        return roundToBFloat16(value);
    case WeightType::Float32:
        break;
    }
    return value;
}

void roundTo(WeightType type, std::span<const float> values, std::span<float> out)
{
    if (values.size() != out.size())
        throw std::invalid_argument("rounding needs arrays of equal length");
    if (type == WeightType::Float16)
        roundArrayToFloat16(values.data(), values.size(), out.data());
    else if (type == WeightType::BFloat16)
        roundArrayToBFloat16(values.data(), values.size(), out.data());
    else if (values.data() != out.data())
        std::copy(values.begin(), values.end(), out.begin());
}

float roundTo(CodeType type, float value)
{
    switch (type) {
    case CodeType::Float8E4M3:
        return detail::roundToSmall<detail::kE4M3>(value);
    case CodeType::Float8E5M2:
        return detail::roundToSmall<detail::kE5M2>(value);
    case CodeType::Float4E2M1:
        return detail::roundToSmall<detail::kE2M1>(value);
    default:
        throw std::invalid_argument("integer codes are not rounded as floats");
    }
}

std::uint16_t float16Bits(float value)
{
    return static_cast<std::uint16_t>(encode(detail::kFloat16, 5, roundToFloat16(value)));
}

std::uint16_t bfloat16Bits(float value)
{
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(roundToBFloat16(value)) >> 16);
}

float float16FromBits(std::uint16_t bits)
{
    return decode(detail::kFloat16, 5, bits);
}

float bfloat16FromBits(std::uint16_t bits)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint8_t smallFloatBits(CodeType type, float value)
{
    const CodeFormat code = codeFormat(type);
    if (type == CodeType::Float4E2M1 && std::isnan(value))
        throw std::invalid_argument("e2m1 cannot hold NaN");
    return static_cast<std::uint8_t>(encode(code.format, code.exponentBits, roundTo(type, value)));
}

float smallFloatFromBits(CodeType type, std::uint8_t bits)
{
    const CodeFormat code = codeFormat(type);
    return decode(code.format, code.exponentBits, bits);
}

std::uint8_t e8m0Bits(float value)
{
    if (std::isnan(value) || value == std::numeric_limits<float>::infinity())
        return 255;
    if (value < 0x1p-126F) // 1.5·2^-127 is the middle between fields 0 and 1: to the even one
        return value > 0x1.8p-127F ? 1 : 0;
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t field = bits >> 23;
    const std::uint32_t mantissa = bits & 0x7fffffU;
    const std::uint32_t up =
        mantissa > 0x400000U || (mantissa == 0x400000U && (field & 1U) != 0) ? 1U : 0U;
    return static_cast<std::uint8_t>(std::min(field + up, 254U));
}

float e8m0FromBits(std::uint8_t bits)
{
    if (bits == 255)
        return std::numeric_limits<float>::quiet_NaN();
    return std::ldexp(1.0F, static_cast<int>(bits) - 127);
}

} // namespace bitfront
