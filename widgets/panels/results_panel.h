// SPDX-License-Identifier: GPL-3.0-or-later
// The bottom dock: the results table with its head line.
#pragma once

#include "widgets/parts/labels.h"

namespace bitfront {

class ResultModel;
class ResultsView;
class RunController;
class Selection;

class ResultsPanel : public Ground
{
    Q_OBJECT

public:
    ResultsPanel(ResultModel& model, RunController& run, Selection& selection,
                 QWidget* parent = nullptr);
    ResultsView& view() const { return *m_view; }

private:
    void refresh();

    RunController& m_run;
    ResultsView* m_view;
    Label* m_counts;
};

} // namespace bitfront
