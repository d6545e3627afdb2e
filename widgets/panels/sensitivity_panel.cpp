// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/sensitivity_panel.h"

#include "widgets/panels/recipe_bar.h"
#include "widgets/panels/scan_page.h"
#include "widgets/parts/bars.h"
#include "widgets/parts/buttons.h"
#include "widgets/parts/heat_scale.h"
#include "widgets/results/sensitivity_model.h"
#include "widgets/results/sensitivity_view.h"
#include "widgets/selection.h"
#include "widgets/theme.h"
#include "widgets/workbench/run_controller.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <utility>

namespace bitfront {

SensitivityPanel::SensitivityPanel(ScanController& scan, RunController& run, Selection& selection,
                                   QWidget* parent)
    : QWidget(parent)
    , m_scan(scan)
    , m_run(run)
    , m_selection(selection)
    , m_model(new SensitivityModel(this))
    , m_view(new SensitivityView(*m_model))
    , m_bar(new RecipeBar(scan))
    , m_page(new ScanPage(scan))
    , m_pages(new QStackedLayout(this))
{
    setObjectName(QStringLiteral("sensitivityPanel"));
    m_pages->addWidget(m_page);
    m_pages->addWidget(buildHeat());
    connect(&m_scan, &ScanController::viewChanged, this, &SensitivityPanel::adoptScan);
    connect(&m_scan, &ScanController::workChanged, this, &SensitivityPanel::refresh);
    connect(&m_scan, &ScanController::progressChanged, this, &SensitivityPanel::refreshState);
    connect(&m_scan, &ScanController::locksChanged, this, [this] {
        m_model->setLocks(m_scan.locks());
        if (std::exchange(m_asking, false)) // by undo: what it did is to be seen
            refresh();
    });
    connect(&m_scan, &ScanController::predicted, this, &SensitivityPanel::showForecast);
    connect(&m_scan, &ScanController::found, this, &SensitivityPanel::tellFound);
    connect(&m_scan, &ScanController::noted, this,
            [this](const QString& sentence) { emit said(MessageBanner::Kind::Info, sentence); });
    connect(&m_scan, &ScanController::failed, this, [this](const ErrorText& error) {
        emit said(MessageBanner::Kind::Error, error.whole());
    });
    connect(&m_run, &RunController::runChanged, this, [this] {
        m_asking = false;
        m_page->setWish({}); // ties and shares are another run's
    });
    connect(&m_run, &RunController::snapshotChanged, this, &SensitivityPanel::refreshMarks);
    connect(m_page, &ScanPage::scanRequested, this, [this](const ScanWish& wish) {
        m_asking = false;
        // Before the button pressed is gone, which would hand the keyboard to anybody.
        m_pages->setCurrentIndex(HeatPage);
        m_view->setFocus();
        startScan(wish);
        refresh();
    });
    connect(m_page, &ScanPage::backRequested, this, [this] {
        m_asking = false;
        refresh();
    });
    connect(m_bar, &RecipeBar::moved, this, [this] {
        m_touched = true;
        predict();
    });
    connect(m_bar, &RecipeBar::verifyRequested, this,
            [this] { m_scan.verify(m_bar->target(), m_bar->rounds()); });
    connect(m_bar, &RecipeBar::frontierRequested, this, &SensitivityPanel::drawFrontier);
    connect(m_view, &SensitivityView::lockRequested, this, &SensitivityPanel::lockUnits);
    connect(m_view, &SensitivityView::tieRequested, this, &SensitivityPanel::tieUnits);
    refresh();
}

QWidget* SensitivityPanel::buildHeat()
{
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_progress = new ProgressBar(3);
    m_progress->setAccessibleName(tr("Progress of the scan"));
    column->addWidget(m_progress);
    column->addWidget(m_bar);
    column->addWidget(buildState());
    column->addWidget(m_view, 1);
    column->addWidget(new HairLine);
    column->addWidget(buildFoot());
    return page;
}

QWidget* SensitivityPanel::buildState()
{
    m_state = new QWidget;
    auto* across = new QHBoxLayout(m_state);
    across->setContentsMargins(16, 6, 8, 4);
    across->setSpacing(12);
    m_stateWords = new Label({}, 13, 500);
    m_stateWords->setObjectName(QStringLiteral("scanState"));
    m_stateWords->setElided(true);
    m_continue = makeButton(tr("Continue"), ButtonRole::Neutral, QStringLiteral("play"));
    m_continue->setObjectName(QStringLiteral("continueScan"));
    m_cancel = makeButton(tr("Cancel"), ButtonRole::Neutral);
    m_cancel->setObjectName(QStringLiteral("cancelScan"));
    across->addWidget(m_stateWords, 1);
    across->addWidget(m_continue);
    across->addWidget(m_cancel);
    connect(m_continue, &QPushButton::clicked, this, [this] {
        if (const ScanViewPtr& view = m_scan.view())
            m_scan.startScan(wishOf(view->header, view->model));
    });
    connect(m_cancel, &QPushButton::clicked, &m_scan, &ScanController::cancel);
    return m_state;
}

QWidget* SensitivityPanel::buildFoot()
{
    auto* foot = new QWidget;
    auto* across = new QHBoxLayout(foot);
    across->setContentsMargins(16, 1, 16, 1);
    across->setSpacing(16);
    m_legend = new HeatLegend;
    m_facts = new Label({}, 11, 400, Tone::Text2);
    m_facts->setObjectName(QStringLiteral("scanFacts"));
    m_facts->setElided(true);
    m_order = makeButton({}, ButtonRole::Link);
    m_order->setObjectName(QStringLiteral("layerOrder"));
    m_order->setToolTip(tr("A click on a format above the table orders by the loss in it"));
    m_again = makeButton(tr("Scan again…"), ButtonRole::Link);
    m_again->setObjectName(QStringLiteral("scanAgain"));
    m_stop = makeButton(tr("Cancel"), ButtonRole::Link);
    m_stop->setObjectName(QStringLiteral("cancelRecipe"));
    across->addWidget(m_legend);
    across->addWidget(m_facts, 1);
    across->addWidget(m_stop);
    across->addWidget(m_again);
    across->addWidget(m_order);
    const auto sayOrder = [this] {
        m_order->setText(m_model->order() == SensitivityModel::Order::Loss
                             ? tr("Order as in the model")
                             : tr("Order by loss"));
    };
    sayOrder();
    connect(m_model, &QAbstractItemModel::modelReset, this, sayOrder);
    connect(m_order, &QPushButton::clicked, this, [this] {
        m_model->setOrder(m_model->order() == SensitivityModel::Order::Loss
                              ? SensitivityModel::Order::Forward
                              : SensitivityModel::Order::Loss);
    });
    connect(m_again, &QPushButton::clicked, this, &SensitivityPanel::showQuestion);
    connect(m_stop, &QPushButton::clicked, &m_scan, &ScanController::cancel);
    return foot;
}

void SensitivityPanel::showQuestion()
{
    const ScanViewPtr& view = m_scan.view();
    m_asking = view != nullptr;
    if (view)
        m_page->setWish(wishOf(view->header, view->model));
    else
        m_page->refresh();
    refresh();
}

void SensitivityPanel::adoptScan()
{
    const ScanViewPtr& view = m_scan.view();
    m_model->setScan(view,
                     view && m_run.hasRun() ? view->sensitivity.indexOf(
                         m_run.header().metrics.at(m_run.judged()).output)
                                            : 0);
    m_bar->adoptScan();
    if (!view || !view->isComplete()) { // of another run, or begun anew
        m_touched = false;
        emit forecastChanged(std::nullopt);
    }
    refreshMarks();
    refresh();
    if (view && view->isComplete())
        predict();
}

/// Which output ranks, and which sizes were measured.
void SensitivityPanel::refreshMarks()
{
    const SnapshotPtr& snapshot = m_run.snapshot();
    std::vector<double> sizes;
    if (snapshot)
        for (const ResultRecord& record : snapshot->records)
            if (record.measurement() && !record.config.isMixed())
                sizes.push_back(record.measurement()->size.averageBits());
    m_bar->setMarks(std::move(sizes));
    const ScanViewPtr& view = m_scan.view();
    if (!view || !m_run.hasRun())
        return;
    const std::size_t output =
        view->sensitivity.indexOf(m_run.header().metrics.at(m_run.judged()).output);
    if (m_model->scan() == view)
        m_model->setScan(view, output);
    m_bar->setOutput(output);
    refreshState();
    if (m_touched)
        showForecast();
}

} // namespace bitfront
