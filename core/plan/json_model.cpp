// SPDX-License-Identifier: GPL-3.0-or-later
// JSON of what is known about a model, its outputs and the metrics chosen for them.
#include "core/plan/json.h"
#include "core/plan/json_fields.h"

#include <cmath>

namespace bitfront {

using detail::read;
using detail::readCount;
using detail::readNamed;
using detail::readOr;
using detail::readShape;
using detail::text;
using nlohmann::json;

void to_json(json& out, const LayerInfo& value)
{
    out = {{"name", value.name},           {"module", value.module},
           {"parameter", value.parameter}, {"type", value.moduleType},
           {"kind", text(value.kind)},     {"dtype", text(value.weightType)},
           {"shape", value.shape},         {"tied_with", value.tiedWith}};
    if (!value.finite)
        out["finite"] = false;
}

void from_json(const json& in, LayerInfo& value)
{
    value.name = read<std::string>(in, "name");
    value.module = read<std::string>(in, "module");
    value.parameter = read<std::string>(in, "parameter");
    value.moduleType = read<std::string>(in, "type");
    value.kind = readNamed(in, "kind", layerKindFromName);
    value.weightType = readNamed(in, "dtype", weightTypeFromName);
    value.shape = readShape(in, "shape");
    value.tiedWith = readOr<std::vector<std::string>>(in, "tied_with", {});
    value.finite = readOr(in, "finite", true);
}

void to_json(json& out, const PlainParameter& value)
{
    out = {{"name", value.name}, {"shape", value.shape}, {"elements", value.elements}};
}

void from_json(const json& in, PlainParameter& value)
{
    value.name = read<std::string>(in, "name");
    value.shape = readShape(in, "shape");
    value.elements = readCount(in, "elements", detail::kMaxElements);
}

void to_json(json& out, const ModuleInfo& value)
{
    out = {{"name", value.name}, {"type", value.type}};
}

void from_json(const json& in, ModuleInfo& value)
{
    value.name = read<std::string>(in, "name");
    value.type = read<std::string>(in, "type");
}

void to_json(json& out, const ArgumentInfo& value)
{
    out = {{"name", value.name}, {"type", value.type}, {"required", value.required}};
    if (!value.dtype.empty())
        out.update({{"dtype", value.dtype}, {"shape", value.shape}});
}

void from_json(const json& in, ArgumentInfo& value)
{
    value.name = read<std::string>(in, "name");
    value.type = read<std::string>(in, "type");
    value.required = read<bool>(in, "required");
    value.dtype = readOr<std::string>(in, "dtype", {});
    value.shape = readOr<std::vector<std::string>>(in, "shape", {});
}

void to_json(json& out, const ModelInfo& value)
{
    out = {{"path", value.path},
           {"file_name", value.fileName},
           {"format", value.format},
           {"sha256", value.sha256},
           {"file_bytes", value.fileBytes},
           {"parameters", value.parameterCount()},
           {"fp16_bytes", value.fp16Bytes()},
           {"layers", value.layers},
           {"plain_parameters", value.plainParameters},
           {"modules", value.modules},
           {"arguments", value.arguments},
           {"notes", value.notes}};
    if (value.recurrentWeights > 0)
        out["recurrent_weights"] = value.recurrentWeights;
    if (value.layerOptions != LayerOptions {})
        out["layer_options"] = {{"recurrent", value.layerOptions.recurrent}};
}

void from_json(const json& in, ModelInfo& value)
{
    value.path = read<std::string>(in, "path");
    value.fileName = read<std::string>(in, "file_name");
    value.format = read<std::string>(in, "format");
    value.sha256 = readOr<std::string>(in, "sha256", {});
    value.fileBytes = readOr<std::uint64_t>(in, "file_bytes", 0);
    value.layers = read<std::vector<LayerInfo>>(in, "layers");
    value.plainParameters = readOr<std::vector<PlainParameter>>(in, "plain_parameters", {});
    value.modules = readOr<std::vector<ModuleInfo>>(in, "modules", {});
    value.arguments = readOr<std::vector<ArgumentInfo>>(in, "arguments", {});
    value.notes = readOr<std::vector<std::string>>(in, "notes", {});
    value.recurrentWeights = readOr(in, "recurrent_weights", 0);
    if (value.recurrentWeights < 0)
        detail::badField("recurrent_weights", "is negative");
    if (const auto options = in.find("layer_options"); options != in.end())
        value.layerOptions.recurrent = readOr(*options, "recurrent", false);
    std::int64_t elements = 0;
    for (const LayerInfo& layer : value.layers)
        detail::addChecked(elements, layer.elements(), detail::kMaxElements, "layers");
    for (const PlainParameter& plain : value.plainParameters)
        detail::addChecked(elements, plain.elements, detail::kMaxElements, "plain_parameters");
}

void to_json(json& out, const MetricChoice& value)
{
    out = {{"output", value.output},
           {"metric", text(value.metric)},
           {"floor", numberToJson(value.floor)}};
}

void from_json(const json& in, MetricChoice& value)
{
    value.output = read<std::string>(in, "output");
    value.metric = readNamed(in, "metric", metricFromName);
    value.floor = readOr(in, "floor", defaultFloor(value.metric));
    if (!(std::fabs(value.floor) <= kMaxFloor))
        detail::badField("floor", "is not between -1000000 and 1000000");
}

void to_json(json& out, const OutputInfo& value)
{
    out = {{"name", value.name},
           {"dtype", value.dtype},
           {"shape", value.shape},
           {"min", numberToJson(value.min)},
           {"max", numberToJson(value.max)},
           {"non_finite", value.nonFinite},
           {"binary", value.binary}};
}

void from_json(const json& in, OutputInfo& value)
{
    value.name = read<std::string>(in, "name");
    value.dtype = read<std::string>(in, "dtype");
    value.shape = readShape(in, "shape");
    value.min = read<double>(in, "min");
    value.max = read<double>(in, "max");
    value.nonFinite = readOr<std::int64_t>(in, "non_finite", 0);
    value.binary = readOr(in, "binary", false);
}

} // namespace bitfront
