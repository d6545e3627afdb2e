// SPDX-License-Identifier: GPL-3.0-or-later
// Hands on the dialog in which formats of a scan are ticked, for several tests.
#pragma once

#include "widgets/dialogs/format_picker.h"
#include "widgets/dialogs/format_table.h"

#include <QLabel>
#include <QPushButton>
#include <QTest>

namespace bitfront::test {

inline FormatTable* table(const FormatPicker& dialog, const char* name)
{
    return dialog.findChild<FormatTable*>(QLatin1String(name));
}

inline void clickCell(FormatTable& view, int row, int column)
{
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {},
                      view.visualRect(view.model()->index(row, column)).center());
}

inline void clickLink(const FormatPicker& dialog, const char* name)
{
    QTest::mouseClick(dialog.findChild<QPushButton*>(QLatin1String(name)), Qt::LeftButton);
}

inline QString words(const QWidget& dialog, const char* label)
{
    return dialog.findChild<QLabel*>(QLatin1String(label))->text();
}

} // namespace bitfront::test
