// SPDX-License-Identifier: GPL-3.0-or-later
// From codes and tables back to weights, with nothing but what the packed file holds.
#include "core/kernels/bit_pack.h"
#include "core/kernels/half.h"
#include "core/kernels/quant_range.h"
#include "core/pack/half_values.h"
#include "core/pack/packed_model.h"

#include <algorithm>

namespace bitfront {

namespace {

WeightType weightTypeOf(const PackedParameter& parameter)
{
    return weightTypeFromName(parameter.dtype).value_or(WeightType::Float32);
}

DType fileTypeOf(WeightType type)
{
    switch (type) {
    case WeightType::Float16:
        return DType::Float16;
    case WeightType::BFloat16:
        return DType::BFloat16;
    case WeightType::Float32:
        break;
    }
    return DType::Float32;
}

std::size_t elementsOf(const PackedParameter& parameter)
{
    std::size_t count = 1;
    for (const std::int64_t extent : parameter.shape)
        count *= static_cast<std::size_t>(extent);
    return count;
}

std::vector<float> storedScales(const RawTensor& part)
{
    if (part.dtype != DType::UInt8)
        return detail::fromHalf(part);
    std::vector<float> scales(part.data.size());
    std::transform(part.data.begin(), part.data.end(), scales.begin(), e8m0FromBits);
    return scales;
}

std::vector<float> dequantized(const PackedParameter& parameter)
{
    const auto& config = std::get<QuantConfig>(parameter.spec);
    const WeightType type = weightTypeOf(parameter);
    QuantSpec spec;
    spec.dtype = config.dtype;
    spec.scheme = config.scheme;
    spec.blockShape = parameter.blockShape;
    const int width = codeBits(config.dtype);
    const bool isSigned = isInteger(config.dtype) && codeRange(config.dtype, config.scheme).min < 0;
    QuantizedWeight quantized;
    quantized.codes =
        unpackBits(parameter.parts.at(0).data, elementsOf(parameter), width, isSigned);
    quantized.parameters.scales = storedScales(parameter.parts.at(1));
    const std::size_t blocks = quantized.parameters.scales.size();
    if (config.scheme == QuantScheme::Asymmetric) {
        const auto points = unpackBits(parameter.parts.at(2).data, blocks, width, isSigned);
        quantized.parameters.zeroPoints.assign(points.begin(), points.end());
    } else if (isInteger(config.dtype)) { // the middle of the code range, whatever the weights
        quantized.parameters.zeroPoints.assign(
            blocks, parametersForRange(-1, 1, WeightType::Float32, spec).zeroPoint);
    }
    std::vector<float> values(quantized.codes.size());
    dequantize(quantized, parameter.shape, type, spec, values);
    return values;
}

std::vector<float> lookedUp(const PackedParameter& parameter)
{
    const auto& config = std::get<PaletteConfig>(parameter.spec);
    const WeightType type = weightTypeOf(parameter);
    const auto indices =
        unpackBits(parameter.parts.at(0).data, elementsOf(parameter), config.bits, false);
    const std::vector<float> tables = detail::fromHalf(parameter.parts.at(1));
    const std::vector<float> scales = config.channelScale
        ? detail::fromHalf(parameter.parts.at(2))
        : std::vector<float>(static_cast<std::size_t>(parameter.shape.front()), 1.0F);
    const std::size_t sliceSize = scales.empty() ? 0 : indices.size() / scales.size();
    const std::size_t entries = std::size_t {1} << config.bits;
    const std::size_t perGroup = config.groupSize == 0 ? std::max<std::size_t>(scales.size(), 1)
                                                       : static_cast<std::size_t>(config.groupSize);
    std::vector<float> values(indices.size());
    for (std::size_t slice = 0; slice < scales.size(); ++slice)
        for (std::size_t i = slice * sliceSize; i < (slice + 1) * sliceSize; ++i) {
            const auto index = static_cast<std::size_t>(indices[i]);
            values[i] = roundTo(type, tables[slice / perGroup * entries + index] * scales[slice]);
        }
    return values;
}

} // namespace

std::vector<RawTensor> unpackWeights(const PackedModel& packed)
{
    std::vector<RawTensor> weights;
    weights.reserve(packed.parameters.size());
    for (const PackedParameter& parameter : packed.parameters) {
        std::vector<float> values;
        if (parameter.kind == StorageKind::Quantized)
            values = dequantized(parameter);
        else if (parameter.kind == StorageKind::Palettized)
            values = lookedUp(parameter);
        else
            values = detail::fromHalf(parameter.parts.at(0));
        weights.push_back(detail::toFloatTensor(parameter.name, fileTypeOf(weightTypeOf(parameter)),
                                                parameter.shape, values));
    }
    return weights;
}

} // namespace bitfront
