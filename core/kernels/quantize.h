// SPDX-License-Identifier: GPL-3.0-or-later
// Linear weight quantization, to the last bit what coreai-opt computes (its fake_quantize.py and
// qparams_calculator.py, torchao's choose_qparams_affine): codes, scales, zero points, and the
// weights they stand for. Values are passed as fp32; fp16 and bf16 weights hold values exact in
// their type.
#pragma once

#include "core/base/formats.h"
#include "core/kernels/weight_error.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront {

/// How codes map back: through a zero point, or through the smallest value of the block.
enum class QuantFormulation
{
    ZeroPoint,
    MinValue
};
/// Precision scales are stored in: the weight's own, or powers of two (e8m0).
enum class ScaleType
{
    Weight,
    E8M0
};

struct QuantSpec
{
    CodeType dtype = CodeType::Int8;
    QuantScheme scheme = QuantScheme::Symmetric;
    QuantFormulation formulation = QuantFormulation::ZeroPoint;
    ScaleType scaleType = ScaleType::Weight;
    std::vector<std::int64_t>
        blockShape; ///< scope of one scale, one extent per axis, each dividing
};

/// Parameters of every block, blocks in row-major order of the block grid.
struct QuantParameters
{
    std::vector<float> scales;
    std::vector<std::int32_t> zeroPoints; ///< empty for floating-point codes
    std::vector<float> minValues; ///< MinValue only
};

struct QuantizedWeight
{
    QuantParameters parameters;
    /// One per element in the weight's order: the integer code, or the bit pattern of a tiny float.
    std::vector<std::int16_t> codes;
};

/// Whether every extent of blockShape divides that of shape.
bool divides(std::span<const std::int64_t> shape, std::span<const std::int64_t> blockShape);

/// Fused quantize–dequantize. Where blocks do not span axis 0, ranges, values and errors are worked
/// out a few slices at a time, while these are in the cache: one pass over memory. `out` may alias
/// `weights` where no `error` is wanted; `error` (may be null) receives the error of all values.
/// Throws std::invalid_argument when shapes do not match or a combination is not defined.
QuantParameters fakeQuantize(std::span<const float> weights, std::span<const std::int64_t> shape,
                             WeightType type, const QuantSpec& spec, std::span<float> out,
                             WeightError* error = nullptr);

/// The codes themselves, for packing and for tests.
QuantizedWeight quantize(std::span<const float> weights, std::span<const std::int64_t> shape,
                         WeightType type, const QuantSpec& spec);
/// Inverse of quantize(): the values the codes stand for.
void dequantize(const QuantizedWeight& quantized, std::span<const std::int64_t> shape,
                WeightType type, const QuantSpec& spec, std::span<float> out);

} // namespace bitfront
