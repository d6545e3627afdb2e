// SPDX-License-Identifier: GPL-3.0-or-later
// A check box painted by a delegate, as the theme draws check boxes.
#pragma once

#include <QRect>
#include <Qt>

class QPainter;
class QWidget;

namespace bitfront {

/// Edge of the box in logical pixels, to be scaled with uiPx().
inline constexpr int kTickBox = 16;

/// `widget` is the view that is painted on; may be null.
void paintTickBox(QPainter& painter, const QRect& box, Qt::CheckState state, const QWidget* widget);

} // namespace bitfront
