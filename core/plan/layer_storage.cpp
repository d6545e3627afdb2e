// SPDX-License-Identifier: GPL-3.0-or-later
// The storage decision for every layer and the exact bits that follow from it.
#include "core/plan/layer_storage.h"

#include "core/plan/divisibility.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace bitfront {

namespace {

constexpr int kFp16Bits = 16;
constexpr double kBitsPerMebibyte = 8.0 * 1024 * 1024;

LayerStorage untouched(const LayerInfo& layer, std::string reason)
{
    LayerStorage storage;
    storage.layer = layer.name;
    storage.elements = layer.elements();
    storage.bits.codes = storage.elements * kFp16Bits;
    storage.reason = std::move(reason);
    return storage;
}

std::string misfitText(const LayerInfo& layer, int axis, std::int64_t size)
{
    const char* verb =
        extentAlong(layer, axis) == 1 ? " does not divide by " : " do not divide by ";
    return axisText(layer, axis) + verb + std::to_string(size);
}

/// Bits of one quantization scale: a power of two for 4-bit floats, fp16 for all else.
int scaleBits(CodeType dtype)
{
    return dtype == CodeType::Float4E2M1 ? 8 : kFp16Bits;
}

/// Number of quantization scales.
std::int64_t blockCount(const LayerInfo& layer, const QuantConfig& quant)
{
    switch (quant.granularity) {
    case QuantGranularity::PerTensor:
        return 1;
    case QuantGranularity::PerChannel:
        return extentAlong(layer, layer.channelAxis());
    case QuantGranularity::PerBlock:
        break;
    }
    // Blocks span the whole kernel: only the first two axes are cut.
    return extentAlong(layer, layer.channelAxis())
        * (extentAlong(layer, layer.blockAxis()) / quant.blockSize);
}

LayerStorage quantized(const LayerInfo& layer, const QuantConfig& quant, std::string reason)
{
    LayerStorage storage;
    storage.layer = layer.name;
    storage.elements = layer.elements();
    storage.kind = StorageKind::Quantized;
    storage.spec = quant;
    storage.bitsPerCode = codeBits(quant.dtype);
    storage.bits.codes = storage.elements * storage.bitsPerCode;
    const std::int64_t blocks = blockCount(layer, quant);
    storage.bits.scales = blocks * scaleBits(quant.dtype);
    if (quant.scheme == QuantScheme::Asymmetric)
        storage.bits.zeroPoints = blocks * storage.bitsPerCode;
    storage.reason = std::move(reason);
    return storage;
}

LayerStorage palettized(const LayerInfo& layer, const PaletteConfig& palette, std::string reason)
{
    LayerStorage storage;
    storage.layer = layer.name;
    storage.elements = layer.elements();
    storage.kind = StorageKind::Palettized;
    storage.spec = palette;
    storage.bitsPerCode = palette.bits;
    storage.bits.codes = storage.elements * palette.bits;
    const std::int64_t channels = extentAlong(layer, 0);
    const std::int64_t tables = palette.groupSize == 0 ? 1 : channels / palette.groupSize;
    storage.bits.tables = tables * (std::int64_t {1} << palette.bits) * kFp16Bits;
    if (palette.channelScale)
        storage.bits.channelScales = channels * kFp16Bits;
    storage.reason = std::move(reason);
    return storage;
}

LayerStorage planQuantized(const LayerInfo& layer, QuantConfig quant, IndivisiblePolicy policy)
{
    if (!layer.quantizable())
        return untouched(layer,
                         "the packed input projection of an attention layer is not quantized");
    if (quant.granularity != QuantGranularity::PerBlock
        || divides(layer, layer.blockAxis(), quant.blockSize))
        return quantized(layer, quant, {});
    const std::string misfit = misfitText(layer, layer.blockAxis(), quant.blockSize);
    if (policy == IndivisiblePolicy::Skip)
        return untouched(layer, misfit);
    quant.granularity = QuantGranularity::PerChannel;
    quant.blockSize = 0;
    return quantized(layer, quant, misfit + ": per-channel instead");
}

LayerStorage planPalettized(const LayerInfo& layer, PaletteConfig palette,
                            const CompressionConfig& config)
{
    const IndivisiblePolicy policy = config.indivisible;
    if (!layer.palettizable(config.palette.embeddings))
        return untouched(layer, "embeddings are not palettized");
    if (palette.groupSize == 0 || divides(layer, 0, palette.groupSize))
        return palettized(layer, palette, {});
    const std::string misfit = misfitText(layer, 0, palette.groupSize);
    if (policy == IndivisiblePolicy::Skip)
        return untouched(layer, misfit);
    palette.groupSize = policy == IndivisiblePolicy::PerChannel
        ? 1
        : nearestGroupSize(layer, palette.groupSize, palette.bits);
    return palettized(layer, palette,
                      misfit + ": group " + std::to_string(palette.groupSize) + " instead");
}

LayerStorage planLayer(const LayerInfo& layer, const CompressionSpec& spec,
                       const CompressionConfig& config)
{
    if (const auto* quant = std::get_if<QuantConfig>(&spec))
        return planQuantized(layer, *quant, config.indivisible);
    return planPalettized(layer, std::get<PaletteConfig>(spec), config);
}

/// What a mixed configuration gives to each layer; layers without an entry stay at fp16.
std::unordered_map<std::string_view, const CompressionSpec*>
formatsByLayer(const CompressionConfig& config)
{
    std::unordered_map<std::string_view, const CompressionSpec*> formats;
    for (const LayerFormat& entry : config.formats)
        if (entry.spec)
            formats.emplace(entry.layer, &*entry.spec);
    return formats;
}

/// The owner that `skipped` names, if any: one is enough to keep a shared tensor at fp16.
std::optional<std::string> skippedOwner(const LayerInfo& layer,
                                        const std::vector<std::string>& skipped)
{
    for (const std::string& entry : skipped)
        if (entry == layer.name
            || std::find(layer.tiedWith.begin(), layer.tiedWith.end(), entry)
                != layer.tiedWith.end())
            return entry;
    return std::nullopt;
}

} // namespace

