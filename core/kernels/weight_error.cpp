// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/weight_error.h"

#include "core/kernels/vector_clones.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace bitfront {

namespace {

constexpr std::size_t kLanes = 8;

BITFRONT_VECTOR_CLONES
std::uint32_t addPieces(double* error, double* signal, const float* weights, const float* changed,
                        std::size_t count)
{
    std::uint32_t different[kLanes] = {};
    double errors[kLanes], signals[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        errors[lane] = error[lane];
        signals[lane] = signal[lane];
    }
    const std::size_t whole = count - count % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const float weight = weights[i + lane], value = changed[i + lane];
            const double difference = static_cast<double>(value) - static_cast<double>(weight);
            errors[lane] += difference * difference;
            signals[lane] += static_cast<double>(weight) * static_cast<double>(weight);
            different[lane] |= value == weight ? 0U : 1U;
        }
    }
    for (std::size_t i = whole; i < count; ++i) {
        const double difference = static_cast<double>(changed[i]) - static_cast<double>(weights[i]);
        errors[i - whole] += difference * difference;
        signals[i - whole] += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
        different[0] |= changed[i] == weights[i] ? 0U : 1U;
    }
    std::uint32_t any = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        error[lane] = errors[lane];
        signal[lane] = signals[lane];
        any |= different[lane];
    }
    return any;
}

} // namespace

void WeightError::add(std::span<const float> weights, std::span<const float> changed)
{
    if (weights.size() != changed.size())
        throw std::invalid_argument("weights and changed weights differ in length");
    if (addPieces(m_error.data(), m_signal.data(), weights.data(), changed.data(), weights.size())
        != 0)
        m_different = true;
}

double WeightError::decibels() const
{
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double error = 0, signal = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        error += m_error[lane];
        signal += m_signal[lane];
    }
    if (std::isnan(error) || std::isnan(signal))
        return std::numeric_limits<double>::quiet_NaN();
    if (!m_different)
        return -infinity;
    if (std::isinf(error) || std::isinf(signal))
        return infinity;
    return 10.0 * std::log10(error / signal);
}

} // namespace bitfront
