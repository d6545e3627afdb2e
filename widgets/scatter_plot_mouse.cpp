// SPDX-License-Identifier: GPL-3.0-or-later
// The pressed mouse on the scatter plot: choosing, the brush, panning, and dragging targets.
#include "widgets/scatter_plot_impl.h"

#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr int kClickSlop = 4; ///< a press that moves further is a drag
constexpr double kLineReach = 5; ///< a target line is taken within this

/// The record `step` places after `current` in the stack, in order of arrival.
RecordId nextOf(std::vector<RecordId> stack, RecordId current, int step)
{
    std::ranges::sort(stack);
    const auto found = std::ranges::find(stack, current);
    if (found == stack.end())
        return current;
    const auto size = std::ssize(stack);
    return stack[static_cast<std::size_t>((found - stack.begin() + step + size) % size)];
}

/// To what the axis shows: targets are dragged in steps that can be read.
double rounded(double value, double pixelSize)
{
    const double step = std::pow(10, std::floor(std::log10(std::max(pixelSize, 1e-12)) + 1));
    return std::round(value / step) * step;
}

} // namespace

void ScatterPlot::choose(RecordId record)
{
    setCurrent(record);
    emit recordClicked(record);
}

/// The nearest point; where the current one lies under others, the next of its stack, so that none
/// is out of reach.
void ScatterPlot::click(const QPointF& position, Qt::KeyboardModifiers modifiers)
{
    const std::vector<RecordId> stack = recordsAt(position);
    const bool toggle = modifiers & Qt::ControlModifier;
    if (stack.empty()) {
        if (!toggle)
            choose(kNoRecord);
        return;
    }
    if (toggle)
        emit recordToggled(stack.front());
    else
        choose(std::ranges::find(stack, current()) == stack.end() ? stack.front()
                                                                  : nextOf(stack, current(), 1));
}

/// Steps through the records whose markers overlap the current one's.
void ScatterPlot::cycle(int step)
{
    const QPointF at = markerPosition(current());
    if (at.isNull())
        return;
    const RecordId next = nextOf(recordsAt(at), current(), step);
    if (next != current())
        choose(next);
}

/// What a press at `position` would take hold of, beside a point.
static bool nearLine(const QRectF& handle, const QRectF& area, const QPointF& position,
                     Qt::Orientation line)
{
    if (handle.isNull() || !area.contains(position))
        return false;
    const QPointF off = position - handle.center();
    return handle.contains(position)
        || std::abs(line == Qt::Horizontal ? off.y() : off.x()) <= kLineReach;
}

void ScatterPlot::pressMouse(const QMouseEvent& mouse)
{
    Impl& d = *m_impl;
    setFocus(Qt::MouseFocusReason);
    const bool left = mouse.button() == Qt::LeftButton;
    const bool onPoint = recordAt(mouse.position() + QPointF(d.plot.pos())) != kNoRecord;
    d.pressedAt = d.pannedTo = mouse.position();
    if (mouse.button() == Qt::MiddleButton || (left && mouse.modifiers() & Qt::ShiftModifier))
        d.drag = Impl::Drag::Pan;
    else if (!left || !d.canvas.snapshot())
        d.drag = Impl::Drag::None;
    else if (d.canvas.qualityHandle().contains(mouse.position())
             || (!onPoint
                 && nearLine(d.canvas.qualityHandle(), d.canvas.area(), mouse.position(),
                             Qt::Horizontal)))
        d.drag = Impl::Drag::QualityTarget;
    else if (d.canvas.ratioHandle().contains(mouse.position())
             || (!onPoint
                 && nearLine(d.canvas.ratioHandle(), d.canvas.area(), mouse.position(),
                             Qt::Vertical)))
        d.drag = Impl::Drag::RatioTarget;
    else
        d.drag = Impl::Drag::Click;
    if (d.drag == Impl::Drag::Pan) {
        endHover();
        d.plot.setCursor(Qt::ClosedHandCursor);
    }
}

void ScatterPlot::moveMouse(const QMouseEvent& mouse)
{
    Impl& d = *m_impl;
    if (mouse.buttons() == Qt::NoButton) {
        hover(mouse.position());
        if (d.canvas.hovered() == kNoRecord) {
            const QRectF area = d.canvas.area();
            if (nearLine(d.canvas.qualityHandle(), area, mouse.position(), Qt::Horizontal))
                d.plot.setCursor(Qt::SizeVerCursor);
            else if (nearLine(d.canvas.ratioHandle(), area, mouse.position(), Qt::Vertical))
                d.plot.setCursor(Qt::SizeHorCursor);
            else
                d.plot.unsetCursor();
        }
        return;
    }
    const bool moved = (mouse.position() - d.pressedAt).manhattanLength() > kClickSlop;
    if (d.drag == Impl::Drag::Click && moved) {
        d.drag = Impl::Drag::Brush;
        endHover();
        d.plot.setCursor(Qt::CrossCursor);
    }
    switch (d.drag) {
    case Impl::Drag::Pan:
        return panTo(mouse.position());
    case Impl::Drag::QualityTarget:
    case Impl::Drag::RatioTarget:
        return dragTarget(mouse.position());
    case Impl::Drag::Brush: {
        const QRectF ground =
            d.canvas.area().united(d.canvas.identicalLane()).united(d.canvas.failedLane());
        d.canvas.marks().brush =
            QRectF(d.pressedAt, mouse.position()).normalized().intersected(ground);
        showMarks();
        return;
    }
    default:
        return;
    }
}

