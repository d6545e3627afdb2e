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

PlotRange paddedLogarithmically(double low, double high)
{
    const double span = std::max(std::log10(high / low), 0.1);
    const double middle = (std::log10(low) + std::log10(high)) / 2;
    return {std::pow(10, middle - span * (0.5 + kPadding)),
            std::pow(10, middle + span * (0.5 + kPadding))};
}

PlotRange padded(double low, double high, double leastSpan)
{
    const double span = std::max(high - low, leastSpan);
    const double middle = (low + high) / 2;
    return {middle - span * (0.5 + kPadding), middle + span * (0.5 + kPadding)};
}

double xOf(const Measurement& measured, PlotAxis axis)
{
    switch (axis) {
    case PlotAxis::Ratio:
        return measured.size.compressionRatio();
    case PlotAxis::Size:
        return measured.size.megabytes();
    case PlotAxis::Bits:
        return measured.size.averageBits();
    case PlotAxis::Time:
        break;
    }
    return measured.timeMs / 1000;
}

PlotPoint makePoint(const ResultSnapshot& snapshot, std::size_t index, PlotAxis axis)
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
    if (const Measurement* measured = record.measurement()) {
        const double x = xOf(*measured, axis);
        point.x = std::isfinite(x) ? x : 0;
    }
    if (analysed.failed)
        return point;
    if (analysed.identical)
        point.lane = PlotLane::Identical;
    else if (std::isfinite(analysed.quality))
        point.lane = PlotLane::Main;
    point.quality = point.lane == PlotLane::Main ? analysed.quality : 0;
    return point;
}

double leastSpan(PlotAxis axis, double high)
{
    return axis == PlotAxis::Ratio ? 1 : std::max(high * 0.1, 1e-6);
}

void setRanges(PlotScene& scene)
{
    std::optional<double> lowX = scene.fp16X, highX = scene.fp16X;
    double low = scene.floor, high = scene.floor;
    const auto include = [&](double quality) {
        low = std::min(low, quality);
        high = std::max(high, quality);
    };
    for (const PlotPoint& point : scene.points) {
        if (point.x > 0) {
            lowX = std::min(lowX.value_or(point.x), point.x);
            highX = std::max(highX.value_or(point.x), point.x);
        }
        if (point.lane == PlotLane::Main)
            include(point.quality);
    }
    if (scene.fp16)
        include(*scene.fp16);
    const double from = lowX.value_or(1), to = highX.value_or(1);
    scene.xs = scene.logarithmic ? paddedLogarithmically(from, to)
                                 : padded(from, to, leastSpan(scene.axis, to));
    if (scene.metric == Metric::Iou) {
        scene.qualities = {-0.02, 1.04};
        return;
    }
    // Room below the floor shows that there is a region to stay out of.
    low = std::min(low, scene.floor - 0.1 * (high - scene.floor));
    scene.qualities = padded(low, high, 10);
}

/// Titles, the reference and the targets: all that does not depend on a point.
void describeAxes(PlotScene& scene, const ResultSnapshot& snapshot, const PlotView& view)
{
    scene.metric = snapshot.judged.metric;
    scene.floor = snapshot.judged.floor;
    scene.axis = view.axis;
    scene.logarithmic = view.logarithmic;
    scene.fp16Megabytes = static_cast<double>(snapshot.fp16Bytes) / (1 << 20);
    scene.axes = snapshot.judged.output + '/' + std::string(name(scene.metric)) + '/'
        + std::to_string(static_cast<int>(view.axis)) + (view.logarithmic ? "log" : "");
    scene.xTitle = axisTitle(view.axis);
    scene.qualityTitle =
        translated("%1 of %2")
            .arg(metricTitle(scene.metric), QString::fromStdString(snapshot.judged.output));
    const char* const kTitles[] = {QT_TRANSLATE_NOOP("Plot", "%1 against compression ratio"),
                                   QT_TRANSLATE_NOOP("Plot", "%1 against model size"),
                                   QT_TRANSLATE_NOOP("Plot", "%1 against average bits"),
                                   QT_TRANSLATE_NOOP("Plot", "%1 against time")};
    const char* const title = kTitles[static_cast<int>(view.axis)];
    scene.title = translated(title).arg(scene.qualityTitle);
    if (scene.metric != Metric::Iou)
        scene.qualityTitle += QStringLiteral(", dB");
    scene.fp16X = scene.xOfRatio(1);
    scene.targetQuality = view.targets.quality;
    if (view.targets.ratio)
        scene.targetX = scene.xOfRatio(*view.targets.ratio);
    if (snapshot.fp16Quality && std::isfinite(*snapshot.fp16Quality))
        scene.fp16 = snapshot.fp16Quality;
    else // no number to draw it at: the reference is as good as identical, so it stands in that
         // lane
        scene.identicalLane = scene.fp16X.has_value();
}

} // namespace

