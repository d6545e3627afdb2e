// SPDX-License-Identifier: GPL-3.0-or-later
// From the range of a block to its scale and zero point (coreai-opt qparams_calculator.py, torchao
// choose_qparams_affine_with_min_max). Shared by weights, lookup tables and activations.
#pragma once

#include "core/kernels/quantize.h"

#include <cstdint>

namespace bitfront {

/// Smallest and largest code, as numbers: int4 [−8, 7], with clipping [−7, 7]; e4m3 [−448, 448].
struct CodeRange
{
    float min = 0;
    float max = 0;
};
CodeRange codeRange(CodeType type, QuantScheme scheme);

/// Parameters of one block.
struct BlockParameters
{
    float scale = 1;
    std::int32_t zeroPoint = 0; ///< meaningless for floating-point codes
    float minValue = 0; ///< MinValue formulation only
};

/// Parameters for values in [low, high]; zero is always made part of the range. Every operation is
/// rounded to `type`. NaN gives a NaN scale; a zero point that is NaN becomes INT32_MIN, as in
/// torch.
BlockParameters parametersForRange(float low, float high, WeightType type, const QuantSpec& spec);

/// The same for many ranges: what depends on the specification alone is worked out once.
class RangeRule
{
public:
    RangeRule(WeightType type, const QuantSpec& spec);
    BlockParameters operator()(float low, float high) const;

private:
    WeightType m_type;
    CodeType m_codeType;
    CodeRange m_codes;
    bool m_asymmetric;
    bool m_powerOfTwo; ///< e8m0 scales
};

/// Throws std::invalid_argument when the combination is not defined: float codes other than
/// symmetric and ZeroPoint, integer codes with E8M0 scales. (float4 always has E8M0 scales,
/// whatever is asked.)
void checkQuantSpec(const QuantSpec& spec);

} // namespace bitfront
