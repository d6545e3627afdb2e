// SPDX-License-Identifier: GPL-3.0-or-later
// What every form of the report says, worked out once.
#include "core/run/report_facts.h"

#include "core/plan/recipe_target.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace bitfront {
namespace {

/// Below this share of compressed weights a base configuration's ratio needs a warning.
constexpr double kFullCoverage = 0.95;

std::string twoDigits(long value)
{
    return (value < 10 ? "0" : "") + std::to_string(value);
}

std::string coverageSentence(const ResultRecord& record, const Coverage& coverage)
{
    return record.config.name + ": " + std::to_string(coverage.layers) + " of "
        + std::to_string(coverage.totalLayers)
        + (coverage.totalLayers == 1 ? " layer compressed (" : " layers compressed (")
        + fixedText(100 * coverage.weightShare, 0) + " % of their weights).";
}

/// Whether compression was measured, really happened, and left every output as it was every time.
bool nothingChanged(const std::vector<ResultRecord>& records)
{
    bool compressed = false;
    for (const ResultRecord& record : records) {
        const Measurement* measured = record.measurement();
        if (!measured)
            continue;
        for (const OutputQuality& quality : measured->outputs)
            if (!quality.identical())
                return false;
        compressed = compressed || coverageOf(*measured).layers > 0;
    }
    return compressed;
}

/// What did not come out, and why, one sentence for each kind.
std::vector<std::string> failureSentences(const RunView& view)
{
    const auto count = [](std::size_t some, const char* what) {
        return std::to_string(some) + (some == 1 ? " configuration " : " configurations ") + what;
    };
    std::vector<std::string> sentences;
    std::size_t failed = 0;
    std::size_t infinite = 0;
    std::string reason;
    for (std::size_t i = 0; i < view.run.records.size(); ++i) {
        const Failure* failure = view.run.records[i].failure();
        if (failure) {
            ++failed;
            if (reason.empty())
                reason = view.run.records[i].config.name + ": " + failure->message;
        } else if (view.analysis.points[i].failed) {
            ++infinite;
        }
    }
    if (failed > 0)
        sentences.push_back(count(failed, "failed; the first was ") + reason);
    if (infinite > 0)
        sentences.push_back(count(infinite, "gave outputs that are not finite (NaN or infinite)."));
    return sentences;
}

} // namespace

const char* const kSizeNote = "Sizes count every parameter tensor once, with scales, zero points "
                              "and lookup tables at their real "
                              "number; coreai-opt's exploration script leaves biases and other "
                              "uncompressed parameters out of the "
                              "compressed size, counts block scales of convolutions too often and "
                              "charges palettes a scale that "
                              "does not exist, so its ratios and bit widths differ from these.";

RunView viewOf(const RunContents& run)
{
    RunView view {run, {}, 0, {}};
    if (!run.header.metrics.empty())
        view.judged = run.header.metrics.front();
    for (const ResultRecord& record : run.records) {
        const Measurement* measured = record.measurement();
        if (!measured)
            continue;
        const auto found =
            std::ranges::find(measured->outputs, view.judged.output, &OutputQuality::output);
        if (found != measured->outputs.end())
            view.output = static_cast<std::size_t>(found - measured->outputs.begin());
        break;
    }
    view.analysis = analyse(run.records, view.output, view.judged.floor);
    return view;
}

std::vector<Pick> bestPicks(const RunView& view)
{
    std::vector<Pick> picks;
    const auto& front = view.analysis.front;
    const auto add = [&picks](RecordId record, const char* label) {
        if (record != kNoRecord && std::ranges::find(picks, record, &Pick::record) == picks.end())
            picks.push_back({record, label});
    };
    if (front.empty())
        return picks;
    // The front rises in ratio; a member larger than the fp16 model is nobody's best quality, the
    // fp16 model itself is smaller and better.
    const auto smaller =
        std::ranges::find_if(front, [&view](RecordId id) { return view.point(id).ratio > 1; });
    if (smaller == front.end())
        return picks;
    add(*smaller, std::next(smaller) == front.end() ? "Best in everything" : "Best quality");
    add(view.analysis.knee.record, "Best balance");
    add(front.back(), "Smallest");
    return picks;
}

std::string noPickReason(const RunView& view)
{
    const std::string floor = qualityWithUnit(view.judged.metric, view.judged.floor);
    return view.analysis.front.empty()
        ? "No configuration is above the floor of " + floor + "."
        : "No configuration above the floor of " + floor + " is smaller than the fp16 model.";
}

bool hasGroup(const RunContents& run, GroupId group)
{
    return run.header.plan.count(group) > 0
        || std::ranges::any_of(run.records, [group](const ResultRecord& record) {
               return record.config.group == group;
           });
}

std::vector<Anchor> representatives(const RunView& view, GroupId group)
{
    const auto index = static_cast<std::size_t>(
        std::distance(std::begin(kGroups), std::ranges::find(kGroups, group)));
    if (index >= view.analysis.anchors.size())
        return {};
    std::vector<Anchor> anchors = view.analysis.anchors[index];
    std::ranges::stable_sort(anchors, {}, [&view](const Anchor& anchor) {
        const AnalysedPoint& point = view.point(anchor.record);
        return std::pair(point.ratio, -point.quality);
    });
    return anchors;
}

