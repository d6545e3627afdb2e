// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/number_field.h"

#include <QApplication>

namespace bitfront {

namespace {

constexpr int kMostDecimals = 6;

} // namespace

NumberField::NumberField(QWidget* parent)
    : QDoubleSpinBox(parent)
{
    setDecimals(kMostDecimals);
    // Else every key is a change, whose answer writes the text anew under the user's fingers.
    setKeyboardTracking(false);
}

QString NumberField::textFromValue(double value) const
{
    QString text = QDoubleSpinBox::textFromValue(value);
    const QString point = locale().decimalPoint();
    if (!text.contains(point))
        return text;
    while (text.endsWith(locale().zeroDigit()))
        text.chop(1);
    if (text.endsWith(point))
        text.chop(point.size());
    return text;
}

void takeTypedNumber()
{
    if (auto* field = qobject_cast<QAbstractSpinBox*>(QApplication::focusWidget()))
        field->interpretText();
}

} // namespace bitfront
