// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keys of the scatter plot: hover, click, zoom, pan, and walking along the points.
#include "widgets/scatter_plot_impl.h"

#include <QApplication>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr int kClickSlop = 4; ///< a press that moves further is a drag
constexpr double kZoomStep = 0.85;

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

} // namespace

void ScatterPlot::resetZoom()
{
    m_impl->zoomed = false;
    m_impl->canvas.showHomeRanges();
    endHover();
    scheduleReplot();
}

void ScatterPlot::zoomIn()
{
    zoomAt(m_impl->canvas.area().center(), kZoomStep * kZoomStep, Qt::Horizontal | Qt::Vertical);
}

void ScatterPlot::zoomOut()
{
    zoomAt(m_impl->canvas.area().center(), 1 / (kZoomStep * kZoomStep),
           Qt::Horizontal | Qt::Vertical);
}

/// Scales the axes about `position` (plot coordinates), never beyond three times the whole picture.
void ScatterPlot::zoomAt(const QPointF& position, double factor, Qt::Orientations axes)
{
    Impl& d = *m_impl;
    if (!d.canvas.snapshot())
        return;
    const PlotScene& scene = d.canvas.scene();
    const auto scale = [&](QCPAxis* axis, double pixel, const PlotRange& home) {
        const double whole = home.high - home.low;
        const double size = axis->range().size() * factor;
        if (size < 3 * whole && size > whole * 1e-4)
            axis->scaleRange(factor, axis->pixelToCoord(pixel));
    };
    if (axes & Qt::Horizontal)
        scale(d.plot.xAxis, position.x(), scene.ratios);
    if (axes & Qt::Vertical)
        scale(d.plot.yAxis, position.y(), scene.qualities);
    d.zoomed = true;
    endHover();
    scheduleReplot();
}

void ScatterPlot::hover(const QPointF& position)
{
    Impl& d = *m_impl;
    const std::vector<RecordId> stack = recordsAt(position + QPointF(d.plot.pos()));
    if (stack.empty()) {
        endHover();
        return;
    }
    if (stack.front() == d.canvas.hovered() && d.card->isVisible())
        return;
    d.canvas.setHovered(stack.front());
    d.plot.setCursor(Qt::PointingHandCursor);
    d.card->setRecord(*d.snapshot, d.canvas.scene(), stack.front(), static_cast<int>(stack.size()));
    d.card->placeBeside(markerPosition(stack.front()), rect(), markerRects());
    d.card->show();
    d.card->raise();
    d.canvas.replotMarks();
}

void ScatterPlot::endHover()
{
    Impl& d = *m_impl;
    d.card->hide();
    if (d.canvas.hovered() == kNoRecord)
        return;
    d.plot.unsetCursor();
    d.canvas.setHovered(kNoRecord);
    if (!d.replotTimer.isActive())
        d.canvas.replotMarks();
}

void ScatterPlot::choose(RecordId record)
{
    setCurrent(record);
    emit recordClicked(record);
}

/// The nearest point; where the current one lies under others, the next of its stack, so that none
/// is out of reach.
void ScatterPlot::click(const QPointF& position)
{
    const std::vector<RecordId> stack = recordsAt(position);
    if (stack.empty())
        choose(kNoRecord);
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

bool ScatterPlot::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        m_impl->canvas.setTheme(Theme::current());
        placeEmptyText();
        scheduleReplot();
    } else if (event->type() == QEvent::Show
               && m_impl->plot.bufferDevicePixelRatio() != devicePixelRatioF()) {
        m_impl->plot.setBufferDevicePixelRatio(devicePixelRatioF());
        scheduleReplot();
    }
    return QWidget::event(event);
}

