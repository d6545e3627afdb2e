// SPDX-License-Identifier: GPL-3.0-or-later
// run.json as text and back.
#include "core/run/run_json.h"

#include "core/base/json_nesting.h"
#include "core/plan/json.h"
#include "core/plan/json_fields.h"

#include <nlohmann/json.hpp>

#include <array>

namespace bitfront {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr const char* kSchemaName = "bitfront-run";
constexpr std::array<std::pair<RunState, std::string_view>, 4> kStates {
    {{RunState::Running, "running"},
     {RunState::Finished, "finished"},
     {RunState::Stopped, "stopped"},
     {RunState::Failed, "failed"}}};

Error badRun(const std::string& path, const std::string& why)
{
    return Error(ErrorCode::BadFormat, path + " is not a run of Bitfront: " + why + ".",
                 "Open a folder that `bitfront-cli run` or the window wrote.", path);
}

RunState stateFromName(const std::string& text)
{
    for (const auto& [state, word] : kStates)
        if (text == word)
            return state;
    throw Error(ErrorCode::BadFormat, "its state “" + text + "” is unknown");
}

/// The library's text without its "[json.exception.type_error.302] ".
std::string causeOf(const Json::exception& error)
{
    std::string text = error.what();
    const std::size_t end = text.find("] ");
    return "a value in it is of the wrong kind ("
        + (end == std::string::npos ? text : text.substr(end + 2)) + ")";
}

/// Messages of the parts end with a full stop, badRun() adds its own.
std::string withoutStop(std::string text)
{
    while (!text.empty() && text.back() == '.')
        text.pop_back();
    return text;
}

Json inputJson(const InputTensor& input)
{
    return {{"name", input.name},
            {"argument", input.argument},
            {"dtype", input.dtype},
            {"shape", input.shape},
            {"min", numberToJson(input.min)},
            {"max", numberToJson(input.max)},
            {"looks_like_noise", input.looksLikeNoise}};
}

InputTensor inputFromJson(const Json& json)
{
    InputTensor input;
    input.name = json.at("name").get<std::string>();
    input.argument = json.at("argument").get<std::string>();
    input.dtype = json.at("dtype").get<std::string>();
    input.shape = detail::readShape(json, "shape");
    input.min = numberFromJson(json.at("min"));
    input.max = numberFromJson(json.at("max"));
    input.looksLikeNoise = json.at("looks_like_noise").get<bool>();
    return input;
}

RunHeader headerFromJson(const Json& json)
{
    RunHeader header;
    header.createdAt = json.at("created_at").get<std::string>();
    header.bitfrontVersion = json.at("bitfront_version").get<std::string>();
    header.engineVersion = json.at("engine_version").get<std::string>();
    header.commandLine = json.at("command_line").get<std::string>();
    header.model = json.at("model").get<ModelInfo>();
    const Json& inputs = json.at("inputs");
    header.inputsPath = inputs.at("path").get<std::string>();
    header.inputsSha256 = inputs.at("sha256").get<std::string>();
    for (const Json& tensor : inputs.at("tensors"))
        header.inputs.push_back(inputFromJson(tensor));
    if (const auto options = inputs.find("options"); options != inputs.end())
        header.inputOptions = options->get<InputOptions>();
    header.outputs = json.at("outputs").get<std::vector<OutputInfo>>();
    header.metrics = json.at("metrics").get<std::vector<MetricChoice>>();
    header.fp16Quality = json.at("fp16_quality").get<std::vector<OutputQuality>>();
    header.plan = json.at("plan").get<SweepPlan>();
    header.probe = json.at("probe").get<ProbeTimes>();
    return header;
}

} // namespace

std::string_view name(RunState state)
{
    for (const auto& [one, word] : kStates)
        if (one == state)
            return word;
    return "running";
}

std::string runJsonText(const RunHeader& header, RunState state, double wallMs)
{
    Json tensors = Json::array();
    for (const InputTensor& input : header.inputs)
        tensors.push_back(inputJson(input));
    OrderedJson json;
    json["schema"] = kSchemaName;
    json["schema_version"] = kRunSchemaVersion;
    json["state"] = name(state);
    json["wall_time_ms"] = wallMs;
    json["created_at"] = header.createdAt;
    json["bitfront_version"] = header.bitfrontVersion;
    json["engine_version"] = header.engineVersion;
    json["command_line"] = header.commandLine;
    json["metrics"] = Json(header.metrics);
    json["inputs"] =
        Json {{"path", header.inputsPath}, {"sha256", header.inputsSha256}, {"tensors", tensors}};
    if (!header.inputOptions.isDefault())
        json["inputs"]["options"] = Json(header.inputOptions);
    json["outputs"] = Json(header.outputs);
    json["fp16_quality"] = Json(header.fp16Quality);
    json["probe"] = Json(header.probe);
    json["plan"] = Json(header.plan);
    json["model"] = Json(header.model);
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

void parseRunJson(const std::string& text, const std::string& path, RunContents& run)
{
    constexpr int kMaxDepth = 32; // deeper than anything that Bitfront writes
    if (isNestedDeeper(text, kMaxDepth))
        throw badRun(path, "its brackets are nested too deep");
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded())
        throw badRun(path, "it is not valid JSON");
    if (!json.is_object() || json.value("schema", Json()) != kSchemaName)
        throw badRun(path, "it does not say so");
    const Json version = json.value("schema_version", Json());
    const auto number = version.is_number_unsigned() ? version.get<std::uint64_t>() : 0;
    if (number < 1)
        throw badRun(path, "it has no format version");
    if (number > kRunSchemaVersion)
        throw Error(ErrorCode::BadFormat,
                    "This run was written by a newer Bitfront (format " + std::to_string(number)
                        + "; this program reads up to " + std::to_string(kRunSchemaVersion) + ").",
                    "Open it with a newer Bitfront.", path);
    try {
        run.state = stateFromName(json.at("state").get<std::string>());
        run.wallMs = json.at("wall_time_ms").get<double>();
        run.header = headerFromJson(json);
    } catch (const Json::exception& error) {
        throw badRun(path, causeOf(error));
    } catch (const Error& error) {
        throw badRun(path, withoutStop(error.failure().message));
    }
    if (run.header.metrics.empty())
        throw badRun(path, "it names no metric");
}

} // namespace bitfront
