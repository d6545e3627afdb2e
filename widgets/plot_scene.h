// SPDX-License-Identifier: GPL-3.0-or-later
// A snapshot as points of a picture: where each record belongs and which neighbours the arrow keys
// lead to. No pixels yet, so it can be tested without a window.
#pragma once

#include "widgets/result_snapshot.h"

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
    bool visible = true; ///< by the legend's toggles
    double ratio = 0; ///< ≤ 0: unknown (failed before its size was known)
    double quality = 0; ///< meaningful in the main lane only
    RecordId seed = kNoRecord;
    int queuePlace = 0; ///< among failures without a ratio
};

struct PlotRange
{
    double low = 0, high = 1;
};

struct PlotVisibility
{
    bool groups[3] = {true, true, true}; ///< by GroupId
    bool refinements = true;

    bool shows(const PlotPoint& point) const
    {
        return groups[static_cast<int>(point.group)] && (refinements || !point.refinement);
    }
};

struct PlotScene
{
    std::vector<PlotPoint> points; ///< index = record id
    std::vector<RecordId> front; ///< visible members, by ascending ratio
    RecordId knee = kNoRecord;
    std::optional<double> fp16; ///< quality of the reference, if finite
    bool identicalLane = false, failedLane = false;
    int queued = 0; ///< visible failures without a ratio: they queue up in their lane
    double floor = 0;
    Metric metric = Metric::Psnr;
    QString title; ///< "PSNR of logits against compression ratio"
    QString qualityTitle; ///< "PSNR of logits, dB"
    PlotRange ratios, qualities; ///< padded: what an unzoomed plot shows

    int visibleCount() const;
    const PlotPoint* find(RecordId id) const;
    /// Next visible front member after (step +1) or before (-1) `from`; from a point off the front,
    /// the nearest member on that side. kNoRecord starts at an end. Stays at the ends.
    RecordId alongFront(RecordId from, int step) const;
    /// Next better (+1) or worse (-1) visible point of the same group.
    RecordId withinGroup(RecordId from, int step) const;
};

PlotScene makeScene(const ResultSnapshot& snapshot, const PlotVisibility& visibility);

/// "PSNR", "SNR", "IoU".
QString metricTitle(Metric metric);
/// "50.6 dB", "0.912", "∞ (identical)", "not finite".
QString qualityText(Metric metric, double value);
/// "1a per-channel", as in the legend.
QString groupLegend(GroupId group);

} // namespace bitfront
