// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/describe.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitfront::cli {

using Json = nlohmann::ordered_json;

Json numberJson(double value)
{
    if (std::isfinite(value))
        return value;
    if (std::isnan(value))
        return "nan";
    return value > 0 ? "inf" : "-inf";
}

namespace {

Json layerJson(const LayerInfo& layer)
{
    return {{"name", layer.name},
            {"module", layer.module},
            {"parameter", layer.parameter},
            {"type", layer.moduleType},
            {"kind", name(layer.kind)},
            {"dtype", name(layer.weightType)},
            {"shape", layer.shape},
            {"elements", layer.elements()},
            {"channel_axis", layer.channelAxis()},
            {"block_axis", layer.blockAxis()},
            {"tied_with", layer.tiedWith},
            {"quantizable", layer.quantizable()},
            {"palettizable", layer.palettizable()}};
}

} // namespace

Json modelJson(const ModelInfo& model)
{
    Json layers = Json::array();
    for (const LayerInfo& layer : model.layers)
        layers.push_back(layerJson(layer));
    Json plain = Json::array();
    for (const PlainParameter& one : model.plainParameters)
        plain.push_back({{"name", one.name}, {"shape", one.shape}, {"elements", one.elements}});
    Json arguments = Json::array();
    for (const ArgumentInfo& one : model.arguments)
        arguments.push_back({{"name", one.name}, {"type", one.type}, {"required", one.required}});
    return {{"path", model.path},
            {"format", model.format},
            {"sha256", model.sha256},
            {"file_bytes", model.fileBytes},
            {"parameters", model.parameterCount()},
            {"fp16_bytes", model.fp16Bytes()},
            {"arguments", arguments},
            {"layers", layers},
            {"plain_parameters", plain},
            {"notes", model.notes}};
}

Json inputsJson(const ReferenceData& inputs)
{
    Json tensors = Json::array();
    for (const InputTensor& one : inputs.tensors())
        tensors.push_back({{"name", one.name},
                           {"argument", one.argument},
                           {"dtype", one.dtype},
                           {"shape", one.shape},
                           {"min", numberJson(one.min)},
                           {"max", numberJson(one.max)},
                           {"looks_like_noise", one.looksLikeNoise}});
    return {{"path", inputs.path()},
            {"sha256", inputs.sha256()},
            {"samples", inputs.samples()},
            {"tensors", tensors}};
}

Json outputsJson(const std::vector<OutputInfo>& outputs)
{
    Json list = Json::array();
    for (const OutputInfo& one : outputs) {
        const MetricSuggestion suggestion = suggestMetric(one);
        list.push_back({{"name", one.name},
                        {"dtype", one.dtype},
                        {"shape", one.shape},
                        {"min", numberJson(one.min)},
                        {"max", numberJson(one.max)},
                        {"suggested_metric", name(suggestion.metric)},
                        {"reason", suggestion.reason}});
    }
    return list;
}

Json divisibilityJson(const std::vector<DivisibilityNote>& notes)
{
    Json list = Json::array();
    for (const DivisibilityNote& note : notes)
        list.push_back({{"layer", note.layer},
                        {"axis", note.axisText},
                        {"block_sizes", note.blockSizes},
                        {"group_sizes", note.groupSizes}});
    return list;
}

Json metricsJson(const std::vector<MetricChoice>& metrics)
{
    Json list = Json::array();
    for (const MetricChoice& choice : metrics)
        list.push_back(
            {{"output", choice.output}, {"metric", name(choice.metric)}, {"floor", choice.floor}});
    return list;
}

} // namespace bitfront::cli