void ScatterPlot::panTo(const QPointF& position)
{
    Impl& d = *m_impl;
    if (!d.canvas.snapshot())
        return;
    const auto drag = [](QCPAxis* axis, double from, double to) {
        if (axis->scaleType() == QCPAxis::stLogarithmic) {
            const double factor = axis->pixelToCoord(from) / axis->pixelToCoord(to);
            axis->setRange(axis->range().lower * factor, axis->range().upper * factor);
        } else {
            axis->moveRange(axis->pixelToCoord(from) - axis->pixelToCoord(to));
        }
    };
    drag(d.plot.xAxis, d.pannedTo.x(), position.x());
    drag(d.plot.yAxis, d.pannedTo.y(), position.y());
    d.pannedTo = position;
    d.zoomed = true;
    scheduleFrame();
    tellZoom();
}

void ScatterPlot::dragTarget(const QPointF& position)
{
    Impl& d = *m_impl;
    const QRectF area = d.canvas.area();
    if (d.drag == Impl::Drag::QualityTarget) {
        const QCPAxis* axis = d.plot.yAxis;
        const double y = std::clamp(position.y(), area.top(), area.bottom());
        const double quality = rounded(axis->pixelToCoord(y), axis->range().size() / area.height());
        d.view.targets.quality = quality;
        d.canvas.setTargets(quality, d.canvas.scene().targetX);
        showMarks();
        emit qualityTargetMoved(quality);
        return;
    }
    const double x = std::clamp(position.x(), area.left(), area.right());
    const auto ratio = d.canvas.scene().ratioOfX(d.plot.xAxis->pixelToCoord(x));
    if (!ratio)
        return;
    const double readable = std::max(std::round(*ratio * 100) / 100, 0.01);
    d.view.targets.ratio = readable;
    d.canvas.setTargets(d.canvas.scene().targetQuality, d.canvas.scene().xOfRatio(readable));
    showMarks();
    emit ratioTargetMoved(readable);
}

void ScatterPlot::releaseMouse(const QMouseEvent& mouse)
{
    Impl& d = *m_impl;
    const Impl::Drag drag = std::exchange(d.drag, Impl::Drag::None);
    if (drag != Impl::Drag::Click)
        d.plot.unsetCursor();
    if (drag == Impl::Drag::Brush)
        finishBrush(mouse.modifiers() & Qt::ControlModifier);
    else if (drag == Impl::Drag::Click && d.canvas.snapshot())
        click(mouse.position() + QPointF(d.plot.pos()), mouse.modifiers());
}

void ScatterPlot::finishBrush(bool add)
{
    Impl& d = *m_impl;
    if (!d.canvas.marks().brush)
        return;
    const QRectF brush = *std::exchange(d.canvas.marks().brush, std::nullopt);
    showMarks();
    std::vector<int> records;
    const PlotProjection now = d.canvas.projection();
    for (const PlotPoint& point : d.canvas.scene().points) {
        const auto at = now.marker(point);
        if (at && brush.contains(*at))
            records.push_back(point.id);
    }
    if (records.empty())
        return;
    const auto better = [&](int a, int b) {
        const auto quality = [&](int id) { return d.canvas.scene().find(id)->quality; };
        return std::pair(quality(a), -a) > std::pair(quality(b), -b);
    };
    std::ranges::sort(records, better);
    PlotZoom area;
    area.axes = d.canvas.scene().axes;
    area.left = d.plot.xAxis->pixelToCoord(brush.left());
    area.right = d.plot.xAxis->pixelToCoord(brush.right());
    area.bottom = d.plot.yAxis->pixelToCoord(brush.bottom());
    area.top = d.plot.yAxis->pixelToCoord(brush.top());
    // Above the axis stands what is identical: infinitely good.
    if (brush.top() < d.canvas.area().top() - 1)
        area.top = std::numeric_limits<double>::infinity();
    emit areaChosen(area, records, add);
}

void ScatterPlot::cancelDrag()
{
    m_impl->drag = Impl::Drag::None;
    m_impl->canvas.marks().brush.reset();
    m_impl->plot.unsetCursor();
    showMarks();
}

} // namespace bitfront
