// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/results_panel.h"

#include "widgets/results/result_model.h"
#include "widgets/results/result_proxy.h"
#include "widgets/results/results_view.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_controller.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace bitfront {

ResultsPanel::ResultsPanel(ResultModel& model, RunController& run, Selection& selection,
                           QWidget* parent)
    : Ground(Kind::Surface, parent)
    , m_run(run)
    , m_view(new ResultsView(model, selection))
    , m_counts(new Label({}, 11, 400, Tone::Text2))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QWidget;
    head->setFixedHeight(uiPx(36));
    auto* across = new QHBoxLayout(head);
    across->setContentsMargins(16, 0, 16, 0);
    across->addWidget(new Label(tr("Results"), 13, 600));
    across->addStretch();
    across->addWidget(m_counts);
    column->addWidget(head);
    column->addWidget(new HairLine);
    column->addWidget(m_view, 1);
    for (const auto signal : {&RunController::progressChanged, &RunController::snapshotChanged,
                              &RunController::runChanged})
        connect(&m_run, signal, this, &ResultsPanel::refresh);
    connect(&m_view->proxy(), &QAbstractItemModel::layoutChanged, this, &ResultsPanel::refresh);
    connect(&m_view->proxy(), &QAbstractItemModel::rowsInserted, this, &ResultsPanel::refresh);
    connect(&m_view->proxy(), &QAbstractItemModel::rowsRemoved, this, &ResultsPanel::refresh);
    refresh();
}

void ResultsPanel::refresh()
{
    if (!m_run.hasRun()) {
        m_counts->clear();
        return;
    }
    const int records = m_run.snapshot() ? static_cast<int>(m_run.snapshot()->records.size()) : 0;
    const int running = m_run.isRunning() ? static_cast<int>(m_run.progress().running.size()) : 0;
    const int shown = m_view->proxy().rowCount() - running;
    QString text = records == 1 ? tr("1 result") : tr("%1 results").arg(records);
    if (shown < records)
        text = tr("%1 of %2 shown").arg(shown).arg(records);
    if (running > 0)
        text += tr(", %1 running").arg(running);
    m_counts->setText(text);
}

} // namespace bitfront
