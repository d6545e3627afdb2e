// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases about whole models: sizes and end-to-end quality.
#include "core/engine/weight_compressor.h"
#include "core/kernels/metrics.h"
#include "core/plan/reference_size.h"
#include "tests/support/golden_checks.h"
#include "tests/support/golden_models.h"
#include "tests/support/golden_quant.h"

#include <algorithm>
#include <cmath>

namespace bitfront::test {

using nlohmann::json;

namespace {

constexpr double kOutputAgreement = 100; ///< dB between our output and the stored one

/// Layers to leave out. The reference palettizes a tied tensor unless its linear owner is skipped;
/// Bitfront leaves it alone if any owner is. Here the reference's outputs are compared.
std::vector<std::string> skippedLayers(const json& record, const ModelInfo& info)
{
    std::vector<std::string> result;
    for (const auto& skip : record.at("skips").get<std::vector<std::string>>())
        for (const LayerInfo& layer : info.layers) {
            const bool tied = !layer.tiedWith.empty();
            const bool byOtherOwner = std::find(layer.tiedWith.begin(), layer.tiedWith.end(), skip)
                != layer.tiedWith.end();
            const bool counts = !tied || record.at("config").at("kind") != "palett" || byOtherOwner;
            if ((layer.name == skip || byOtherOwner) && counts)
                result.push_back(layer.name);
        }
    return result;
}

/// What the program does to a layer, by its own code.
void compress(std::vector<float>& weights, const LayerInfo& layer, LayerStorage storage)
{
    PaletteCache cache;
    const std::vector<float> original = weights;
    compressWeights(0, layer, storage, PaletteRounding::Reference, original, weights, cache, {});
}

/// The reference's graph mode quantizes a convolution's weight multiplied by the batch norm behind
/// it, and divides its output by the same factors.
void compressFolded(bool fold, GoldenModel& model, const LayerInfo& layer,
                    const LayerStorage& storage)
{
    std::vector<float>& weights = model.state.at(layer.name + ".weight").values;
    const std::vector<float> factors =
        fold ? model.batchNormFactors(layer.name) : std::vector<float> {};
    const std::size_t slice = factors.empty() ? 0 : weights.size() / factors.size();
    for (std::size_t i = 0; slice > 0 && i < weights.size(); ++i)
        weights[i] *= factors[i / slice];
    compress(weights, layer, storage);
    for (std::size_t i = 0; slice > 0 && i < weights.size(); ++i)
        weights[i] /= factors[i / slice];
}

bool close(double value, double wanted, double relative)
{
    return std::fabs(value - wanted) <= relative * std::max(1e-30, std::fabs(wanted));
}

std::string checkSizeFigures(const json& record, const ReferenceSize& size)
{
    if (!close(size.megabytes * 1048576.0, record.at("skill_size_bytes").get<double>(), 1e-9))
        return "reference size " + std::to_string(size.megabytes * 1048576.0);
    if (!close(size.averageBits, record.at("skill_average_bitwidth").get<double>(), 1e-9))
        return "reference bit width " + std::to_string(size.averageBits);
    if (!close(size.compressionRatio, record.at("skill_compression_ratio").get<double>(), 1e-9))
        return "reference ratio " + std::to_string(size.compressionRatio);
    return {};
}

/// Weights that changed, as the record lists them: in eager mode a tied one under each of its
/// names.
std::vector<std::string> compressedWeights(const ModelInfo& info,
                                           const std::vector<LayerStorage>& storage)
{
    std::vector<std::string> result;
    for (std::size_t i = 0; i < storage.size(); ++i) {
        if (storage[i].kind == StorageKind::Untouched)
            continue;
        result.push_back(info.layers[i].name + ".weight");
        for (const std::string& owner : info.layers[i].tiedWith)
            result.push_back(owner + ".weight");
    }
    std::sort(result.begin(), result.end());
    return result;
}

/// The stored output against ours: far nearer to each other than either is to the original model.
Verdict checkOutput(const GoldenModel& model, const json& record, const std::vector<float>& output,
                    bool samePsnr)
{
    const std::string key = record.value("output", std::string());
    if (!model.file().contains(key))
        return samePsnr ? bitEqual() : withinTolerance();
    const std::vector<float> wanted = model.file().read(key).floats();
    const double agreement = measure(Metric::Psnr, output, wanted).exact;
    if (agreement < kOutputAgreement)
        return failed("outputs agree to " + std::to_string(agreement) + " dB only");
    return samePsnr ? bitEqual() : withinTolerance();
}

} // namespace

Verdict checkReferenceSize(const json& entry)
{
    const json& spec = entry.at("spec");
    LayerInfo layer;
    layer.name = layer.module = spec.at("name").get<std::string>();
    layer.parameter = "weight";
    layer.shape = spec.at("weight_shape").get<std::vector<std::int64_t>>();
    layer.kind = layer.shape.size() > 2 ? LayerKind::Conv : LayerKind::Linear;
    ModelInfo model;
    model.layers = {layer};
    const int bits = spec.at("n_bits").get<int>();
    CompressionConfig config;
    config.indivisible = IndivisiblePolicy::Skip;
    if (bits == 16) {
        config.skippedLayers = {layer.name};
    } else if (spec.at("has_lut").get<bool>()) {
        PaletteConfig palette;
        palette.bits = bits;
        palette.groupSize =
            spec.at("group_size").is_null() ? 0 : spec.at("group_size").get<std::int64_t>();
        palette.channelScale = spec.at("has_per_channel_scales").get<bool>();
        config.spec = palette;
    } else {
        QuantConfig quant;
        quant.dtype = bits == 8 ? CodeType::Int8 : bits == 4 ? CodeType::Int4 : CodeType::Int2;
        quant.scheme = spec.at("has_zero_point").get<bool>() ? QuantScheme::Asymmetric
                                                             : QuantScheme::Symmetric;
        const auto granularity = spec.at("granularity").get<std::string>();
        quant.granularity = granularity == "per_block" ? QuantGranularity::PerBlock
            : granularity == "per_channel"             ? QuantGranularity::PerChannel
                                                       : QuantGranularity::PerTensor;
        if (!spec.at("block_size").is_null())
            quant.blockSize = spec.at("block_size").get<std::int64_t>();
        config.spec = quant;
    }
    const double bytes = referenceSize(model, planStorage(model, config)).megabytes * 1048576.0;
    const double wanted = entry.at("skill_bytes").get<double>();
    return bytes == wanted ? bitEqual()
                           : failed(std::to_string(bytes) + ", not " + std::to_string(wanted));
}

Verdict checkEndToEnd(Golden& golden, const json& record)
{
    GoldenModel model(golden, record.at("model").get<std::string>());
    const bool graph = record.at("mode") == "graph";
    CompressionConfig config;
    config.spec = sweepSpec(record.at("config")).value();
    config.indivisible = IndivisiblePolicy::Skip;
    config.skippedLayers = skippedLayers(record, model.info());
    std::vector<LayerStorage> storage = planStorage(model.info(), config);
    for (std::size_t i = 0; i < storage.size(); ++i)
        if (storage[i].kind != StorageKind::Untouched)
            compressFolded(graph, model, model.info().layers[i], storage[i]);
    ModelInfo info = model.info();
    if (graph) // one name for a tied weight
        for (LayerInfo& layer : info.layers)
            layer.tiedWith.clear();
    auto wanted = record.at("compressed_weights").get<std::vector<std::string>>();
    std::sort(wanted.begin(), wanted.end());
    if (compressedWeights(info, storage) != wanted)
        return failed("compresses other weights");
    if (graph) // and, by that name, not found: counted as if untouched
        for (std::size_t i = 0; i < storage.size(); ++i)
            if (!model.info().layers[i].tiedWith.empty())
                leaveUntouched(storage[i], "");
    const std::string wrong = checkSizeFigures(record, referenceSize(info, storage));
    if (!wrong.empty())
        return failed(wrong);
    const std::vector<float> output = model.forward(model.input()).values;
    const double psnr = measure(Metric::Psnr, output, model.referenceOutput()).reference;
    const double wantedPsnr = record.at("psnr").get<double>();
    if (!(std::fabs(psnr - wantedPsnr) <= kPsnrTolerance))
        return failed(std::to_string(psnr) + " dB, not " + std::to_string(wantedPsnr));
    return checkOutput(model, record, output, psnr == wantedPsnr);
}

} // namespace bitfront::test
