// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of quantization, over contiguous values: ranges, and quantize–dequantize in one
// go. Private to core/kernels.
#pragma once

#include "core/base/formats.h"

#include <cstddef>

namespace bitfront::detail {

/// Affine code: q = clamp(rint((w − base)/scale) + shift), w' = (q − shift)·scale + base.
/// Zero-point codes have base 0 and shift z, minimum-value codes base m and shift qmin. One entry
/// per block, or per value.
struct AffineArrays
{
    const float* scales;
    const float* shifts;
    const float* bases;
};

struct ClampRange
{
    float low = 0;
    float high = 0;
};

/// Consecutive runs of equal length, each in a block of its own.
struct Runs
{
    std::size_t count = 0;
    std::size_t length = 0;
};

/// Widens [lows[i], highs[i]] to hold every value of run i; NaN sticks.
void widenRuns(const float* values, Runs runs, float* lows, float* highs);
/// The same per position: value i widens [lows[i], highs[i]].
void widenRow(const float* values, std::size_t count, float* lows, float* highs);

/// w' of integer codes with one affine per run, and with one per value.
void fakeQuantizeRuns(const float* values, Runs runs, AffineArrays affine, ClampRange clamp,
                      float* out);
void fakeQuantizeRow(const float* values, std::size_t count, AffineArrays affine, ClampRange clamp,
                     float* out);
/// w' of fp8 / fp4 codes: cast(clamp(w/s, ±largest))·s.
void fakeQuantizeFloatRuns(CodeType type, const float* values, Runs runs, const float* scales,
                           float* out);

/// q itself, as a float (NaN where the value or the scale is).
void integerCodes(const float* values, Runs runs, AffineArrays affine, ClampRange clamp,
                  float* out);

} // namespace bitfront::detail
