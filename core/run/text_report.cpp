// SPDX-License-Identifier: GPL-3.0-or-later
// The report as plain text: box-drawn tables in the reference's format.
#include "core/run/report.h"
#include "core/run/report_document.h"

#include <algorithm>
#include <array>

namespace bitfront {
namespace {

constexpr std::size_t kColumns = 4;
constexpr std::size_t kTextWidth = 100;
using Row = std::array<std::string, kColumns>;

/// Characters, not bytes: names may hold any UTF-8.
std::size_t width(const std::string& text)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string repeat(const std::string& text, std::size_t times)
{
    std::string result;
    for (std::size_t i = 0; i < times; ++i)
        result += text;
    return result;
}

/// Boxes drawn around rows, the first being the header. Numbers stand right, names left.
std::string boxTable(const std::vector<Row>& rows)
{
    std::array<std::size_t, kColumns> widths = {};
    for (const Row& row : rows)
        for (std::size_t i = 0; i < kColumns; ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    const auto rule = [&widths](const char* left, const char* cross, const char* right) {
        std::string line = left;
        for (std::size_t i = 0; i < kColumns; ++i)
            line += repeat("─", widths[i] + 2) + (i + 1 < kColumns ? cross : right);
        return line + "\n";
    };
    std::string text = rule("┌", "┬", "┐");
    for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t i = 0; i < kColumns; ++i) {
            const std::string gap(widths[i] - width(rows[r][i]), ' ');
            const bool left = i == 0 || r == 0;
            text += "│ " + (left ? rows[r][i] + gap : gap + rows[r][i]) + " ";
        }
        text += "│\n";
        if (r == 0)
            text += rule("├", "┼", "┤");
    }
    return text + rule("└", "┴", "┘");
}

Row baselineRow(const RunView& view)
{
    std::string quality = "-";
    for (const OutputQuality& one : view.run.header.fp16Quality)
        if (one.output == view.judged.output && one.metric == view.judged.metric)
            quality = qualityText(one);
    return {"Baseline (fp16)", quality, "16.00", "1.0x"};
}

Row recordRow(const RunView& view, RecordId id)
{
    const ResultRecord& record = view.record(id);
    const Measurement& measured = *record.measurement();
    return {record.config.name, qualityText(view.judged.metric, view.point(id).quality),
            fixedText(measured.size.averageBits(), 2), ratioText(measured.size.compressionRatio())};
}

std::vector<Row> tableStart(const RunView& view)
{
    return {{"Config", metricHeading(view.judged.metric), "Avg Bitwidth", "Compression Ratio"},
            baselineRow(view)};
}

/// "  label: item, item, …", wrapped and indented.
std::string wrappedList(const std::string& label, const std::vector<std::string>& items)
{
    std::string text = "  " + label + ":";
    std::size_t column = width(text);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string item = items[i] + (i + 1 < items.size() ? "," : "");
        if (column + 1 + width(item) > kTextWidth && column > 4) {
            text += "\n   ";
            column = 3;
        }
        text += " " + item;
        column += 1 + width(item);
    }
    return text + "\n";
}

/// The layers that the shown configurations leave at fp16 or store otherwise, by name.
std::string layerLists(const RunView& view, const std::vector<Anchor>& anchors)
{
    std::string kept;
    std::string changed;
    for (const Anchor& anchor : anchors) {
        const ResultRecord& record = view.record(anchor.record);
        const LayerNotes notes = layerNotes(record);
        if (!notes.kept.empty())
            kept += wrappedList(record.config.name, notes.kept);
        if (!notes.changed.empty())
            changed += wrappedList(record.config.name, notes.changed);
    }
    std::string text;
    if (!kept.empty())
        text += "Skipped layers (kept at fp16):\n" + kept;
    if (!changed.empty())
        text += "Layers stored otherwise than configured:\n" + changed;
    return text;
}

/// Why a group shows fewer than five; empty when it shows five.
std::string shortageSentence(const RunView& view, GroupId group, std::size_t shown)
{
    int all = 0;
    int failed = 0;
    int below = 0;
    for (std::size_t i = 0; i < view.run.records.size(); ++i) {
        if (view.run.records[i].config.group != group)
            continue;
        ++all;
        failed += view.analysis.points[i].failed ? 1 : 0;
        below += !view.analysis.points[i].failed && view.analysis.points[i].belowFloor ? 1 : 0;
    }
    const std::string floor = qualityWithUnit(view.judged.metric, view.judged.floor);
    if (all == 0)
        return "No configuration of this group has run.\n";
    if (shown == 0 && below > 0 && failed == 0)
        return "All " + std::to_string(all) + " configurations fell below the floor of " + floor
            + ".\n";
    if (shown >= 5)
        return {};
    std::string text = shown == 0 ? "No configuration can be shown"
        : shown == 1              ? "Only 1 configuration is shown"
                                  : "Only " + std::to_string(shown) + " configurations are shown";
    const auto counted = [](int count) { return count == 0 ? "none" : std::to_string(count); };
    text += ": of " + std::to_string(all) + ", " + counted(below) + " fell below the floor of "
        + floor + " and " + counted(failed) + " failed.\n";
    return text;
}

std::string groupText(const RunView& view, GroupId group)
{
    const std::vector<Anchor> anchors = representatives(view, group);
    std::vector<Row> rows = tableStart(view);
    for (const Anchor& anchor : anchors)
        rows.push_back(recordRow(view, anchor.record));
    return groupHeading(group) + "\n" + boxTable(rows)
        + shortageSentence(view, group, anchors.size()) + layerLists(view, anchors) + "\n";
}

std::string picksText(const RunView& view)
{
    std::string text = "Best picks (all groups)\n";
    const std::vector<Pick> picks = bestPicks(view);
    if (picks.empty())
        return text + "  " + noPickReason(view) + "\n";
    for (const Pick& pick : picks) {
        const AnalysedPoint& point = view.point(pick.record);
        const Measurement& measured = *view.record(pick.record).measurement();
        text += "  " + pick.label + ": " + view.record(pick.record).config.name + ", "
            + qualityWithUnit(view.judged.metric, point.quality) + " at " + ratioText(point.ratio)
            + " (" + fixedText(measured.size.megabytes(), 3) + " MiB)\n";
    }
    if (view.analysis.knee.record == kNoRecord && !view.analysis.knee.reason.empty())
        text += "  " + view.analysis.knee.reason + "\n";
    return text;
}

} // namespace

std::string textReport(const RunContents& run)
{
    const RunView view = viewOf(run);
    std::string text;
    if (run.header.metrics.size() > 1)
        text += "Quality is that of output “" + view.judged.output + "”.\n\n";
    for (const GroupId group : kGroups)
        if (hasGroup(run, group))
            text += groupText(view, group);
    text += scanText(view);
    text += picksText(view);
    for (const std::string& warning : reportWarnings(view))
        text += "Note: " + warning + "\n";
    return text;
}

} // namespace bitfront
