// SPDX-License-Identifier: GPL-3.0-or-later
// Packs the parameters of a model, and says how each is laid out.
#include "core/pack/packed_model.h"

#include "core/base/error.h"
#include "core/engine/weight_compressor.h"
#include "core/kernels/bit_pack.h"
#include "core/kernels/half.h"
#include "core/pack/half_values.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace bitfront {

namespace {

constexpr int kHalfBits = 16;
constexpr int kExponentBits = 8; ///< of a power-of-two scale

using Shape = std::vector<std::int64_t>;

std::int64_t elementsOf(const Shape& shape)
{
    return std::accumulate(shape.begin(), shape.end(), std::int64_t {1}, std::multiplies<>());
}

Shape blockGrid(const PackedParameter& parameter)
{
    Shape grid;
    for (std::size_t i = 0; i < parameter.shape.size(); ++i)
        grid.push_back(parameter.shape[i] / parameter.blockShape.at(i));
    return grid;
}

std::int64_t tableCount(const PackedParameter& parameter, const PaletteConfig& palette)
{
    return palette.groupSize == 0 ? 1 : parameter.shape.at(0) / palette.groupSize;
}

/// Bytes of `count` codes as a one-dimensional tensor.
Shape packedShape(std::int64_t count, int width)
{
    return {static_cast<std::int64_t>(packedSize(static_cast<std::size_t>(count), width))};
}

RawTensor byteTensor(std::string name, std::vector<std::uint8_t> data)
{
    Shape shape {static_cast<std::int64_t>(data.size())};
    return {std::move(name), DType::UInt8, std::move(shape), std::move(data)};
}

/// Adds a 16-bit part and notes whether it holds its values exactly.
void addHalf(PackedParameter& parameter, const std::string& suffix, Shape shape,
             std::span<const float> values)
{
    parameter.parts.push_back(detail::toHalf(parameter.name + suffix, std::move(shape), values));
    const std::vector<float> kept = detail::fromHalf(parameter.parts.back());
    parameter.exact = parameter.exact
        && std::equal(values.begin(), values.end(), kept.begin(),
                      [](float a, float b) { return a == b || (a != a && b != b); });
}

void packQuantized(PackedParameter& parameter, const LayerInfo& layer,
                   std::span<const float> weights)
{
    const auto& config = std::get<QuantConfig>(parameter.spec);
    const QuantSpec spec = quantSpec(layer, config);
    parameter.blockShape = spec.blockShape;
    const QuantizedWeight quantized = quantize(weights, layer.shape, layer.weightType, spec);
    const int width = codeBits(config.dtype);
    parameter.parts.push_back(
        byteTensor(parameter.name + ".codes", packBits(quantized.codes, width)));
    const std::vector<float>& scales = quantized.parameters.scales;
    if (config.dtype == CodeType::Float4E2M1) {
        std::vector<std::uint8_t> exponents(scales.size());
        std::transform(scales.begin(), scales.end(), exponents.begin(), e8m0Bits);
        parameter.parts.push_back(
            {parameter.name + ".scales", DType::UInt8, blockGrid(parameter), std::move(exponents)});
    } else {
        addHalf(parameter, ".scales", blockGrid(parameter), scales);
    }
    if (config.scheme != QuantScheme::Asymmetric)
        return;
    const std::vector<std::int32_t>& points = quantized.parameters.zeroPoints;
    const std::vector<std::int16_t> narrow(points.begin(), points.end());
    parameter.parts.push_back(byteTensor(parameter.name + ".zero_points", packBits(narrow, width)));
}

void packPalettized(PackedParameter& parameter, const LayerInfo& layer,
                    std::span<const float> weights, bool exact, const std::stop_token& stop)
{
    const auto& config = std::get<PaletteConfig>(parameter.spec);
    PaletteSpec spec = paletteSpec(config);
    spec.fastMode = !exact;
    const PaletteTables tables = findPalette(weights, layer.shape, layer.weightType, spec, stop);
    std::vector<std::uint8_t> indices(weights.size());
    std::vector<float> restored(weights.size());
    applyPalette(weights, layer.shape, layer.weightType, spec, tables, restored, indices);
    parameter.parts.push_back(
        byteTensor(parameter.name + ".indices", packBits(indices, config.bits)));
    addHalf(parameter, ".tables", {tables.groups, tables.entries}, tables.lut);
    if (config.channelScale)
        addHalf(parameter, ".channel_scales", {layer.shape.front()}, tables.channelScales);
}

PackedParameter packLayer(const Model& model, std::size_t index, const LayerStorage& storage,
                          const std::stop_token& stop)
{
    const LayerInfo& layer = model.info().layers[index];
    PackedParameter parameter;
    parameter.name = layer.module.empty() ? layer.parameter : layer.module + '.' + layer.parameter;
    parameter.dtype = std::string(name(layer.weightType));
    parameter.shape = layer.shape;
    parameter.tiedWith = layer.tiedWith;
    parameter.kind = storage.kind;
    if (storage.kind != StorageKind::Untouched)
        parameter.spec = storage.spec;
    parameter.bits = storage.bits;
    const std::vector<float> weights = model.layerValues(index).values;
    if (storage.kind == StorageKind::Quantized)
        packQuantized(parameter, layer, weights);
    else if (storage.kind == StorageKind::Palettized)
        packPalettized(parameter, layer, weights, storage.exactPalette, stop);
    else
        addHalf(parameter, "", layer.shape, weights);
    return parameter;
}

PackedParameter packPlain(const Model& model, std::size_t index)
{
    const PlainParameter& plain = model.info().plainParameters[index];
    const ParameterValues values = model.plainValues(index);
    PackedParameter parameter;
    parameter.name = plain.name;
    parameter.dtype = values.dtype;
    parameter.shape = plain.shape;
    parameter.bits.codes = plain.elements * kHalfBits;
    addHalf(parameter, "", plain.shape, values.values);
    return parameter;
}

/// packLayer() for a record from a file: the kernels refuse what no sweep writes, such as groups
/// that do not divide the layer.
PackedParameter packRecorded(const Model& model, std::size_t index, const LayerStorage& storage,
                             const std::stop_token& stop)
{
    try {
        return packLayer(model, index, storage, stop);
    } catch (const std::invalid_argument& error) {
        throw Error(ErrorCode::BadFormat,
                    "The run's record of the layer “" + storage.layer
                        + "” cannot be followed: " + error.what() + '.',
                    "The run folder is damaged. Measure this configuration again.", storage.layer);
    }
}

void requireSameModel(const ModelInfo& info, const std::vector<LayerStorage>& layers)
{
    bool same = layers.size() == info.layers.size();
    for (std::size_t i = 0; same && i < layers.size(); ++i)
        same = layers[i].layer == info.layers[i].name
            && layers[i].elements == info.layers[i].elements();
    if (!same)
        throw Error(ErrorCode::BadArgument, "The measured layers are not those of this model.",
                    "Pack with the model that the run was made with.", info.path);
}

/// The promise of the format: what is stored is what was accounted.
void requireAccounted(const PackedParameter& parameter)
{
    const std::vector<PartLayout> layout = partLayout(parameter);
    bool same = layout.size() == parameter.parts.size();
    for (std::size_t i = 0; same && i < layout.size(); ++i)
        same = layout[i].name == parameter.parts[i].name
            && layout[i].shape == parameter.parts[i].shape;
    if (!same)
        throw Error(ErrorCode::Internal,
                    "The parameter " + parameter.name + " is not laid out as documented.", {},
                    parameter.name);
    if (storedBits(parameter) != parameter.bits)
        throw Error(ErrorCode::BadFormat,
                    "The parameter " + parameter.name + " does not have its accounted size.",
                    "The run folder is damaged. Measure this configuration again.", parameter.name);
}

} // namespace

