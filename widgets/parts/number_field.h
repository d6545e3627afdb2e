// SPDX-License-Identifier: GPL-3.0-or-later
// A field for a decimal number that is typed.
#pragma once

#include <QDoubleSpinBox>

namespace bitfront {

/// Takes the number when it is whole: at Enter, at Tab, or with takeTypedNumber(). Shows as many
/// decimals as the value has, so that what is read is what holds.
class NumberField : public QDoubleSpinBox
{
    Q_OBJECT

public:
    explicit NumberField(QWidget* parent = nullptr);

    QString textFromValue(double value) const override;
};

/// What is being typed into a number field counts now: an action by key or from the tool bar leaves
/// the focus where it is.
void takeTypedNumber();

} // namespace bitfront
