// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/number_text.h"

#include <QFontMetricsF>
#include <QPainter>

namespace bitfront {

namespace {

double digitWidth(const QFontMetricsF& metrics)
{
    double widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = qMax(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

double advance(const QFontMetricsF& metrics, double digit, QChar c)
{
    return c.isDigit() ? digit : metrics.horizontalAdvance(c);
}

} // namespace

double numberWidth(const QFont& font, const QString& text)
{
    const QFontMetricsF metrics(font);
    const double digit = digitWidth(metrics);
    double width = 0;
    for (const QChar c : text)
        width += advance(metrics, digit, c);
    return width;
}

void drawNumber(QPainter& painter, double x, double y, const QString& text)
{
    const QFontMetricsF metrics(painter.font());
    const double digit = digitWidth(metrics);
    for (const QChar c : text) {
        const double cell = advance(metrics, digit, c);
        painter.drawText(QPointF(x + (cell - metrics.horizontalAdvance(c)) / 2, y), QString(c));
        x += cell;
    }
}

void drawNumberRight(QPainter& painter, const QRectF& rect, const QString& text)
{
    const QFontMetricsF metrics(painter.font());
    const double baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    drawNumber(painter, rect.right() - numberWidth(painter.font(), text), baseline, text);
}

} // namespace bitfront
