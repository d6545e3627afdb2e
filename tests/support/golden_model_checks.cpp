// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases about whole models: sizes, end-to-end quality, joint compression.
#include "core/kernels/activation_range.h"
#include "core/kernels/metrics.h"
#include "core/kernels/palettize.h"
#include "core/plan/layer_storage.h"
#include "core/plan/reference_size.h"
#include "tests/support/golden_checks.h"
#include "tests/support/golden_models.h"
#include "tests/support/golden_quant.h"

#include <algorithm>
#include <cmath>

namespace bitfront::test {

using nlohmann::json;

namespace {

constexpr double kPsnrTolerance = 0.02;

CompressionSpec specOf(const json& config)
{
    if (config.at("kind") == "palett") {
        PaletteConfig palette;
        palette.bits = config.at("n_bits").get<int>();
        if (!config.at("group_size").is_null())
            palette.groupSize = config.at("group_size").get<std::int64_t>();
        palette.channelScale = config.at("per_channel_scale").get<bool>();
        return palette;
    }
    QuantConfig quant;
    quant.dtype = goldenCodeType(config.at("dtype").get<std::string>());
    quant.scheme = quantSchemeFromName(config.at("scheme").get<std::string>()).value();
    const auto granularity = config.at("granularity").get<std::string>();
    quant.granularity = granularity == "per_block" ? QuantGranularity::PerBlock
        : granularity == "per_channel"             ? QuantGranularity::PerChannel
                                                   : QuantGranularity::PerTensor;
    quant.blockSize = config.value("block_size", std::int64_t {0});
    return quant;
}

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

void compress(PlainTensor& weight, const LayerInfo& layer, const CompressionSpec& storage)
{
    if (const auto* palette = std::get_if<PaletteConfig>(&storage)) {
        PaletteSpec spec;
        spec.bits = palette->bits;
        spec.groupSize = palette->groupSize;
        spec.channelScale = palette->channelScale;
        const PaletteTables tables =
            findPalette(weight.values, weight.shape, WeightType::Float32, spec);
        applyPalette(weight.values, weight.shape, WeightType::Float32, spec, tables, weight.values);
        return;
    }
    const auto& quant = std::get<QuantConfig>(storage);
    QuantSpec spec;
    spec.dtype = quant.dtype;
    spec.scheme = quant.scheme;
    spec.blockShape = weight.shape;
    const auto blockAxis = static_cast<std::size_t>(layer.blockAxis());
    if (quant.granularity == QuantGranularity::PerChannel) {
        spec.blockShape.at(static_cast<std::size_t>(layer.channelAxis())) = 1;
    } else if (quant.granularity == QuantGranularity::PerBlock) {
        spec.blockShape.at(blockAxis) = quant.blockSize;
        spec.blockShape.at(1 - blockAxis) = 1;
    }
    fakeQuantize(weight.values, weight.shape, WeightType::Float32, spec, weight.values);
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

/// Weights that changed, as the record lists them: a tied one under each of its names.
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
    CompressionConfig config;
    config.spec = specOf(record.at("config"));
    config.indivisible = IndivisiblePolicy::Skip;
    config.skippedLayers = skippedLayers(record, model.info());
    const std::vector<LayerStorage> storage = planStorage(model.info(), config);
    auto wanted = record.at("compressed_weights").get<std::vector<std::string>>();
    std::sort(wanted.begin(), wanted.end());
    if (compressedWeights(model.info(), storage) != wanted)
        return failed("compresses other weights");
    for (std::size_t i = 0; i < storage.size(); ++i)
        if (storage[i].kind != StorageKind::Untouched)
            compress(model.state.at(storage[i].layer + ".weight"), model.info().layers[i],
                     storage[i].spec);
    const std::string wrong = checkSizeFigures(record, referenceSize(model.info(), storage));
    if (!wrong.empty())
        return failed(wrong);
    const std::vector<float> output = model.forward(model.input()).values;
    const double psnr = measure(Metric::Psnr, output, model.referenceOutput()).reference;
    const double wantedPsnr = record.at("psnr").get<double>();
    if (!(std::fabs(psnr - wantedPsnr) <= kPsnrTolerance))
        return failed(std::to_string(psnr) + " dB, not " + std::to_string(wantedPsnr));
    return psnr == wantedPsnr ? bitEqual() : withinTolerance();
}

namespace {

/// Observers and parameters of the edges of one model. Pooling and the mean share the observer of
/// what they read, which then sees both tensors in turn.
class JointEdges
{
public:
    explicit JointEdges(const json& sites)
    {
        std::string producer;
        for (const json& site : sites) {
            const auto node = site.at("input_node").get<std::string>();
            if (!sharesInputRange(operatorOf(node)))
                producer = node;
            m_producer[node] = producer;
        }
    }

