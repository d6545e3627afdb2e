// SPDX-License-Identifier: GPL-3.0-or-later
// Golden cases about single tensors: quantization, palettes, pruning; and metrics.
#include "tests/support/golden_checks.h"

#include "core/kernels/metrics.h"
#include "core/kernels/palettize_options.h"
#include "core/kernels/palettize_vector.h"
#include "core/kernels/prune.h"
#include "tests/support/golden_quant.h"
#include "tests/support/palette_helpers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace bitfront::test {

using nlohmann::json;

namespace {

template<typename Left, typename Right>
bool sameNumbers(const std::vector<Left>& left, const std::vector<Right>& right)
{
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](Left a, Right b) {
        return static_cast<double>(a) == static_cast<double>(b);
    });
}

bool sameBits(const std::vector<float>& left, const std::vector<float>& right)
{
    return firstDifference(left, right) < 0;
}

/// "values: 0.5, not 0.25, at 7"
Verdict failedValues(const std::vector<float>& ours, const std::vector<float>& wanted)
{
    const auto differs = [](float a, float b) { return a != b && (a == a || b == b); };
    std::size_t at = 0;
    while (at < ours.size() && at < wanted.size() && !differs(ours[at], wanted[at]))
        ++at;
    std::ostringstream text;
    text.precision(9);
    if (at < ours.size() && at < wanted.size())
        text << "values: " << ours[at] << ", not " << wanted[at] << ", at " << at;
    else
        text << "values";
    return failed(text.str());
}

WeightType weightType(const json& entry)
{
    return weightTypeFromName(entry.at("weight_dtype").get<std::string>()).value();
}

bool stores(const json& entry, const std::string& role)
{
    return entry.at("tensors").contains(role);
}

PaletteSpec paletteSpecOf(const json& entry)
{
    const json& config = entry.at("config");
    const bool transposed =
        entry.at("layer_type").get<std::string>().find("transpose") != std::string::npos;
    PaletteSpec spec;
    spec.bits = config.at("n_bits").get<int>();
    spec.axis = config.at("axis").is_null() ? (transposed ? 1 : 0) : config.at("axis").get<int>();
    if (!config.at("group_size").is_null())
        spec.groupSize = config.at("group_size").get<std::int64_t>();
    spec.channelScale = config.at("per_channel_scale").get<bool>();
    spec.fastMode = config.at("fast").get<bool>();
    return spec;
}

/// Whether the configuration applies: embeddings are left alone by type, and groups (and vectors in
/// them, which run along axis 0) must divide.
bool paletteApplies(const json& entry, const PaletteSpec& spec, const GoldenTensor& weight)
{
    if (entry.at("layer_type") == "embedding" || weight.count() <= 1)
        return false;
    const std::int64_t dim = entry.at("config").at("cluster_dim").get<std::int64_t>();
    const std::int64_t extent = weight.shape.at(static_cast<std::size_t>(spec.axis));
    if (spec.groupSize > 0 && extent % spec.groupSize != 0)
        return false;
    const std::int64_t rows =
        spec.groupSize > 0 && spec.axis == 0 ? spec.groupSize : weight.shape[0];
    return rows % dim == 0;
}

/// Path B of the reference splits equal weights by rounding noise when there are fewer than
/// entries.
bool splitsEqualWeights(std::vector<float> weights, WeightType type, const PaletteSpec& spec)
{
    std::sort(weights.begin(), weights.end());
    weights.erase(std::unique(weights.begin(), weights.end()), weights.end());
    return !spec.fastMode && type != WeightType::Float16
        && weights.size() < std::size_t {1} << spec.bits;
}

std::vector<float> sensitivitiesOf(Golden& golden, const json& entry)
{
    return stores(entry, "sensitivities") ? golden.tensor(entry, "sensitivities").floats()
                                          : std::vector<float> {};
}

std::string checkTableCodes(Golden& golden, const json& entry, const QuantizedWeight& codes)
{
    if (!sameBits(codes.parameters.scales, golden.tensor(entry, "lut_scale").floats()))
        return "table scales";
    if (!stores(entry, "lut_zero_point"))
        return {};
    if (!sameNumbers(codes.parameters.zeroPoints,
                     golden.tensor(entry, "lut_zero_point").integers()))
        return "table zero points";
    const GoldenTensor stored = golden.tensor(entry, "lut_codes");
    const bool same = stored.dtype.find('F') != std::string::npos
        ? sameNumbers(codes.codes, stored.floats())
        : sameNumbers(codes.codes, stored.integers());
    return same ? std::string() : "table codes";
}

