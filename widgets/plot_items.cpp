// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_items.h"

#include "widgets/parts/marker.h"

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr double kHatchPitch = 8;

QString translated(const char* text)
{
    return QCoreApplication::translate("Plot", text);
}

QColor withAlpha(QColor color, double alpha)
{
    color.setAlphaF(float(alpha));
    return color;
}

/// Lines at 45° through `area`, cut at its edges by hand: SVG output ignores clipping.
void drawHatch(QCPPainter& p, const QRectF& area)
{
    for (double x = area.left() - area.height(); x < area.right(); x += kHatchPitch) {
        const double from = std::max(x, area.left());
        const double to = std::min(x + area.height(), area.right());
        if (from < to)
            p.drawLine(QLineF(from, area.bottom() - (from - x), to, area.bottom() - (to - x)));
    }
}

QPolygonF polyline(const std::vector<QLineF>& lines)
{
    QPolygonF points;
    if (!lines.empty())
        points << lines.front().p1();
    for (const QLineF& line : lines)
        points << line.p2();
    return points;
}

} // namespace

PlotItem::PlotItem(const PlotCanvas& canvas, const QString& layer)
    : QCPAbstractItem(&canvas.plot())
    , m_canvas(canvas)
{
    setClipToAxisRect(false);
    setSelectable(false);
    setLayer(layer);
}

void UnderItem::draw(QCPPainter* painter)
{
    if (!m_canvas.snapshot())
        return;
    painter->setAntialiasing(true);
    painter->save();
    painter->setClipRect(m_canvas.area(), Qt::IntersectClip);
    drawFloor(*painter);
    painter->restore();
    drawLanes(*painter);
    painter->save();
    painter->setClipRect(
        m_canvas.area().united(m_canvas.identicalLane()).united(m_canvas.failedLane()),
        Qt::IntersectClip);
    drawSeedLines(*painter);
    if (m_canvas.marks().groupFronts)
        drawGroupFronts(*painter);
    drawFront(*painter);
    painter->restore();
}

void UnderItem::drawFloor(QCPPainter& p) const
{
    const QRectF area = m_canvas.area();
    const double y = parentPlot()->yAxis->coordToPixel(m_canvas.scene().floor);
    if (y >= area.bottom())
        return;
    const Theme& t = m_canvas.theme();
    p.setPen(QPen(withAlpha(t.text3, 0.22), 1));
    drawHatch(p, QRectF(QPointF(area.left(), std::max(y, area.top())), area.bottomRight()));
    if (y < area.top())
        return;
    QPen dashed(t.text3, 1);
    dashed.setDashPattern({5, 4});
    p.setPen(dashed);
    const double crisp = std::floor(y) + 0.5;
    p.drawLine(QLineF(area.left(), crisp, area.right(), crisp));
}

void UnderItem::drawLanes(QCPPainter& p) const
{
    const Theme& t = m_canvas.theme();
    const QRectF area = m_canvas.area();
    const auto hairline = [&](double y) {
        p.setPen(QPen(t.line, 1));
        p.drawLine(QLineF(area.left(), std::floor(y) + 0.5, area.right(), std::floor(y) + 0.5));
    };
    for (const QRectF& lane : {m_canvas.identicalLane(), m_canvas.failedLane()}) {
        if (lane.isEmpty())
            continue;
        p.setPen(QPen(t.grid, 1));
        for (const double tick : parentPlot()->xAxis->tickVector()) {
            const double x = parentPlot()->xAxis->coordToPixel(tick);
            if (x >= lane.left() && x <= lane.right())
                p.drawLine(QLineF(x, lane.top(), x, lane.bottom()));
        }
        hairline(lane.top() < area.top() ? lane.bottom() : lane.top());
    }
    if (const auto star = m_canvas.star()) {
        QPen dotted(t.text2, 1);
        dotted.setDashPattern({1.2, 3});
        p.setPen(dotted);
        p.drawLine(QLineF(star->x(), star->y() + 7, star->x(), area.bottom()));
    }
}

void UnderItem::drawSeedLines(QCPPainter& p) const
{
    p.setPen(QPen(mixed(m_canvas.theme().text3, m_canvas.theme().surface, 0.5), 0.8));
    const PlotProjection now = m_canvas.projection();
    for (const PlotPoint& point : m_canvas.scene().points) {
        const PlotPoint* seed = m_canvas.scene().find(point.seed);
        if (!seed || !point.refinement || point.lane == PlotLane::Failed)
            continue;
        const auto from = now.marker(*seed), to = now.marker(point);
        if (from && to)
            p.drawLine(QLineF(*from, *to));
    }
}

