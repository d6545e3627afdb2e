// SPDX-License-Identifier: GPL-3.0-or-later
// The synthetic models of the fake engine and the qualities they answer.
#include "tests/support/fake_engine.h"

#include <cmath>
#include <limits>

namespace bitfront::test {
namespace {

using Shape = std::vector<std::int64_t>;

LayerInfo layer(const std::string& module, const std::string& type, LayerKind kind, Shape shape,
                const std::string& parameter = "weight")
{
    LayerInfo info;
    info.name = parameter == "weight" ? module : module + "." + parameter;
    info.module = module;
    info.parameter = parameter;
    info.moduleType = "torch.nn.modules." + type;
    info.kind = kind;
    info.shape = std::move(shape);
    return info;
}

void addPlain(ModelInfo& model, const std::string& name, std::int64_t elements)
{
    model.plainParameters.push_back({name, {elements}, elements});
}

ModelInfo cnn()
{
    ModelInfo model;
    model.path = "/models/digits_cnn.pt";
    model.fileName = "digits_cnn.pt";
    model.layers = {layer("stem", "conv.Conv2d", LayerKind::Conv, {32, 1, 3, 3}),
                    layer("body.conv1", "conv.Conv2d", LayerKind::Conv, {64, 32, 3, 3}),
                    layer("body.conv2", "conv.Conv2d", LayerKind::Conv, {128, 64, 3, 3}),
                    layer("head.fc1", "linear.Linear", LayerKind::Linear, {96, 128}),
                    layer("head.fc2", "linear.Linear", LayerKind::Linear, {10, 96})};
    for (const auto& [name, size] : {std::pair("stem.bias", 32),
                                     {"body.bn1.weight", 64},
                                     {"body.bn1.bias", 64},
                                     {"head.fc1.bias", 96},
                                     {"head.fc2.bias", 10}})
        addPlain(model, name, size);
    model.modules = {{"", "__torch__.DigitsCnn"},
                     {"body", "torch.nn.modules.container.Sequential"},
                     {"head", "torch.nn.modules.container.Sequential"}};
    model.arguments = {{"x", "Tensor", true}};
    return model;
}

ModelInfo transformer()
{
    ModelInfo model;
    model.path = "/models/encoder.pt";
    model.fileName = "encoder.pt";
    model.layers = {layer("embed", "sparse.Embedding", LayerKind::Embedding, {100, 64}),
                    layer("block.attn", "activation.MultiheadAttention", LayerKind::AttentionInput,
                          {192, 64}, "in_proj_weight"),
                    layer("block.attn.out_proj", "linear.NonDynamicallyQuantizableLinear",
                          LayerKind::Linear, {64, 64}),
                    layer("block.fc1", "linear.Linear", LayerKind::Linear, {128, 64}),
                    layer("block.fc2", "linear.Linear", LayerKind::Linear, {64, 128}),
                    layer("mask_head", "linear.Linear", LayerKind::Linear, {7, 64})};
    model.layers[0].tiedWith = {"lm_head"};
    addPlain(model, "block.norm.weight", 64);
    addPlain(model, "block.norm.bias", 64);
    addPlain(model, "mask_head.bias", 7);
    model.modules = {{"", "__torch__.Encoder"}, {"block", "__torch__.Block"}};
    model.arguments = {{"ids", "Tensor", true}, {"mask", "Tensor", true}};
    return model;
}

/// FNV-1a folded to [−1, 1): the same jitter on every machine.
double jitter(const std::string& text)
{
    std::uint32_t hash = 2166136261u;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return static_cast<double>(hash % 2000) / 1000.0 - 1.0;
}

/// Error of one stored layer relative to its weights, in dB: about −6 dB per bit, finer scopes
/// help.
double layerErrorDb(const LayerStorage& storage)
{
    double db = -6.02 * storage.bitsPerCode + jitter(storage.layer + storage.granularityText());
    if (const auto* quant = std::get_if<QuantConfig>(&storage.spec)) {
        db += 4;
        if (quant->granularity == QuantGranularity::PerBlock)
            db -= 3 * std::log2(256.0 / static_cast<double>(quant->blockSize)) / 2;
        if (quant->scheme == QuantScheme::Asymmetric)
            db -= 1.5;
        if (quant->scheme == QuantScheme::SymmetricWithClipping)
            db -= 0.7;
    } else if (const auto* palette = std::get_if<PaletteConfig>(&storage.spec)) {
        db -= palette->groupSize > 0 ? 6 - std::log2(static_cast<double>(palette->groupSize)) : 0;
        db -= palette->channelScale ? 0.8 : 0;
    }
    return db;
}

/// Signal to noise of the whole model in dB; first and last layer weigh three times; +∞ without
/// noise.
double modelQualityDb(std::vector<LayerStorage>& layers, double interaction)
{
    double noise = 0;
    double coarse = 0; // the layer before, if it is coarse
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (layers[i].kind == StorageKind::Untouched) {
            coarse = 0;
            continue;
        }
        const double db = layerErrorDb(layers[i]);
        layers[i].weightErrorDb = db;
        const double own = (i == 0 || i + 1 == layers.size() ? 3 : 1) * std::pow(10.0, db / 10);
        noise += own + (layers[i].bitsPerCode < 4 ? interaction * std::sqrt(own * coarse) : 0);
        coarse = layers[i].bitsPerCode < 4 ? own : 0;
    }
    return noise > 0 ? -10 * std::log10(noise) : std::numeric_limits<double>::infinity();
}

OutputQuality quality(const MetricChoice& metric, double db)
{
    OutputQuality result {metric.output, metric.metric, db, db};
    if (metric.metric == Metric::Iou) {
        result.value = std::isinf(db) ? 1 : 1 - std::pow(10.0, -db / 20) / 2;
        result.referenceValue = result.value;
    } else {
        result.referenceValue = -10 * std::log10(std::pow(10.0, -db / 10) + 1e-7);
    }
    return result;
}

} // namespace

