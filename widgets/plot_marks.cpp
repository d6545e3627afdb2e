// SPDX-License-Identifier: GPL-3.0-or-later
// What lies over the points of the plot: words, rings, pins, labels, targets and the brush.
#include "widgets/parts/marker.h"
#include "widgets/plot_items.h"

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("Plot", text);
}

QColor withAlpha(QColor color, double alpha)
{
    color.setAlphaF(float(alpha));
    return color;
}

} // namespace

void OverItem::draw(QCPPainter* painter)
{
    if (!m_canvas.snapshot())
        return;
    painter->setAntialiasing(true);
    drawWords(*painter);
    drawTargets(*painter);
    drawKnee(*painter);
    drawChosen(*painter);
    const PlotPoint* hovered = m_canvas.scene().find(m_canvas.hovered());
    if (hovered && hovered->id != m_canvas.current()) {
        if (const auto at = m_canvas.marker(*hovered)) {
            painter->setPen(QPen(m_canvas.theme().text2, 1.5));
            painter->setBrush(Qt::NoBrush);
            painter->drawEllipse(*at, 9.5, 9.5);
        }
    }
    drawCurrent(*painter);
    drawPins(*painter);
    drawLabels(*painter);
    drawForecast(*painter);
    drawBrush(*painter);
    if (m_canvas.marks().focus) {
        painter->setPen(QPen(m_canvas.theme().accent, 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(parentPlot()->viewport()).adjusted(2, 2, -2, -2), 6, 6);
    }
}

void OverItem::drawWords(QCPPainter& p) const
{
    const Theme& t = m_canvas.theme();
    const QRectF area = m_canvas.area();
    p.setFont(uiFont(11));
    p.setPen(t.text2);
    const int header = m_canvas.exporting() ? uiPx(PlotMetrics::kExportHeader) : 0;
    p.drawText(QRectF(16, header, area.width(), uiPx(PlotMetrics::kTitle)),
               Qt::AlignLeft | Qt::AlignVCenter, m_canvas.scene().qualityTitle);
    const auto atRight = [&](const QRectF& rect, const QString& text) {
        if (!rect.isEmpty())
            p.drawText(rect, Qt::AlignRight | Qt::AlignVCenter, text);
    };
    if (const QRectF lane = m_canvas.identicalLane(); !lane.isEmpty())
        atRight(lane.adjusted(0, 0, -8, 0), translated("∞ identical"));
    if (const QRectF lane = m_canvas.failedLane(); !lane.isEmpty())
        p.drawText(lane.adjusted(8, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                   translated("× failed"));
    atRight(m_canvas.betterWords(),
            m_canvas.scene().moreIsBetter() ? translated("better ↗") : translated("↖ better"));
    const bool iou = m_canvas.scene().metric == Metric::Iou;
    const QString floor = QLocale().toString(m_canvas.scene().floor, 'g', 4);
    atRight(m_canvas.floorWords(),
            (iou ? translated("floor %1") : translated("floor %1 dB")).arg(floor));
    p.setFont(uiFont(11, 500));
    p.setPen(t.text);
    p.drawText(m_canvas.starWords(), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("fp16"));
}

void OverItem::drawTargets(QCPPainter& p) const
{
    const Theme& t = m_canvas.theme();
    const QRectF area = m_canvas.area();
    const auto pill = [&](const QRectF& handle, const QString& text) {
        p.setPen(Qt::NoPen);
        p.setBrush(t.accentFill);
        p.drawRoundedRect(handle, 4, 4);
        p.setFont(uiFont(11, 600));
        p.setPen(t.onAccent);
        p.drawText(handle, Qt::AlignCenter | Qt::TextDontClip, text);
    };
    const QPen line(t.accent, 1.2, Qt::SolidLine, Qt::FlatCap);
    if (const QRectF handle = m_canvas.qualityHandle(); !handle.isNull()) {
        p.setPen(line);
        const double y = std::floor(handle.center().y()) + 0.5;
        p.drawLine(QLineF(area.left(), y, area.right(), y));
        pill(handle, m_canvas.qualityTargetText());
    }
    if (const QRectF handle = m_canvas.ratioHandle(); !handle.isNull()) {
        p.setPen(line);
        const double x = std::floor(handle.center().x()) + 0.5;
        p.drawLine(QLineF(x, area.top(), x, area.bottom()));
        pill(handle, m_canvas.ratioTargetText());
    }
}

void OverItem::drawChosen(QCPPainter& p) const
{
    p.setPen(QPen(m_canvas.theme().text, 1.5));
    p.setBrush(Qt::NoBrush);
    for (const RecordId id : m_canvas.marks().selected) {
        const PlotPoint* point = m_canvas.scene().find(id);
        if (!point || id == m_canvas.current())
            continue;
        if (const auto at = m_canvas.marker(*point))
            p.drawEllipse(*at, 8.5, 8.5);
    }
}

/// Letters beside what is pinned.
void OverItem::drawPins(QCPPainter& p) const
{
    const Theme& t = m_canvas.theme();
    p.setFont(uiFont(10, 600));
    for (std::size_t i = 0; i < m_canvas.marks().pins.size(); ++i) {
        const PlotPoint* point = m_canvas.scene().find(m_canvas.marks().pins[i]);
        const auto at = point ? m_canvas.marker(*point) : std::nullopt;
        if (!at)
            continue;
        const QRectF box = PlotCanvas::pinBox(*at);
        p.setPen(QPen(t.surface, 1));
        p.setBrush(t.text);
        p.drawRoundedRect(box, 3, 3);
        p.setPen(t.surface);
        p.drawText(box, Qt::AlignCenter | Qt::TextDontClip,
                   QString(QChar(u'A' + static_cast<char16_t>(i))));
    }
}

/// A hollow diamond, never a filled one: nothing was measured.
void OverItem::drawForecast(QCPPainter& p) const
{
    const auto at = m_canvas.forecastAt();
    if (!at)
        return;
    const Theme& t = m_canvas.theme();
    p.setPen(QPen(t.surface, 5));
    p.setBrush(t.surface);
    drawMarkerShape(p, GroupId::Mixed, *at, 13);
    p.setPen(QPen(t.group(GroupId::Mixed), 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    drawMarkerShape(p, GroupId::Mixed, *at, 13);
    const QPoint beyond = m_canvas.forecastBeyond();
    if (beyond.isNull())
        return;
    // Where it really is: further on in this direction.
    p.save();
    p.translate(*at);
    p.rotate(std::atan2(beyond.y(), beyond.x()) * 180 / M_PI);
    p.setPen(Qt::NoPen);
    p.setBrush(t.group(GroupId::Mixed));
    const double from = PlotCanvas::kForecastRadius + 1;
    p.drawPolygon(QPolygonF {{from, -5}, {from + 7, 0}, {from, 5}});
    p.restore();
}

void OverItem::drawBrush(QCPPainter& p) const
{
    if (!m_canvas.marks().brush)
        return;
    const Theme& t = m_canvas.theme();
    p.setPen(QPen(t.accent, 1));
    p.setBrush(withAlpha(t.accent, 0.12));
    p.drawRect(m_canvas.marks().brush->adjusted(0.5, 0.5, -0.5, -0.5));
}

void OverItem::drawKnee(QCPPainter& p) const
{
    const PlotPoint* knee = m_canvas.scene().find(m_canvas.scene().knee);
    if (!knee || knee->id == m_canvas.current())
        return;
    if (const auto at = m_canvas.marker(*knee)) {
        p.setPen(QPen(m_canvas.theme().text, 1.5));
        p.setBrush(Qt::NoBrush);
        p.drawEllipse(*at, PlotCanvas::kKneeRadius, PlotCanvas::kKneeRadius);
    }
}

void OverItem::drawCurrent(QCPPainter& p) const
{
    const PlotPoint* current = m_canvas.scene().find(m_canvas.current());
    if (!current)
        return;
    const auto at = m_canvas.marker(*current);
    if (!at)
        return;
    const Theme& t = m_canvas.theme();
    p.setPen(QPen(t.text, 2));
    p.setBrush(t.surface);
    p.drawEllipse(*at, PlotCanvas::kRingRadius, PlotCanvas::kRingRadius);
    PlotPoint raised = *current;
    raised.onFront = true; // full strength while selected
    drawPlotMarker(p, t, raised, *at, 13);
}

void OverItem::drawLabels(QCPPainter& p) const
{
    const Theme& t = m_canvas.theme();
    for (const PlacedLabel& label : m_canvas.labels()) {
        if (!label.leader.isNull()) {
            p.setPen(QPen(t.text3, 1));
            p.drawLine(label.leader);
        }
        // Hairlines may pass under a label, but not through its letters.
        p.fillRect(label.rect.adjusted(-1, 1, 1, -1), withAlpha(t.surface, 0.8));
        p.setFont(uiFont(11, label.strong ? 600 : 500));
        p.setPen(label.strong ? t.text : t.text2);
        p.drawText(label.rect, Qt::AlignCenter | Qt::TextDontClip, label.text);
    }
}

} // namespace bitfront
