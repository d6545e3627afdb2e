// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers whose digits stand under each other: Qt 6.4 cannot ask a font for tabular figures, so
// every digit gets a cell as wide as the widest one.
#pragma once

#include <QFont>
#include <QString>

class QPainter;
class QRectF;

namespace bitfront {

double numberWidth(const QFont& font, const QString& text);
/// Draws from `x` on the baseline `y`, in the painter's font and pen.
void drawNumber(QPainter& painter, double x, double y, const QString& text);
/// Draws right-aligned and vertically centred in `rect`.
void drawNumberRight(QPainter& painter, const QRectF& rect, const QString& text);

} // namespace bitfront
