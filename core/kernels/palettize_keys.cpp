// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/palettize_keys.h"

#include "core/kernels/half.h"
#include "core/kernels/palettize_codes.h"
#include "core/kernels/vector_clones.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bitfront::detail {

namespace {

constexpr float kKeysPerUnit = 1e4F;

/// fp16 values times 1e4 are exact in fp32, and so is rounding them by adding 1.5·2^23: values are
/// held to the range, far below 2^22, first.
BITFRONT_INLINE std::uint16_t offsetOf(float half, float low, float high)
{
    constexpr float magic = 12582912.0F;
    float key = half * kKeysPerUnit;
    key = key < low ? low : key;
    key = key > high ? high : key;
    return static_cast<std::uint16_t>(static_cast<std::int32_t>((key + magic) - magic - low));
}

BITFRONT_VECTOR_CLONES
void encodeFloats(const float* in, std::size_t count, float scale, float low, float high,
                  std::uint16_t* offsets)
{
    for (std::size_t i = 0; i < count; ++i)
        offsets[i] = offsetOf(roundToSmall<kFloat16>(in[i] / scale), low, high);
}

/// 16-bit weights are rounded to their own type first.
void encodeHalves(const float* in, std::size_t count, float scale, WeightType type, float low,
                  float high, std::uint16_t* offsets)
{
    for (std::size_t i = 0; i < count; ++i)
        offsets[i] = offsetOf(roundToSmall<kFloat16>(roundToType(in[i] / scale, type)), low, high);
}

#if defined(__x86_64__)

bool hasHalfConversion()
{
    static const bool supported = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
    return supported;
}

__attribute__((target("avx2,f16c"))) inline __m256i keysOf(const float* in, __m256 divisor,
                                                           bool divide)
{
    __m256 value = _mm256_loadu_ps(in);
    if (divide)
        value = _mm256_div_ps(value, divisor);
    const __m128i half = _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m256 scaled = _mm256_mul_ps(_mm256_cvtph_ps(half), _mm256_set1_ps(kKeysPerUnit));
    // Not left to the rounding mode of the thread.
    return _mm256_cvtps_epi32(
        _mm256_round_ps(scaled, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

/// Returns the number of elements done, a multiple of 16.
template<bool kDivide>
__attribute__((target("avx2,f16c"))) std::size_t encodeVectors(const float* in, std::size_t count,
                                                               float scale, KeyRange range,
                                                               std::uint16_t* offsets)
{
    const __m256 divisor = _mm256_set1_ps(scale);
    const __m256i low = _mm256_set1_epi16(static_cast<short>(range.low));
    const __m256i high = _mm256_set1_epi16(static_cast<short>(range.high));
    std::size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i first = keysOf(in + i, divisor, kDivide);
        const __m256i second = keysOf(in + i + 8, divisor, kDivide);
        // Saturates to int16, which keeps the order, and packs within 128-bit lanes.
        __m256i keys = _mm256_permute4x64_epi64(_mm256_packs_epi32(first, second), 0xd8);
        keys = _mm256_min_epi16(_mm256_max_epi16(keys, low), high);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(offsets + i), _mm256_sub_epi16(keys, low));
    }
    return i;
}

#endif

/// Key of a boundary: the value is that integer over 1e4, rounded.
double keyOf(float boundary)
{
    return std::nearbyint(double {boundary} * double {kKeysPerUnit});
}

} // namespace

void encodeKeys(const float* in, std::size_t count, float scale, WeightType type, KeyRange range,
                std::uint16_t* offsets, [[maybe_unused]] SimdPath path)
{
    std::size_t done = 0;
    const bool plain = type == WeightType::Float32 || scale == 1.0F;
#if defined(__x86_64__)
    if (path == SimdPath::Avx2 && plain && hasHalfConversion())
        done = scale == 1.0F ? encodeVectors<false>(in, count, scale, range, offsets)
                             : encodeVectors<true>(in, count, scale, range, offsets);
#endif
    const auto low = static_cast<float>(range.low), high = static_cast<float>(range.high);
    if (plain)
        encodeFloats(in + done, count - done, scale, low, high, offsets + done);
    else
        encodeHalves(in, count, scale, type, low, high, offsets);
}

bool KeyTable::set(std::span<const float> boundaries)
{
    const auto finite = static_cast<std::size_t>(
        std::find(boundaries.begin(), boundaries.end(), std::numeric_limits<float>::infinity())
        - boundaries.begin());
    m_range = {};
    if (finite > 0) {
        constexpr double most = std::numeric_limits<std::int16_t>::max();
        const double low = keyOf(boundaries[0]) - 1, high = keyOf(boundaries[finite - 1]);
        if (low < -most || high > most)
            return false;
        m_range = {static_cast<std::int32_t>(low), static_cast<std::int32_t>(high)};
    }
    m_entries.resize(m_range.size());
    std::size_t from = 0;
    for (std::size_t k = 0; k < finite; ++k) {
        const auto to =
            static_cast<std::size_t>(static_cast<std::int32_t>(keyOf(boundaries[k])) - m_range.low);
        std::memset(m_entries.data() + from, static_cast<int>(k), to - from);
        from = to;
    }
    std::memset(m_entries.data() + from, static_cast<int>(finite), m_entries.size() - from);
    return true;
}

} // namespace bitfront::detail
