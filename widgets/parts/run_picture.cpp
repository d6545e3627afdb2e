// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/run_picture.h"

#include "widgets/result_snapshot.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

namespace bitfront {

namespace {

constexpr int kMostPoints = 80;
constexpr int kSteps = 99; ///< places along either axis

struct Place
{
    int group = 0, x = 0, y = 0;
    bool front = false;
};

/// "0 12 80 1": group, place along x and y, whether it is on the front.
QString textOf(const Place& place)
{
    return QStringLiteral("%1 %2 %3 %4")
        .arg(place.group)
        .arg(place.x)
        .arg(place.y)
        .arg(place.front ? 1 : 0);
}

QList<Place> placesOf(const QString& picture)
{
    QList<Place> places;
    const QStringList points = picture.split(QLatin1Char(','), Qt::SkipEmptyParts);
    for (const QString& point : points) {
        const QStringList words = point.split(QLatin1Char(' '));
        if (words.size() != 4)
            return {};
        const Place place {words[0].toInt(), words[1].toInt(), words[2].toInt(),
                           words[3] == QLatin1String("1")};
        if (place.group < 0 || place.group >= static_cast<int>(std::size(kGroups)) || place.x < 0
            || place.x > kSteps || place.y < 0 || place.y > kSteps)
            return {};
        places << place;
    }
    return places;
}

} // namespace

QString runPicture(const ResultSnapshot& snapshot)
{
    std::vector<const AnalysedPoint*> points;
    for (const AnalysedPoint& point : snapshot.analysis.points)
        if (!point.failed && std::isfinite(point.quality) && std::isfinite(point.ratio))
            points.push_back(&point);
    if (points.empty())
        return {};
    std::ranges::stable_sort(points, std::greater(), &AnalysedPoint::onFront);
    if (points.size() > kMostPoints)
        points.resize(kMostPoints);
    const auto [left, right] = std::ranges::minmax(points, {}, &AnalysedPoint::ratio);
    const auto [low, high] = std::ranges::minmax(points, {}, &AnalysedPoint::quality);
    const auto step = [](double value, double from, double to) {
        return to > from ? static_cast<int>(std::lround((value - from) / (to - from) * kSteps))
                         : kSteps / 2;
    };
    QStringList words;
    for (const AnalysedPoint* point : points) {
        const auto record = static_cast<std::size_t>(point - snapshot.analysis.points.data());
        words << textOf({static_cast<int>(snapshot.records[record].config.group),
                         step(point->ratio, left->ratio, right->ratio),
                         step(point->quality, low->quality, high->quality), point->onFront});
    }
    return words.join(QLatin1Char(','));
}

void paintRunPicture(QPainter& painter, const QRectF& area, const QString& picture)
{
    const QList<Place> places = placesOf(picture);
    if (places.isEmpty())
        return;
    const Theme& theme = Theme::current();
    const QRectF inside = area.adjusted(2.5, 2.5, -2.5, -2.5);
    const auto at = [&](const Place& place) {
        return QPointF(inside.left() + inside.width() * place.x / kSteps,
                       inside.bottom() - inside.height() * place.y / kSteps);
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QList<Place> front;
    std::ranges::copy_if(places, std::back_inserter(front), &Place::front);
    std::ranges::sort(front, {}, &Place::x);
    QPainterPath line;
    for (const Place& place : front) {
        // As in the plot: first down, then on to the next point.
        if (line.elementCount() > 0)
            line.lineTo(line.currentPosition().x(), at(place).y());
        line.elementCount() > 0 ? line.lineTo(at(place)) : line.moveTo(at(place));
    }
    painter.setPen(QPen(theme.text3, 1));
    painter.drawPath(line);
    painter.setPen(Qt::NoPen);
    for (const Place& place : places) {
        const QColor colour = theme.group(static_cast<GroupId>(place.group));
        painter.setBrush(place.front ? colour : mixed(colour, theme.surface, 0.45));
        painter.drawEllipse(at(place), 1.6, 1.6);
    }
    painter.restore();
}

} // namespace bitfront
