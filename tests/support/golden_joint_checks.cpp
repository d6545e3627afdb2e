// SPDX-License-Identifier: GPL-3.0-or-later
// Golden models compressed jointly: tables of int8 entries, then activations at 8 bits.
#include "core/engine/weight_compressor.h"
#include "core/kernels/activation_range.h"
#include "core/kernels/metrics.h"
#include "core/kernels/palettize_options.h"
#include "tests/support/golden_checks.h"
#include "tests/support/golden_models.h"

#include <cmath>

namespace bitfront::test {

using nlohmann::json;

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

/// 4 bits, one table per tensor, its entries as symmetric int8 codes: the weights that the
/// activations are then calibrated with.
std::vector<std::pair<std::string, Verdict>> palettizeJointly(GoldenModel& model,
                                                              const SafetensorsFile& file)
{
    std::vector<std::pair<std::string, Verdict>> verdicts;
    const PaletteSpec spec;
    for (const LayerInfo& layer : model.info().layers) {
        const std::string name = layer.name + ".weight";
        std::vector<float>& weights = model.state.at(name).values;
        PaletteTables tables = findPalette(weights, layer.shape, layer.weightType, spec);
        quantizeTables(tables, layer.weightType, CodeType::Int8, QuantScheme::Symmetric);
        applyPalette(weights, layer.shape, layer.weightType, spec, tables, weights);
        const bool same = firstDifference(weights, file.read("palettized/" + name).floats()) < 0;
        verdicts.emplace_back(name, same ? bitEqual() : failed("palette"));
    }
    return verdicts;
}

} // namespace

std::vector<std::pair<std::string, Verdict>> checkJoint(Golden& golden, const json& entry)
{
    const auto modelName = entry.at("model").get<std::string>();
    GoldenModel model(golden, modelName);
    const SafetensorsFile& file =
        golden.file(entry.value("file", "joint_" + modelName + ".safetensors"));
    std::vector<std::pair<std::string, Verdict>> verdicts = palettizeJointly(model, file);
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
