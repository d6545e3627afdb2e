// SPDX-License-Identifier: GPL-3.0-or-later
// Sensitivity and recipes in the window: what leads to the panel, and what its measurements lead
// to.
#include "app/gui/main_window.h"
#include "app/gui/window_actions.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/layers_page.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/recipe_bar.h"
#include "widgets/panels/results_panel.h"
#include "widgets/panels/sensitivity_panel.h"
#include "widgets/scatter_plot.h"
#include "widgets/workbench/text.h"

#include <QAction>
#include <QDockWidget>

#include <algorithm>

namespace bitfront {

void MainWindow::buildScanActions()
{
    Actions& a = *m_actions;
    const auto make = [this](const QString& name, const QString& text, const QString& keys = {}) {
        auto* action = new QAction(text, this);
        action->setObjectName(name);
        if (!keys.isEmpty())
            action->setShortcut(QKeySequence(keys));
        addAction(action);
        return action;
    };
    a.sensitivity = make(QStringLiteral("actionSensitivity"), tr("Sensitivity of the &layers"));
    a.verify =
        make(QStringLiteral("actionVerifyRecipe"), tr("&Verify the recipe"), tr("Ctrl+Return"));
    a.frontier = make(QStringLiteral("actionFrontier"), tr("&Draw the mixed frontier"));
    a.cancelScan = make(QStringLiteral("actionCancelScan"), tr("&Cancel scan or recipe"));
    connect(a.sensitivity, &QAction::triggered, this, &MainWindow::showSensitivity);
    connect(a.verify, &QAction::triggered, this, [this] {
        // Not before one has seen what would be measured.
        if (m_sensitivity->isVisible())
            emit m_sensitivity->bar().verifyRequested();
        else
            showSensitivity();
    });
    connect(a.frontier, &QAction::triggered, &m_sensitivity->bar(), &RecipeBar::frontierRequested);
    connect(a.cancelScan, &QAction::triggered, &m_scan, &ScanController::cancel);
}

void MainWindow::wireSensitivity()
{
    connect(
        m_sensitivity, &SensitivityPanel::said, this,
        [this](MessageBanner::Kind kind, const QString& text) { m_plot->showMessage(kind, text); });
    connect(m_sensitivity, &SensitivityPanel::asked, this,
            [this](const QString& text, const QString& answer, const std::function<void()>& act) {
                m_plot->showMessage(MessageBanner::Kind::Info, text, answer, act);
            });
    connect(m_sensitivity, &SensitivityPanel::forecastChanged, &m_plot->plot(),
            &ScatterPlot::setForecast);
    connect(&m_scan, &ScanController::found, this,
            [this](const ResultRecord& record) { m_newest = record.config.name; });
    // What was measured last is looked at as soon as it is there.
    connect(&m_run, &RunController::snapshotChanged, this, [this] {
        if (m_newest.empty())
            return;
        const auto& records = m_run.snapshot()->records;
        const auto found = std::ranges::find_if(
            records, [this](const ResultRecord& record) { return record.config.name == m_newest; });
        if (found == records.end())
            return;
        m_newest.clear();
        m_selection.reveal(static_cast<RecordId>(found - records.begin()));
    });
    connect(&m_scan, &ScanController::workChanged, this, [this] {
        if (!m_scan.isWorking() && m_plot->message() == scanRefusal())
            m_plot->hideMessage();
        updateActions();
        updateAwake();
        closeWhenDone();
    });
    connect(&m_scan, &ScanController::predicted, this, &MainWindow::updateActions);
    connect(&m_scan, &ScanController::viewChanged, this, &MainWindow::updateActions);
    LayersPage& layers = m_detail->layers();
    const auto follow = [this](const QString& layer) {
        m_sensitivity->showLayer(layer.toStdString());
    };
    connect(&layers, &LayersPage::layerChosen, this, follow);
    connect(m_compare, &ComparePanel::layerChosen, this, follow);
    connect(&layers, &LayersPage::keepRequested, this, &MainWindow::keepLayer);
    const auto lead = [this](const QString& layer) {
        showSensitivity();
        m_sensitivity->showLayer(layer.toStdString());
    };
    connect(&layers, &LayersPage::sensitivityRequested, this, lead);
    connect(m_compare, &ComparePanel::sensitivityRequested, this, lead);
}

void MainWindow::showSensitivity()
{
    for (int page = 0; page < m_table->pages(); ++page)
        if (m_table->pageAt(page) == m_sensitivity)
            m_table->showPage(page);
    goTo(m_sensitivity);
}

/// One short run for the result that is looked at; where there is a scan, recipes to come keep the
/// layer, too.
void MainWindow::keepLayer(const QString& layer, KeptFormat format)
{
    const RecordId current = m_selection.current();
    if (!m_run.snapshot() || current == kNoRecord)
        return;
    const ResultRecord& record = m_run.snapshot()->records[static_cast<std::size_t>(current)];
    const QString obstacle = m_scan.isWorking() ? m_scan.progressText() : m_scan.obstacle();
    if (!obstacle.isEmpty()) {
        m_plot->showMessage(MessageBanner::Kind::Info, obstacle);
        return;
    }
    const bool eight = format == KeptFormat::EightBits;
    const bool locked = m_sensitivity->lockLayer(layer.toStdString(), eight ? "8+" : "fp16");
    const QString what =
        (eight ? tr("Measuring %1 with %2 at 8 bits…") : tr("Measuring %1 with %2 at fp16…"))
            .arg(toQString(title(record.config)), layer);
    if (locked)
        m_plot->showMessage(MessageBanner::Kind::Info,
                            what + QLatin1Char(' ') + tr("Recipes keep the layer so, too."),
                            tr("Unlock"), [this] { m_selection.undoStack().undo(); });
    else
        m_plot->showMessage(MessageBanner::Kind::Info, what);
    m_scan.keepLayer(record, layer.toStdString(), format);
}

QString MainWindow::scanRefusal()
{
    return tr("Layers or recipes are being measured. Wait until that is done, or cancel: what was "
              "measured is kept.");
}

/// Says so where a scan keeps a sweep from starting.
bool MainWindow::refusedByScan()
{
    if (!m_scan.isWorking())
        return false;
    m_plot->showMessage(MessageBanner::Kind::Info, scanRefusal(), tr("Cancel"),
                        [this] { m_scan.cancel(); });
    return true;
}

} // namespace bitfront
