// SPDX-License-Identifier: GPL-3.0-or-later
// JSON of results: the reference's record with Bitfront's additions.
#include "core/plan/json.h"
#include "core/plan/json_fields.h"
#include "core/plan/reference_size.h"

namespace bitfront {

using detail::read;
using detail::readCount;
using detail::readNamed;
using detail::readOr;
using detail::text;
using nlohmann::json;

namespace {

std::optional<StorageKind> storageKindFromName(std::string_view wanted)
{
    for (const StorageKind entry :
         {StorageKind::Untouched, StorageKind::Quantized, StorageKind::Palettized})
        if (name(entry) == wanted)
            return entry;
    return std::nullopt;
}

/// Layers that stay at fp16, with the reason of each.
json skippedLayers(const ResultRecord& record)
{
    json list = json::array();
    if (const Measurement* measured = record.measurement()) {
        for (const LayerStorage& layer : measured->layers)
            if (layer.kind == StorageKind::Untouched)
                list.push_back({{"name", layer.layer}, {"reason", layer.reason}});
    } else {
        for (const std::string& layer : record.config.skippedLayers)
            list.push_back({{"name", layer}, {"reason", "kept at fp16 by this configuration"}});
    }
    return list;
}

json compressionMetrics(const Measurement& measured, const ModelInfo* model)
{
    json out = {{"average_bitwidth", numberToJson(measured.size.averageBits())},
                {"compression_ratio", numberToJson(measured.size.compressionRatio())},
                {"theoretical_model_size", numberToJson(measured.size.megabytes())}};
    if (model) {
        const ReferenceSize size = referenceSize(*model, measured.layers);
        out["reference_average_bitwidth"] = numberToJson(size.averageBits);
        out["reference_compression_ratio"] = numberToJson(size.compressionRatio);
        out["reference_model_size"] = numberToJson(size.megabytes);
    }
    return out;
}

Measurement measurementFromJson(const json& in)
{
    Measurement measured;
    measured.outputs = read<std::vector<OutputQuality>>(in, "output_quality_metrics");
    if (measured.outputs.empty())
        throw Error(ErrorCode::BadFormat, "A measurement without the quality of an output.");
    measured.size = read<SizeAccount>(in, "size");
    measured.layers = read<std::vector<LayerStorage>>(in, "layers");
    std::int64_t bits = 0;
    for (const LayerStorage& layer : measured.layers)
        detail::addChecked(bits, layer.bits.total(), detail::kMaxBits, "layers");
    measured.timeMs = read<double>(in, "time_taken");
    measured.forwardMs = readOr<double>(in, "forward_ms", 0);
    measured.peakMemoryBytes = readOr<std::uint64_t>(in, "peak_memory_bytes", 0);
    return measured;
}

} // namespace

void to_json(json& out, const StorageBits& value)
{
    out = {{"codes", value.codes},
           {"scales", value.scales},
           {"zero_points", value.zeroPoints},
           {"tables", value.tables},
           {"channel_scales", value.channelScales}};
}

void from_json(const json& in, StorageBits& value)
{
    value.codes = readCount(in, "codes", detail::kMaxBits);
    value.scales = readCount(in, "scales", detail::kMaxBits);
    value.zeroPoints = readCount(in, "zero_points", detail::kMaxBits);
    value.tables = readCount(in, "tables", detail::kMaxBits);
    value.channelScales = readCount(in, "channel_scales", detail::kMaxBits);
}

void to_json(json& out, const LayerStorage& value)
{
    out = {{"name", value.layer},
           {"elements", value.elements},
           {"storage", text(value.kind)},
           {"granularity", value.granularityText()},
           {"bits_per_code", value.bitsPerCode},
           {"bits", value.bits},
           {"bits_per_weight", numberToJson(value.bitsPerWeight())},
           {"reason", value.reason}};
    // Meaningless on untouched layers, but what was read must be written back.
    if (value.kind != StorageKind::Untouched || value.spec != CompressionSpec {})
        out["spec"] = value.spec;
    if (value.exactPalette) {
        out["exact_palette"] = true;
        out["note"] = value.note();
    }
    if (value.weightErrorDb)
        out["weight_error_db"] = numberToJson(*value.weightErrorDb);
}

void from_json(const json& in, LayerStorage& value)
{
    value.layer = read<std::string>(in, "name");
    value.elements = readCount(in, "elements", detail::kMaxElements);
    value.kind = readNamed(in, "storage", storageKindFromName);
    value.bitsPerCode = read<int>(in, "bits_per_code");
    value.bits = read<StorageBits>(in, "bits");
    value.reason = readOr<std::string>(in, "reason", {});
    value.spec = value.kind == StorageKind::Untouched ? readOr(in, "spec", CompressionSpec {})
                                                      : read<CompressionSpec>(in, "spec");
    if (value.kind != StorageKind::Untouched
        && (value.kind == StorageKind::Quantized)
            != std::holds_alternative<QuantConfig>(value.spec))
        detail::badField("spec", "does not fit the storage");
    value.exactPalette = readOr(in, "exact_palette", false);
    value.weightErrorDb.reset();
    if (in.contains("weight_error_db"))
        value.weightErrorDb = read<double>(in, "weight_error_db");
}

void to_json(json& out, const SizeAccount& value)
{
    out = {{"compressed_bits", value.compressed},
           {"untouched_bits", value.untouchedBits},
           {"total_bits", value.totalBits()},
           {"total_elements", value.totalElements},
           {"compressed_layers", value.compressedLayers},
           {"total_layers", value.totalLayers}};
}

void from_json(const json& in, SizeAccount& value)
{
    value.compressed = read<StorageBits>(in, "compressed_bits");
    value.untouchedBits = readCount(in, "untouched_bits", detail::kMaxBits);
    value.totalElements = readCount(in, "total_elements", detail::kMaxElements);
    value.compressedLayers = read<int>(in, "compressed_layers");
    value.totalLayers = read<int>(in, "total_layers");
}

void to_json(json& out, const OutputQuality& value)
{
    out = {{"name", value.output},
           {"metric", text(value.metric)},
           {"value", numberToJson(value.referenceValue)},
           {"value_scale_free", numberToJson(value.value)}};
    for (const double one : value.batchValues)
        out["value_by_batch"].push_back(numberToJson(one));
    if (value.split)
        out["split"] = {{"chosen_on", numberToJson(value.split->chosenOn)},
                        {"held_out", numberToJson(value.split->heldOut)}};
}

void from_json(const json& in, OutputQuality& value)
{
    value.output = read<std::string>(in, "name");
    value.metric = readNamed(in, "metric", metricFromName);
    value.referenceValue = read<double>(in, "value");
    value.value = read<double>(in, "value_scale_free");
    if (const auto batches = in.find("value_by_batch"); batches != in.end() && batches->is_array())
        for (const json& one : *batches)
            value.batchValues.push_back(numberFromJson(one));
    value.split.reset();
    if (const auto split = in.find("split"); split != in.end() && !split->is_null())
        value.split =
            SplitQuality {read<double>(*split, "chosen_on"), read<double>(*split, "held_out")};
}

void to_json(json& out, const RecipeFacts& value)
{
    out = {{"target", value.target}, {"rounds", value.rounds}, {"evaluations", value.evaluations}};
    out["predicted"] = json::array();
    for (const double one : value.predicted)
        out["predicted"].push_back(numberToJson(one));
    if (!value.locks.empty())
        out["locks"] = value.locks;
    if (!value.exact)
        out["exact"] = false;
}

void from_json(const json& in, RecipeFacts& value)
{
    value.target = read<std::string>(in, "target");
    value.rounds = read<int>(in, "rounds");
    value.evaluations = read<int>(in, "evaluations");
    value.locks = readOr<std::vector<std::string>>(in, "locks", {});
    value.exact = readOr(in, "exact", true);
    value.predicted.clear();
    for (const json& one : read<json>(in, "predicted"))
        value.predicted.push_back(numberFromJson(one));
}

json recordToJson(const ResultRecord& record, const ModelInfo* model)
{
    json out = {{"group", std::string(groupKey(record.config.group))},
                {"config", {{"name", record.config.name}, {"path", record.configPath}}},
                {"spec", record.config.isMixed() ? json(nullptr) : json(record.config.spec)},
                {"indivisible", text(record.config.indivisible)},
                {"seed", record.config.seed.empty() ? json(nullptr) : json(record.config.seed)},
                {"kept_layers", record.config.skippedLayers},
                {"skipped_layers", skippedLayers(record)},
                {"finished_at", record.finishedAt}};
    if (record.config.palette != PaletteOptions {})
        out["palette_options"] = record.config.palette;
    if (record.config.isMixed())
        out["formats"] = record.config.formats;
    if (record.recipe)
        out["recipe"] = *record.recipe;
    if (const Failure* failure = record.failure()) {
        out["error"] = *failure;
        out["time_taken"] = nullptr;
        out["output_quality_metrics"] = json::array();
        out["compression_metrics"] = nullptr;
        return out;
    }
    const Measurement& measured = *record.measurement();
    out["time_taken"] = numberToJson(measured.timeMs);
    out["forward_ms"] = numberToJson(measured.forwardMs);
    out["peak_memory_bytes"] = measured.peakMemoryBytes;
    out["output_quality_metrics"] = measured.outputs;
    out["compression_metrics"] = compressionMetrics(measured, model);
    out["size"] = measured.size;
    out["layers"] = measured.layers;
    return out;
}

void to_json(json& out, const ResultRecord& value)
{
    out = recordToJson(value);
}

void from_json(const json& in, ResultRecord& value)
{
    const auto config = read<json>(in, "config");
    value.config.name = read<std::string>(config, "name");
    value.configPath = read<std::string>(config, "path");
    value.config.group = readNamed(in, "group", groupFromKey);
    if (value.config.isMixed())
        value.config.formats = read<std::vector<LayerFormat>>(in, "formats");
    else
        value.config.spec = read<CompressionSpec>(in, "spec");
    value.config.indivisible = readNamed(in, "indivisible", indivisiblePolicyFromName);
    value.config.seed = readOr<std::string>(in, "seed", {});
    value.config.skippedLayers = readOr<std::vector<std::string>>(in, "kept_layers", {});
    value.config.palette = readOr(in, "palette_options", PaletteOptions {});
    value.finishedAt = readOr<std::string>(in, "finished_at", {});
    if (const auto recipe = in.find("recipe"); recipe != in.end() && !recipe->is_null())
        value.recipe = read<RecipeFacts>(in, "recipe");
    const auto error = in.find("error");
    if (error != in.end() && !error->is_null())
        value.outcome = read<Failure>(in, "error");
    else
        value.outcome = measurementFromJson(in);
}

std::string recordLine(const ResultRecord& record, const ModelInfo* model)
{
    // Names come from files of unknown origin: bytes that are no UTF-8 must not end a sweep.
    return recordToJson(record, model).dump(-1, ' ', false, json::error_handler_t::replace);
}

ResultRecord recordFromLine(std::string_view line)
{
    return parseJson(line, "a line of results.jsonl").get<ResultRecord>();
}

} // namespace bitfront
