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
/// Up to so many entries keys are compared with all boundaries, or with eight and eight more.
constexpr std::size_t kFewEntries = 16, kComparedEntries = 64;

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

#define BITFRONT_KEY_TARGET __attribute__((target("avx2,f16c,fma")))

bool hasKeyVectors()
{
    static const bool supported = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c")
        && __builtin_cpu_supports("fma");
    return supported;
}

/// Divides by one number, to the last bit as a division does (Markstein 1990: the residual of a
/// quotient that is off by at most one unit, times a correctly rounded reciprocal, corrects it; the
/// first of two corrections brings it there). Three times as fast. The scale must be within
/// [2^-60, 2^60]: what underflows then is far below the least fp16 number.
class Divisor
{
public:
    BITFRONT_KEY_TARGET explicit Divisor(float scale)
        : m_scale(_mm256_set1_ps(scale))
        , m_reciprocal(_mm256_set1_ps(1 / scale))
    {
    }
    static bool suits(float scale) { return scale >= 0x1p-60F && scale <= 0x1p60F; }
    BITFRONT_KEY_TARGET __m256 operator()(__m256 value) const
    {
        const __m256 rough = _mm256_mul_ps(value, m_reciprocal);
        const __m256 near = corrected(value, rough);
        return corrected(value, near);
    }

private:
    BITFRONT_KEY_TARGET __m256 corrected(__m256 value, __m256 quotient) const
    {
        return _mm256_fmadd_ps(_mm256_fnmadd_ps(quotient, m_scale, value), m_reciprocal, quotient);
    }

    __m256 m_scale, m_reciprocal;
};

struct NoDivisor
{
    BITFRONT_KEY_TARGET __m256 operator()(__m256 value) const { return value; }
};

template<typename Divide>
BITFRONT_KEY_TARGET inline __m256i keysOf(const float* in, const Divide& divide)
{
    const __m256 value = divide(_mm256_loadu_ps(in));
    const __m128i half = _mm256_cvtps_ph(value, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m256 scaled = _mm256_mul_ps(_mm256_cvtph_ps(half), _mm256_set1_ps(kKeysPerUnit));
    // Not left to the rounding mode of the thread.
    return _mm256_cvtps_epi32(
        _mm256_round_ps(scaled, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}

/// Returns the number of elements done, a multiple of 16.
template<typename Divide>
BITFRONT_KEY_TARGET std::size_t encodeVectors(const float* in, std::size_t count,
                                              const Divide& divide, KeyRange range,
                                              std::uint16_t* offsets)
{
    const __m256i low = _mm256_set1_epi16(static_cast<short>(range.low));
    const __m256i high = _mm256_set1_epi16(static_cast<short>(range.high));
    std::size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i first = keysOf(in + i, divide);
        const __m256i second = keysOf(in + i + 8, divide);
        // Saturates to int16, which keeps the order, and packs within 128-bit lanes.
        __m256i keys = _mm256_permute4x64_epi64(_mm256_packs_epi32(first, second), 0xd8);
        keys = _mm256_min_epi16(_mm256_max_epi16(keys, low), high);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(offsets + i), _mm256_sub_epi16(keys, low));
    }
    return i;
}

BITFRONT_KEY_TARGET std::size_t encodeDivided(const float* in, std::size_t count, float scale,
                                              KeyRange range, std::uint16_t* offsets)
{
    return encodeVectors(in, count, Divisor(scale), range, offsets);
}

/// As signed numbers, so that an offset is at or beyond the end e where it is greater than this.
BITFRONT_KEY_TARGET inline __m256i belowEnd(__m256i end)
{
    const __m256i bias = _mm256_set1_epi16(std::numeric_limits<std::int16_t>::min());
    return _mm256_xor_si256(_mm256_sub_epi16(end, _mm256_set1_epi16(1)), bias);
}

BITFRONT_KEY_TARGET inline __m256i biasedOffsets(const std::uint16_t* offsets)
{
    const __m256i bias = _mm256_set1_epi16(std::numeric_limits<std::int16_t>::min());
    return _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(offsets)), bias);
}

