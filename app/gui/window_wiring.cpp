// SPDX-License-Identifier: GPL-3.0-or-later
// What leads to what: files opened, estimate, sweep, results, export.
#include "app/gui/main_window.h"
#include "app/gui/window_actions.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/project_panel.h"
#include "widgets/panels/results_panel.h"
#include "widgets/parts/message_banner.h"
#include "widgets/results/result_model.h"
#include "widgets/results/results_view.h"
#include "widgets/scatter_plot.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/setup/setup_page.h"
#include "widgets/theme.h"
#include "widgets/welcome/welcome_page.h"
#include "widgets/workbench/text.h"

#include <QApplication>
#include <QDesktopServices>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QUrl>

namespace bitfront {

namespace {

/// The best single sentence about a run, for lists.
QString runSummary(const ResultSnapshot& snapshot)
{
    const Analysis& analysis = snapshot.analysis;
    const auto line = [&](RecordId record) {
        const AnalysedPoint& point = analysis.points[static_cast<std::size_t>(record)];
        const QString unit = metricUnit(snapshot.judged.metric);
        QString quality = qualityText(point.quality, snapshot.judged.metric);
        if (!unit.isEmpty())
            quality += QLatin1Char(' ') + unit;
        return MainWindow::tr("%1 at %2").arg(quality, ratioText(point.ratio));
    };
    if (analysis.knee.record != kNoRecord)
        return MainWindow::tr("best balance %1").arg(line(analysis.knee.record));
    if (!analysis.front.empty())
        return MainWindow::tr("smallest %1").arg(line(analysis.front.back()));
    return MainWindow::tr("nothing above the floor");
}

} // namespace

void MainWindow::wireSetup()
{
    connect(m_welcome, &WelcomePage::openModelRequested, this, &MainWindow::chooseModel);
    connect(m_welcome, &WelcomePage::demoRequested, this, &MainWindow::openDemo);
    connect(m_welcome, &WelcomePage::runRequested, this, &MainWindow::openRun);
    connect(m_setupPage, &SetupPage::openModelRequested, this, &MainWindow::chooseModel);
    connect(m_setupPage, &SetupPage::openInputsRequested, this, &MainWindow::chooseInputs);
    connect(m_setupPage, &SetupPage::openInputsFolderRequested, this,
            &MainWindow::chooseInputsFolder);
    connect(m_setupPage, &SetupPage::runFolderRequested, this, &MainWindow::chooseRunFolder);
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
        if (m_run.isRunning())
            return;
        rememberRun();
        sayHowItEnded();
    });
    connect(&m_run, &RunController::progressChanged, this,
            [this] { m_results->setRunning(m_run.progress().running); });
    connect(&m_run, &RunController::progressChanged, this, [this] {
        if (m_run.isPaused() != m_pauseShown) {
            m_pauseShown = m_run.isPaused();
            updateActions();
        }
    });
    connect(&m_setup, &ProjectSetup::reopened, this, [this](const SweepRequest& request) {
        m_reopening = false;
        m_plot->hideMessage();
        m_run.start(request);
        updateActions();
    });
    connect(&m_setup, &ProjectSetup::reopenFailed, this, [this](const ErrorText& error) {
        m_reopening = false;
        m_plot->showMessage(MessageBanner::Kind::Error, error.whole());
        updateActions();
    });
    connect(&m_run, &RunController::sweepStarted, this, [this] {
        rememberRun(); // now: whatever ends the program, the run is found again
        updateActions();
    });
    connect(&m_run, &RunController::stopRequested, this, &MainWindow::updateActions);
    connect(&m_run, &RunController::sweepFinished, this, &MainWindow::showEnd);
    connect(&m_run, &RunController::startFailed, this, [this](const ErrorText& error) {
        if (m_stage == Stage::Estimate)
            m_sheet->showError(error);
        else
            m_plot->showMessage(MessageBanner::Kind::Error, error.whole());
        updateActions();
    });
    connect(&m_run, &RunController::openFailed, this, &MainWindow::showRunError);
    connect(&m_selection, &Selection::currentChanged, this, &MainWindow::updateActions);
    wireSelection();
    connect(&m_writer, &ReportWriter::exported, this, &MainWindow::showExported);
    connect(&m_writer, &ReportWriter::exportFailed, this, [this](const ErrorText& error) {
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
    const auto showDetail = [this] {
        m_detailDock->show();
        m_detailDock->raise();
        m_detail->setFocus();
    };
    connect(m_plot, &PlotPanel::recordActivated, this, showDetail);
    connect(&m_table->view(), &ResultsView::recordActivated, this, showDetail);
    const auto noPinLeft = [this] {
        m_plot->showMessage(MessageBanner::Kind::Info,
                            tr("All five pins are taken. Unpin a result first: select it and press "
                               "P."));
    };
    connect(m_plot, &PlotPanel::pinsExhausted, this, noPinLeft);
    connect(&m_table->view(), &ResultsView::pinsExhausted, this, noPinLeft);
}

void MainWindow::primaryAction()
{
    switch (m_stage) {
    case Stage::Welcome:
        return;
    case Stage::Setup:
        if (!m_setup.missing().isEmpty())
            return;
        if (!m_setup.probe())
            m_setup.startEstimate();
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

void MainWindow::startSweep()
{
    if (!m_setup.probe() || m_run.isRunning())
        return;
    m_sheet->showError({});
    m_plot->hideMessage();
    m_run.start(m_setup.request());
    updateActions();
}

void MainWindow::runAgain()
{
    if (m_run.isRunning())
        return;
    const RunHeader& header = m_run.header();
    const QString model = toQString(header.model.path);
    if (m_setup.model() && m_setup.modelPath() == model) {
        setStage(Stage::Setup);
        return;
    }
    // A run read from disk: open what it was made from, with the same choice of configurations.
    m_setup.setPlan(PlanChoice(header.plan));
    m_setup.openModel(model);
    m_setup.loadInputs(toQString(header.inputsPath), header.inputOptions);
    m_setup.adoptMetrics(header.metrics, tr("As in the run before."));
    setStage(Stage::Setup);
}

void MainWindow::resumeRun()
{
    if (m_reopening || !m_run.canResume())
        return;
    m_reopening = true;
    m_plot->showMessage(MessageBanner::Kind::Info, tr("Opening the model and its inputs again…"));
    m_setup.reopen(m_run.header(), m_run.folder());
    updateActions();
}

void MainWindow::cancelEstimate()
{
    if (m_run.isRunning())
        return;
    if (m_setup.isEstimating())
        m_setup.cancelEstimate();
    setStage(Stage::Setup);
}

void MainWindow::showEnd(const SweepEnd& end)
{
    updateActions();
    const auto writeReport = [this] { exportAll(); };
    if (end.state == RunState::Failed)
        m_plot->showMessage(MessageBanner::Kind::Error, errorText(Task::Sweep, end.failure).whole(),
                            tr("Resume"), [this] { resumeRun(); });
    else if (end.failed > 0)
        m_plot->showMessage(
            MessageBanner::Kind::Warning,
            end.failed == 1 ? tr("1 configuration failed; the table says why.")
                            : tr("%1 configurations failed; the table says why.").arg(end.failed),
            tr("Write report"), writeReport);
    if (m_closing) {
        close();
        return;
    }
    if (m_selection.current() == kNoRecord && m_run.snapshot()
        && m_run.snapshot()->analysis.knee.record != kNoRecord)
        m_selection.setCurrent(m_run.snapshot()->analysis.knee.record);
    QApplication::alert(this);
}

/// Of a run that was stopped, just now or before it was opened: what is there, and what can be
/// done.
void MainWindow::sayHowItEnded()
{
    if (m_endSaid || !m_run.canResume() || m_run.state() == RunState::Failed)
        return;
    m_endSaid = true;
    const int done = m_run.snapshot() ? static_cast<int>(m_run.snapshot()->records.size()) : 0;
    m_plot->showMessage(
        MessageBanner::Kind::Info,
        tr("Stopped at %1 of %2. Results are kept.").arg(done).arg(m_run.expectedCount()),
        {{tr("Resume"), [this] { resumeRun(); }}, {tr("Write report"), [this] { exportAll(); }}});
}

void MainWindow::rememberRun()
{
    if (!m_run.hasRun())
        return;
    const SnapshotPtr& snapshot = m_run.snapshot();
    const int done = snapshot ? static_cast<int>(snapshot->records.size()) : 0;
    RecentRun run;
    run.folder = m_run.folder();
    if (done > 0)
        run.when =
            QDateTime::fromString(toQString(snapshot->records.back().finishedAt), Qt::ISODate);
    if (!run.when.isValid())
        run.when = QDateTime::currentDateTimeUtc();
    run.finished = !m_run.isRunning() && m_run.state() == RunState::Finished;
    run.summary = run.finished && done > 0 ? runSummary(*snapshot)
        : m_run.isRunning()                ? tr("not finished, results kept")
                                           : tr("stopped, results kept");
    run.count = run.finished ? tr("%1 results").arg(done)
                             : tr("%1 of %2").arg(done).arg(m_run.expectedCount());
    m_settings.addRecentRun(run);
    m_project->setRecentRuns(m_settings.recentRuns());
}

void MainWindow::showRunError(const ErrorText& error)
{
    if (m_stage == Stage::Welcome)
        m_welcome->showError(error);
    else
        m_plot->showMessage(MessageBanner::Kind::Error, error.whole());
}

void MainWindow::exportAll()
{
    if (m_run.snapshot() && !m_run.snapshot()->records.empty())
        m_writer.writeAll(m_run.folder(), m_run.snapshot());
}

void MainWindow::showExported(const QStringList& files)
{
    const QString folder = QFileInfo(files.value(0)).absolutePath();
    QStringList names;
    for (const QString& file : files)
        names << QFileInfo(file).fileName();
    m_plot->showMessage(
        MessageBanner::Kind::Ok,
        tr("Wrote %1 to %2").arg(names.join(QStringLiteral(", ")), shortPath(folder)),
        tr("Open folder"), [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); });
}

} // namespace bitfront
