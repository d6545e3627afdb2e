// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/tick_box.h"

#include <QApplication>
#include <QStyleOption>
#include <QWidget>

namespace bitfront {

void paintTickBox(QPainter& painter, const QRect& box, Qt::CheckState state, const QWidget* widget)
{
    QStyleOption option;
    option.rect = box;
    option.state = QStyle::State_Enabled
        | (state == Qt::Checked                ? QStyle::State_On
               : state == Qt::PartiallyChecked ? QStyle::State_NoChange
                                               : QStyle::State_Off);
    const QStyle* style = widget ? widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &option, &painter, widget);
}

} // namespace bitfront
