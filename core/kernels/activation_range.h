// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges of activations: observed over calibration batches, corrected by what an operator's output
// can be at all, and turned into one scale and zero point per tensor (coreai-opt
// range_calculator.py).
#pragma once

#include "core/base/formats.h"
#include "core/kernels/quant_range.h"

#include <optional>
#include <span>
#include <string_view>

namespace bitfront {

/// How ranges of several batches become one.
enum class RangeMethod
{
    MovingAverage, ///< a ← 0.01·new + 0.99·a in float32; the first batch sets a
    GlobalMinMax, ///< over all batches
    LastBatch ///< of the last batch alone ("static"); observing each batch before use: "dynamic"
};

/// Watches one tensor edge. Batches are observed unquantized; empty ones are passed over. The range
/// of each batch is widened to hold zero before it is averaged.
class RangeObserver
{
public:
    explicit RangeObserver(RangeMethod method = RangeMethod::MovingAverage);
    /// NaN in a batch makes the range NaN, as in the reference.
    void observe(std::span<const float> values);
    bool hasRange() const { return m_seen; }
    float low() const { return m_low; }
    float high() const { return m_high; }

private:
    RangeMethod m_method;
    bool m_seen = false;
    float m_low = 0;
    float m_high = 0;
};

/// Scheme of an activation and the bounds its operator guarantees.
struct ActivationRule
{
    QuantScheme scheme = QuantScheme::Symmetric;
    std::optional<float> low; ///< replaces the observed end
    std::optional<float> high;
};

/// Rule for the output of an operator, by its name ("relu", "sigmoid", ...): relu asymmetric from
/// 0; relu6 asymmetric [0, 6]; sigmoid and hardsigmoid asymmetric [0, 1]; tanh symmetric [−1, 1];
/// all others symmetric as observed. hardtanh has its own bounds, see hardtanhRule().
ActivationRule activationRule(std::string_view operatorName);
/// hardtanh: symmetric within the bounds the operator was given.
ActivationRule hardtanhRule(float low, float high);

/// Whether an operator fuses with the one before it, so that nothing is quantized between them.
bool fusesWithProducer(std::string_view operatorName);
/// Whether an operator shares the parameters of its input with its output (pooling, mean, flatten,
/// concat). One observer serves both edges and sees both tensors in turn, so a moving average moves
/// twice per batch, as in the reference.
bool sharesInputRange(std::string_view operatorName);

/// Scale and zero point (integer codes) for a range seen under a rule.
BlockParameters activationParameters(float low, float high, const ActivationRule& rule,
                                     CodeType type = CodeType::Int8);

/// Quantize–dequantize with given parameters. `out` may alias `values`. Throws
/// std::invalid_argument for floating-point codes or when lengths differ.
void fakeQuantizeActivations(std::span<const float> values, const BlockParameters& parameters,
                             QuantScheme scheme, CodeType type, std::span<float> out);

} // namespace bitfront
