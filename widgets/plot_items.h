// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn on the plot besides axes and grid, as QCustomPlot items on three layers.
#pragma once

#include "widgets/plot_canvas.h"
#include "widgets/plot_markers.h"

namespace bitfront {

/// Base of the items: they take no mouse events and clip nothing by themselves.
class PlotItem : public QCPAbstractItem
{
public:
    PlotItem(const PlotCanvas& canvas, const QString& layer);
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

protected:
    const PlotCanvas& m_canvas;
};

/// Hatch below the floor, floor line, lanes, dotted fp16 line, hairlines to the seeds, front.
class UnderItem : public PlotItem
{
public:
    explicit UnderItem(const PlotCanvas& canvas)
        : PlotItem(canvas, QStringLiteral("under"))
    {
    }

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawFloor(QCPPainter& p) const;
    void drawLanes(QCPPainter& p) const;
    void drawSeedLines(QCPPainter& p) const;
    void drawFront(QCPPainter& p) const;
    void drawGroupFronts(QCPPainter& p) const;
};

/// All markers, the star included; ghosts of what is filtered out beneath them.
class PointsItem : public PlotItem
{
public:
    explicit PointsItem(const PlotCanvas& canvas)
        : PlotItem(canvas, QStringLiteral("points"))
    {
    }

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawGhosts(QCPPainter& p) const;
    void drawBadges(QCPPainter& p) const;

    MarkerStamps m_stamps;
};

/// Words and rings above the markers: selection, hover, pins, knee, labels, targets, brush.
class OverItem : public PlotItem
{
public:
    explicit OverItem(const PlotCanvas& canvas)
        : PlotItem(canvas, QStringLiteral("over"))
    {
    }

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawWords(QCPPainter& p) const;
    void drawKnee(QCPPainter& p) const;
    void drawTargets(QCPPainter& p) const;
    void drawChosen(QCPPainter& p) const;
    void drawPins(QCPPainter& p) const;
    void drawCurrent(QCPPainter& p) const;
    void drawLabels(QCPPainter& p) const;
    void drawForecast(QCPPainter& p) const;
    void drawBrush(QCPPainter& p) const;
};

/// Title and legend, in exported pictures only.
class HeaderItem : public PlotItem
{
public:
    explicit HeaderItem(const PlotCanvas& canvas)
        : PlotItem(canvas, QStringLiteral("over"))
    {
    }

protected:
    void draw(QCPPainter* painter) override;
};

} // namespace bitfront
