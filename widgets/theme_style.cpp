// SPDX-License-Identifier: GPL-3.0-or-later
// Check boxes, radio buttons, combo boxes, arrows and focus rings, drawn from the theme's tokens.
#include "widgets/theme_style.h"

#include "widgets/theme.h"

#include <QAbstractItemView>
#include <QPainter>
#include <QPushButton>
#include <QStyleOption>
#include <QToolButton>

namespace bitfront {

namespace {

QColor indicatorFill(const QStyleOption& option, bool marked)
{
    const Theme& t = Theme::current();
    const bool enabled = option.state & QStyle::State_Enabled;
    if (!marked)
        return enabled ? t.field : t.window;
    if (!enabled)
        return t.lineStrong;
    return option.state & QStyle::State_MouseOver ? t.accentFillHover : t.accentFill;
}

/// A rounded box with a tick, a dash (partly checked) or nothing. The border of an empty box is
/// text3: it alone says what the control is, so it needs 3:1.
void drawCheckBox(QPainter& p, const QStyleOption& option)
{
    const Theme& t = Theme::current();
    const bool on = option.state & QStyle::State_On;
    const bool partly = option.state & QStyle::State_NoChange;
    const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    p.setRenderHint(QPainter::Antialiasing);
    const QColor fill = indicatorFill(option, on || partly);
    p.setBrush(fill);
    const bool enabled = option.state & QStyle::State_Enabled;
    p.setPen(QPen(on || partly ? fill : enabled ? t.text3 : t.lineStrong, 1));
    p.drawRoundedRect(box, 4, 4);
    const double u = box.width() / 16.0;
    const auto at = [&](double x, double y) { return box.topLeft() + QPointF(x * u, y * u); };
    p.setBrush(Qt::NoBrush);
    p.setPen(QPen(enabled ? t.onAccent : t.surface, 1.8 * u, Qt::SolidLine, Qt::RoundCap,
                  Qt::RoundJoin));
    if (partly) {
        p.drawLine(at(4.6, 8), at(11.4, 8));
    } else if (on) {
        const QPointF tick[] = {at(4.2, 8.3), at(6.9, 11), at(11.9, 5.3)};
        p.drawPolyline(tick, 3);
    }
}

void drawRadioButton(QPainter& p, const QStyleOption& option)
{
    const Theme& t = Theme::current();
    const bool on = option.state & QStyle::State_On;
    const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    p.setRenderHint(QPainter::Antialiasing);
    const QColor fill = indicatorFill(option, on);
    p.setBrush(fill);
    p.setPen(QPen(on ? fill : t.text3, 1));
    p.drawEllipse(box);
    if (!on)
        return;
    p.setPen(Qt::NoPen);
    p.setBrush(t.onAccent);
    p.drawEllipse(box.center(), box.width() * 0.2, box.width() * 0.2);
}

void drawIcon(QPainter& p, const QRect& rect, const QString& name, const QColor& color, int side)
{
    const QPixmap pixmap = tintedPixmap(name, color, side, p.device()->devicePixelRatioF());
    p.drawPixmap(rect.center() - QPoint(side / 2 - 1, side / 2 - 1), pixmap);
}

void drawFocusRing(QPainter& p, const QRect& rect)
{
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(Theme::current().accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 4, 4);
}

void drawComboBox(QPainter& p, const QStyleOptionComboBox& option)
{
    const Theme& t = Theme::current();
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool focus = option.state & QStyle::State_HasFocus;
    const bool hovered = enabled && option.state & QStyle::State_MouseOver;
    p.setRenderHint(QPainter::Antialiasing);
    const double half = focus ? 1 : 0.5;
    p.setPen(QPen(focus ? t.accent : enabled ? t.lineStrong : t.line, focus ? 2 : 1));
    p.setBrush(!enabled ? t.window : hovered ? t.hover : t.field);
    p.drawRoundedRect(QRectF(option.rect).adjusted(half, half, -half, -half), 6, 6);
    const int side = uiPx(14);
    const QRect arrow = QStyle::visualRect(
        option.direction, option.rect,
        QRect(option.rect.right() - side - 9, option.rect.top(), side, option.rect.height()));
    drawIcon(p, arrow, QStringLiteral("chevron-down"), enabled ? t.text2 : t.lineStrong, side);
}

} // namespace

ThemeStyle::ThemeStyle()
    : QProxyStyle(QStringLiteral("Fusion"))
{
    setObjectName(QLatin1String(kStyleName));
}

void ThemeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option,
                               QPainter* painter, const QWidget* widget) const
{
    const Theme& t = Theme::current();
    const bool enabled = option->state & State_Enabled;
    painter->save();
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheckBox(*painter, *option);
        break;
    case PE_IndicatorRadioButton:
        drawRadioButton(*painter, *option);
        break;
    case PE_FrameFocusRect:
        // The style sheet already gives these a thick border, and views mark the current row.
        if (!qobject_cast<const QPushButton*>(widget) && !qobject_cast<const QToolButton*>(widget)
            && !qobject_cast<const QAbstractItemView*>(widget))
            drawFocusRing(*painter, option->rect);
        break;
    case PE_IndicatorBranch:
        if (option->state & State_Children)
            drawIcon(*painter, option->rect,
                     option->state & State_Open ? QStringLiteral("chevron-down")
                                                : QStringLiteral("chevron-right"),
                     t.text2, uiPx(14));
        break;
    case PE_IndicatorArrowDown:
    case PE_IndicatorHeaderArrow:
        drawIcon(*painter, option->rect, QStringLiteral("chevron-down"),
                 enabled ? t.text2 : t.lineStrong, uiPx(12));
        break;
    case PE_IndicatorArrowRight:
        drawIcon(*painter, option->rect, QStringLiteral("chevron-right"),
                 enabled ? t.text2 : t.lineStrong, uiPx(14));
        break;
    case PE_PanelItemViewRow: // no zebra, no native selection outside the cells
        break;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
    painter->restore();
}

void ThemeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                    QPainter* painter, const QWidget* widget) const
{
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (control != CC_ComboBox || !combo) {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
        return;
    }
    painter->save();
    drawComboBox(*painter, *combo);
    painter->restore();
}

void ThemeStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const
{
    // Fusion draws the text of a combo box in button colours and shifts it; one line of ours is
    // enough.
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (element != CE_ComboBoxLabel || !combo || combo->editable) {
        QProxyStyle::drawControl(element, option, painter, widget);
        return;
    }
    const Theme& t = Theme::current();
    QRect rect = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
    if (!combo->currentIcon.isNull()) {
        const QSize size = combo->iconSize;
        combo->currentIcon.paint(painter,
                                 QRect(rect.left(), rect.top(), size.width(), rect.height()));
        rect.setLeft(rect.left() + size.width() + 6);
    }
    painter->setPen(option->state & State_Enabled ? t.text : t.text3);
    painter->drawText(
        rect, Qt::AlignVCenter | Qt::AlignLeft,
        option->fontMetrics.elidedText(combo->currentText, Qt::ElideRight, rect.width()));
}

int ThemeStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                            const QWidget* widget) const
{
    switch (metric) {
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
        return uiPx(16);
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return 8;
    case PM_FocusFrameHMargin:
        return 3;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QRect ThemeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                                 SubControl subControl, const QWidget* widget) const
{
    if (control == CC_ComboBox && subControl == SC_ComboBoxEditField)
        return visualRect(option->direction, option->rect,
                          option->rect.adjusted(12, 1, -uiPx(14) - 15, -1));
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QSize ThemeStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const
{
    if (type == CT_ComboBox)
        return {size.width() + 27 + uiPx(14) + 4, std::max(size.height() + 8, uiPx(32))};
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

int ThemeStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* returnData) const
{
    switch (hint) {
    case SH_UnderlineShortcut:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup: // a list under the box, not a menu over it
        return 0;
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

} // namespace bitfront
