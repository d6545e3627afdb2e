// SPDX-License-Identifier: GPL-3.0-or-later
// The third card of the setup page: how each output is judged. A metric is suggested with its
// reason and counts only once the user has said yes.
#pragma once

#include "widgets/setup/step_card.h"

#include <cstddef>

class QPushButton;

namespace bitfront {

class ProjectSetup;
struct OutputSetup;

class MetricsCard : public StepCard
{
    Q_OBJECT

public:
    explicit MetricsCard(ProjectSetup& setup, QWidget* parent = nullptr);

private:
    void refresh();
    void rebuildRows();
    void updateRow(std::size_t output);
    QString signature() const;
    QString reasonText() const;

    ProjectSetup& m_setup;
    Label* m_invitation;
    QWidget* m_rows;
    Label* m_reason;
    QPushButton* m_confirm;
    QString m_shown; ///< signature of the outputs that the rows stand for
};

} // namespace bitfront
