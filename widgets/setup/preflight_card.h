// SPDX-License-Identifier: GPL-3.0-or-later
// What does not fit, said before anything runs: layers whose extent some block or group size does
// not divide, and what shall happen to them.
#pragma once

#include "core/plan/layer_storage.h"
#include "widgets/parts/labels.h"

class QComboBox;
class QPushButton;
class QVBoxLayout;

namespace bitfront {

class ProjectSetup;

class PreflightCard : public Ground
{
    Q_OBJECT

public:
    explicit PreflightCard(ProjectSetup& setup, QWidget* parent = nullptr);

private:
    void refresh();
    void rebuildLines();

    ProjectSetup& m_setup;
    IconLabel* m_icon;
    Label* m_title;
    QVBoxLayout* m_lines;
    QPushButton* m_showAll;
    QWidget* m_foot;
    QComboBox* m_policy;
    Label* m_policyHint;
    bool m_all = false;
};

/// Notes with the same trouble together, as one line each.
struct PreflightLine
{
    QString layers, axis, sizes;
};
QList<PreflightLine> preflightLines(const std::vector<DivisibilityNote>& notes, bool together);
/// "12 layers do not divide by 128, 5 by 32"
QString preflightSummary(const std::vector<DivisibilityNote>& notes);

} // namespace bitfront
