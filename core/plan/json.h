// SPDX-License-Identifier: GPL-3.0-or-later
// Plans, models and results as JSON: what run.json and results.jsonl are made of. Documented in
// docs/formats.md; readers ignore unknown fields, and a value written here is read back as it was.
#pragma once

#include "core/plan/result.h"
#include "core/plan/sweep_plan.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace bitfront {

/// A number that JSON may not have: NaN and infinities become "NaN", "Infinity", "-Infinity".
nlohmann::json numberToJson(double value);
/// Inverse of numberToJson(). Throws Error(BadFormat).
double numberFromJson(const nlohmann::json& json);

/// Floors are read from −kMaxFloor to kMaxFloor; no metric comes near. Writers refuse others, too.
inline constexpr double kMaxFloor = 1e6;

// All from_json() throw Error(BadFormat) naming the field that is missing or malformed.
void to_json(nlohmann::json& json, const Failure& value);
void from_json(const nlohmann::json& json, Failure& value);
void to_json(nlohmann::json& json, const CompressionSpec& value);
void from_json(const nlohmann::json& json, CompressionSpec& value);
void to_json(nlohmann::json& json, const PaletteOptions& value);
void from_json(const nlohmann::json& json, PaletteOptions& value);
void to_json(nlohmann::json& json, const LayerFormat& value);
void from_json(const nlohmann::json& json, LayerFormat& value);
void to_json(nlohmann::json& json, const CompressionConfig& value);
void from_json(const nlohmann::json& json, CompressionConfig& value);
void to_json(nlohmann::json& json, const StorageBits& value);
void from_json(const nlohmann::json& json, StorageBits& value);
void to_json(nlohmann::json& json, const LayerStorage& value);
void from_json(const nlohmann::json& json, LayerStorage& value);
void to_json(nlohmann::json& json, const SizeAccount& value);
void from_json(const nlohmann::json& json, SizeAccount& value);

void to_json(nlohmann::json& json, const LayerInfo& value);
void from_json(const nlohmann::json& json, LayerInfo& value);
void to_json(nlohmann::json& json, const PlainParameter& value);
void from_json(const nlohmann::json& json, PlainParameter& value);
void to_json(nlohmann::json& json, const ModuleInfo& value);
void from_json(const nlohmann::json& json, ModuleInfo& value);
void to_json(nlohmann::json& json, const ArgumentInfo& value);
void from_json(const nlohmann::json& json, ArgumentInfo& value);
void to_json(nlohmann::json& json, const ModelInfo& value);
void from_json(const nlohmann::json& json, ModelInfo& value);

void to_json(nlohmann::json& json, const OutputQuality& value);
void from_json(const nlohmann::json& json, OutputQuality& value);
void to_json(nlohmann::json& json, const RecipeFacts& value);
void from_json(const nlohmann::json& json, RecipeFacts& value);
void to_json(nlohmann::json& json, const MetricChoice& value);
void from_json(const nlohmann::json& json, MetricChoice& value);
void to_json(nlohmann::json& json, const OutputInfo& value);
void from_json(const nlohmann::json& json, OutputInfo& value);
void to_json(nlohmann::json& json, const SweepPlan& value);
void from_json(const nlohmann::json& json, SweepPlan& value);
void to_json(nlohmann::json& json, const ProbeTimes& value);
void from_json(const nlohmann::json& json, ProbeTimes& value);
void to_json(nlohmann::json& json, const TimeRange& value);
void from_json(const nlohmann::json& json, TimeRange& value);
void to_json(nlohmann::json& json, const TimeEstimate& value);
void from_json(const nlohmann::json& json, TimeEstimate& value);
void to_json(nlohmann::json& json, const ResultRecord& value);
void from_json(const nlohmann::json& json, ResultRecord& value);

/// A record with the fields of the reference's records plus Bitfront's own. With a model, the
/// figures of the reference's size script too (reference_average_bitwidth,
/// reference_compression_ratio, reference_model_size), which are derived and not read back.
nlohmann::json recordToJson(const ResultRecord& record, const ModelInfo* model = nullptr);
/// One line of results.jsonl, without the line end.
std::string recordLine(const ResultRecord& record, const ModelInfo* model = nullptr);
/// Reads a line. Throws Error(BadFormat).
ResultRecord recordFromLine(std::string_view line);
/// Parses a whole document. Throws Error(BadFormat) saying where it stops making sense; `what` is
/// what the text should be ("run.json").
nlohmann::json parseJson(std::string_view text, const std::string& what);

} // namespace bitfront
