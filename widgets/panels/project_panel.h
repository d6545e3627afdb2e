// SPDX-License-Identifier: GPL-3.0-or-later
// The left dock: model, inputs, metrics and pre-flight notes of what is shown, and the runs.
#pragma once

#include "core/plan/layer_storage.h"
#include "widgets/parts/labels.h"
#include "widgets/workbench/settings.h"

#include <QList>

class QVBoxLayout;

namespace bitfront {

class ListRow;
class ProjectSetup;
class RunController;

class ProjectPanel : public Ground
{
    Q_OBJECT

public:
    ProjectPanel(ProjectSetup& setup, RunController& run, QWidget* parent = nullptr);

    enum class Source
    {
        Setup,
        Run
    };
    /// Whether the facts come from the setup (before a sweep) or from the run shown.
    void setSource(Source source);
    void setRecentRuns(const QList<RecentRun>& runs);

signals:
    void setupRequested();
    void runRequested(const QString& folder);

private:
    void refreshFacts();
    void showSetupFacts();
    void showRunFacts();
    void showPreflight(const std::vector<DivisibilityNote>& notes);
    void refreshRuns();
    void refreshCurrentRun();

    ProjectSetup& m_setup;
    RunController& m_run;
    Source m_source = Source::Setup;
    QList<RecentRun> m_recent;
    ListRow* m_model;
    ListRow* m_inputs;
    ListRow* m_metrics;
    ListRow* m_preflight;
    QVBoxLayout* m_runs;
    ListRow* m_current = nullptr;
};

} // namespace bitfront