Coverage coverageOf(const Measurement& measurement)
{
    Coverage coverage;
    std::int64_t compressed = 0;
    std::int64_t all = 0;
    for (const LayerStorage& layer : measurement.layers) {
        ++coverage.totalLayers;
        all += layer.elements;
        if (layer.kind == StorageKind::Untouched)
            continue;
        ++coverage.layers;
        compressed += layer.elements;
    }
    if (all > 0)
        coverage.weightShare = static_cast<double>(compressed) / static_cast<double>(all);
    return coverage;
}

LayerNotes layerNotes(const ResultRecord& record)
{
    LayerNotes notes;
    const Measurement* measured = record.measurement();
    if (!measured)
        return notes;
    for (const LayerStorage& layer : measured->layers) {
        // What a configuration keeps on purpose needs no reason: its name says it.
        const bool onPurpose = record.config.isMixed()
            || std::ranges::find(record.config.skippedLayers, layer.layer)
                != record.config.skippedLayers.end();
        const std::string text = layer.reason.empty() || onPurpose
            ? layer.layer
            : layer.layer + " (" + layer.reason + ")";
        if (layer.kind == StorageKind::Untouched)
            notes.kept.push_back(text);
        else if (!layer.reason.empty())
            notes.changed.push_back(text);
    }
    return notes;
}

std::vector<std::string> reportWarnings(const RunView& view)
{
    std::vector<std::string> warnings = view.run.warnings;
    for (const InputTensor& input : view.run.header.inputs)
        if (input.looksLikeNoise)
            warnings.push_back(
                "Input “" + input.argument
                + "” looks like noise. Results on noise often look better than they are.");
    for (const std::string& sentence : failureSentences(view))
        warnings.push_back(sentence);
    if (nothingChanged(view.run.records))
        warnings.push_back("No configuration changed any output. The outputs do not depend on the "
                           "compressed weights: check that the right forward() was exported.");
    for (const ResultRecord& record : view.run.records) {
        const Measurement* measured = record.measurement();
        if (!measured || record.config.isRefinement())
            continue;
        for (const std::string& warning : recipeWarnings(record))
            warnings.push_back(warning);
        const Coverage coverage = coverageOf(*measured);
        if (!record.config.isMixed() && coverage.weightShare < kFullCoverage)
            warnings.push_back(coverageSentence(record, coverage));
    }
    return warnings;
}

std::string groupHeading(GroupId group)
{
    switch (group) {
    case GroupId::PerChannel:
        return "Group 1: Per-Channel Quantization";
    case GroupId::PerBlock:
        return "Group 2: Per-Block Quantization";
    case GroupId::Palette:
        return "Group 3: Palettization";
    case GroupId::Mixed:
        return "Mixed Precision: Every Layer in a Format of its Own";
    }
    return {};
}

std::string metricHeading(Metric metric)
{
    switch (metric) {
    case Metric::Psnr:
        return "PSNR (dB)";
    case Metric::Snr:
        return "SNR (dB)";
    case Metric::Iou:
        return "IoU";
    }
    return {};
}

std::string qualityText(Metric metric, double value)
{
    if (value == std::numeric_limits<double>::infinity())
        return "identical";
    if (!std::isfinite(value))
        return "not finite";
    return fixedText(value, metric == Metric::Iou ? 4 : 2);
}

std::string qualityText(const OutputQuality& quality)
{
    return qualityText(quality.metric, quality.value);
}

std::string qualityWithUnit(Metric metric, double value)
{
    const std::string text = qualityText(metric, value);
    if (!std::isfinite(value))
        return text;
    return metric == Metric::Iou ? "IoU " + text : text + " dB";
}

std::string ratioText(double ratio)
{
    return fixedText(ratio, 2) + "x";
}

std::string wallTimeText(double milliseconds)
{
    // A run folder may have been edited; ten years are no sweep.
    if (!(milliseconds >= 0 && milliseconds < 3.2e11))
        return "an unknown time";
    if (milliseconds < 120e3)
        return fixedText(milliseconds / 1000, 1) + " s";
    const long seconds = std::lround(milliseconds / 1000);
    if (seconds < 7200)
        return std::to_string(seconds / 60) + " min " + twoDigits(seconds % 60) + " s";
    const long minutes = (seconds + 30) / 60;
    return std::to_string(minutes / 60) + " h " + twoDigits(minutes % 60) + " min";
}

int failedCount(const RunContents& run)
{
    return static_cast<int>(std::ranges::count_if(
        run.records, [](const ResultRecord& r) { return r.failure() != nullptr; }));
}

std::string outcomeSentence(const RunContents& run)
{
    const std::size_t count = run.records.size();
    std::string text = std::to_string(count) + (count == 1 ? " configuration" : " configurations");
    const auto refinements = std::ranges::count_if(
        run.records, [](const ResultRecord& record) { return record.config.isRefinement(); });
    if (refinements > 0)
        text += " (" + std::to_string(refinements)
            + (refinements == 1 ? " of them a refinement)" : " of them refinements)");
    switch (run.state) {
    case RunState::Finished:
        text += " in " + wallTimeText(run.wallMs);
        break;
    case RunState::Stopped:
        text += ", then stopped after " + wallTimeText(run.wallMs);
        break;
    case RunState::Failed:
        text += ", then the sweep could not go on, after " + wallTimeText(run.wallMs);
        break;
    case RunState::Running:
        text += " so far";
        break;
    }
    const int failed = failedCount(run);
    if (failed > 0)
        text += "; " + std::to_string(failed) + " failed";
    return text + ".";
}

} // namespace bitfront