Verdict checkScalarPalette(Golden& golden, const json& entry, const PaletteSpec& spec,
                           const GoldenTensor& weight)
{
    const std::vector<float> weights = weight.floats();
    const WeightType type = weightType(entry);
    const std::vector<float> importance = sensitivitiesOf(golden, entry);
    PaletteEncoder encoder(weights, weight.shape, type, spec, importance);
    PaletteTables tables = encoder.solve({&spec, 1}).front();
    const json& config = entry.at("config");
    if (!config.at("lut_dtype").is_null()) {
        const QuantizedWeight codes =
            quantizeTables(tables, type, goldenCodeType(config.at("lut_dtype").get<std::string>()),
                           quantSchemeFromName(config.at("lut_scheme").get<std::string>()).value());
        const std::string wrong = checkTableCodes(golden, entry, codes);
        if (!wrong.empty())
            return failed(wrong);
    }
    std::vector<float> restored(weights.size());
    std::vector<std::uint8_t> indices(weights.size());
    applyPalette(weights, weight.shape, type, spec, tables, restored, indices);
    const std::vector<float> wanted = golden.tensor(entry, "dequant").floats();
    if (!sameNumbers(restored, wanted))
        return failedValues(restored, wanted);
    if (stores(entry, "per_channel_scale")
        && !sameBits(tables.channelScales, golden.tensor(entry, "per_channel_scale").floats()))
        return failed("channel scales");
    const bool sameTables = sameNumbers(tables.lut, golden.tensor(entry, "lut").floats());
    const bool sameIndices = sameNumbers(indices, golden.tensor(entry, "indices").integers());
    if (sameTables && sameIndices)
        return sameBits(restored, wanted) ? bitEqual() : withinTolerance(); // signs of zeros
    if (splitsEqualWeights(weights, type, spec))
        return withinTolerance();
    return failed(sameTables ? "indices" : "tables");
}

/// Heuristics on both sides: the error must not be above the reference's.
Verdict checkVectorPalette(Golden& golden, const json& entry, const PaletteSpec& base,
                           const GoldenTensor& weight)
{
    const std::vector<float> weights = weight.floats();
    VectorPaletteSpec spec;
    spec.base = base;
    spec.clusterDim = entry.at("config").at("cluster_dim").get<int>();
    const std::vector<float> importance = sensitivitiesOf(golden, entry);
    const VectorPalette palette =
        findVectorPalette(weights, weight.shape, weightType(entry), spec, importance);
    std::vector<float> restored(weights.size());
    applyVectorPalette(palette, weight.shape, weightType(entry), spec, restored);
    std::vector<float> vectorWeights = importance; // a vector's weight is the sum over its elements
    const std::size_t slice = weights.size() / static_cast<std::size_t>(weight.shape[0]);
    const auto dim = static_cast<std::size_t>(spec.clusterDim);
    for (std::size_t i = 0; i < vectorWeights.size(); ++i) {
        const std::size_t first = i / slice / dim * dim * slice + i % slice;
        vectorWeights[i] = 0;
        for (std::size_t d = 0; d < dim; ++d)
            vectorWeights[i] += importance[first + d * slice];
    }
    const double error = scaledError(weights, restored, palette.channelScales, vectorWeights);
    if (!entry.at("compressed").get<bool>()) // the reference stopped with an error of its own
        return std::isfinite(error) ? withinTolerance() : failed("not finite");
    const std::vector<float> wanted = golden.tensor(entry, "dequant").floats();
    const double reference = scaledError(weights, wanted, palette.channelScales, vectorWeights);
    return error <= reference * (1 + 1e-6)
        ? withinTolerance()
        : failed(std::to_string(error) + " against the reference's " + std::to_string(reference));
}

} // namespace