/// Entries of at most 16 in place of offsets; returns how many were done, a multiple of 16.
BITFRONT_KEY_TARGET std::size_t compareFew(const std::uint16_t* ends, std::uint16_t* offsets,
                                           std::size_t count)
{
    __m256i limits[kFewEntries - 1];
    for (std::size_t k = 0; k + 1 < kFewEntries; ++k)
        limits[k] = belowEnd(_mm256_set1_epi16(static_cast<short>(ends[k])));
    std::size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i keys = biasedOffsets(offsets + i);
        __m256i entries = _mm256_setzero_si256();
        for (const __m256i& limit : limits)
            entries = _mm256_sub_epi16(entries, _mm256_cmpgt_epi16(keys, limit));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(offsets + i), entries);
    }
    return i;
}

/// The same of at most 64: compared with every eighth end, then with the seven that follow.
BITFRONT_KEY_TARGET std::size_t compareMany(const std::uint16_t* ends, std::uint16_t* offsets,
                                            std::size_t count)
{
    constexpr std::size_t kEights = 8;
    __m256i coarse[kEights - 1], fine[kEights - 1];
    for (std::size_t j = 0; j + 1 < kEights; ++j) {
        coarse[j] = belowEnd(_mm256_set1_epi16(static_cast<short>(ends[kEights * j + 7])));
        alignas(16) std::uint16_t column[kEights];
        for (std::size_t c = 0; c < kEights; ++c)
            column[c] = ends[kEights * c + j];
        fine[j] = belowEnd(
            _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(column))));
    }
    std::size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const __m256i keys = biasedOffsets(offsets + i);
        __m256i eight = _mm256_setzero_si256();
        for (const __m256i& limit : coarse)
            eight = _mm256_sub_epi16(eight, _mm256_cmpgt_epi16(keys, limit));
        // Bytes 2c and 2c + 1 of a column.
        const __m256i bytes = _mm256_add_epi16(_mm256_mullo_epi16(eight, _mm256_set1_epi16(0x0202)),
                                               _mm256_set1_epi16(0x0100));
        __m256i entries = _mm256_slli_epi16(eight, 3);
        for (const __m256i& column : fine) {
            const __m256i limit = _mm256_shuffle_epi8(column, bytes);
            entries = _mm256_sub_epi16(entries, _mm256_cmpgt_epi16(keys, limit));
        }
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(offsets + i), entries);
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
    if (path == SimdPath::Avx2 && plain && hasKeyVectors()) {
        if (scale == 1.0F)
            done = encodeVectors(in, count, NoDivisor {}, range, offsets);
        else if (Divisor::suits(scale))
            done = encodeDivided(in, count, scale, range, offsets);
    }
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
    m_count = finite + 1;
    m_ends.assign(std::max(m_count, kComparedEntries), std::numeric_limits<std::uint16_t>::max());
    for (std::size_t k = 0; k < finite; ++k)
        m_ends[k] = static_cast<std::uint16_t>(static_cast<std::int32_t>(keyOf(boundaries[k]))
                                               - m_range.low);
    if (!isCompared())
        fill();
    return true;
}

bool KeyTable::isCompared() const
{
#if defined(__x86_64__)
    return m_path == SimdPath::Avx2 && m_count <= kComparedEntries && hasKeyVectors();
#else
    return false;
#endif
}

void KeyTable::fill()
{
    m_entries.resize(m_range.size());
    std::size_t from = 0;
    for (std::size_t k = 0; k < m_count; ++k) {
        const std::size_t to = k + 1 < m_count ? m_ends[k] : m_range.size();
        std::memset(m_entries.data() + from, static_cast<int>(k), to - from);
        from = to;
    }
}

void KeyTable::look(std::uint16_t* offsets, std::size_t count, const float* values, float* out,
                    std::uint8_t* labels) const
{
    std::size_t done = 0;
#if defined(__x86_64__)
    if (isCompared())
        done = m_count <= kFewEntries ? compareFew(m_ends.data(), offsets, count)
                                      : compareMany(m_ends.data(), offsets, count);
#endif
    const auto end = m_ends.begin() + static_cast<std::ptrdiff_t>(m_count - 1);
    if (!isCompared()) {
        for (std::size_t i = 0; i < count; ++i)
            out[i] = values[offsets[i] = m_entries[offsets[i]]];
    } else {
        for (std::size_t i = done; i < count; ++i)
            offsets[i] = static_cast<std::uint16_t>(
                std::upper_bound(m_ends.begin(), end, offsets[i]) - m_ends.begin());
        for (std::size_t i = 0; i < count; ++i)
            out[i] = values[offsets[i]];
    }
    if (labels != nullptr)
        for (std::size_t i = 0; i < count; ++i)
            labels[i] = static_cast<std::uint8_t>(offsets[i]);
}

} // namespace bitfront::detail