void UnderItem::drawGroupFronts(QCPPainter& p) const
{
    p.setBrush(Qt::NoBrush);
    for (const auto& [group, lines] : m_canvas.groupFronts()) {
        QPen pen(m_canvas.theme().group(group), 1.2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
        pen.setDashPattern({5, 3});
        p.setPen(pen);
        p.drawPolyline(polyline(lines));
    }
}

void UnderItem::drawFront(QCPPainter& p) const
{
    const QPolygonF steps = polyline(m_canvas.frontLines());
    p.setPen(QPen(m_canvas.theme().text, 1.5, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    p.setBrush(Qt::NoBrush);
    p.drawPolyline(steps);
}

void PointsItem::draw(QCPPainter* painter)
{
    const Theme& t = m_canvas.theme();
    painter->setAntialiasing(true);
    const PlotProjection now = m_canvas.projection();
    drawGhosts(*painter);
    // Dominated points first, then the front: nothing that matters is ever covered.
    for (const bool front : {false, true}) {
        for (const PlotPoint& point : m_canvas.scene().points) {
            if (point.onFront != front)
                continue;
            const auto at = now.marker(point);
            if (at && m_canvas.exporting())
                drawPlotMarker(*painter, t, point, *at, PlotCanvas::kMarkerSize);
            else if (at)
                m_stamps.draw(*painter, t, point, *at, PlotCanvas::kMarkerSize);
        }
    }
    if (const auto star = m_canvas.star()) {
        painter->setPen(QPen(t.surface, 1));
        painter->setBrush(t.fp16);
        painter->drawPolygon(starPolygon(*star, 7));
    }
    drawBadges(*painter);
}

void PointsItem::drawGhosts(QCPPainter& p) const
{
    const Theme& t = m_canvas.theme();
    const PlotProjection now = m_canvas.projection();
    p.setPen(Qt::NoPen);
    p.setBrush(mixed(t.text3, t.surface, 0.38));
    for (const PlotPoint& point : m_canvas.scene().points) {
        if (const auto at = now.ghost(point))
            p.drawEllipse(*at, 2, 2);
    }
}

void PointsItem::drawBadges(QCPPainter& p) const
{
    const Theme& t = m_canvas.theme();
    p.setFont(uiFont(10, 600));
    for (const PlotStack& stack : m_canvas.stacks()) {
        const double radius = stack.badge.height() / 2;
        p.setPen(QPen(t.surface, 1));
        p.setBrush(t.track);
        p.drawRoundedRect(stack.badge, radius, radius);
        p.setPen(t.text2);
        p.drawText(stack.badge, Qt::AlignCenter | Qt::TextDontClip, QString::number(stack.count));
    }
}

void HeaderItem::draw(QCPPainter* painter)
{
    if (!m_canvas.snapshot())
        return;
    const Theme& t = m_canvas.theme();
    QCPPainter& p = *painter;
    p.setAntialiasing(true);
    p.setFont(uiFont(15, 600));
    p.setPen(t.text);
    p.drawText(QPointF(16, uiPx(30)), m_canvas.scene().title);
    const QFont font = uiFont(11, 500);
    const QFontMetricsF metrics(font);
    const double middle = uiPx(50);
    double x = 16;
    const auto entry = [&](const QString& text, const auto& draw) {
        draw(QPointF(x + 6, middle));
        p.setFont(font);
        p.setPen(t.text2);
        p.drawText(QPointF(x + 17, middle + metrics.capHeight() / 2), text);
        x += 17 + metrics.horizontalAdvance(text) + 22;
    };
    PlotPoint sample;
    sample.onFront = true;
    const auto marker = [&](QPointF at) { drawPlotMarker(p, t, sample, at, 9.5); };
    for (const GroupId group : kGroups) {
        const auto inGroup = [group](const PlotPoint& point) { return point.group == group; };
        if (std::ranges::none_of(m_canvas.scene().points, inGroup))
            continue;
        sample.group = group;
        const auto text = [](std::string_view words) {
            return QString::fromUtf8(words.data(), int(words.size()));
        };
        entry(group == GroupId::Mixed
                  ? text(groupTitle(group))
                  : text(groupKey(group)) + QLatin1Char(' ') + text(groupTitle(group)),
              marker);
    }
    if (std::ranges::any_of(m_canvas.scene().points, &PlotPoint::refinement)) {
        entry(translated("Hollow: refinement"), [&](QPointF at) {
            p.setPen(QPen(t.text2, 1.6));
            p.setBrush(Qt::NoBrush);
            p.drawEllipse(at, 4.2, 4.2);
        });
    }
    entry(translated("Front"), [&](QPointF at) {
        p.setPen(QPen(t.text, 1.5));
        p.drawLine(QLineF(at.x() - 6, at.y(), at.x() + 6, at.y()));
    });
    entry(translated("fp16 reference"), [&](QPointF at) {
        p.setPen(Qt::NoPen);
        p.setBrush(t.fp16);
        p.drawPolygon(starPolygon(at, 6));
    });
}

} // namespace bitfront
