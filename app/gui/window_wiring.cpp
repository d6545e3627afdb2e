// SPDX-License-Identifier: GPL-3.0-or-later
// What leads to what: files opened, estimate, sweep, results, export.
#include "app/gui/main_window.h"
#include "app/gui/window_actions.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/project_panel.h"
#include "widgets/panels/queue_panel.h"
#include "widgets/panels/results_panel.h"
#include "widgets/parts/message_banner.h"
#include "widgets/parts/number_field.h"
#include "widgets/results/result_model.h"
#include "widgets/results/results_view.h"
#include "widgets/scatter_plot.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/setup/setup_page.h"
#include "widgets/theme.h"
#include "widgets/welcome/welcome_page.h"
#include "widgets/workbench/run_location.h"
#include "widgets/workbench/text.h"

#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QUrl>

namespace bitfront {

void MainWindow::wireSetup()
{
    connect(m_welcome, &WelcomePage::openModelRequested, this, &MainWindow::chooseModel);
    connect(m_welcome, &WelcomePage::demoRequested, this, &MainWindow::openDemo);
    connect(m_welcome, &WelcomePage::runRequested, this, &MainWindow::openRun);
    connect(m_welcome, &WelcomePage::resumeRequested, this, [this](const QString& folder) {
        openRun(folder);
        m_resumeFolder = absoluteFolder(folder);
    });
    connect(m_welcome, &WelcomePage::forgetRequested, this, [this](const QString& folder) {
        m_settings.removeRecentRun(folder);
        applyStage();
    });
    connect(m_setupPage, &SetupPage::openModelRequested, this, &MainWindow::chooseModel);
    connect(m_setupPage, &SetupPage::openInputsRequested, this, &MainWindow::chooseInputs);
    connect(m_setupPage, &SetupPage::openInputsFolderRequested, this,
            &MainWindow::chooseInputsFolder);
    connect(m_setupPage, &SetupPage::runFolderRequested, this, &MainWindow::chooseRunFolder);
    connect(m_setupPage, &SetupPage::newConfigurationRequested, this,
            &MainWindow::newConfiguration);
    connect(&m_setup, &ProjectSetup::planChanged, this, [this] {
        QStringList own;
        for (const std::string& name : m_setup.plan().own())
            own << toQString(name);
        m_settings.setOwnConfigurations(own);
    });
    connect(m_setupPage, &SetupPage::estimateRequested, this, &MainWindow::primaryAction);
    connect(m_setupPage, &SetupPage::backRequested, this, [this] { setStage(Stage::Results); });
    connect(m_setupPage, &SetupPage::exportHelpRequested, this, &MainWindow::showExportHelp);
    connect(m_setupPage, &SetupPage::metricHelpRequested, this, &MainWindow::showHelp);
    connect(m_sheet, &EstimateSheet::startRequested, this, &MainWindow::startSweep);
    connect(m_sheet, &EstimateSheet::cancelled, this, &MainWindow::cancelEstimate);
    connect(m_sheet, &EstimateSheet::runFolderRequested, this, &MainWindow::chooseRunFolder);
    connect(m_project, &ProjectPanel::setupRequested, this, [this] {
        if (!m_run.isRunning() && m_setup.model())
            cancelEstimate();
    });
    connect(m_project, &ProjectPanel::runRequested, this, [this](const QString& folder) {
        if (m_run.hasRun() && folder == m_run.folder())
            setStage(Stage::Results);
        else if (!m_run.isRunning())
            openRun(folder);
    });
    connect(&m_setup, &ProjectSetup::filesSorted, this, &MainWindow::openSorted);
    connect(&m_setup, &ProjectSetup::engineFailed, m_welcome, &WelcomePage::showError);
    connect(&m_setup, &ProjectSetup::metricsChanged, this, [this] {
        if (m_demoPending && !m_setup.outputs().empty()) {
            // The demo comes with its metric; the card says so, and it can be changed.
            m_demoPending = false;
            m_setup.confirmMetrics(tr("The demo comes with this metric."));
        }
        if (m_stage == Stage::Estimate && !m_setup.isEstimating() && !m_setup.probe())
            m_setup.startEstimate();
        updateOutputs();
        updateActions();
    });
    for (const auto signal :
         {&ProjectSetup::modelChanged, &ProjectSetup::inputsChanged, &ProjectSetup::planChanged,
          &ProjectSetup::estimateStarted, &ProjectSetup::estimateReady})
        connect(&m_setup, signal, this, &MainWindow::updateActions);
    connect(&m_setup, &ProjectSetup::planChanged, this, [this] {
        if (m_stage == Stage::Estimate)
            m_plot->setEstimating(true,
                                  tr("%1 configurations are ready").arg(m_setup.plan().count()));
    });
}

void MainWindow::wireRun()
{
    connect(&m_run, &RunController::runChanged, this, [this] {
        m_results->clear();
        m_endSaid = false;
        if (m_run.hasRun())
            setStage(Stage::Results);
    });
    connect(&m_run, &RunController::snapshotChanged, this, [this] {
        m_results->setSnapshot(m_run.snapshot());
        updateActions();
        // Asked for once: what cannot be gone on with now is not gone on with later, unasked.
        const bool resume = m_resumeFolder == m_run.folder();
        if (resume)
            m_resumeFolder.clear();
        if (m_run.isRunning())
            return;
        rememberRun();
        if (resume && m_run.canResume()) {
            m_endSaid = true;
            resumeRun();
        } else {
            sayHowItEnded();
        }
    });
    connect(&m_run, &RunController::progressChanged, this,
            [this] { m_results->setRunning(m_run.progress().running); });
    connect(&m_run, &RunController::progressChanged, this, [this] {
        if (m_run.isPaused() != m_pauseShown) {
            m_pauseShown = m_run.isPaused();
            updateActions();
        }
    });
    connect(&m_setup, &ProjectSetup::reopened, this, &MainWindow::startReopened);
    connect(&m_setup, &ProjectSetup::reopenFailed, this, [this](const ErrorText& error) {
        m_retried.clear();
        setReopening(false);
        m_plot->showMessage(MessageBanner::Kind::Error, error.whole());
    });
    connect(&m_run, &RunController::sweepStarted, this, [this] {
        rememberRun(); // now: whatever ends the program, the run is found again
        updateActions();
    });
    connect(&m_run, &RunController::progressChanged, this, &MainWindow::updateAwake);
    connect(&m_run, &RunController::stopRequested, this, &MainWindow::updateActions);
    connect(&m_run, &RunController::sweepFinished, this, &MainWindow::showEnd);
    connect(&m_run, &RunController::startFailed, this, [this](const ErrorText& error) {
        m_retried.clear();
        if (m_stage == Stage::Estimate)
            m_sheet->showError(error);
        else
            m_plot->showMessage(MessageBanner::Kind::Error, error.whole());
        updateActions();
        closeWhenDone();
    });
    connect(&m_run, &RunController::earlierRunMoved, this,
            [this](const QString& from, const QString& to) { m_settings.moveRecentRun(from, to); });
    connect(&m_run, &RunController::openFailed, this, [this](const ErrorText& error) {
        m_resumeFolder.clear();
        showRunError(error);
    });
    connect(&m_selection, &Selection::currentChanged, this, &MainWindow::updateActions);
    wireSelection();
    connect(m_queue, &QueuePanel::skipped, this, [this](const QString& what) {
        m_plot->showMessage(MessageBanner::Kind::Info,
                            tr("Skipped %1: no result in this run.").arg(what));
    });
    connect(m_queue, &QueuePanel::retryRequested, this, &MainWindow::tryAgain);
    connect(m_detail, &DetailPanel::retryRequested, this, &MainWindow::tryAgain);
    connect(&m_writer, &ReportWriter::exported, this, &MainWindow::showExported);
    connect(&m_writer, &ReportWriter::exportFailed, this, [this](const ErrorText& error) {
        m_closing = false; // not without having said so
        m_plot->showMessage(MessageBanner::Kind::Error, error.whole());
    });
}

void MainWindow::wireSelection()
{
    connect(&m_selection, &Selection::selectedChanged, this, &MainWindow::updateActions);
    connect(&m_selection, &Selection::viewChanged, this, &MainWindow::updateActions);
    connect(&m_selection, &Selection::shownChanged, this, [this] {
        // Something was put away: say so, and how to get it back.
        const int hidden = static_cast<int>(m_selection.view().hidden.size());
        if (hidden > m_hiddenBefore)
            m_plot->showMessage(MessageBanner::Kind::Info,
                                hidden - m_hiddenBefore == 1
                                    ? tr("Hid 1 point.")
                                    : tr("Hid %1 points.").arg(hidden - m_hiddenBefore),
                                tr("Undo"), [this] { m_selection.undoStack().undo(); });
        m_hiddenBefore = hidden;
    });
    const auto showDetail = [this] { goTo(m_detail); };
    connect(m_plot, &PlotPanel::recordActivated, this, showDetail);
    connect(&m_table->view(), &ResultsView::recordActivated, this, showDetail);
    connect(m_plot, &PlotPanel::compareRequested, this, &MainWindow::showComparison);
    connect(&m_table->view(), &ResultsView::duplicateRequested, this,
            &MainWindow::duplicateCurrent);
    connect(&m_table->view(), &ResultsView::compareRequested, this, &MainWindow::showComparison);
    connect(m_compare, &ComparePanel::otherRunRequested, this, &MainWindow::chooseOtherRun);
    const auto noPinLeft = [this] {
        m_plot->showMessage(MessageBanner::Kind::Info,
                            tr("All five pins are taken. Unpin a result first: select it and press "
                               "P."));
    };
    connect(m_plot, &PlotPanel::pinsExhausted, this, noPinLeft);
    connect(&m_table->view(), &ResultsView::pinsExhausted, this, noPinLeft);
}

void MainWindow::showComparison()
{
    m_tableDock->show();
    for (int page = 0; page < m_table->pages(); ++page)
        if (m_table->pageAt(page) == m_compare)
            m_table->showPage(page);
    m_compare->compareCurrent();
}

void MainWindow::primaryAction()
{
    takeTypedNumber();
    switch (m_stage) {
    case Stage::Welcome:
        return;
    case Stage::Setup:
        if (!m_setup.missing().isEmpty())
            return;
        if (!m_setup.probe()) {
            if (refusedByScan()) { // times measured beside it would be wrong
                setStage(Stage::Results); // where it says so
                return;
            }
            m_setup.startEstimate();
        }
        setStage(Stage::Estimate);
        return;
    case Stage::Estimate:
        startSweep();
        return;
    case Stage::Results:
        runAgain();
        return;
    }
}

} // namespace bitfront