int PlotScene::visibleCount() const
{
    return static_cast<int>(std::ranges::count_if(points, &PlotPoint::visible));
}

std::optional<double> PlotScene::xOfRatio(double ratio) const
{
    switch (axis) {
    case PlotAxis::Ratio:
        return ratio;
    case PlotAxis::Size:
        return fp16Megabytes > 0 ? std::optional(fp16Megabytes / ratio) : std::nullopt;
    case PlotAxis::Bits:
        return 16 / ratio;
    case PlotAxis::Time:
        break;
    }
    return std::nullopt;
}

std::optional<double> PlotScene::ratioOfX(double x) const
{
    // Each of the three is its own inverse.
    return x > 0 ? xOfRatio(x) : std::nullopt;
}

const PlotPoint* PlotScene::find(RecordId id) const
{
    return id >= 0 && static_cast<std::size_t>(id) < points.size()
        ? &points[static_cast<std::size_t>(id)]
        : nullptr;
}

RecordId PlotScene::alongFront(RecordId from, int step) const
{
    std::vector<RecordId> way = front;
    std::erase_if(way, [this](RecordId id) { return !find(id)->visible; });
    if (way.empty())
        return from;
    const PlotPoint* start = find(from);
    if (!start)
        return step > 0 ? way.front() : way.back();
    const auto at = std::ranges::find(way, from);
    if (at != way.end()) {
        const auto index = at - way.begin() + step;
        return index < 0 || index >= std::ssize(way) ? from : way[static_cast<std::size_t>(index)];
    }
    const auto ratioOf = [this](RecordId id) { return find(id)->ratio; };
    const auto after = std::ranges::upper_bound(way, start->ratio, {}, ratioOf);
    if (step > 0)
        return after == way.end() ? way.back() : *after;
    return after == way.begin() ? way.front() : *(after - 1);
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

PlotScene makeScene(const ResultSnapshot& snapshot, const PlotView& view)
{
    PlotScene scene;
    describeAxes(scene, snapshot, view);
    scene.points.reserve(snapshot.records.size());
    for (std::size_t i = 0; i < snapshot.records.size(); ++i) {
        PlotPoint point = makePoint(snapshot, i, view.axis);
        const Visibility visibility = view.of(point.id);
        point.visible = visibility == Visibility::Shown;
        point.ghost = visibility == Visibility::Filtered;
        scene.identicalLane |= point.visible && point.lane == PlotLane::Identical;
        scene.failedLane |= point.visible && point.lane == PlotLane::Failed;
        if (point.visible && point.lane == PlotLane::Failed && point.x <= 0)
            point.queuePlace = scene.queued++;
        scene.points.push_back(point);
    }
    for (const RecordId id : snapshot.analysis.front) {
        const PlotPoint* point = scene.find(id);
        if (point && (point->visible || point->ghost) && point->lane != PlotLane::Failed)
            scene.front.push_back(id);
    }
    const PlotPoint* knee = scene.find(snapshot.analysis.knee.record);
    if (knee && knee->visible)
        scene.knee = knee->id;
    setRanges(scene);
    return scene;
}

QString axisTitle(PlotAxis axis)
{
    switch (axis) {
    case PlotAxis::Ratio:
        return translated("Compression ratio vs fp16");
    case PlotAxis::Size:
        return translated("Model size, MB");
    case PlotAxis::Bits:
        return translated("Average bits per weight");
    case PlotAxis::Time:
        break;
    }
    return translated("Time to compress and measure, s");
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

QString qualityWithUnit(Metric metric, double value)
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
        return translated("2 palette");
    case GroupId::Mixed:
        break;
    }
    return translated("mixed");
}

} // namespace bitfront
