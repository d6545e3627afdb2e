// SPDX-License-Identifier: GPL-3.0-or-later
// When a sweep is to stop before it has tried everything: after a time, after a number of results,
// or with the first one that is good and small enough.
#pragma once

#include <QWidget>

class QComboBox;
class QSpinBox;

namespace bitfront {

class Label;
class NumberField;
class ProjectSetup;

class BudgetRow : public QWidget
{
    Q_OBJECT

public:
    explicit BudgetRow(ProjectSetup& setup, QWidget* parent = nullptr);

private:
    enum Kind
    {
        Everything,
        Time,
        Results,
        Targets
    };
    void apply();
    void refresh();
    void showFields(int kind);

    ProjectSetup& m_setup;
    QComboBox* m_kind;
    QSpinBox* m_minutes;
    QSpinBox* m_results;
    NumberField* m_quality;
    Label* m_and;
    NumberField* m_ratio;
};

} // namespace bitfront
