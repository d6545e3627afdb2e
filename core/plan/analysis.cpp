// SPDX-License-Identifier: GPL-3.0-or-later
// Pareto front and knee of a set of records.
#include "core/plan/analysis.h"

#include "core/base/number_text.h"
#include "core/plan/anchors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

namespace bitfront {

namespace {

AnalysedPoint pointOf(const ResultRecord& record, std::size_t output, double floor)
{
    AnalysedPoint point;
    point.quality = std::numeric_limits<double>::quiet_NaN();
    const Measurement* measured = record.measurement();
    if (!measured || output >= measured->outputs.size()) {
        point.failed = true;
        return point;
    }
    point.ratio = measured->size.compressionRatio();
    point.quality = measured->outputs[output].value;
    point.identical = measured->outputs[output].identical();
    point.failed = !measured->usable();
    point.belowFloor = !point.failed && point.quality < floor;
    return point;
}

void linkSeeds(std::span<const ResultRecord> records, std::vector<AnalysedPoint>& points)
{
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (!records[i].config.isRefinement())
            continue;
        for (std::size_t j = 0; j < records.size(); ++j)
            if (records[j].config.name == records[i].config.seed)
                points[i].seed = static_cast<RecordId>(j);
    }
}

/// Front members by ascending ratio. Of equal points the one with the fewest kept layers, then the
/// alphabetically first stands for all, so that the front does not depend on the order of arrival.
std::vector<RecordId> findFront(std::span<const ResultRecord> records,
                                const std::vector<AnalysedPoint>& points)
{
    std::vector<RecordId> order;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (isSurvivor(points[i]))
            order.push_back(static_cast<RecordId>(i));
    const auto key = [&](RecordId id) {
        const auto index = static_cast<std::size_t>(id);
        const CompressionConfig& config = records[index].config;
        return std::tuple(-points[index].ratio, -points[index].quality, config.skippedLayers.size(),
                          std::string_view(config.name));
    };
    std::sort(order.begin(), order.end(), [&](RecordId a, RecordId b) { return key(a) < key(b); });
    std::vector<RecordId> front;
    double best = -std::numeric_limits<double>::infinity();
    for (const RecordId id : order) {
        const double quality = points[static_cast<std::size_t>(id)].quality;
        if (quality > best) {
            front.push_back(id);
            best = quality;
        }
    }
    std::reverse(front.begin(), front.end());
    return front;
}

/// Marks the front's members and tells everyone else who beats them: the member of best quality
/// that is at least as small.
void markFront(const std::vector<RecordId>& front, std::vector<AnalysedPoint>& points)
{
    for (const RecordId id : front)
        points[static_cast<std::size_t>(id)].onFront = true;
    for (AnalysedPoint& point : points) {
        if (point.onFront || point.failed)
            continue;
        const auto beats = std::find_if(front.begin(), front.end(), [&](RecordId id) {
            const AnalysedPoint& member = points[static_cast<std::size_t>(id)];
            return member.ratio >= point.ratio && member.quality >= point.quality;
        });
        if (beats != front.end())
            point.dominatedBy = *beats;
    }
}

std::string kneeText(const AnalysedPoint& knee, const AnalysedPoint& end, Metric metric)
{
    const double perTenth = (knee.quality - end.quality) / (end.ratio - knee.ratio) * 0.1;
    return "Past here each extra 0.1× costs about "
        + (metric == Metric::Iou ? fixedText(perTenth, 3) : fixedText(perTenth, 1) + " dB") + '.';
}

Knee findKnee(const std::vector<RecordId>& front, const std::vector<AnalysedPoint>& points,
              Metric metric)
{
    constexpr std::size_t kFewest = 4;
    constexpr double kClearest = 0.05;
    std::vector<RecordId> finite; // identical outputs have no height to measure from
    for (const RecordId id : front)
        if (!points[static_cast<std::size_t>(id)].identical)
            finite.push_back(id);
    Knee knee;
    if (finite.size() < kFewest) {
        const std::string count = std::to_string(finite.size());
        knee.reason = "No knee: the front has " + count
            + (finite.size() == 1 ? " point" : " points") + " of finite quality, four are needed.";
        return knee;
    }
    const AnalysedPoint& low = points[static_cast<std::size_t>(finite.front())];
    const AnalysedPoint& high = points[static_cast<std::size_t>(finite.back())];
    double farthest = kClearest;
    for (const RecordId id : finite) {
        const AnalysedPoint& point = points[static_cast<std::size_t>(id)];
        const double x = (point.ratio - low.ratio) / (high.ratio - low.ratio);
        const double y = (point.quality - high.quality) / (low.quality - high.quality);
        const double above = (x + y - 1) / std::sqrt(2.0);
        if (above >= farthest && (knee.record == kNoRecord || above > farthest)) {
            farthest = above;
            knee.record = id;
        }
    }
    if (knee.record == kNoRecord)
        knee.reason =
            "No knee: no point of the front rises clearly above the line between its ends.";
    else
        knee.reason = kneeText(points[static_cast<std::size_t>(knee.record)], high, metric);
    return knee;
}

} // namespace

Analysis analyse(std::span<const ResultRecord> records, std::size_t output, double floor)
{
    Analysis analysis;
    analysis.points.reserve(records.size());
    Metric metric = Metric::Psnr;
    for (const ResultRecord& record : records) {
        analysis.points.push_back(pointOf(record, output, floor));
        const Measurement* measured = record.measurement();
        if (measured && output < measured->outputs.size())
            metric = measured->outputs[output].metric;
    }
    linkSeeds(records, analysis.points);
    analysis.front = findFront(records, analysis.points);
    markFront(analysis.front, analysis.points);
    analysis.knee = findKnee(analysis.front, analysis.points, metric);
    for (const GroupId group : kGroups)
        analysis.anchors.push_back(findAnchors(records, analysis.points, group, metric));
    return analysis;
}

} // namespace bitfront
