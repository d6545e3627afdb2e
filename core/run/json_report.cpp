// SPDX-License-Identifier: GPL-3.0-or-later
// The report as JSON, a documented stable form (docs/formats.md).
#include "core/plan/json.h"
#include "core/run/report.h"
#include "core/run/report_facts.h"
#include "core/run/run_json.h"

#include <nlohmann/json.hpp>

namespace bitfront {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr int kReportSchemaVersion = 1;

OrderedJson pointJson(const RunView& view, RecordId id)
{
    const AnalysedPoint& point = view.point(id);
    const Measurement& measured = *view.record(id).measurement();
    OrderedJson json;
    json["record"] = id;
    json["config"] = view.record(id).config.name;
    json["quality"] = numberToJson(point.quality);
    json["compression_ratio"] = numberToJson(point.ratio);
    json["average_bitwidth"] = numberToJson(measured.size.averageBits());
    json["size_mib"] = numberToJson(measured.size.megabytes());
    return json;
}

OrderedJson groupJson(const RunView& view, GroupId group)
{
    OrderedJson json;
    json["group"] = groupKey(group);
    json["title"] = groupHeading(group);
    json["representatives"] = OrderedJson::array();
    for (const Anchor& anchor : representatives(view, group)) {
        OrderedJson one = pointJson(view, anchor.record);
        one["reason"] = anchor.reason;
        json["representatives"].push_back(std::move(one));
    }
    return json;
}

/// The record as in results.jsonl, with what the analysis says about it.
OrderedJson resultJson(const RunView& view, RecordId id)
{
    const AnalysedPoint& point = view.point(id);
    OrderedJson json;
    json["record"] = id;
    json["on_front"] = point.onFront;
    json["below_floor"] = point.belowFloor;
    json["failed"] = point.failed;
    json["identical"] = point.identical;
    json["dominated_by"] =
        point.dominatedBy == kNoRecord ? OrderedJson() : OrderedJson(point.dominatedBy);
    json["result"] = recordToJson(view.record(id), &view.run.header.model);
    return json;
}

} // namespace

std::string jsonReport(const RunContents& run)
{
    const RunView view = viewOf(run);
    OrderedJson json;
    json["schema"] = "bitfront-report";
    json["schema_version"] = kReportSchemaVersion;
    json["run"] = OrderedJson::parse(runJsonText(run.header, run.state, run.wallMs));
    json["judged"] = {{"output", view.judged.output},
                      {"metric", name(view.judged.metric)},
                      {"floor", numberToJson(view.judged.floor)}};
    json["done"] = run.records.size();
    json["failed"] = failedCount(run);
    json["warnings"] = reportWarnings(view);
    json["front"] = OrderedJson::array();
    for (const RecordId id : view.analysis.front)
        json["front"].push_back(pointJson(view, id));
    const Knee& knee = view.analysis.knee;
    json["knee"] = {{"record", knee.record == kNoRecord ? Json() : Json(knee.record)},
                    {"reason", knee.reason}};
    json["picks"] = OrderedJson::array();
    for (const Pick& pick : bestPicks(view)) {
        OrderedJson one = pointJson(view, pick.record);
        one["label"] = pick.label;
        json["picks"].push_back(std::move(one));
    }
    json["groups"] = OrderedJson::array();
    for (const GroupId group : kGroups)
        if (hasGroup(run, group))
            json["groups"].push_back(groupJson(view, group));
    json["results"] = OrderedJson::array();
    for (std::size_t i = 0; i < run.records.size(); ++i)
        json["results"].push_back(resultJson(view, static_cast<RecordId>(i)));
    return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

} // namespace bitfront
