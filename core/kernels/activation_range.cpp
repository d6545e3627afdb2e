// SPDX-License-Identifier: GPL-3.0-or-later
// Observers and the table of what operators guarantee about their outputs.
#include "core/kernels/activation_range.h"

#include "core/kernels/quantize_loops.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace bitfront {

namespace {

template<std::size_t count>
bool contains(const std::array<std::string_view, count>& names, std::string_view wanted)
{
    return std::find(names.begin(), names.end(), wanted) != names.end();
}

} // namespace

RangeObserver::RangeObserver(RangeMethod method)
    : m_method(method)
{
}

void RangeObserver::observe(std::span<const float> values)
{
    if (values.empty())
        return;
    float low = values.front();
    float high = values.front();
    detail::widenRuns(values.data(), {1, values.size()}, &low, &high);
    // Zero belongs to the range of every batch, not only to the final one; NaN stays.
    low = low > 0 ? 0 : low;
    high = high < 0 ? 0 : high;
    if (!m_seen || m_method == RangeMethod::LastBatch) {
        m_low = low;
        m_high = high;
    } else if (m_method == RangeMethod::MovingAverage) {
        m_low = 0.01F * low + 0.99F * m_low;
        m_high = 0.01F * high + 0.99F * m_high;
    } else { // a NaN already seen must stay: both comparisons are false for it
        m_low = low < m_low || low != low ? low : m_low;
        m_high = high > m_high || high != high ? high : m_high;
    }
    m_seen = true;
}

ActivationRule activationRule(std::string_view operatorName)
{
    if (operatorName == "relu")
        return {QuantScheme::Asymmetric, 0.0F, std::nullopt};
    if (operatorName == "relu6")
        return {QuantScheme::Asymmetric, 0.0F, 6.0F};
    if (operatorName == "sigmoid" || operatorName == "hardsigmoid")
        return {QuantScheme::Asymmetric, 0.0F, 1.0F};
    if (operatorName == "tanh")
        return {QuantScheme::Symmetric, -1.0F, 1.0F};
    return {};
}

ActivationRule hardtanhRule(float low, float high)
{
    return {QuantScheme::Symmetric, low, high};
}

bool fusesWithProducer(std::string_view operatorName)
{
    static constexpr std::array<std::string_view, 15> names = {
        "relu",     "relu6",     "leaky_relu",  "silu", "elu",     "celu",       "selu", "mish",
        "hardtanh", "hardswish", "hardsigmoid", "gelu", "sigmoid", "logsigmoid", "tanh"};
    return contains(names, operatorName);
}

bool sharesInputRange(std::string_view operatorName)
{
    static constexpr std::array<std::string_view, 13> names = {
        "max_pool1d", "max_pool2d", "max_pool3d",          "avg_pool1d",
        "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d", "adaptive_avg_pool2d",
        "mean",       "flatten",    "adaptive_avg_pool3d", "cat",
        "concat"};
    return contains(names, operatorName);
}

BlockParameters activationParameters(float low, float high, const ActivationRule& rule,
                                     CodeType type)
{
    QuantSpec spec;
    spec.dtype = type;
    spec.scheme = rule.scheme;
    return parametersForRange(rule.low.value_or(low), rule.high.value_or(high), WeightType::Float32,
                              spec);
}

void fakeQuantizeActivations(std::span<const float> values, const BlockParameters& parameters,
                             QuantScheme scheme, CodeType type, std::span<float> out)
{
    if (!isInteger(type))
        throw std::invalid_argument("activations are quantized to integers");
    if (values.size() != out.size())
        throw std::invalid_argument("activations and result differ in length");
    const CodeRange codes = codeRange(type, scheme);
    const auto shift = static_cast<float>(parameters.zeroPoint);
    const float base = 0;
    detail::fakeQuantizeRuns(values.data(), {1, values.size()}, {&parameters.scale, &shift, &base},
                             {codes.min, codes.max}, out.data());
}

} // namespace bitfront
