// SPDX-License-Identifier: GPL-3.0-or-later
// JSON of configurations, plans and times, and the basics that all JSON here shares.
#include "core/plan/json.h"

#include "core/base/json_nesting.h"
#include "core/base/palette_bits.h"
#include "core/plan/json_fields.h"

#include <cmath>
#include <limits>

namespace bitfront {

using detail::read;
using detail::readNamed;
using detail::readOr;
using detail::text;
using nlohmann::json;

namespace {

constexpr QuantGranularity kGranularities[] = {
    QuantGranularity::PerTensor, QuantGranularity::PerChannel, QuantGranularity::PerBlock};

std::string_view name(QuantGranularity granularity)
{
    switch (granularity) {
    case QuantGranularity::PerTensor:
        return "per_tensor";
    case QuantGranularity::PerChannel:
        return "per_channel";
    case QuantGranularity::PerBlock:
        break;
    }
    return "per_block";
}

std::optional<QuantGranularity> granularityFromName(std::string_view wanted)
{
    for (const QuantGranularity entry : kGranularities)
        if (name(entry) == wanted)
            return entry;
    return std::nullopt;
}

} // namespace

json numberToJson(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    return value;
}

double numberFromJson(const json& value)
{
    if (value.is_number())
        return value.get<double>();
    if (value.is_string()) {
        const auto word = value.get<std::string>();
        if (word == "NaN")
            return std::numeric_limits<double>::quiet_NaN();
        if (word == "Infinity")
            return std::numeric_limits<double>::infinity();
        if (word == "-Infinity")
            return -std::numeric_limits<double>::infinity();
    }
    throw Error(ErrorCode::BadFormat, "A number is expected where there is " + value.dump() + ".");
}

json parseJson(std::string_view source, const std::string& what)
{
    // Nothing that Bitfront writes is nested half as deep.
    constexpr int kMaxDepth = 32;
    if (isNestedDeeper(source, kMaxDepth))
        throw Error(ErrorCode::BadFormat,
                    "The brackets of " + what + " are nested more than " + std::to_string(kMaxDepth)
                        + " deep.",
                    {}, what);
    try {
        return json::parse(source.begin(), source.end());
    } catch (const json::parse_error& error) {
        throw Error(ErrorCode::BadFormat,
                    "This is not valid JSON: " + what + " stops making sense at byte "
                        + std::to_string(error.byte) + ".",
                    {}, what);
    } catch (const json::exception& error) {
        throw Error(ErrorCode::BadFormat, what + " is not valid JSON: " + error.what(), {}, what);
    }
}

void to_json(json& out, const Failure& value)
{
    out = {{"code", errorCodeName(value.code)},
           {"message", value.message},
           {"hint", value.hint},
           {"context", value.context}};
}

void from_json(const json& in, Failure& value)
{
    value.code = errorCodeFromName(read<std::string>(in, "code"));
    value.message = read<std::string>(in, "message");
    value.hint = readOr<std::string>(in, "hint", {});
    value.context = readOr<std::string>(in, "context", {});
}

void to_json(json& out, const CompressionSpec& value)
{
    if (const auto* quant = std::get_if<QuantConfig>(&value)) {
        out = {{"kind", "quantization"},
               {"dtype", text(quant->dtype)},
               {"qscheme", text(quant->scheme)},
               {"granularity", std::string(name(quant->granularity))}};
        if (quant->granularity == QuantGranularity::PerBlock)
            out["block_size"] = quant->blockSize;
        return;
    }
    const auto& palette = std::get<PaletteConfig>(value);
    out = {{"kind", "palettization"},
           {"n_bits", palette.bits},
           {"granularity", palette.groupSize == 0 ? "per_tensor" : "per_grouped_channel"},
           {"enable_per_channel_scale", palette.channelScale}};
    if (palette.groupSize != 0)
        out["group_size"] = palette.groupSize;
}

void from_json(const json& in, CompressionSpec& value)
{
    const auto kind = read<std::string>(in, "kind");
    if (kind == "quantization") {
        QuantConfig quant;
        quant.dtype = readNamed(in, "dtype", codeTypeFromName);
        quant.scheme = readNamed(in, "qscheme", quantSchemeFromName);
        quant.granularity = readNamed(in, "granularity", granularityFromName);
        quant.blockSize = readOr<std::int64_t>(in, "block_size", 0);
        if ((quant.granularity == QuantGranularity::PerBlock) != (quant.blockSize > 0))
            detail::badField("block_size", "does not fit the granularity");
        value = quant;
    } else if (kind == "palettization") {
        PaletteConfig palette;
        palette.bits = read<int>(in, "n_bits");
        if (!isPaletteWidth(palette.bits))
            detail::badField("n_bits", "is not 1, 2, 3, 4, 6 or 8");
        palette.groupSize = readOr<std::int64_t>(in, "group_size", 0);
        if (palette.groupSize < 0)
            detail::badField("group_size", "is negative");
        palette.channelScale = readOr(in, "enable_per_channel_scale", false);
        value = palette;
    } else {
        detail::badField("kind", "has the unknown value “" + kind + "”");
    }
}

void to_json(json& out, const PaletteOptions& value)
{
    out = {{"rounding", text(value.rounding)}, {"embeddings", value.embeddings}};
}

void from_json(const json& in, PaletteOptions& value)
{
    value.rounding = readNamed(in, "rounding", paletteRoundingFromName);
    value.embeddings = readOr(in, "embeddings", false);
}

void to_json(json& out, const LayerFormat& value)
{
    out = {{"layer", value.layer}, {"spec", value.spec ? json(*value.spec) : json(nullptr)}};
}

void from_json(const json& in, LayerFormat& value)
{
    value.layer = read<std::string>(in, "layer");
    value.spec.reset();
    if (!detail::member(in, "spec").is_null())
        value.spec = read<CompressionSpec>(in, "spec");
}

void to_json(json& out, const CompressionConfig& value)
{
    out = {{"name", value.name},
           {"group", std::string(groupKey(value.group))},
           {"spec", value.isMixed() ? json(nullptr) : json(value.spec)},
           {"indivisible", text(value.indivisible)},
           {"kept_layers", value.skippedLayers},
           {"seed", value.seed.empty() ? json(nullptr) : json(value.seed)}};
    if (value.isMixed())
        out["formats"] = value.formats;
    if (value.palette != PaletteOptions {})
        out["palette_options"] = value.palette;
}

void from_json(const json& in, CompressionConfig& value)
{
    value.name = read<std::string>(in, "name");
    value.group = readNamed(in, "group", groupFromKey);
    if (value.isMixed())
        value.formats = read<std::vector<LayerFormat>>(in, "formats");
    else
        value.spec = read<CompressionSpec>(in, "spec");
    value.indivisible = readNamed(in, "indivisible", indivisiblePolicyFromName);
    value.skippedLayers = readOr<std::vector<std::string>>(in, "kept_layers", {});
    value.seed = readOr<std::string>(in, "seed", {});
    value.palette = readOr(in, "palette_options", PaletteOptions {});
}

void to_json(json& out, const SweepPlan& value)
{
    out = {{"configs", value.configs},
           {"refine", value.refine},
           {"indivisible", text(value.indivisible)},
           {"palette_options", value.palette}};
}

void from_json(const json& in, SweepPlan& value)
{
    value.configs = read<std::vector<CompressionConfig>>(in, "configs");
    value.refine = read<bool>(in, "refine");
    value.indivisible = readNamed(in, "indivisible", indivisiblePolicyFromName);
    value.palette = readOr(in, "palette_options", PaletteOptions {}); // absent in older runs
}

void to_json(json& out, const ProbeTimes& value)
{
    out = {{"forward_ms", numberToJson(value.forwardMs)},
           {"quantization_ms", numberToJson(value.quantMs)},
           {"palettization_ms", numberToJson(value.paletteMs)},
           {"memory_bytes", value.memoryBytes},
           {"workers", value.workers}};
}

void from_json(const json& in, ProbeTimes& value)
{
    value.forwardMs = read<double>(in, "forward_ms");
    value.quantMs = read<double>(in, "quantization_ms");
    value.paletteMs = read<double>(in, "palettization_ms");
    value.memoryBytes = readOr<std::uint64_t>(in, "memory_bytes", 0);
    value.workers = readOr(in, "workers", 1);
}

void to_json(json& out, const TimeRange& value)
{
    out = {{"low_ms", numberToJson(value.lowMs)}, {"high_ms", numberToJson(value.highMs)}};
}

void from_json(const json& in, TimeRange& value)
{
    value.lowMs = read<double>(in, "low_ms");
    value.highMs = read<double>(in, "high_ms");
}

void to_json(json& out, const TimeEstimate& value)
{
    out = {{"base", value.base},
           {"refinement", value.refinement},
           {"base_count", value.baseCount},
           {"refinement_count", value.refinementCount}};
}

void from_json(const json& in, TimeEstimate& value)
{
    value.base = read<TimeRange>(in, "base");
    value.refinement = read<TimeRange>(in, "refinement");
    value.baseCount = read<int>(in, "base_count");
    value.refinementCount = read<int>(in, "refinement_count");
}

} // namespace bitfront
