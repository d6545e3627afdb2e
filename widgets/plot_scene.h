// SPDX-License-Identifier: GPL-3.0-or-later
// A snapshot as points of a picture: where each record belongs and which neighbours the arrow keys
// lead to. No pixels yet, so it can be tested without a window.
#pragma once

#include "core/plan/targets.h"
#include "widgets/result_snapshot.h"
#include "widgets/view_state.h"

#include <QString>

#include <optional>
#include <vector>

namespace bitfront {

/// Part of the picture a record is drawn in.
enum class PlotLane
{
    Main,
    Identical, ///< infinite quality: above the axis
    Failed ///< no quality at all: below the axis
};

struct PlotPoint
{
    RecordId id = kNoRecord;
    GroupId group = GroupId::PerChannel;
    PlotLane lane = PlotLane::Main;
    bool refinement = false;
    bool onFront = false;
    bool belowFloor = false;
    bool visible = true; ///< drawn, clickable, on the way of the arrow keys
    bool ghost = false; ///< filtered out: a pale dot, so that the rest keeps its context
    double ratio = 0; ///< ≤ 0: unknown (failed before its size was known)
    double x = 0; ///< on the axis along the bottom
    double quality = 0; ///< meaningful in the main lane only
    RecordId seed = kNoRecord;
    int queuePlace = 0; ///< among failures without a ratio
};

struct PlotRange
{
    double low = 0, high = 1;
};

/// How a snapshot is to be looked at; a default one shows everything.
struct PlotView
{
    std::vector<Visibility> visibility; ///< by record; those beyond its end are shown
    PlotAxis axis = PlotAxis::Ratio;
    bool logarithmic = false;
    Targets targets;

    Visibility of(RecordId id) const
    {
        const auto index = static_cast<std::size_t>(id);
        return index < visibility.size() ? visibility[index] : Visibility::Shown;
    }
    bool operator==(const PlotView& other) const
    {
        return visibility == other.visibility && axis == other.axis
            && logarithmic == other.logarithmic && targets.quality == other.targets.quality
            && targets.ratio == other.targets.ratio;
    }
};

struct PlotScene
{
    std::vector<PlotPoint> points; ///< index = record id
    std::vector<RecordId> front; ///< members that are not hidden, by ascending ratio
    RecordId knee = kNoRecord;
    PlotAxis axis = PlotAxis::Ratio;
    bool logarithmic = false;
    std::string axes; ///< tells this pair of axes from others: output, metric, axis, scale
    std::optional<double> fp16; ///< quality of the reference, if finite
    std::optional<double> fp16X; ///< where the reference stands along the bottom, if anywhere
    std::optional<double> targetQuality, targetX; ///< lines to draw
    bool identicalLane = false, failedLane = false;
    int queued = 0; ///< visible failures without a ratio: they queue up in their lane
    double floor = 0;
    double fp16Megabytes = 0;
    Metric metric = Metric::Psnr;
    QString title; ///< "PSNR of logits against compression ratio"
    QString qualityTitle; ///< "PSNR of logits, dB"
    QString xTitle; ///< "Compression ratio vs fp16"
    PlotRange xs, qualities; ///< padded: what an unzoomed plot shows

    int visibleCount() const;
    bool moreIsBetter() const { return axis == PlotAxis::Ratio; } ///< along the bottom
    /// Whether the front is a line on this axis: it is one of quality against size.
    bool frontHasLine() const { return axis != PlotAxis::Time; }
    /// From a ratio to the axis along the bottom and back; empty for time.
    std::optional<double> xOfRatio(double ratio) const;
    std::optional<double> ratioOfX(double x) const;
    const PlotPoint* find(RecordId id) const;
    /// Next visible front member after (step +1) or before (-1) `from`; from a point off the front,
    /// the nearest member on that side. kNoRecord starts at an end. Stays at the ends.
    RecordId alongFront(RecordId from, int step) const;
    /// Next better (+1) or worse (-1) visible point of the same group.
    RecordId withinGroup(RecordId from, int step) const;
};

PlotScene makeScene(const ResultSnapshot& snapshot, const PlotView& view);

/// "PSNR", "SNR", "IoU".
QString metricTitle(Metric metric);
/// "50.6 dB", "0.912", "∞ (identical)", "not finite".
QString qualityWithUnit(Metric metric, double value);
/// "Compression ratio", "Model size, MB", ...
QString axisTitle(PlotAxis axis);
/// "1a per-channel", as in the legend.
QString groupLegend(GroupId group);

} // namespace bitfront