Verdict checkQuantization(Golden& golden, const json& entry)
{
    const GoldenTensor weight = golden.weight(entry);
    const auto spec = goldenQuantSpec(entry.at("config"), entry.at("layer_type"), weight.shape);
    if (spec.has_value() != entry.at("compressed").get<bool>())
        return failed("skip decision");
    if (!spec)
        return bitEqual();
    const std::vector<float> weights = weight.floats();
    std::vector<float> changed(weights.size());
    const QuantParameters parameters =
        fakeQuantize(weights, weight.shape, weightType(entry), *spec, changed);
    const QuantizedWeight coded = quantize(weights, weight.shape, weightType(entry), *spec);
    const std::vector<float> wanted = golden.tensor(entry, "dequant").floats();
    if (!sameBits(changed, wanted))
        return failedValues(changed, wanted);
    if (!sameBits(parameters.scales, golden.tensor(entry, "scale").floats()))
        return failed("scales");
    if (stores(entry, "zero_point")
        && !sameNumbers(parameters.zeroPoints, golden.tensor(entry, "zero_point").integers()))
        return failed("zero points");
    if (stores(entry, "codes")
        && !sameNumbers(coded.codes, golden.tensor(entry, "codes").integers()))
        return failed("codes");
    if (stores(entry, "minval")
        && !sameBits(parameters.minValues, golden.tensor(entry, "minval").floats()))
        return failed("smallest values");
    return bitEqual();
}

Verdict checkPalette(Golden& golden, const json& entry)
{
    const GoldenTensor weight = golden.weight(entry);
    const PaletteSpec spec = paletteSpecOf(entry);
    const bool applies = paletteApplies(entry, spec, weight);
    if (applies != (entry.at("compressed").get<bool>() || entry.contains("reference_error")))
        return failed("skip decision");
    if (!applies)
        return bitEqual();
    return entry.at("config").at("cluster_dim").get<int>() > 1
        ? checkVectorPalette(golden, entry, spec, weight)
        : checkScalarPalette(golden, entry, spec, weight);
}

Verdict checkPruning(Golden& golden, const json& entry)
{
    const json& config = entry.at("config");
    PruneSpec spec;
    spec.sparsity = config.at("target_sparsity").get<double>();
    const std::string scheme = config.at("scheme").get<std::string>();
    if (scheme == "channel") {
        spec.scheme = PruneScheme::Channel;
        spec.axis = config.at("axis").get<int>();
    } else if (scheme != "unstructured") {
        return failed("unknown scheme " + scheme);
    }
    const GoldenTensor weight = golden.weight(entry);
    const std::vector<float> weights = weight.floats();
    const std::vector<std::uint8_t> mask = pruneMask(weights, weight.shape, spec);
    const std::vector<std::int64_t> wanted = golden.tensor(entry, "mask").integers();
    if (sameNumbers(mask, wanted))
        return bitEqual();
    // Which of equal weights or channels stay is open; how much magnitude stays is not.
    std::int64_t kept = 0;
    double ours = 0;
    double theirs = 0;
    for (std::size_t i = 0; i < mask.size(); ++i) {
        const double magnitude = std::fabs(static_cast<double>(weights[i]));
        kept += mask[i];
        ours += mask[i] != 0 ? magnitude : 0;
        theirs += wanted[i] != 0 ? magnitude : 0;
    }
    const bool tie = entry.at("tie_sensitive").get<bool>()
        && kept == entry.at("kept").get<std::int64_t>()
        && std::fabs(ours - theirs) <= 1e-9 * theirs;
    return tie ? withinTolerance() : failed("mask");
}

Verdict checkTensorCase(Golden& golden, const json& entry)
{
    try {
        const std::string kind = entry.at("config").at("kind").get<std::string>();
        if (kind == "prune")
            return checkPruning(golden, entry);
        if (kind == "quant" || kind == "palett") {
            const std::string wrong = checkDecision(entry);
            if (!wrong.empty())
                return failed(wrong);
            return kind == "quant" ? checkQuantization(golden, entry) : checkPalette(golden, entry);
        }
        return failed("unknown kind " + kind);
    } catch (const std::exception& error) {
        return failed(error.what());
    }
}

Verdict checkMetric(Golden& golden, const json& entry, Metric metric)
{
    const SafetensorsFile& file =
        golden.file(golden.index().at("metrics").at("file").get<std::string>());
    const double value = measure(metric, file.read(entry.at("out").get<std::string>()).floats(),
                                 file.read(entry.at("ref").get<std::string>()).floats())
                             .reference;
    const json& stored = entry.at(std::string(name(metric)));
    if (stored.is_number()) {
        const double wanted = stored.get<double>();
        if (value == wanted)
            return bitEqual();
        return std::fabs(value - wanted) <= 1e-4 ? withinTolerance()
                                                 : failed(std::to_string(value));
    }
    const auto word = stored.get<std::string>(); // "nan", "inf" or "-inf"
    const bool same = word == "nan" ? std::isnan(value)
                                    : std::isinf(value) && (value < 0) == (word.front() == '-');
    return same ? bitEqual() : failed(std::to_string(value));
}

} // namespace bitfront::test
