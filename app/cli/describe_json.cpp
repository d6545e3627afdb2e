// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/describe.h"
#include "core/plan/json.h"

#include <nlohmann/json.hpp>

namespace bitfront::cli {

using nlohmann::json;

json inputsJson(const ReferenceData& inputs)
{
    json tensors = json::array();
    for (const InputTensor& one : inputs.tensors())
        tensors.push_back({{"name", one.name},
                           {"argument", one.argument},
                           {"dtype", one.dtype},
                           {"shape", one.shape},
                           {"min", numberToJson(one.min)},
                           {"max", numberToJson(one.max)},
                           {"looks_like_noise", one.looksLikeNoise}});
    json object {{"path", inputs.path()},       {"sha256", inputs.sha256()},
                 {"samples", inputs.samples()}, {"batches", inputs.batches()},
                 {"notes", inputs.notes()},     {"tensors", tensors}};
    if (const InputOptions options = inputs.options(); !options.isDefault())
        object["options"] = options;
    return object;
}

json outputsJson(const std::vector<OutputInfo>& outputs)
{
    json list = json::array();
    for (const OutputInfo& output : outputs) {
        const MetricSuggestion suggestion = suggestMetric(output);
        json one(output);
        one["suggested_metric"] = name(suggestion.metric);
        one["suggestion_reason"] = suggestion.reason;
        list.push_back(one);
    }
    return list;
}

json divisibilityJson(const std::vector<DivisibilityNote>& notes)
{
    json list = json::array();
    for (const DivisibilityNote& note : notes)
        list.push_back({{"layer", note.layer},
                        {"axis", note.axisText},
                        {"block_sizes", note.blockSizes},
                        {"group_sizes", note.groupSizes}});
    return list;
}

void printJson(std::ostream& out, const json& value)
{
    out << value.dump(2, ' ', false, json::error_handler_t::replace) << std::endl;
}

} // namespace bitfront::cli