StorageBits storedBits(const PackedParameter& parameter)
{
    StorageBits bits;
    const std::int64_t elements = elementsOf(parameter.shape);
    if (parameter.kind == StorageKind::Untouched) {
        bits.codes = elements * kHalfBits;
    } else if (const auto* quant = std::get_if<QuantConfig>(&parameter.spec)) {
        const int width = codeBits(quant->dtype);
        const std::int64_t blocks = elementsOf(blockGrid(parameter));
        bits.codes = elements * width;
        bits.scales = blocks * (quant->dtype == CodeType::Float4E2M1 ? kExponentBits : kHalfBits);
        if (quant->scheme == QuantScheme::Asymmetric)
            bits.zeroPoints = blocks * width;
    } else {
        const auto& palette = std::get<PaletteConfig>(parameter.spec);
        bits.codes = elements * palette.bits;
        bits.tables = (tableCount(parameter, palette) << palette.bits) * std::int64_t {kHalfBits};
        if (palette.channelScale)
            bits.channelScales = parameter.shape.at(0) * kHalfBits;
    }
    return bits;
}

std::vector<PartLayout> partLayout(const PackedParameter& parameter)
{
    const std::string& stem = parameter.name;
    const std::int64_t elements = elementsOf(parameter.shape);
    if (parameter.kind == StorageKind::Untouched)
        return {{stem, DType::Float16, parameter.shape}};
    std::vector<PartLayout> parts;
    if (const auto* quant = std::get_if<QuantConfig>(&parameter.spec)) {
        const int width = codeBits(quant->dtype);
        const Shape grid = blockGrid(parameter);
        const bool exponents = quant->dtype == CodeType::Float4E2M1;
        parts.push_back({stem + ".codes", DType::UInt8, packedShape(elements, width)});
        parts.push_back({stem + ".scales", exponents ? DType::UInt8 : DType::Float16, grid});
        if (quant->scheme == QuantScheme::Asymmetric)
            parts.push_back(
                {stem + ".zero_points", DType::UInt8, packedShape(elementsOf(grid), width)});
        return parts;
    }
    const auto& palette = std::get<PaletteConfig>(parameter.spec);
    parts.push_back({stem + ".indices", DType::UInt8, packedShape(elements, palette.bits)});
    parts.push_back({stem + ".tables",
                     DType::Float16,
                     {tableCount(parameter, palette), std::int64_t {1} << palette.bits}});
    if (palette.channelScale)
        parts.push_back({stem + ".channel_scales", DType::Float16, {parameter.shape.at(0)}});
    return parts;
}

std::int64_t PackedModel::exactBits() const
{
    std::int64_t bits = 0;
    for (const PackedParameter& parameter : parameters)
        bits += parameter.bits.total();
    return bits;
}

std::uint64_t PackedModel::payloadBytes() const
{
    std::uint64_t bytes = 0;
    for (const PackedParameter& parameter : parameters)
        for (const RawTensor& part : parameter.parts)
            bytes += part.data.size();
    return bytes;
}

PackedModel packModel(const Model& model, const std::string& configName,
                      const std::vector<LayerStorage>& layers, const std::stop_token& stop)
{
    const ModelInfo& info = model.info();
    requireSameModel(info, layers);
    PackedModel packed {info.fileName, info.sha256, configName, {}};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (stop.stop_requested())
            throw Cancelled();
        packed.parameters.push_back(packRecorded(model, i, layers[i], stop));
        requireAccounted(packed.parameters.back());
    }
    for (std::size_t i = 0; i < info.plainParameters.size(); ++i) {
        packed.parameters.push_back(packPlain(model, i));
        requireAccounted(packed.parameters.back());
    }
    return packed;
}

} // namespace bitfront
