// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases in the words of a sweep: does the program decide as the reference did?
#include "core/engine/weight_compressor.h"
#include "tests/support/golden_checks.h"
#include "tests/support/golden_quant.h"

namespace bitfront::test {

using nlohmann::json;

namespace {

LayerInfo layerOf(const json& entry)
{
    const auto kind = entry.at("layer_type").get<std::string>();
    LayerInfo layer;
    layer.name = layer.module = entry.at("weight").get<std::string>();
    layer.parameter = "weight";
    layer.weightType = weightTypeFromName(entry.at("weight_dtype").get<std::string>()).value();
    layer.shape = entry.at("shape").get<std::vector<std::int64_t>>();
    layer.kind = kind == "embedding"                  ? LayerKind::Embedding
        : kind.find("transpose") != std::string::npos ? LayerKind::ConvTranspose
        : kind.find("conv") != std::string::npos      ? LayerKind::Conv
                                                      : LayerKind::Linear;
    return layer;
}

} // namespace

std::optional<CompressionSpec> sweepSpec(const json& config)
{
    if (config.at("kind") == "palett") {
        const bool grouped = !config.at("group_size").is_null();
        if (config.at("cluster_dim") != 1 || !config.at("lut_dtype").is_null()
            || (grouped && config.at("axis") != 0))
            return std::nullopt;
        PaletteConfig palette;
        palette.bits = config.at("n_bits").get<int>();
        palette.groupSize = grouped ? config.at("group_size").get<std::int64_t>() : 0;
        palette.channelScale = config.at("per_channel_scale").get<bool>();
        return palette;
    }
    const CodeType type = goldenCodeType(config.at("dtype").get<std::string>());
    const bool powerOfTwo = config.contains("scale_dtype");
    if (config.contains("axis") || config.contains("formulation")
        || powerOfTwo != (type == CodeType::Float4E2M1)
        || (config.contains("block_size") && config.at("block_size").is_array()))
        return std::nullopt;
    QuantConfig quant;
    quant.dtype = type;
    quant.scheme = quantSchemeFromName(config.at("scheme").get<std::string>()).value();
    const auto granularity = config.at("granularity").get<std::string>();
    quant.granularity = granularity == "per_block" ? QuantGranularity::PerBlock
        : granularity == "per_channel"             ? QuantGranularity::PerChannel
                                                   : QuantGranularity::PerTensor;
    quant.blockSize = config.value("block_size", std::int64_t {0});
    return quant;
}

std::string checkDecision(const json& entry)
{
    const std::optional<CompressionSpec> spec = sweepSpec(entry.at("config"));
    if (!spec)
        return {};
    ModelInfo model;
    model.layers = {layerOf(entry)};
    CompressionConfig config;
    config.spec = *spec;
    config.indivisible = IndivisiblePolicy::Skip;
    const LayerStorage storage = planStorage(model, config).front();
    if ((storage.kind != StorageKind::Untouched) != entry.at("compressed").get<bool>())
        return "the plan's decision: " + storage.reason;
    if (storage.kind == StorageKind::Quantized && entry.contains("block_shape")
        && quantSpec(model.layers[0], std::get<QuantConfig>(*spec)).blockShape
            != entry.at("block_shape").get<std::vector<std::int64_t>>())
        return "the plan's blocks";
    return {};
}

} // namespace bitfront::test
