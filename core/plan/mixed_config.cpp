// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/mixed_config.h"

#include "core/base/error.h"

#include <algorithm>

namespace bitfront {

namespace {

/// "p4 g8" of a uniform configuration, "4.5_bits" of "mixed_4.5_bits".
std::string shortName(const CompressionConfig& config)
{
    constexpr std::string_view prefix = "mixed_";
    if (config.isMixed() && config.name.starts_with(prefix))
        return config.name.substr(prefix.size());
    std::string text = shortCode(config);
    std::replace(text.begin(), text.end(), ' ', '_');
    return text;
}

std::optional<CompressionSpec> specOf(const LayerStorage& storage)
{
    return storage.kind == StorageKind::Untouched ? std::nullopt : std::optional(storage.spec);
}

/// The 8-bit formats in the order of preference.
std::vector<CompressionSpec> eightBits()
{
    return {QuantConfig {CodeType::Int8, QuantScheme::Symmetric, QuantGranularity::PerChannel, 0},
            PaletteConfig {8, 0, false}};
}

} // namespace

CompressionConfig withLayerKept(const ModelInfo& model, const ResultRecord& record,
                                const std::string& layer, KeptFormat format)
{
    const Measurement* measured = record.measurement();
    const auto isIt = [&](const LayerStorage& storage) { return storage.layer == layer; };
    if (!measured || std::none_of(measured->layers.begin(), measured->layers.end(), isIt))
        throw Error(ErrorCode::BadArgument, "This result has no layer “" + layer + "”.", "", layer);
    CompressionConfig config = record.config;
    config.group = GroupId::Mixed;
    config.spec = {};
    config.seed.clear();
    config.skippedLayers.clear();
    config.formats.clear();
    for (const LayerStorage& storage : measured->layers)
        config.formats.push_back({storage.layer, specOf(storage)});
    const auto at = static_cast<std::size_t>(
        std::find_if(measured->layers.begin(), measured->layers.end(), isIt)
        - measured->layers.begin());
    LayerFormat& kept = config.formats[at];
    const std::optional<CompressionSpec> before = kept.spec;
    kept.spec.reset();
    const bool half = format == KeptFormat::Half;
    const auto formats = half ? std::vector<CompressionSpec>() : eightBits();
    for (const CompressionSpec& spec : formats) {
        kept.spec = spec;
        if (planStorage(model, config).at(at).kind != StorageKind::Untouched)
            break;
        kept.spec.reset();
    }
    if (!half && !kept.spec)
        throw Error(ErrorCode::BadArgument, "Layer “" + layer + "” has no 8-bit format.",
                    "Embeddings are compressed only where the sweep allows it.", layer);
    const std::string words = half ? "fp16" : "8 bits";
    if (kept.spec == before)
        throw Error(ErrorCode::BadArgument,
                    "Layer “" + layer + "” is kept at " + words + " here already.", "", layer);
    config.name =
        "mixed_" + shortName(record.config) + ",_" + layer + (half ? "_at_fp16" : "_at_8_bits");
    return config;
}

bool isSameRecipe(const CompressionConfig& a, const CompressionConfig& b)
{
    return a.formats == b.formats && a.palette == b.palette && a.indivisible == b.indivisible;
}

std::string freeName(std::span<const ResultRecord> known, const std::string& wanted,
                     const CompressionConfig& config)
{
    std::string name = wanted;
    for (int number = 2;; ++number) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const ResultRecord& one) {
            return one.config.name == name;
        });
        if (found == known.end() || isSameRecipe(found->config, config))
            return name;
        name = wanted + '_' + std::to_string(number);
    }
}

} // namespace bitfront
