// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/results_panel.h"

#include "widgets/results/filter_bar.h"
#include "widgets/results/result_model.h"
#include "widgets/results/result_proxy.h"
#include "widgets/results/results_view.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_controller.h"

#include <QHBoxLayout>
#include <QStackedLayout>
#include <QTabBar>
#include <QVBoxLayout>

namespace bitfront {

ResultsPanel::ResultsPanel(ResultModel& model, RunController& run, Selection& selection,
                           QWidget* parent)
    : Ground(Kind::Surface, parent)
    , m_run(run)
    , m_view(new ResultsView(model, selection))
    , m_filter(new FilterBar(selection))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildHead());
    column->addWidget(new HairLine);
    auto* stage = new QWidget;
    m_pages = new QStackedLayout(stage);
    column->addWidget(stage, 1);
    auto* table = new QWidget;
    auto* rows = new QVBoxLayout(table);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(m_filter);
    rows->addWidget(m_view, 1);
    addPage(tr("Table"), table);
    for (const auto signal : {&RunController::progressChanged, &RunController::snapshotChanged,
                              &RunController::runChanged})
        connect(&m_run, signal, this, &ResultsPanel::refresh);
    connect(&m_view->proxy(), &QAbstractItemModel::layoutChanged, this, &ResultsPanel::refresh);
    connect(&m_view->proxy(), &QAbstractItemModel::modelReset, this, &ResultsPanel::refresh);
    connect(&m_view->proxy(), &QAbstractItemModel::rowsInserted, this, &ResultsPanel::refresh);
    connect(&m_view->proxy(), &QAbstractItemModel::rowsRemoved, this, &ResultsPanel::refresh);
    refresh();
}

QWidget* ResultsPanel::buildHead()
{
    auto* head = new QWidget;
    head->setFixedHeight(uiPx(36));
    auto* across = new QHBoxLayout(head);
    across->setContentsMargins(16, 0, 16, 0);
    m_tabs = new QTabBar;
    m_tabs->setObjectName(QStringLiteral("resultTabs"));
    m_tabs->setAccessibleName(tr("Views of the results"));
    m_tabs->setFont(uiFont(13, 500));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    across->addWidget(m_tabs, 0, Qt::AlignBottom);
    across->addStretch();
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        m_pages->setCurrentIndex(index);
        emit pageShown(index);
    });
    return head;
}

int ResultsPanel::addPage(const QString& title, QWidget* page)
{
    const int index = m_pages->addWidget(page);
    m_tabs->addTab(title);
    return index;
}

void ResultsPanel::showPage(int index)
{
    m_tabs->setCurrentIndex(index);
}

int ResultsPanel::pages() const
{
    return m_pages->count();
}

QWidget* ResultsPanel::pageAt(int index) const
{
    return m_pages->widget(index);
}

QString ResultsPanel::pageTitle(int index) const
{
    return m_tabs->tabText(index);
}

int ResultsPanel::page() const
{
    return m_tabs->currentIndex();
}

void ResultsPanel::refresh()
{
    if (!m_run.hasRun()) {
        m_filter->setCounts({});
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
    m_filter->setCounts(text);
}

} // namespace bitfront