    void observe(const std::string& node, const PlainTensor& tensor)
    {
        m_observers[m_producer.at(node)].observe(tensor.values);
    }

    const RangeObserver& observer(const std::string& node) const
    {
        return m_observers.at(m_producer.at(node));
    }

    ActivationRule rule(const std::string& node) const
    {
        return activationRule(operatorOf(m_producer.at(node)));
    }

    BlockParameters parameters(const std::string& node) const
    {
        return activationParameters(observer(node).low(), observer(node).high(), rule(node));
    }

    void quantize(const std::string& node, PlainTensor& tensor) const
    {
        fakeQuantizeActivations(tensor.values, parameters(node), rule(node).scheme, CodeType::Int8,
                                tensor.values);
    }

private:
    /// "relu_2" is the third relu.
    static std::string operatorOf(const std::string& node)
    {
        const std::size_t end = node.find_last_not_of("0123456789");
        return end != std::string::npos && end + 1 < node.size() && node[end] == '_'
            ? node.substr(0, end)
            : node;
    }

    std::map<std::string, std::string> m_producer;
    std::map<std::string, RangeObserver> m_observers;
};

Verdict checkSite(const json& site, const JointEdges& edges)
{
    const auto node = site.at("input_node").get<std::string>();
    const ActivationRule rule = edges.rule(node);
    if (std::string(name(rule.scheme)) != site.at("qscheme").get<std::string>())
        return failed("scheme");
    // From the stored range the parameters must follow to the last bit ...
    const auto low = site.at("running_min").get<float>();
    const auto high = site.at("running_max").get<float>();
    const auto scale = site.at("scale").get<float>();
    const BlockParameters stored = activationParameters(low, high, rule);
    if (stored.scale != scale || stored.zeroPoint != site.at("zero_point").get<int>())
        return failed("parameters from the stored range");
    // ... and the range itself from the calibration data, up to the order of sums before it.
    const RangeObserver& observer = edges.observer(node);
    const double span = static_cast<double>(high) - static_cast<double>(low);
    const float seenLow =
        rule.low.value_or(observer.low()); // the reference stores the bounded range
    const float seenHigh = rule.high.value_or(observer.high());
    const double lowError = static_cast<double>(seenLow) - static_cast<double>(low);
    const double highError = static_cast<double>(seenHigh) - static_cast<double>(high);
    if (std::fabs(lowError) > 1e-5 * span || std::fabs(highError) > 1e-5 * span)
        return failed("observed " + std::to_string(seenLow) + " to " + std::to_string(seenHigh));
    return lowError == 0 && highError == 0 ? bitEqual() : withinTolerance();
}

} // namespace

std::vector<std::pair<std::string, Verdict>> checkJoint(Golden& golden, const json& entry)
{
    const auto modelName = entry.at("model").get<std::string>();
    GoldenModel model(golden, modelName);
    const SafetensorsFile& file = golden.file("joint_" + modelName + ".safetensors");
    for (const std::string& key : file.names())
        if (key.rfind("palettized/", 0) == 0)
            model.state[key.substr(11)].values = file.read(key).floats();
    JointEdges edges(entry.at("sites"));
    const auto observe = [&edges](const std::string& node, PlainTensor& tensor) {
        edges.observe(node, tensor);
    };
    model.forward(model.input(), observe); // the example input seeds the averages
    const GoldenTensor calibration = file.read("calibration");
    const std::vector<float> values = calibration.floats();
    PlainTensor batch;
    batch.shape.assign(calibration.shape.begin() + 1, calibration.shape.end());
    const std::size_t length = values.size() / static_cast<std::size_t>(calibration.shape.at(0));
    for (std::size_t start = 0; start < values.size(); start += length) {
        const auto first = values.begin() + static_cast<std::ptrdiff_t>(start);
        batch.values.assign(first, first + static_cast<std::ptrdiff_t>(length));
        model.forward(batch, observe);
    }
    std::vector<std::pair<std::string, Verdict>> verdicts;
    for (const json& site : entry.at("sites"))
        verdicts.emplace_back(site.at("input_node").get<std::string>(), checkSite(site, edges));
    const PlainTensor output =
        model.forward(model.input(), [&edges](const std::string& node, PlainTensor& tensor) {
            edges.quantize(node, tensor);
        });
    const double psnr = measure(Metric::Psnr, output.values, model.referenceOutput()).reference;
    const double wanted = entry.at("psnr").get<double>();
    const bool near = std::fabs(psnr - wanted) <= kPsnrTolerance;
    const bool same = firstDifference(output.values, file.read("output").floats()) < 0;
    verdicts.emplace_back(
        "output",
        same       ? bitEqual()
            : near ? withinTolerance()
                   : failed(std::to_string(psnr) + " dB, not " + std::to_string(wanted)));
    return verdicts;
}

} // namespace bitfront::test
