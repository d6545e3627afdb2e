// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/budget_slider.h"

#include "widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr double kSteps = 100; ///< per bit
constexpr int kRadius = 7; ///< of the handle

} // namespace

BudgetSlider::BudgetSlider(QWidget* parent)
    : QSlider(Qt::Horizontal, parent)
{
    setSingleStep(5);
    setPageStep(50);
    setFocusPolicy(Qt::StrongFocus);
    setBitRange(2, 16);
}

void BudgetSlider::setBitRange(double least, double most)
{
    setRange(static_cast<int>(std::ceil(least * kSteps - 1e-6)),
             static_cast<int>(std::ceil(std::max(least, most) * kSteps - 1e-6)));
    update();
}

void BudgetSlider::setBits(double bits)
{
    setValue(static_cast<int>(std::lround(bits * kSteps)));
}

double BudgetSlider::bits() const
{
    return value() / kSteps;
}

void BudgetSlider::setMarks(std::vector<double> bits)
{
    m_marks = std::move(bits);
    update();
}

QSize BudgetSlider::sizeHint() const
{
    return {uiPx(168), uiPx(32)};
}

QSize BudgetSlider::minimumSizeHint() const
{
    return {uiPx(120), uiPx(32)};
}

double BudgetSlider::placeOf(double value) const
{
    const double room = width() - 2.0 * (kRadius + 2);
    const double span = std::max(maximum() - minimum(), 1);
    const double share = std::clamp((value - minimum()) / span, 0.0, 1.0);
    const double place = kRadius + 2 + room * share;
    return layoutDirection() == Qt::RightToLeft ? width() - place : place;
}

void BudgetSlider::paintEvent(QPaintEvent*)
{
    const Theme& t = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double middle = height() / 2.0 - 3;
    const double at = placeOf(value());
    const double left = placeOf(minimum());
    const double right = placeOf(maximum());
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.lineStrong);
    painter.drawRoundedRect(QRectF(QPointF(left, middle - 2), QPointF(right, middle + 2)), 2, 2);
    painter.setBrush(isEnabled() ? t.accentFill : t.text3);
    painter.drawRoundedRect(QRectF(QPointF(left, middle - 2), QPointF(at, middle + 2)), 2, 2);
    painter.setPen(QPen(t.text3, 1));
    for (const double bits : m_marks) {
        const double value = bits * kSteps;
        if (value < minimum() - 0.5 || value > maximum() + 0.5)
            continue;
        const double x = std::floor(placeOf(value)) + 0.5;
        painter.drawLine(QPointF(x, middle + kRadius + 3), QPointF(x, middle + kRadius + 7));
    }
    painter.setPen(QPen(t.surface, 1.5));
    painter.setBrush(isEnabled() ? t.accentFill : t.text3);
    painter.drawEllipse(QPointF(at, middle), kRadius, kRadius);
    if (hasFocus()) {
        painter.setPen(QPen(t.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(QPointF(at, middle), kRadius + 2, kRadius + 2);
    }
}

void BudgetSlider::moveTo(double x)
{
    const double room = std::max(width() - 2.0 * (kRadius + 2), 1.0);
    double share = (x - kRadius - 2) / room;
    if (layoutDirection() == Qt::RightToLeft)
        share = 1 - share;
    setValue(minimum() + static_cast<int>(std::lround(share * (maximum() - minimum()))));
}

/// The handle comes to where one presses; sizes are not a scroll position.
void BudgetSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    setSliderDown(true);
    moveTo(event->position().x());
    event->accept();
}

void BudgetSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (isSliderDown())
        moveTo(event->position().x());
}

void BudgetSlider::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        setSliderDown(false);
}

} // namespace bitfront
