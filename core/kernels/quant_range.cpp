// SPDX-License-Identifier: GPL-3.0-or-later
// Scale and zero point of a block, each operation rounded as the reference rounds it.
#include "core/kernels/quant_range.h"

#include "core/kernels/half.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace bitfront {

namespace {

constexpr float kSmallestScale = 0x1p-23F; // fp32 epsilon, whatever the weight type

/// Power-of-two floor of absmax, lowered by the largest exponent of the code type.
float e8m0Scale(float largestMagnitude, CodeType type)
{
    if (std::isnan(largestMagnitude))
        return largestMagnitude;
    int largestExponent = 2;
    if (type == CodeType::Float8E4M3)
        largestExponent = 8;
    else if (type == CodeType::Float8E5M2)
        largestExponent = 15;
    const auto field =
        static_cast<int>((std::bit_cast<std::uint32_t>(largestMagnitude) >> 23) & 0xffU);
    return std::ldexp(1.0F, std::max(field - 127 - largestExponent, -126));
}

/// max(value, smallest scale) that lets NaN through.
float atLeastEpsilon(float scale)
{
    return scale < kSmallestScale ? kSmallestScale : scale;
}

/// One operation's result in the weight's type; fp32 costs nothing.
inline float rounded(WeightType type, float value)
{
    return type == WeightType::Float32 ? value : roundTo(type, value);
}

std::int32_t toInt32(float value)
{
    if (std::isnan(value))
        return std::numeric_limits<std::int32_t>::min();
    return static_cast<std::int32_t>(value);
}

} // namespace

CodeRange codeRange(CodeType type, QuantScheme scheme)
{
    const float clip = scheme == QuantScheme::SymmetricWithClipping ? 1.0F : 0.0F;
    switch (type) {
    case CodeType::Int2:
        return {-2.0F + clip, 1.0F};
    case CodeType::Int4:
        return {-8.0F + clip, 7.0F};
    case CodeType::Int8:
        return {-128.0F + clip, 127.0F};
    case CodeType::UInt2:
        return {0.0F, 3.0F};
    case CodeType::UInt4:
        return {0.0F, 15.0F};
    case CodeType::UInt8:
        return {0.0F, 255.0F};
    case CodeType::Float8E4M3:
        return {-448.0F, 448.0F};
    case CodeType::Float8E5M2:
        return {-57344.0F, 57344.0F};
    case CodeType::Float4E2M1:
        return {-6.0F, 6.0F};
    }
    throw std::invalid_argument("unknown code type");
}

void checkQuantSpec(const QuantSpec& spec)
{
    const std::string type(name(spec.dtype));
    if (isInteger(spec.dtype)) {
        if (spec.scaleType == ScaleType::E8M0)
            throw std::invalid_argument("e8m0 scales are for floating-point codes, not " + type);
        return;
    }
    if (spec.scheme != QuantScheme::Symmetric)
        throw std::invalid_argument(type + " codes are symmetric only");
    if (spec.formulation != QuantFormulation::ZeroPoint)
        throw std::invalid_argument(type + " codes have no minimum-value formulation");
}

RangeRule::RangeRule(WeightType type, const QuantSpec& spec)
    : m_type(type)
    , m_codeType(spec.dtype)
    , m_codes(codeRange(spec.dtype, spec.scheme))
    , m_asymmetric(spec.scheme == QuantScheme::Asymmetric)
    , m_powerOfTwo(spec.scaleType == ScaleType::E8M0 || spec.dtype == CodeType::Float4E2M1)
{
}

BlockParameters RangeRule::operator()(float low, float high) const
{
    const float span = m_codes.max - m_codes.min;
    low = 0.0F < low ? 0.0F : low + 0.0F; // −0 becomes 0
    high = 0.0F > high ? 0.0F : high;
    // Either end may be NaN; then so is everything that follows.
    const float magnitude = std::isnan(low) || std::isnan(high)
        ? std::numeric_limits<float>::quiet_NaN()
        : std::max(std::fabs(low), high);
    BlockParameters result;
    if (m_powerOfTwo) {
        result.scale = e8m0Scale(magnitude, m_codeType);
        return result;
    }
    if (!m_asymmetric) {
        result.scale = atLeastEpsilon(rounded(m_type, magnitude / (span / 2.0F)));
        result.zeroPoint = static_cast<std::int32_t>((m_codes.max + m_codes.min + 1.0F) / 2.0F);
        result.minValue = -magnitude;
        return result;
    }
    result.scale = atLeastEpsilon(rounded(m_type, rounded(m_type, high - low) / span));
    const float lowest = rounded(m_type, low / result.scale);
    const float zero = rounded(m_type, m_codes.min - std::nearbyint(lowest));
    result.zeroPoint =
        toInt32(std::isnan(zero) ? zero : std::clamp(zero, m_codes.min, m_codes.max));
    result.minValue = low;
    return result;
}

BlockParameters parametersForRange(float low, float high, WeightType type, const QuantSpec& spec)
{
    return RangeRule(type, spec)(low, high);
}

} // namespace bitfront
