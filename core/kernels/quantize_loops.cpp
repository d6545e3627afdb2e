// SPDX-License-Identifier: GPL-3.0-or-later
// Loops written so that GCC and clang vectorise them without relaxing IEEE arithmetic: no calls, no
// reductions across lanes, comparisons in the operand order of the min/max instructions.
#include "core/kernels/quantize_loops.h"

#include "core/kernels/half.h"
#include "core/kernels/vector_clones.h"

#include <algorithm>
#include <stdexcept>

namespace bitfront::detail {

namespace {

constexpr std::size_t kLanes = 16;

/// Smaller of the two, NaN if `value` is NaN; a NaN bound stays because comparisons with it fail.
BITFRONT_INLINE float lower(float value, float bound)
{
    return value < bound || value != value ? value : bound;
}
BITFRONT_INLINE float higher(float value, float bound)
{
    return value > bound || value != value ? value : bound;
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

template<SmallFloat format>
BITFRONT_INLINE void smallFloatLoop(const float* values, std::size_t count, float scale,
                                    float largest, float* out)
{
    for (std::size_t i = 0; i < count; ++i)
        out[i] = roundToSmall<format>(clamped(values[i] / scale, -largest, largest)) * scale;
}

BITFRONT_VECTOR_CLONES
void e4m3Run(const float* values, std::size_t count, float scale, float largest, float* out)
{
    smallFloatLoop<kE4M3>(values, count, scale, largest, out);
}

BITFRONT_VECTOR_CLONES
void e5m2Run(const float* values, std::size_t count, float scale, float largest, float* out)
{
    smallFloatLoop<kE5M2>(values, count, scale, largest, out);
}

BITFRONT_VECTOR_CLONES
void e2m1Run(const float* values, std::size_t count, float scale, float largest, float* out)
{
    smallFloatLoop<kE2M1>(values, count, scale, largest, out);
}

} // namespace

BITFRONT_VECTOR_CLONES
void widenRange(const float* values, std::size_t count, float& low, float& high)
{
    float lows[kLanes];
    float highs[kLanes];
    std::fill_n(lows, kLanes, low);
    std::fill_n(highs, kLanes, high);
    const std::size_t whole = count - count % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            lows[lane] = lower(values[i + lane], lows[lane]);
            highs[lane] = higher(values[i + lane], highs[lane]);
        }
    for (std::size_t i = whole; i < count; ++i) {
        lows[i - whole] = lower(values[i], lows[i - whole]);
        highs[i - whole] = higher(values[i], highs[i - whole]);
    }
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        low = lower(lows[lane], low);
        high = higher(highs[lane], high);
    }
}

BITFRONT_VECTOR_CLONES
void widenRanges(const float* values, std::size_t count, float* lows, float* highs)
{
    for (std::size_t i = 0; i < count; ++i) {
        lows[i] = lower(values[i], lows[i]);
        highs[i] = higher(values[i], highs[i]);
    }
}

BITFRONT_VECTOR_CLONES
void fakeQuantizeRun(const float* values, std::size_t count, const Affine& affine, ClampRange clamp,
                     float* out)
{
    const Affine a = affine;
    for (std::size_t i = 0; i < count; ++i)
        out[i] = (code(values[i], a.scale, a.shift, a.base, clamp) - a.shift) * a.scale + a.base;
}

BITFRONT_VECTOR_CLONES
void fakeQuantizeRow(const float* values, std::size_t count, const float* scales,
                     const float* shifts, const float* bases, ClampRange clamp, float* out)
{
    for (std::size_t i = 0; i < count; ++i)
        out[i] = (code(values[i], scales[i], shifts[i], bases[i], clamp) - shifts[i]) * scales[i]
            + bases[i];
}

void fakeQuantizeFloatRun(CodeType type, const float* values, std::size_t count, float scale,
                          float largest, float* out)
{
    switch (type) {
    case CodeType::Float8E4M3:
        return e4m3Run(values, count, scale, largest, out);
    case CodeType::Float8E5M2:
        return e5m2Run(values, count, scale, largest, out);
    case CodeType::Float4E2M1:
        return e2m1Run(values, count, scale, largest, out);
    default:
        throw std::invalid_argument("integer codes have their own loop");
    }
}

BITFRONT_VECTOR_CLONES
void integerCodes(const float* values, std::size_t count, const Affine& affine, ClampRange clamp,
                  float* out)
{
    const Affine a = affine;
    for (std::size_t i = 0; i < count; ++i)
        out[i] = code(values[i], a.scale, a.shift, a.base, clamp);
}

} // namespace bitfront::detail
