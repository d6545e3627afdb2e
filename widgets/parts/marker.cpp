// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/marker.h"

#include "widgets/theme.h"

#include <QPainter>

#include <cmath>

namespace bitfront {

void drawMarkerShape(QPainter& p, GroupId group, QPointF c, double size)
{
    const double r = size / 2;
    switch (group) {
    case GroupId::PerChannel:
        p.drawEllipse(c, r, r);
        break;
    case GroupId::PerBlock:
        p.drawRect(QRectF(c.x() - 0.9 * r, c.y() - 0.9 * r, 1.8 * r, 1.8 * r));
        break;
    case GroupId::Palette: {
        const QPointF corners[] = {c + QPointF(0, -1.08 * r), c + QPointF(1.1 * r, 0.84 * r),
                                   c + QPointF(-1.1 * r, 0.84 * r)};
        p.drawPolygon(corners, 3);
        break;
    }
    case GroupId::Mixed: {
        const double half = 1.25 * r;
        const QPointF corners[] = {c + QPointF(0, -half), c + QPointF(half, 0),
                                   c + QPointF(0, half), c + QPointF(-half, 0)};
        p.drawPolygon(corners, 4);
        break;
    }
    }
}

void paintMarker(QPainter& painter, GroupId group, QPointF centre, bool hollow,
                 const QColor& ground, double size)
{
    const QColor color = Theme::current().group(group);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (hollow) {
        painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(ground);
        drawMarkerShape(painter, group, centre, size - 0.8);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        drawMarkerShape(painter, group, centre, size);
    }
    painter.restore();
}

QPolygonF starPolygon(QPointF centre, double radius)
{
    constexpr double kPi = 3.14159265358979323846;
    QPolygonF star;
    for (int corner = 0; corner < 10; ++corner) {
        const double angle = -kPi / 2 + corner * kPi / 5;
        const double r = corner % 2 ? radius * 0.45 : radius;
        star << centre + QPointF(r * std::cos(angle), r * std::sin(angle));
    }
    return star;
}

} // namespace bitfront