bool ScatterPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != &m_impl->plot)
        return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        pressMouse(*static_cast<QMouseEvent*>(event));
        return true;
    case QEvent::MouseMove:
        moveMouse(*static_cast<QMouseEvent*>(event));
        return true;
    case QEvent::MouseButtonRelease:
        releaseMouse(*static_cast<QMouseEvent*>(event));
        return true;
    case QEvent::MouseButtonDblClick: {
        const auto& mouse = *static_cast<QMouseEvent*>(event);
        m_impl->pressed = false;
        const RecordId record = recordAt(mouse.position() + QPointF(m_impl->plot.pos()));
        if (record == kNoRecord)
            resetZoom();
        else // the first click has chosen; overlapping ones stay as chosen
            emit recordActivated(current() == kNoRecord ? record : current());
        return true;
    }
    case QEvent::Wheel: {
        const auto& wheel = *static_cast<QWheelEvent*>(event);
        const double steps = wheel.angleDelta().y() / 120.0;
        const Qt::Orientations axes = wheel.modifiers() & Qt::ControlModifier
            ? Qt::Horizontal
            : Qt::Horizontal | Qt::Vertical;
        if (steps != 0)
            zoomAt(wheel.position(), std::pow(kZoomStep, steps), axes);
        return true;
    }
    case QEvent::Leave:
        endHover();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void ScatterPlot::pressMouse(const QMouseEvent& mouse)
{
    Impl& d = *m_impl;
    setFocus(Qt::MouseFocusReason);
    d.panning = mouse.button() == Qt::MiddleButton
        || (mouse.button() == Qt::LeftButton && mouse.modifiers() & Qt::ShiftModifier);
    d.pressed = mouse.button() == Qt::LeftButton && !d.panning;
    d.pressedAt = d.pannedTo = mouse.position();
    if (d.panning) {
        endHover();
        d.plot.setCursor(Qt::ClosedHandCursor);
    }
}

void ScatterPlot::moveMouse(const QMouseEvent& mouse)
{
    Impl& d = *m_impl;
    if (!d.panning) {
        if (mouse.buttons() == Qt::NoButton)
            hover(mouse.position());
        return;
    }
    const auto drag = [](QCPAxis* axis, double from, double to) {
        axis->moveRange(axis->pixelToCoord(from) - axis->pixelToCoord(to));
    };
    drag(d.plot.xAxis, d.pannedTo.x(), mouse.position().x());
    drag(d.plot.yAxis, d.pannedTo.y(), mouse.position().y());
    d.pannedTo = mouse.position();
    d.zoomed = true;
    scheduleReplot();
}

void ScatterPlot::releaseMouse(const QMouseEvent& mouse)
{
    Impl& d = *m_impl;
    if (d.panning) {
        d.panning = false;
        d.plot.unsetCursor();
        return;
    }
    const bool still = (mouse.position() - d.pressedAt).manhattanLength() <= kClickSlop;
    if (d.pressed && still && d.canvas.snapshot())
        click(mouse.position() + QPointF(d.plot.pos()));
    d.pressed = false;
}

void ScatterPlot::keyPressEvent(QKeyEvent* event)
{
    const PlotScene& scene = m_impl->canvas.scene();
    const auto go = [&](RecordId record) {
        if (record != kNoRecord && record != current())
            choose(record);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return go(scene.alongFront(current(), -1));
    case Qt::Key_Right:
        return go(scene.alongFront(current(), 1));
    case Qt::Key_Up:
        return go(scene.withinGroup(current(), 1));
    case Qt::Key_Down:
        return go(scene.withinGroup(current(), -1));
    case Qt::Key_Home:
        return go(scene.front.empty() ? kNoRecord : scene.front.front());
    case Qt::Key_End:
        return go(scene.front.empty() ? kNoRecord : scene.front.back());
    case Qt::Key_Period:
        return cycle(1);
    case Qt::Key_Comma:
        return cycle(-1);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    case Qt::Key_0:
        return resetZoom();
    case Qt::Key_Escape:
        if (current() != kNoRecord)
            return choose(kNoRecord);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (scene.find(current())) {
            emit recordActivated(current());
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event); // not ours: let the window have it
}

void ScatterPlot::focusInEvent(QFocusEvent* event)
{
    const auto reason = event->reason();
    const bool byKey = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason
        || reason == Qt::ShortcutFocusReason;
    m_impl->canvas.setFocusShown(byKey);
    scheduleReplot();
    QWidget::focusInEvent(event);
}

void ScatterPlot::focusOutEvent(QFocusEvent* event)
{
    m_impl->canvas.setFocusShown(false);
    scheduleReplot();
    QWidget::focusOutEvent(event);
}

void ScatterPlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    endHover();
    placeEmptyText();
}

} // namespace bitfront