ModelInfo fakeModelInfo(FakeModelKind kind)
{
    ModelInfo model = kind == FakeModelKind::Cnn ? cnn() : transformer();
    model.format = "TorchScript";
    model.sha256 = std::string(64, kind == FakeModelKind::Cnn ? 'a' : 'b');
    model.fileBytes = static_cast<std::uint64_t>(model.parameterCount()) * 4 + 5000;
    return model;
}

std::vector<OutputInfo> fakeOutputs(FakeModelKind kind)
{
    if (kind == FakeModelKind::Cnn)
        return {{"out_0", "float32", {16, 10}, -12.5, 18.25, 0, false}};
    return {{"logits", "float32", {2, 12, 100}, -9, 14, 0, false},
            {"mask", "bool", {2, 12}, 0, 1, 0, true}};
}

std::vector<MetricChoice> fakeMetrics(FakeModelKind kind)
{
    if (kind == FakeModelKind::Cnn)
        return {{"out_0", Metric::Psnr, 10}};
    return {{"logits", Metric::Psnr, 10}, {"mask", Metric::Iou, 0.1}};
}

Measurement fakeMeasurement(const ModelInfo& model, const std::vector<MetricChoice>& metrics,
                            const CompressionConfig& config, const FakeOptions& options)
{
    Measurement result;
    result.layers = planStorage(model, config);
    result.size = accountSize(model, result.layers);
    double db = modelQualityDb(result.layers, options.interaction) + options.qualityShiftDb;
    if (options.identical.contains(config.name))
        db = std::numeric_limits<double>::infinity();
    if (options.nan.contains(config.name))
        db = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t i = 0; i < metrics.size(); ++i)
        result.outputs.push_back(quality(metrics[i], db - static_cast<double>(i)));
    if (options.heldOut)
        for (OutputQuality& output : result.outputs)
            output.split = SplitQuality {
                output.value,
                output.metric == Metric::Iou ? output.value : output.value - options.heldOutLossDb};
    result.forwardMs = 2;
    result.timeMs = 10 + 5 * std::abs(jitter(config.name));
    result.peakMemoryBytes = 64u << 20;
    return result;
}

} // namespace bitfront::test
