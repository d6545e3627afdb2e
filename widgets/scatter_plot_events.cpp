// SPDX-License-Identifier: GPL-3.0-or-later
// Zoom and keys of the scatter plot, and what passing the mouse over it shows.
#include "widgets/scatter_plot_impl.h"

#include <QApplication>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr double kZoomStep = 0.85;

} // namespace

void ScatterPlot::resetZoom()
{
    setZoom(std::nullopt);
    emit zoomChanged(std::nullopt);
}

void ScatterPlot::setZoom(const std::optional<PlotZoom>& zoom)
{
    Impl& d = *m_impl;
    const bool fits = zoom && zoom->axes == d.canvas.scene().axes;
    if (fits ? zoom == this->zoom() : !d.zoomed)
        return;
    d.zoomed = fits;
    if (fits) {
        d.plot.xAxis->setRange(zoom->left, zoom->right);
        d.plot.yAxis->setRange(zoom->bottom, zoom->top);
    } else {
        d.canvas.showHomeRanges();
    }
    endHover();
    scheduleReplot();
}

std::optional<PlotZoom> ScatterPlot::zoom() const
{
    const Impl& d = *m_impl;
    if (!d.zoomed)
        return std::nullopt;
    const QCPRange x = d.plot.xAxis->range(), y = d.plot.yAxis->range();
    return PlotZoom {d.canvas.scene().axes, x.lower, x.upper, y.lower, y.upper};
}

void ScatterPlot::tellZoom()
{
    emit zoomChanged(zoom());
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
    const auto extent = [](const QCPAxis* axis, double low, double high) {
        return axis->scaleType() == QCPAxis::stLogarithmic ? std::log10(high / low) : high - low;
    };
    const auto scale = [&](QCPAxis* axis, double pixel, const PlotRange& home) {
        const double whole = extent(axis, home.low, home.high);
        const double size = extent(axis, axis->range().lower, axis->range().upper) * factor;
        if (size < 3 * whole && size > whole * 1e-4)
            axis->scaleRange(factor, axis->pixelToCoord(pixel));
    };
    if (axes & Qt::Horizontal)
        scale(d.plot.xAxis, position.x(), scene.xs);
    if (axes & Qt::Vertical)
        scale(d.plot.yAxis, position.y(), scene.qualities);
    d.zoomed = true;
    endHover();
    scheduleFrame();
    tellZoom();
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
    d.canvas.marks().hovered = stack.front();
    d.plot.setCursor(Qt::PointingHandCursor);
    d.card->setRecord(*d.snapshot, d.canvas.scene(), stack);
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
    d.canvas.marks().hovered = kNoRecord;
    if (!d.replotTimer.isActive())
        d.canvas.replotMarks();
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
        m_impl->drag = Impl::Drag::None;
        const RecordId record = recordAt(mouse.position() + QPointF(m_impl->plot.pos()));
        if (record == kNoRecord)
            resetZoom();
        else // the first click has chosen; overlapping ones stay as chosen
            emit recordActivated(current() == kNoRecord ? record : current());
        return true;
    }
    case QEvent::Wheel:
        turnWheel(*static_cast<QWheelEvent*>(event));
        return true;
    case QEvent::Leave:
        endHover();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void ScatterPlot::turnWheel(const QWheelEvent& wheel)
{
    const double steps = wheel.angleDelta().y() / 120.0;
    Qt::Orientations axes = Qt::Horizontal | Qt::Vertical;
    if (wheel.modifiers() & Qt::ControlModifier)
        axes = Qt::Horizontal;
    else if (wheel.modifiers() & Qt::ShiftModifier)
        axes = Qt::Vertical;
    if (steps != 0)
        zoomAt(wheel.position(), std::pow(kZoomStep, steps), axes);
}

void ScatterPlot::keyPressEvent(QKeyEvent* event)
{
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
    if (plain && (moveByKey(event->key()) || actByKey(event->key())))
        return;
    QWidget::keyPressEvent(event); // not ours: let the window have it
}

/// Keys that lead from one point to another.
bool ScatterPlot::moveByKey(int key)
{
    const PlotScene& scene = m_impl->canvas.scene();
    const auto go = [&](RecordId record) {
        if (record != kNoRecord && record != current())
            choose(record);
        return true;
    };
    switch (key) {
    case Qt::Key_Left:
        return go(scene.alongFront(current(), -1));
    case Qt::Key_Right:
        return go(scene.alongFront(current(), 1));
    case Qt::Key_Up:
        return go(scene.withinGroup(current(), 1));
    case Qt::Key_Down:
        return go(scene.withinGroup(current(), -1));
    case Qt::Key_Home:
        return go(scene.alongFront(kNoRecord, 1));
    case Qt::Key_End:
        return go(scene.alongFront(kNoRecord, -1));
    case Qt::Key_Period:
        cycle(1);
        return true;
    case Qt::Key_Comma:
        cycle(-1);
        return true;
    default:
        return false;
    }
}

/// Keys that do something to the picture or to the current point.
bool ScatterPlot::actByKey(int key)
{
    const bool chosen = m_impl->canvas.scene().find(current()) != nullptr;
    switch (key) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    case Qt::Key_0:
        resetZoom();
        return true;
    case Qt::Key_Escape:
        if (m_impl->drag != Impl::Drag::None)
            cancelDrag();
        else if (current() != kNoRecord)
            choose(kNoRecord);
        else
            return false;
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (chosen)
            emit recordActivated(current());
        return chosen;
    case Qt::Key_P:
        if (chosen)
            emit pinRequested(current());
        return chosen;
    case Qt::Key_C:
        if (chosen)
            emit compareRequested(current());
        return chosen;
    default:
        return false;
    }
}

void ScatterPlot::focusInEvent(QFocusEvent* event)
{
    const auto reason = event->reason();
    const bool byKey = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason
        || reason == Qt::ShortcutFocusReason;
    m_impl->canvas.marks().focus = byKey;
    scheduleReplot();
    QWidget::focusInEvent(event);
}

void ScatterPlot::focusOutEvent(QFocusEvent* event)
{
    m_impl->canvas.marks().focus = false;
    scheduleReplot();
    QWidget::focusOutEvent(event);
}

void ScatterPlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_impl->canvas.fitTicks(size());
    endHover();
    placeEmptyText();
}

} // namespace bitfront
