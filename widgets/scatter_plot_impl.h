// SPDX-License-Identifier: GPL-3.0-or-later
// Inside of the scatter plot, shared by its drawing and its event handling.
#pragma once

#include "widgets/plot_canvas.h"
#include "widgets/plot_card.h"
#include "widgets/scatter_plot.h"

#include <QElapsedTimer>
#include <QTimer>

class QLabel;

namespace bitfront {

struct ScatterPlot::Impl
{
    /// What the pressed mouse is about to do.
    enum class Drag
    {
        None,
        Click, ///< not moved yet
        Brush,
        Pan,
        QualityTarget,
        RatioTarget
    };

    QCustomPlot plot;
    PlotCanvas canvas;
    SnapshotPtr snapshot;
    PlotView view;
    PlotCard* card = nullptr;
    QLabel* empty = nullptr;
    QString emptyText;
    QTimer replotTimer;
    QElapsedTimer sinceReplot;
    bool zoomed = false;
    Drag drag = Drag::None;
    QPointF pressedAt; ///< in plot coordinates
    QPointF pannedTo;

    Impl()
        : canvas(plot, Theme::current())
    {
    }
};

} // namespace bitfront
