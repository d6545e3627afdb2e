// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of models in both formats share: their files, stored values as numbers, how far
// outputs are from them, one simple configuration.
#pragma once

#include "core/engine/engine.h"
#include "tests/support/engine_data.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace bitfront::test {

inline std::filesystem::path pairPath(const std::string& file)
{
    return std::filesystem::path(BITFRONT_TEST_DATA) / "pairs" / file;
}

inline const nlohmann::json& expectedPairs()
{
    static const nlohmann::json content =
        nlohmann::json::parse(std::ifstream(pairPath("expected.json")));
    return content;
}

template<typename T>
T elementAt(const RawTensor& stored, std::size_t index)
{
    T value {};
    std::memcpy(&value, stored.data.data() + index * sizeof value, sizeof value);
    return value;
}

inline double halfValue(std::uint16_t bits)
{
    const int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
    const double size =
        exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
    return (bits & 0x8000) != 0 ? -size : size;
}

inline double numberAt(const RawTensor& stored, std::size_t index)
{
    switch (stored.dtype) {
    case DType::Bool:
        return stored.data[index];
    case DType::Int64:
        return static_cast<double>(elementAt<std::int64_t>(stored, index));
    case DType::Float16:
        return halfValue(elementAt<std::uint16_t>(stored, index));
    case DType::BFloat16:
        return std::bit_cast<float>(std::uint32_t {elementAt<std::uint16_t>(stored, index)} << 16);
    default:
        return elementAt<float>(stored, index);
    }
}

/// √(Σ(a−b)²/Σb²), over all elements of a stored tensor.
inline double relativeError(const std::vector<float>& values, const RawTensor& stored)
{
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double wanted = numberAt(stored, i);
        difference += (values[i] - wanted) * (values[i] - wanted);
        size += wanted * wanted;
    }
    return std::sqrt(difference / std::max(size, 1e-30));
}

inline std::vector<MetricChoice> psnrOf(const Experiment& experiment)
{
    std::vector<MetricChoice> choices;
    for (const OutputInfo& output : experiment.outputs())
        if (metricUnfitReason(output, Metric::Psnr).empty())
            choices.push_back({output.name, Metric::Psnr, 10});
    return choices;
}

inline CompressionConfig int8()
{
    CompressionConfig config;
    config.spec = QuantConfig {};
    config.group = GroupId::PerChannel;
    config.name = canonicalName(config.spec);
    return config;
}

/// The stored tensor of this name, or null.
inline const RawTensor* tensorNamed(const std::vector<RawTensor>& stored, const std::string& name)
{
    const auto found = std::find_if(stored.begin(), stored.end(),
                                    [&](const RawTensor& raw) { return raw.name == name; });
    return found == stored.end() ? nullptr : &*found;
}

} // namespace bitfront::test
