// SPDX-License-Identifier: GPL-3.0-or-later
// Loops written so that GCC and clang vectorise them without relaxing IEEE arithmetic: no calls, no
// reductions across lanes, comparisons in the operand order of the min/max instructions.
#include "core/kernels/quantize_loops.h"

#include "core/kernels/half.h"
#include "core/kernels/vector_clones.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace bitfront::detail {

namespace {

constexpr std::size_t kLanes = 16;

/// Smaller of the two, NaN if `value` is NaN; a NaN bound stays because comparisons with it fail.
BITFRONT_INLINE float lower(float value, float bound)
{
    return (value < bound) | (value != value) ? value : bound;
}
BITFRONT_INLINE float higher(float value, float bound)
{
    return (value > bound) | (value != value) ? value : bound;
}
/// The value's bits as an integer of the same order (−0 just below +0, NaN beyond the infinities):
/// compilers vectorise integer minima without giving up IEEE arithmetic.
BITFRONT_INLINE std::int32_t orderKey(float value)
{
    const auto bits = std::bit_cast<std::int32_t>(value);
    return bits ^ ((bits >> 31) & 0x7fffffff);
}
BITFRONT_INLINE float fromOrderKey(std::int32_t key)
{
    return std::bit_cast<float>(key ^ ((key >> 31) & 0x7fffffff));
}

/// Clamped to the range; NaN passes through.
BITFRONT_INLINE float clamped(float value, float low, float high)
{
    const float atLeast = low > value ? low : value;
    return high < atLeast ? high : atLeast;
}

/// Half-to-even rounding by adding and taking away 1.5·2^23, exact below 2^22. Values are held
/// below that first; no code is so large, so the clamp that follows gives the same either way.
BITFRONT_INLINE float roundEven(float value)
{
    constexpr float bound = 2097152.0F;
    constexpr float magic = 12582912.0F;
    return (clamped(value, -bound, bound) + magic) - magic;
}

BITFRONT_INLINE float code(float value, float scale, float shift, float base, ClampRange clamp)
{
    return clamped(roundEven((value - base) / scale) + shift, clamp.low, clamp.high);
}

/// Calls each(i) for i in [0, length): whole groups of a fixed size first, so that even a run of 16
/// becomes one straight piece of vector code.
template<typename Each>
BITFRONT_INLINE void forLength(std::size_t length, Each each)
{
    const std::size_t whole = length - length % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            each(i + lane);
    for (std::size_t i = whole; i < length; ++i)
        each(i);
}

template<SmallFloat format>
BITFRONT_INLINE void smallFloatLoop(const float* values, Runs runs, const float* scales, float* out)
{
    const float largest = std::bit_cast<float>(format.largest);
    for (std::size_t run = 0; run < runs.count; ++run) {
        const float scale = scales[run];
        const float* from = values + run * runs.length;
        float* to = out + run * runs.length;
        forLength(runs.length, [=](std::size_t i) BITFRONT_INLINE_LAMBDA {
            to[i] = roundToSmall<format>(clamped(from[i] / scale, -largest, largest)) * scale;
        });
    }
}

BITFRONT_VECTOR_CLONES
void e4m3Runs(const float* values, Runs runs, const float* scales, float* out)
{
    smallFloatLoop<kE4M3>(values, runs, scales, out);
}

BITFRONT_VECTOR_CLONES
void e5m2Runs(const float* values, Runs runs, const float* scales, float* out)
{
    smallFloatLoop<kE5M2>(values, runs, scales, out);
}

BITFRONT_VECTOR_CLONES
void e2m1Runs(const float* values, Runs runs, const float* scales, float* out)
{
    smallFloatLoop<kE2M1>(values, runs, scales, out);
}

} // namespace

BITFRONT_VECTOR_CLONES
void widenRuns(const float* values, Runs runs, float* lows, float* highs)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (std::size_t run = 0; run < runs.count; ++run) {
        const float* from = values + run * runs.length;
        std::int32_t low = orderKey(lows[run]);
        std::int32_t high = orderKey(highs[run]);
        for (std::size_t i = 0; i < runs.length; ++i) {
            const std::int32_t key = orderKey(from[i]);
            low = key < low ? key : low;
            high = key > high ? key : high;
        }
        const bool nan = low < orderKey(-infinity) || high > orderKey(infinity);
        lows[run] = nan ? std::numeric_limits<float>::quiet_NaN() : fromOrderKey(low);
        highs[run] = nan ? std::numeric_limits<float>::quiet_NaN() : fromOrderKey(high);
    }
}

BITFRONT_VECTOR_CLONES
void widenRow(const float* values, std::size_t count, float* lows, float* highs)
{
    for (std::size_t i = 0; i < count; ++i) {
        lows[i] = lower(values[i], lows[i]);
        highs[i] = higher(values[i], highs[i]);
    }
}

BITFRONT_VECTOR_CLONES
void fakeQuantizeRuns(const float* values, Runs runs, AffineArrays affine, ClampRange clamp,
                      float* out)
{
    for (std::size_t run = 0; run < runs.count; ++run) {
        const float scale = affine.scales[run];
        const float shift = affine.shifts[run];
        const float base = affine.bases[run];
        const float* from = values + run * runs.length;
        float* to = out + run * runs.length;
        forLength(runs.length, [=](std::size_t i) BITFRONT_INLINE_LAMBDA {
            to[i] = (code(from[i], scale, shift, base, clamp) - shift) * scale + base;
        });
    }
}

BITFRONT_VECTOR_CLONES
void fakeQuantizeRow(const float* values, std::size_t count, AffineArrays affine, ClampRange clamp,
                     float* out)
{
    for (std::size_t i = 0; i < count; ++i) {
        const float shift = affine.shifts[i];
        const float base = affine.bases[i];
        const float q = code(values[i], affine.scales[i], shift, base, clamp);
        out[i] = (q - shift) * affine.scales[i] + base;
    }
}

void fakeQuantizeFloatRuns(CodeType type, const float* values, Runs runs, const float* scales,
                           float* out)
{
    switch (type) {
    case CodeType::Float8E4M3:
        return e4m3Runs(values, runs, scales, out);
    case CodeType::Float8E5M2:
        return e5m2Runs(values, runs, scales, out);
    case CodeType::Float4E2M1:
        return e2m1Runs(values, runs, scales, out);
    default:
        throw std::invalid_argument("integer codes have their own loop");
    }
}

BITFRONT_VECTOR_CLONES
void integerCodes(const float* values, Runs runs, AffineArrays affine, ClampRange clamp, float* out)
{
    for (std::size_t run = 0; run < runs.count; ++run) {
        const float scale = affine.scales[run];
        const float shift = affine.shifts[run];
        const float base = affine.bases[run];
        const float* from = values + run * runs.length;
        float* to = out + run * runs.length;
        forLength(runs.length, [=](std::size_t i) BITFRONT_INLINE_LAMBDA {
            to[i] = code(from[i], scale, shift, base, clamp);
        });
    }
}

} // namespace bitfront::detail
