// SPDX-License-Identifier: GPL-3.0-or-later
// What every form of the report says, worked out once: the analysis, the picks, numbers as text in
// the C locale whatever the program's locale is.
#pragma once

#include "core/base/number_text.h"
#include "core/plan/analysis.h"
#include "core/run/run_folder.h"

#include <optional>
#include <string>
#include <vector>

namespace bitfront {

/// A run with what its records say by its primary metric. Refers to the run it was made from.
struct RunView
{
    const RunContents& run;
    MetricChoice judged; ///< the run's first metric
    std::size_t output = 0; ///< its index in Measurement::outputs
    Analysis analysis;

    const ResultRecord& record(RecordId id) const
    {
        return run.records[static_cast<std::size_t>(id)];
    }
    const AnalysedPoint& point(RecordId id) const
    {
        return analysis.points[static_cast<std::size_t>(id)];
    }
};
RunView viewOf(const RunContents& run);

/// A recommendation over all groups.
struct Pick
{
    RecordId record = kNoRecord;
    std::string label; ///< "Best quality", "Best balance", "Smallest"
};
/// From the front; every record once. Empty when nothing is smaller than fp16 and above the floor.
std::vector<Pick> bestPicks(const RunView& view);
/// Why bestPicks() is empty, in one sentence.
std::string noPickReason(const RunView& view);

/// Whether the run planned or holds configurations of the group.
bool hasGroup(const RunContents& run, GroupId group);

/// Representatives of a group by ascending ratio (the analysis gives them by importance).
std::vector<Anchor> representatives(const RunView& view, GroupId group);

/// How much of the model's compressible weights a configuration really compresses.
struct Coverage
{
    int layers = 0, totalLayers = 0;
    double weightShare = 1; ///< 0 … 1
};
Coverage coverageOf(const Measurement& measurement);

/// Layers that differ from what was configured, as "name (reason)"; `kept` those left at fp16.
struct LayerNotes
{
    std::vector<std::string> kept, changed;
};
LayerNotes layerNotes(const ResultRecord& record);

/// Sentences a reader must know before believing the numbers: low coverage, noise, damaged lines.
std::vector<std::string> reportWarnings(const RunView& view);

/// "Group 1: Per-Channel Quantization"
std::string groupHeading(GroupId group);
/// "PSNR (dB)", "SNR (dB)", "IoU"
std::string metricHeading(Metric metric);
/// Two decimals (IoU: four); "identical" for +∞ dB, "not finite" for NaN and −∞.
std::string qualityText(const OutputQuality& quality);
std::string qualityText(Metric metric, double value);
/// qualityText() with its unit: "38.90 dB".
std::string qualityWithUnit(Metric metric, double value);
/// "3.92x"
std::string ratioText(double ratio);
/// "61.5 s", "4 min 05 s", "2 h 03 min"
std::string wallTimeText(double milliseconds);
/// "12 of 31 configurations" etc. in one sentence, with the state of the run.
std::string outcomeSentence(const RunContents& run);
int failedCount(const RunContents& run);

/// Why our sizes differ from those of coreai-opt's exploration script.
extern const char* const kSizeNote;

} // namespace bitfront
