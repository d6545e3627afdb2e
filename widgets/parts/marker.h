// SPDX-License-Identifier: GPL-3.0-or-later
// The marks of results outside the plot: the same shapes and colours in tables, chips and trees.
#pragma once

#include "core/plan/compression_config.h"

#include <QPointF>
#include <QPolygonF>

class QColor;
class QPainter;

namespace bitfront {

/// Draws a group's marker: disc, square or triangle; hollow for refinements. `ground` is the colour
/// under it, `size` its width in logical pixels.
void paintMarker(QPainter& painter, GroupId group, QPointF centre, bool hollow,
                 const QColor& ground, double size = 9);

/// The bare shape in the painter's own pen and brush; shapes of the same `size` have equal optical
/// weight.
void drawMarkerShape(QPainter& painter, GroupId group, QPointF centre, double size);

/// Five-pointed star of outer radius `radius`: the fp16 reference.
QPolygonF starPolygon(QPointF centre, double radius);

} // namespace bitfront
