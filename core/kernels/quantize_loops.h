// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of quantization, over contiguous values: ranges, and quantize–dequantize in one
// go. Private to core/kernels.
#pragma once

#include "core/base/formats.h"

#include <cstddef>

namespace bitfront::detail {

/// Affine code of one block: q = clamp(rint((w − base)/scale) + shift), w' = (q − shift)·scale +
/// base. Zero-point codes have base 0 and shift z, minimum-value codes base m and shift qmin.
struct Affine
{
    float scale = 1;
    float shift = 0;
    float base = 0;
};

struct ClampRange
{
    float low = 0;
    float high = 0;
};

/// Widens [low, high] to hold every value; NaN sticks.
void widenRange(const float* values, std::size_t count, float& low, float& high);
/// The same per position: value i widens [lows[i], highs[i]].
void widenRanges(const float* values, std::size_t count, float* lows, float* highs);

/// w' of integer codes with one affine for all values, and with one per value.
void fakeQuantizeRun(const float* values, std::size_t count, const Affine& affine, ClampRange clamp,
                     float* out);
void fakeQuantizeRow(const float* values, std::size_t count, const float* scales,
                     const float* shifts, const float* bases, ClampRange clamp, float* out);
/// w' of fp8 / fp4 codes: cast(clamp(w/s))·s.
void fakeQuantizeFloatRun(CodeType type, const float* values, std::size_t count, float scale,
                          float largest, float* out);

/// q itself, as a float (NaN where the value or the scale is).
void integerCodes(const float* values, std::size_t count, const Affine& affine, ClampRange clamp,
                  float* out);

} // namespace bitfront::detail
