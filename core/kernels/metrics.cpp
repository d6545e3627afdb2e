// SPDX-License-Identifier: GPL-3.0-or-later
// PSNR, SNR and IoU, each in the reference's float32 arithmetic and without its absolute epsilon.
#include "core/kernels/metrics.h"

#include "core/kernels/vector_clones.h"
#include "core/kernels/weight_error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace bitfront {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kLanes = 8;

/// Everything PSNR and SNR need, from one pass.
struct Sums
{
    double error = 0; ///< Σ(o−r)², exact differences
    double roundedError = 0; ///< Σ of float32((o−r)²), as the reference squares
    double signal = 0; ///< Σr²
    double roundedSignal = 0;
    float largestSquare = 0; ///< largest float32(r²)
    float largest = 0; ///< largest |r|
    bool nan = false;
    bool infinite = false;
    bool equal = true;
};

struct Lanes
{
    std::array<double, kLanes> error {};
    std::array<double, kLanes> roundedError {};
    std::array<double, kLanes> signal {};
    std::array<double, kLanes> roundedSignal {};
    std::array<float, kLanes> largest {};
    std::array<int, kLanes> nan {};
    std::array<int, kLanes> infinite {};
    std::array<int, kLanes> different {};
};

BITFRONT_INLINE void add(Lanes& lanes, std::size_t lane, float output, float reference)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const int same = output == reference ? 1 : 0;
    const float difference = output - reference;
    const float roundedSquare = difference * difference;
    const double exact = static_cast<double>(output) - static_cast<double>(reference);
    const double signal = static_cast<double>(reference) * static_cast<double>(reference);
    const float roundedSignal = reference * reference;
    const float magnitude = reference < 0 ? -reference : reference;
    const float outputMagnitude = output < 0 ? -output : output;
    lanes.error[lane] += exact * exact;
    lanes.roundedError[lane] += static_cast<double>(roundedSquare);
    lanes.signal[lane] += signal;
    lanes.roundedSignal[lane] += static_cast<double>(roundedSignal);
    lanes.largest[lane] = magnitude > lanes.largest[lane] ? magnitude : lanes.largest[lane];
    lanes.nan[lane] |=
        static_cast<int>(output != output) | static_cast<int>(reference != reference);
    lanes.infinite[lane] |=
        static_cast<int>(outputMagnitude == infinity) | static_cast<int>(magnitude == infinity);
    lanes.different[lane] |= 1 - same;
}

BITFRONT_VECTOR_CLONES
void addAll(Lanes& lanes, const float* outputs, const float* reference, std::size_t count)
{
    const std::size_t whole = count - count % kLanes;
    for (std::size_t i = 0; i < whole; i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            add(lanes, lane, outputs[i + lane], reference[i + lane]);
    for (std::size_t i = whole; i < count; ++i)
        add(lanes, i - whole, outputs[i], reference[i]);
}

Sums sumUp(std::span<const float> outputs, std::span<const float> reference)
{
    Lanes lanes;
    addAll(lanes, outputs.data(), reference.data(), outputs.size());
    Sums sums;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        sums.error += lanes.error[lane];
        sums.roundedError += lanes.roundedError[lane];
        sums.signal += lanes.signal[lane];
        sums.roundedSignal += lanes.roundedSignal[lane];
        sums.largest = std::max(sums.largest, lanes.largest[lane]);
        sums.nan = sums.nan || lanes.nan[lane] != 0;
        sums.infinite = sums.infinite || lanes.infinite[lane] != 0;
        sums.equal = sums.equal && lanes.different[lane] == 0;
    }
    sums.largestSquare = sums.largest * sums.largest;
    return sums;
}

/// quality_metrics.py: 10·log10((signal + 1e-10) / (noise + 1e-7)) in float32.
double referenceDb(float signal, float noise)
{
    return static_cast<double>(10.0F * std::log10((signal + 1e-10F) / (noise + 1e-7F)));
}

MetricValue signalToNoise(Metric metric, std::span<const float> outputs,
                          std::span<const float> reference)
{
    if (outputs.empty())
        return {kNan, kInfinity}; // the reference takes the mean of nothing
    const Sums sums = sumUp(outputs, reference);
    if (sums.nan)
        return {kNan, kNan};
    const auto count = static_cast<double>(outputs.size());
    const bool peak = metric == Metric::Psnr;
    const auto noise = static_cast<float>(sums.roundedError / count);
    const float signal = peak ? sums.largestSquare : static_cast<float>(sums.roundedSignal / count);
    MetricValue value {referenceDb(signal, noise), 0};
    if (sums.equal) {
        value.exact = kInfinity;
    } else if (sums.infinite) {
        value.exact = -kInfinity;
    } else {
        const double largest = static_cast<double>(sums.largest);
        const double power = peak ? largest * largest : sums.signal / count;
        value.exact = 10.0 * std::log10(power / (sums.error / count));
    }
    return value;
}

/// The reference compares with the threshold only, so that NaN lies outside of every mask and +∞
/// inside. Such values are no mask: they must not pass for one.
MetricValue intersectionOverUnion(std::span<const float> outputs, std::span<const float> reference)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::size_t both = 0;
    std::size_t either = 0;
    bool nan = false;
    bool infinite = false;
    bool equal = true;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const float output = outputs[i];
        const float wanted = reference[i];
        const bool in = output > 0.5F;
        const bool expected = wanted > 0.5F;
        both += in && expected ? 1U : 0U;
        either += in || expected ? 1U : 0U;
        nan |= std::isnan(output) || std::isnan(wanted);
        infinite |= std::fabs(output) == infinity || std::fabs(wanted) == infinity;
        equal &= output == wanted;
    }
    const double value =
        either == 0 ? 1.0 : static_cast<double>(both) / static_cast<double>(either);
    return {value, nan ? kNan : infinite && !equal ? -kInfinity : value};
}

} // namespace

MetricValue measure(Metric metric, std::span<const float> outputs, std::span<const float> reference)
{
    if (outputs.size() != reference.size())
        throw std::invalid_argument("outputs and reference differ in length");
    if (metric == Metric::Iou)
        return intersectionOverUnion(outputs, reference);
    return signalToNoise(metric, outputs, reference);
}

double relativeErrorDb(std::span<const float> weights, std::span<const float> changed)
{
    WeightError error;
    error.add(weights, changed);
    return error.decibels();
}

} // namespace bitfront