std::string_view name(StorageKind kind)
{
    switch (kind) {
    case StorageKind::Quantized:
        return "quantized";
    case StorageKind::Palettized:
        return "palettized";
    case StorageKind::Untouched:
        break;
    }
    return "untouched";
}

StorageBits& StorageBits::operator+=(const StorageBits& other)
{
    codes += other.codes;
    scales += other.scales;
    zeroPoints += other.zeroPoints;
    tables += other.tables;
    channelScales += other.channelScales;
    return *this;
}

double LayerStorage::bitsPerWeight() const
{
    return elements == 0 ? 0 : static_cast<double>(bits.total()) / static_cast<double>(elements);
}

std::string LayerStorage::granularityText() const
{
    if (kind == StorageKind::Untouched)
        return "fp16";
    if (const auto* quant = std::get_if<QuantConfig>(&spec)) {
        if (quant->granularity == QuantGranularity::PerBlock)
            return "block " + std::to_string(quant->blockSize);
        return quant->granularity == QuantGranularity::PerChannel ? "per-channel" : "per-tensor";
    }
    const auto& palette = std::get<PaletteConfig>(spec);
    const std::string text =
        palette.groupSize == 0 ? "per-tensor" : "group " + std::to_string(palette.groupSize);
    return palette.channelScale ? text + " + channel scale" : text;
}

std::string LayerStorage::note() const
{
    return exactPalette ? "palette of the unrounded weights, which are too small for 4 decimals"
                        : std::string {};
}

std::vector<LayerStorage> planStorage(const ModelInfo& model, const CompressionConfig& config)
{
    std::vector<LayerStorage> plan;
    plan.reserve(model.layers.size());
    const auto formats = formatsByLayer(config);
    for (const LayerInfo& layer : model.layers) {
        if (const auto owner = skippedOwner(layer, config.skippedLayers)) {
            const std::string shared =
                *owner == layer.name ? "" : " (shares its weight with " + *owner + ")";
            plan.push_back(untouched(layer, "kept at fp16 by this configuration" + shared));
        } else if (layer.elements() <= 1) {
            // Side tables would be larger than the weight. The reference leaves it alone, too.
            plan.push_back(untouched(
                layer, layer.elements() == 0 ? "the weight is empty" : "the weight is one value"));
        } else if (!layer.finite) {
            plan.push_back(untouched(layer, "its weights hold NaN or infinite values"));
        } else if (!config.isMixed()) {
            plan.push_back(planLayer(layer, config.spec, config));
        } else if (const auto format = formats.find(layer.name); format != formats.end()) {
            plan.push_back(planLayer(layer, *format->second, config));
        } else {
            plan.push_back(untouched(layer, "kept at fp16 by this recipe"));
        }
    }
    return plan;
}

double SizeAccount::averageBits() const
{
    return totalElements == 0
        ? kFp16Bits
        : static_cast<double>(totalBits()) / static_cast<double>(totalElements);
}

double SizeAccount::compressionRatio() const
{
    return kFp16Bits / averageBits();
}

double SizeAccount::megabytes() const
{
    return static_cast<double>(totalBits()) / kBitsPerMebibyte;
}

SizeAccount accountSize(const ModelInfo& model, const std::vector<LayerStorage>& layers)
{
    SizeAccount account;
    account.totalElements = model.parameterCount();
    account.totalLayers = static_cast<int>(layers.size());
    account.untouchedBits = model.plainElements() * kFp16Bits;
    for (const LayerStorage& layer : layers) {
        if (layer.kind == StorageKind::Untouched) {
            account.untouchedBits += layer.bits.total();
        } else {
            account.compressed += layer.bits;
            ++account.compressedLayers;
        }
    }
    return account;
}

} // namespace bitfront
