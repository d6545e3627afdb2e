// SPDX-License-Identifier: GPL-3.0-or-later
// Conversion between weights and ordered 16-bit codes, with a vectorised path chosen at run time.
#include "core/kernels/palettize_codes.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitfront::detail {

namespace {

std::uint16_t ordered(std::uint16_t bits)
{
    return static_cast<std::uint16_t>((bits & 0x8000U) != 0 ? ~bits : bits | 0x8000U);
}

/// One element; infinite codes for what fp16 cannot hold, although 65510 would still round down.
std::uint16_t encodeOne(float value)
{
    if (std::fabs(value) > kLargestHalf)
        return value < 0 ? kCodeBelow : kCodeAbove;
    return ordered(float16Bits(value));
}

#if defined(__x86_64__)
bool hasHalfConversion()
{
    static const bool supported = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
    return supported;
}

/// Float32 weights only; returns the number of elements done (a multiple of 8).
__attribute__((target("avx2,f16c"))) std::size_t
encodeVector(const float* in, std::size_t count, float scale, std::uint16_t* codes, bool& finite)
{
    const __m256 divisor = _mm256_set1_ps(scale);
    const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
    const __m256 limit = _mm256_set1_ps(kLargestHalf);
    const __m256 infinity = _mm256_set1_ps(std::numeric_limits<float>::infinity());
    const __m128i top = _mm_set1_epi16(static_cast<short>(0x8000));
    __m256 allFinite = _mm256_castsi256_ps(_mm256_set1_epi32(-1));
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256 value = _mm256_loadu_ps(in + i);
        const __m256 raw = _mm256_and_ps(value, magnitude);
        allFinite = _mm256_and_ps(allFinite, _mm256_cmp_ps(raw, infinity, _CMP_LT_OQ));
        value = _mm256_div_ps(value, divisor);
        const __m256 size = _mm256_and_ps(value, magnitude);
        const __m256 beyond = _mm256_cmp_ps(size, limit, _CMP_GT_OQ);
        const __m256 signedInfinity = _mm256_or_ps(infinity, _mm256_andnot_ps(magnitude, value));
        value = _mm256_blendv_ps(value, signedInfinity, beyond);
        const __m128i half = _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        const __m128i negative = _mm_srai_epi16(half, 15);
        const __m128i flip = _mm_or_si128(negative, top);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(codes + i), _mm_xor_si128(half, flip));
    }
    finite = _mm256_movemask_ps(allFinite) == 0xff;
    return i;
}
#endif

} // namespace

float codeValue(std::uint16_t code)
{
    return float16FromBits(
        static_cast<std::uint16_t>((code & 0x8000U) != 0 ? code & 0x7fffU : ~code));
}

float clusteredValue(std::uint16_t code, bool fastMode)
{
    const float value = codeValue(code);
    return fastMode ? std::nearbyint(value * 1e4F) / 1e4F : value;
}

bool encodeCodes(const float* in, std::size_t count, float scale, WeightType type,
                 std::uint16_t* codes)
{
    std::size_t i = 0;
    bool finite = true;
#if defined(__x86_64__)
    if (hasHalfConversion() && (type == WeightType::Float32 || scale == 1.0F))
        i = encodeVector(in, count, scale, codes, finite);
#endif
    for (; i < count; ++i) {
        finite = finite && std::isfinite(in[i]);
        codes[i] = encodeOne(roundToType(in[i] / scale, type));
    }
    return finite;
}

GroupLayout::GroupLayout(std::span<const std::int64_t> shape, int axis, std::int64_t groupSize)
    : m_axis(axis)
{
    if (axis < 0 || axis > 1 || (axis == 1 && shape.size() < 2))
        throw std::invalid_argument("palettization groups channels along axis 0 or 1");
    if (shape.empty())
        throw std::invalid_argument("palettization needs a weight with at least one axis");
    m_slices = shape[0];
    for (std::size_t i = 1; i < shape.size(); ++i)
        m_sliceSize *= shape[i];
    if (m_slices <= 0 || m_sliceSize <= 0)
        throw std::invalid_argument("palettization needs a weight with elements");
    const std::int64_t extent = shape[static_cast<std::size_t>(axis)];
    if (groupSize < 0 || (groupSize > 0 && extent % groupSize != 0))
        throw std::invalid_argument("the group size does not divide the channels");
    if (groupSize > 0)
        m_groups = extent / groupSize;
}

void findChannelScales(std::span<const float> weights, const GroupLayout& layout,
                       std::span<float> scales)
{
    const auto size = static_cast<std::size_t>(layout.sliceSize());
    for (std::size_t s = 0; s < scales.size(); ++s) {
        float largest = 0;
        for (const float weight : weights.subspan(s * size, size))
            largest = std::max(largest, std::fabs(weight));
        scales[s] = largest == 0 ? 1.0F : largest;
    }
}

} // namespace bitfront::detail
