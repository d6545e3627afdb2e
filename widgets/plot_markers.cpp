// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_markers.h"

#include "widgets/parts/marker.h"

#include <QPainter>

#include <cmath>

namespace bitfront {

namespace {

constexpr double kDominatedShrink = 1.5;
/// Places within a pixel that stamps are made for, along each axis.
constexpr int kPhases = 4;
/// Room around a marker for outlines and the corners of shapes wider than a disc.
constexpr double kMargin = 4;

std::size_t styleOf(const PlotPoint& point)
{
    if (point.lane == PlotLane::Failed)
        return 0;
    const std::size_t bits =
        (point.refinement ? 1U : 0U) | (point.onFront ? 2U : 0U) | (point.belowFloor ? 4U : 0U);
    return 1 + static_cast<std::size_t>(point.group) * 8 + bits;
}

} // namespace

void drawPlotMarker(QPainter& p, const Theme& t, const PlotPoint& point, QPointF centre,
                    double size)
{
    if (point.lane == PlotLane::Failed) {
        const double r = size * 0.38;
        p.setPen(QPen(t.failed, 1.7, Qt::SolidLine, Qt::RoundCap));
        p.drawLine(centre - QPointF(r, r), centre + QPointF(r, r));
        p.drawLine(centre - QPointF(r, -r), centre + QPointF(r, -r));
        return;
    }
    // Below the floor the colour goes, the shape stays.
    const QColor color = point.belowFloor ? t.failed : t.group(point.group);
    const double pen = point.onFront ? point.refinement ? 1.6 : 1 : 1;
    double width = point.onFront ? size : size - kDominatedShrink;
    QColor fill = t.surface, outline = color;
    if (!point.refinement && point.onFront) {
        fill = color;
        outline = t.surface;
        width += pen; // the outline in the ground's colour lies outside
    } else {
        // Pale fills are mixed, not transparent: overlapping ones must not add up to dark blobs.
        if (!point.refinement)
            fill = mixed(color, t.surface, 0.4);
        width -= pen;
    }
    p.setPen(QPen(outline, pen, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    p.setBrush(fill);
    drawMarkerShape(p, point.group, centre, width);
}

void MarkerStamps::draw(QPainter& p, const Theme& theme, const PlotPoint& point, QPointF centre,
                        double size)
{
    const double ratio = p.device()->devicePixelRatioF();
    if (ratio != m_ratio || size != m_size || theme.surface != m_ground) {
        m_stamps.clear();
        m_ratio = ratio;
        m_size = size;
        m_ground = theme.surface;
    }
    const auto split = [](double pixels) {
        const double places = std::round(pixels * kPhases);
        const double whole = std::floor(places / kPhases);
        return std::pair(whole, static_cast<int>(places - whole * kPhases));
    };
    const auto [left, xPhase] = split(centre.x() * ratio);
    const auto [top, yPhase] = split(centre.y() * ratio);
    const std::size_t key =
        (styleOf(point) * kPhases + std::size_t(xPhase)) * kPhases + std::size_t(yPhase);
    if (key >= m_stamps.size())
        m_stamps.resize(key + 1);
    const double half = std::ceil((size / 2 + kMargin) * ratio);
    QImage& stamp = m_stamps[key];
    if (stamp.isNull()) {
        const int side = 2 * static_cast<int>(half) + 1;
        stamp = QImage(side, side, QImage::Format_ARGB32_Premultiplied);
        stamp.setDevicePixelRatio(ratio);
        stamp.fill(Qt::transparent);
        QPainter painter(&stamp);
        painter.setRenderHint(QPainter::Antialiasing);
        const QPointF at(half + double(xPhase) / kPhases, half + double(yPhase) / kPhases);
        drawPlotMarker(painter, theme, point, at / ratio, size);
    }
    p.drawImage(QPointF(left - half, top - half) / ratio, stamp);
}

} // namespace bitfront
