// SPDX-License-Identifier: GPL-3.0-or-later
// Which points of the plot get a label, and everything those labels have to keep off.
#include "widgets/plot_canvas.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace bitfront {

std::vector<QRectF> PlotCanvas::markerBoxes() const
{
    std::vector<QRectF> boxes;
    boxes.reserve(m_scene.points.size());
    const PlotProjection now = projection();
    for (const PlotPoint& point : m_scene.points) {
        if (const auto at = now.marker(point)) {
            const double r = kMarkerSize / 2 + 1;
            boxes.emplace_back(at->x() - r, at->y() - r, 2 * r, 2 * r);
        }
    }
    return boxes;
}

std::vector<LabelWish> PlotCanvas::wishes() const
{
    std::vector<RecordId> order {m_marks.current};
    order.insert(order.end(), m_marks.pins.begin(), m_marks.pins.end());
    if (m_marks.labels) {
        order.push_back(m_scene.knee);
        if (!m_scene.front.empty()) {
            order.push_back(m_scene.front.front());
            order.push_back(m_scene.front.back());
        }
        order.insert(order.end(), m_scene.front.begin(), m_scene.front.end());
    }
    const PlotProjection now = projection();
    std::vector<LabelWish> result;
    if (const auto at = forecastAt())
        result.push_back({kNoRecord, *at, kForecastRadius, forecastText(), true});
    for (const RecordId id : order) {
        const PlotPoint* point = m_scene.find(id);
        const auto asked = [id](const LabelWish& wish) { return wish.record == id; };
        if (!point || std::ranges::any_of(result, asked))
            continue;
        const auto at = now.marker(*point);
        if (!at)
            continue;
        const bool ringed = id == m_marks.current || id == m_scene.knee;
        QString text = code(id);
        if (id == m_scene.knee)
            text = QCoreApplication::translate("Plot", "knee · %1").arg(text);
        result.push_back({id, *at, ringed ? kRingRadius + 1 : kMarkerSize / 2 + 1, text, ringed});
    }
    return result;
}

/// Everything else that is written on the picture.
void PlotCanvas::addWords(LabelObstacles& obstacles) const
{
    for (const QRectF& words :
         {floorWords(), betterWords(), starWords(), qualityHandle(), ratioHandle()}) {
        if (!words.isEmpty())
            obstacles.boxes.push_back(words);
    }
    for (const PlotStack& stack : stacks())
        obstacles.boxes.push_back(stack.badge);
    if (const auto at = star())
        obstacles.boxes.emplace_back(at->x() - 8, at->y() - 8, 16, 16);
    if (m_scene.identicalLane) // the words "∞ identical" and the hairline under them
        obstacles.boxes.emplace_back(area().right() - uiPx(80), identicalLane().top(), uiPx(80),
                                     identicalLane().height());
    for (const RecordId id : m_marks.pins) {
        const PlotPoint* point = m_scene.find(id);
        const auto at = point ? marker(*point) : std::nullopt;
        if (at)
            obstacles.boxes.push_back(pinBox(*at).adjusted(-1, -1, 1, 1));
    }
}

std::vector<PlacedLabel> PlotCanvas::labels() const
{
    LabelObstacles obstacles;
    obstacles.bounds = area();
    if (m_scene.identicalLane)
        obstacles.bounds.setTop(identicalLane().top());
    if (m_scene.failedLane)
        obstacles.bounds.setBottom(failedLane().bottom());
    obstacles.boxes = markerBoxes();
    const std::vector<LabelWish> wanted = wishes();
    for (const LabelWish& wish : wanted) {
        const double r = wish.clearance;
        if (wish.strong)
            obstacles.boxes.emplace_back(wish.anchor.x() - r, wish.anchor.y() - r, 2 * r, 2 * r);
    }
    addWords(obstacles);
    obstacles.lines = frontLines();
    obstacles.lines.emplace_back(area().topLeft(), area().topRight());
    const double floorY = m_plot.yAxis->coordToPixel(m_scene.floor);
    obstacles.lines.emplace_back(area().left(), floorY, area().right(), floorY);
    if (const QRectF handle = qualityHandle(); !handle.isNull())
        obstacles.lines.emplace_back(area().left(), handle.center().y(), area().right(),
                                     handle.center().y());
    if (const QRectF handle = ratioHandle(); !handle.isNull())
        obstacles.lines.emplace_back(handle.center().x(), area().top(), handle.center().x(),
                                     area().bottom());
    return placeLabels(wanted, obstacles, uiFont(11, 500), uiFont(11, 600));
}

QRectF PlotCanvas::floorWords() const
{
    const double y = m_plot.yAxis->coordToPixel(m_scene.floor);
    const int height = QFontMetrics(uiFont(11)).height();
    if (!m_snapshot || y > area().bottom() || y - height < area().top())
        return {};
    return {area().right() - uiPx(110), y - height - 3.0, uiPx(110) - 8.0, double(height)};
}

QRectF PlotCanvas::betterWords() const
{
    const int height = QFontMetrics(uiFont(11)).height();
    // In a low picture it would stand among the points.
    return m_snapshot && area().height() > 6 * height
        ? QRectF(area().right() - uiPx(70), area().top() + 6, uiPx(70) - 2.0, height)
        : QRectF();
}

QString PlotCanvas::qualityTargetText() const
{
    return QStringLiteral("≥ ")
        + qualityWithUnit(m_scene.metric, m_scene.targetQuality.value_or(0));
}

QString PlotCanvas::ratioTargetText() const
{
    const double ratio = m_scene.ratioOfX(m_scene.targetX.value_or(1)).value_or(1);
    return QCoreApplication::translate("Plot", "≥ %1×").arg(QLocale().toString(ratio, 'f', 2));
}

QRectF PlotCanvas::qualityHandle() const
{
    if (!m_snapshot || !m_scene.targetQuality)
        return {};
    const QFontMetricsF metrics(uiFont(11, 600));
    const double y = m_plot.yAxis->coordToPixel(*m_scene.targetQuality);
    const double width = metrics.horizontalAdvance(qualityTargetText()) + 12;
    const double height = metrics.height() + 4;
    return y < area().top() || y > area().bottom()
        ? QRectF()
        : QRectF(area().left() + 4, y - height / 2, width, height);
}

QRectF PlotCanvas::ratioHandle() const
{
    if (!m_snapshot || !m_scene.targetX)
        return {};
    const QFontMetricsF metrics(uiFont(11, 600));
    const double x = m_plot.xAxis->coordToPixel(*m_scene.targetX);
    const double width = metrics.horizontalAdvance(ratioTargetText()) + 12;
    const double height = metrics.height() + 4;
    return x < area().left() || x > area().right()
        ? QRectF()
        : QRectF(x - width / 2, area().bottom() - height - 4, width, height);
}

QRectF PlotCanvas::starWords() const
{
    const auto at = star();
    const int height = QFontMetrics(uiFont(11)).height();
    return at ? QRectF(at->x() + 11, at->y() - height / 2.0, uiPx(30), height) : QRectF();
}

} // namespace bitfront
