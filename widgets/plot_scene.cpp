// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_scene.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr double kPadding = 0.05;

QString translated(const char* text)
{
    return QCoreApplication::translate("Plot", text);
}

PlotRange padded(double low, double high, double leastSpan)
{
    const double span = std::max(high - low, leastSpan);
    const double middle = (low + high) / 2;
    return {middle - span * (0.5 + kPadding), middle + span * (0.5 + kPadding)};
}

PlotPoint makePoint(const ResultSnapshot& snapshot, std::size_t index)
{
    const ResultRecord& record = snapshot.records[index];
    PlotPoint point;
    point.id = static_cast<RecordId>(index);
    point.group = record.config.group;
    point.refinement = record.config.isRefinement();
    point.lane = PlotLane::Failed;
    if (index >= snapshot.analysis.points.size())
        return point;
    const AnalysedPoint& analysed = snapshot.analysis.points[index];
    point.onFront = analysed.onFront;
    point.belowFloor = analysed.belowFloor;
    point.ratio = std::isfinite(analysed.ratio) ? analysed.ratio : 0;
    point.seed = analysed.seed;
    if (analysed.failed)
        return point;
    if (analysed.identical)
        point.lane = PlotLane::Identical;
    else if (std::isfinite(analysed.quality))
        point.lane = PlotLane::Main;
    point.quality = point.lane == PlotLane::Main ? analysed.quality : 0;
    return point;
}

void setRanges(PlotScene& scene)
{
    double lowRatio = 1, highRatio = 1;
    double low = scene.floor, high = scene.floor;
    const auto include = [&](double quality) {
        low = std::min(low, quality);
        high = std::max(high, quality);
    };
    for (const PlotPoint& point : scene.points) {
        if (point.ratio > 0) {
            lowRatio = std::min(lowRatio, point.ratio);
            highRatio = std::max(highRatio, point.ratio);
        }
        if (point.lane == PlotLane::Main)
            include(point.quality);
    }
    if (scene.fp16)
        include(*scene.fp16);
    scene.ratios = padded(lowRatio, highRatio, 1);
    if (scene.metric == Metric::Iou) {
        scene.qualities = {-0.02, 1.04};
        return;
    }
    // Room below the floor shows that there is a region to stay out of.
    low = std::min(low, scene.floor - 0.1 * (high - scene.floor));
    scene.qualities = padded(low, high, 10);
}

} // namespace

int PlotScene::visibleCount() const
{
    return static_cast<int>(std::ranges::count_if(points, &PlotPoint::visible));
}

const PlotPoint* PlotScene::find(RecordId id) const
{
    return id >= 0 && static_cast<std::size_t>(id) < points.size()
        ? &points[static_cast<std::size_t>(id)]
        : nullptr;
}

RecordId PlotScene::alongFront(RecordId from, int step) const
{
    if (front.empty())
        return from;
    const PlotPoint* start = find(from);
    if (!start)
        return step > 0 ? front.front() : front.back();
    const auto at = std::ranges::find(front, from);
    if (at != front.end()) {
        const auto index = at - front.begin() + step;
        return index < 0 || index >= std::ssize(front) ? from
                                                       : front[static_cast<std::size_t>(index)];
    }
    const auto ratioOf = [this](RecordId id) { return find(id)->ratio; };
    const auto after = std::ranges::upper_bound(front, start->ratio, {}, ratioOf);
    if (step > 0)
        return after == front.end() ? front.back() : *after;
    return after == front.begin() ? front.front() : *(after - 1);
}

RecordId PlotScene::withinGroup(RecordId from, int step) const
{
    const PlotPoint* start = find(from);
    if (!start)
        return alongFront(from, step);
    // Failed < any quality < identical; the id breaks ties so that every point is passed once.
    const auto rank = [](const PlotPoint& p) {
        const double laneRank = p.lane == PlotLane::Failed ? 0 : p.lane == PlotLane::Main ? 1 : 2;
        return std::tuple(laneRank, p.quality, p.id);
    };
    const PlotPoint* best = nullptr;
    for (const PlotPoint& point : points) {
        if (!point.visible || point.group != start->group || point.id == from)
            continue;
        const bool beyond = step > 0 ? rank(point) > rank(*start) : rank(point) < rank(*start);
        const bool nearer =
            !best || (step > 0 ? rank(point) < rank(*best) : rank(point) > rank(*best));
        if (beyond && nearer)
            best = &point;
    }
    return best ? best->id : from;
}

PlotScene makeScene(const ResultSnapshot& snapshot, const PlotVisibility& visibility)
{
    PlotScene scene;
    scene.metric = snapshot.judged.metric;
    scene.floor = snapshot.judged.floor;
    scene.qualityTitle =
        translated("%1 of %2")
            .arg(metricTitle(scene.metric), QString::fromStdString(snapshot.judged.output));
    scene.title = translated("%1 against compression ratio").arg(scene.qualityTitle);
    if (scene.metric != Metric::Iou)
        scene.qualityTitle += QStringLiteral(", dB");
    scene.points.reserve(snapshot.records.size());
    for (std::size_t i = 0; i < snapshot.records.size(); ++i) {
        PlotPoint point = makePoint(snapshot, i);
        point.visible = visibility.shows(point);
        scene.identicalLane |= point.visible && point.lane == PlotLane::Identical;
        scene.failedLane |= point.visible && point.lane == PlotLane::Failed;
        if (point.visible && point.lane == PlotLane::Failed && point.ratio <= 0)
            point.queuePlace = scene.queued++;
        scene.points.push_back(point);
    }
    for (const RecordId id : snapshot.analysis.front) {
        const PlotPoint* point = scene.find(id);
        if (point && point->visible && point->lane != PlotLane::Failed)
            scene.front.push_back(id);
    }
    const PlotPoint* knee = scene.find(snapshot.analysis.knee.record);
    if (knee && knee->visible)
        scene.knee = knee->id;
    if (snapshot.fp16Quality && std::isfinite(*snapshot.fp16Quality))
        scene.fp16 = snapshot.fp16Quality;
    else // no number to draw it at: the reference is as good as identical, so it stands in that
         // lane
        scene.identicalLane = true;
    setRanges(scene);
    return scene;
}

QString metricTitle(Metric metric)
{
    switch (metric) {
    case Metric::Psnr:
        return QStringLiteral("PSNR");
    case Metric::Snr:
        return QStringLiteral("SNR");
    case Metric::Iou:
        break;
    }
    return QStringLiteral("IoU");
}

QString qualityText(Metric metric, double value)
{
    if (value == std::numeric_limits<double>::infinity())
        return translated("∞ (identical)");
    if (!std::isfinite(value))
        return translated("not finite");
    const QString number = QLocale().toString(value, 'f', metric == Metric::Iou ? 3 : 1);
    return metric == Metric::Iou ? number : number + QStringLiteral(" dB");
}

QString groupLegend(GroupId group)
{
    switch (group) {
    case GroupId::PerChannel:
        return translated("1a per-channel");
    case GroupId::PerBlock:
        return translated("1b per-block");
    case GroupId::Palette:
        break;
    }
    return translated("2 palette");
}

} // namespace bitfront
