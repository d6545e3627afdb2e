// SPDX-License-Identifier: GPL-3.0-or-later
// The packed model as a safetensors file whose metadata says how to unpack it, and back. Everything
// read is checked against what shape and specification demand.
#include "core/base/error.h"
#include "core/pack/packed_model.h"
#include "core/plan/json.h"
#include "core/plan/json_fields.h"

#include <algorithm>
#include <map>

namespace bitfront {

using detail::read;
using detail::readNamed;
using detail::readOr;
using nlohmann::json;

namespace {

constexpr const char* kFormat = "bitfront-packed";
constexpr int kVersion = 1;
constexpr std::int64_t kMostElements = std::int64_t {1} << 48; ///< so that no product overflows
constexpr int kMostPaletteBits = 8;

constexpr const char* kHowToUnpack =
    "Bit streams (.codes, .zero_points, .indices): value i has the bits [i*b, (i+1)*b), bit 0 is "
    "the lowest of byte 0; int types are two's complement, float types bit patterns. Quantized: "
    "weight = (code - zero point) * scale, one scale per block of block_shape, blocks in row-major "
    "order; without .zero_points the zero point is 0, for uint types 2^(b-1). Scales in bytes are "
    "2^(byte - 127). Palettized: weight = tables[g][index] * channel_scales[i] (1 without), i = "
    "index along axis 0, g = i / group_size, 0 without groups. Untouched: the values themselves. "
    "Compute in float32, then round to dtype. 'bitfront' describes every parameter.";

[[noreturn]] void bad(const std::string& what)
{
    throw Error(ErrorCode::BadFormat, "The packed model is damaged: " + what + '.',
                "Pack the model again.");
}

StorageKind kindOf(const json& in)
{
    return readNamed(in, "storage", [](std::string_view text) -> std::optional<StorageKind> {
        for (const StorageKind kind :
             {StorageKind::Untouched, StorageKind::Quantized, StorageKind::Palettized})
            if (name(kind) == text)
                return kind;
        return std::nullopt;
    });
}

json describe(const PackedParameter& parameter)
{
    json out = {{"name", parameter.name},
                {"dtype", parameter.dtype},
                {"shape", parameter.shape},
                {"storage", std::string(name(parameter.kind))},
                {"bits", parameter.bits}};
    if (!parameter.tiedWith.empty())
        out["tied_with"] = parameter.tiedWith;
    if (parameter.kind != StorageKind::Untouched)
        out["spec"] = parameter.spec;
    if (parameter.kind == StorageKind::Quantized) {
        out["block_shape"] = parameter.blockShape;
        out["bits_per_code"] = codeBits(std::get<QuantConfig>(parameter.spec).dtype);
    } else if (parameter.kind == StorageKind::Palettized) {
        out["bits_per_code"] = std::get<PaletteConfig>(parameter.spec).bits;
    }
    return out;
}

void checkShape(const PackedParameter& parameter)
{
    std::int64_t elements = 1;
    for (const std::int64_t extent : parameter.shape) {
        if (extent < 0 || (extent > 0 && elements > kMostElements / extent))
            bad("the shape of " + parameter.name + " makes no sense");
        elements *= extent;
    }
    if (parameter.kind != StorageKind::Untouched && (parameter.shape.empty() || elements == 0))
        bad(parameter.name + " has nothing to compress");
}

void checkBlocks(const PackedParameter& parameter)
{
    bool fits = std::holds_alternative<QuantConfig>(parameter.spec)
        && parameter.blockShape.size() == parameter.shape.size();
    for (std::size_t i = 0; fits && i < parameter.shape.size(); ++i)
        fits = parameter.blockShape[i] > 0 && parameter.shape[i] % parameter.blockShape[i] == 0;
    const auto* quant = std::get_if<QuantConfig>(&parameter.spec);
    if (!fits || (!isInteger(quant->dtype) && quant->scheme != QuantScheme::Symmetric))
        bad("the blocks of " + parameter.name + " do not fit");
}

void checkPalette(const PackedParameter& parameter)
{
    const auto* palette = std::get_if<PaletteConfig>(&parameter.spec);
    if (!palette || palette->bits < 1 || palette->bits > kMostPaletteBits
        || (palette->groupSize != 0 && parameter.shape.front() % palette->groupSize != 0))
        bad("the tables of " + parameter.name + " do not fit");
}

PackedParameter parameterFrom(const json& in)
{
    PackedParameter parameter;
    parameter.name = read<std::string>(in, "name");
    parameter.dtype = read<std::string>(in, "dtype");
    parameter.shape = read<std::vector<std::int64_t>>(in, "shape");
    parameter.tiedWith = readOr<std::vector<std::string>>(in, "tied_with", {});
    parameter.kind = kindOf(in);
    checkShape(parameter);
    if (parameter.kind != StorageKind::Untouched)
        parameter.spec = read<CompressionSpec>(in, "spec");
    if (parameter.kind == StorageKind::Quantized) {
        parameter.blockShape = read<std::vector<std::int64_t>>(in, "block_shape");
        checkBlocks(parameter);
    } else if (parameter.kind == StorageKind::Palettized) {
        checkPalette(parameter);
    }
    parameter.bits = storedBits(parameter);
    if (read<StorageBits>(in, "bits") != parameter.bits)
        bad("the size of " + parameter.name + " is not what its storage takes");
    return parameter;
}

using TensorMap = std::map<std::string, RawTensor>;

void takeParts(PackedParameter& parameter, TensorMap& tensors)
{
    for (const PartLayout& part : partLayout(parameter)) {
        const auto found = tensors.find(part.name);
        if (found == tensors.end())
            bad("the tensor " + part.name + " is missing");
        const DType type =
            found->second.dtype == DType::BFloat16 ? DType::Float16 : found->second.dtype;
        if (type != part.dtype || found->second.shape != part.shape)
            bad("the tensor " + part.name + " has another type or shape than its parameter needs");
        parameter.parts.push_back(std::move(found->second));
        tensors.erase(found);
    }
}

json descriptionOf(const FileMetadata& metadata)
{
    const auto format = metadata.find("format");
    const auto version = metadata.find("format_version");
    const auto description = metadata.find("bitfront");
    if (format == metadata.end() || format->second != kFormat || version == metadata.end()
        || description == metadata.end())
        throw Error(ErrorCode::BadFormat,
                    "This safetensors file holds no packed model: its header does not say so.",
                    "Choose a file that bitfront-cli pack wrote.");
    if (version->second != std::to_string(kVersion))
        throw Error(ErrorCode::BadFormat,
                    "This packed model has format version " + version->second
                        + "; this program reads version " + std::to_string(kVersion) + ".",
                    "Use the Bitfront that wrote it, or a newer one.");
    return parseJson(description->second, "the description of the packed model");
}

} // namespace

std::vector<std::uint8_t> writePacked(const PackedModel& packed)
{
    json parameters = json::array();
    std::vector<RawTensor> tensors;
    for (const PackedParameter& parameter : packed.parameters) {
        parameters.push_back(describe(parameter));
        tensors.insert(tensors.end(), parameter.parts.begin(), parameter.parts.end());
    }
    const json description = {{"model", packed.modelFile},
                              {"model_sha256", packed.modelSha256},
                              {"config", packed.config},
                              {"exact_bits", packed.exactBits()},
                              {"payload_bytes", packed.payloadBytes()},
                              {"parameters", std::move(parameters)}};
    return writeSafetensors(
        tensors,
        {{"format", kFormat},
         {"format_version", std::to_string(kVersion)},
         {"how_to_unpack", kHowToUnpack},
         {"bitfront", description.dump(-1, ' ', false, json::error_handler_t::replace)}});
}

PackedModel readPacked(std::span<const std::uint8_t> bytes)
{
    const json description = descriptionOf(readSafetensorsMetadata(bytes));
    TensorMap tensors;
    for (RawTensor& tensor : readSafetensors(bytes)) {
        std::string key = tensor.name;
        tensors.emplace(std::move(key), std::move(tensor));
    }
    PackedModel packed;
    packed.modelFile = read<std::string>(description, "model");
    packed.modelSha256 = read<std::string>(description, "model_sha256");
    packed.config = read<std::string>(description, "config");
    for (const json& entry : read<std::vector<json>>(description, "parameters")) {
        packed.parameters.push_back(parameterFrom(entry));
        takeParts(packed.parameters.back(), tensors);
    }
    if (!tensors.empty())
        bad("the tensor " + tensors.begin()->first + " belongs to no parameter");
    if (read<std::int64_t>(description, "exact_bits") != packed.exactBits()
        || read<std::uint64_t>(description, "payload_bytes") != packed.payloadBytes())
        bad("its parameters do not add up to its size");
    return packed;
}

} // namespace bitfront
