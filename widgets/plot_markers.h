// SPDX-License-Identifier: GPL-3.0-or-later
// The markers of the plot: drawn as shapes where pictures are exported, stamped in the window,
// where thousands of them must follow the hand that moves the picture.
#pragma once

#include "widgets/plot_scene.h"
#include "widgets/theme.h"

#include <QColor>
#include <QImage>
#include <QPointF>

#include <vector>

class QPainter;

namespace bitfront {

/// Draws one marker; `size` is that of a disc, in logical pixels.
void drawPlotMarker(QPainter& p, const Theme& theme, const PlotPoint& point, QPointF centre,
                    double size);

/// Draws markers from images made when first needed, at quarters of a device pixel. A cloud of
/// 10,000 takes a third of the time that shapes take.
class MarkerStamps
{
public:
    /// As drawPlotMarker(). The painter must not be transformed.
    void draw(QPainter& p, const Theme& theme, const PlotPoint& point, QPointF centre, double size);

private:
    std::vector<QImage> m_stamps; ///< by style and place within a pixel
    double m_ratio = 0, m_size = 0; ///< what they were made for
    QColor m_ground;
};

} // namespace bitfront
