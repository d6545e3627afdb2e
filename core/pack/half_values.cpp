// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pack/half_values.h"

#include "core/kernels/half.h"

#include <bit>
#include <cmath>
#include <utility>

namespace bitfront::detail {

namespace {

template<typename Round>
double squaredError(std::span<const float> values, Round round)
{
    double sum = 0;
    for (const float value : values)
        if (std::isfinite(value)) {
            const double difference = double {round(value)} - double {value};
            sum += difference * difference;
        }
    return sum;
}

void append(std::vector<std::uint8_t>& bytes, std::uint32_t bits, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
}

} // namespace

RawTensor toFloatTensor(std::string name, DType type, std::vector<std::int64_t> shape,
                        std::span<const float> values)
{
    RawTensor tensor {std::move(name), type, std::move(shape), {}};
    tensor.data.reserve(values.size() * itemBytes(type));
    for (const float value : values) {
        if (type == DType::Float16)
            append(tensor.data, float16Bits(value), 2);
        else if (type == DType::BFloat16)
            append(tensor.data, bfloat16Bits(value), 2);
        else
            append(tensor.data, std::bit_cast<std::uint32_t>(value), 4);
    }
    return tensor;
}

RawTensor toHalf(std::string name, std::vector<std::int64_t> shape, std::span<const float> values)
{
    const double half = squaredError(values, roundToFloat16);
    const double brain = half == 0 ? 0 : squaredError(values, roundToBFloat16);
    return toFloatTensor(std::move(name), brain < half ? DType::BFloat16 : DType::Float16,
                         std::move(shape), values);
}

std::vector<float> fromHalf(const RawTensor& tensor)
{
    std::vector<float> values(tensor.data.size() / 2);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto bits =
            static_cast<std::uint16_t>(tensor.data[2 * i] | (tensor.data[2 * i + 1] << 8));
        values[i] =
            tensor.dtype == DType::BFloat16 ? bfloat16FromBits(bits) : float16FromBits(bits);
    }
    return values;
}

} // namespace bitfront::detail
