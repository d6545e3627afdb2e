// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep in the window: started, ended, remembered, exported.
#include "app/gui/main_window.h"
#include "core/plan/own_config.h"
#include "widgets/dialogs/config_editor.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/project_panel.h"
#include "widgets/parts/number_field.h"
#include "widgets/parts/run_picture.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/welcome/welcome_page.h"
#include "widgets/workbench/text.h"

#include <QApplication>
#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <utility>

namespace bitfront {

namespace {

/// Shorter sweeps end while one still looks on.
constexpr double kWorthANoticeMs = 60000;

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

/// The same as a whole sentence: "Best balance: 4-bit palette, group 8, 38.9 dB at 3.92×."
QString bestInWords(const ResultSnapshot& snapshot)
{
    const Analysis& analysis = snapshot.analysis;
    const bool knee = analysis.knee.record != kNoRecord;
    if (!knee && analysis.front.empty())
        return MainWindow::tr("No configuration stayed above the floor.");
    const RecordId best = knee ? analysis.knee.record : analysis.front.back();
    const QString name = toQString(title(snapshot.records[static_cast<std::size_t>(best)].config));
    const AnalysedPoint& point = analysis.points[static_cast<std::size_t>(best)];
    const QString unit = metricUnit(snapshot.judged.metric);
    const QString quality = qualityText(point.quality, snapshot.judged.metric)
        + (unit.isEmpty() ? QString() : QLatin1Char(' ') + unit);
    return (knee ? MainWindow::tr("Best balance: %1, %2 at %3.")
                 : MainWindow::tr("Smallest above the floor: %1, %2 at %3."))
        .arg(name, quality, ratioText(point.ratio));
}

} // namespace

void MainWindow::startSweep()
{
    if (!m_setup.probe() || m_run.isRunning() || refusedByScan())
        return;
    takeTypedNumber();
    m_retried.clear();
    m_sheet->showError({});
    m_plot->hideMessage();
    SweepRequest request = m_setup.request();
    m_inspector.offer(m_setup.openedModel(), request.experiment);
    m_scan.offer(m_setup.openedModel(), request.experiment);
    m_run.start(std::move(request));
    updateActions();
}

void MainWindow::newConfiguration()
{
    editConfiguration(
        QuantConfig {CodeType::Int4, QuantScheme::Symmetric, QuantGranularity::PerBlock, 64});
}

void MainWindow::duplicateCurrent()
{
    const RecordId current = m_selection.current();
    if (m_run.snapshot() && current != kNoRecord)
        editConfiguration(m_run.snapshot()->records[static_cast<std::size_t>(current)].config.spec);
}

void MainWindow::editConfiguration(const CompressionSpec& start)
{
    // Of the run that is looked at, or of what is being set up.
    const ModelInfo* model =
        m_stage == Stage::Results && m_run.hasRun() ? &m_run.header().model : m_setup.model();
    const PlanChoice& plan = m_setup.plan();
    std::set<std::string> known(plan.own().begin(), plan.own().end());
    known.insert(moreConfigurations().begin(), moreConfigurations().end());
    for (const CompressionConfig& config : baseConfigurations())
        known.insert(config.name);
    auto* editor =
        new ConfigEditor(start, model ? std::make_shared<const ModelInfo>(*model) : nullptr,
                         std::move(known), plan.policy, this);
    connect(editor, &ConfigEditor::configurationMade, this, &MainWindow::addConfiguration);
    editor->show();
}

/// Into the next sweep: at the results that means going back to the setup of their model.
void MainWindow::addConfiguration(const CompressionSpec& spec)
{
    const bool atResults = m_stage == Stage::Results;
    if (atResults && m_run.hasRun() && !m_run.isRunning() && m_setup.holds(m_run.header()))
        setStage(Stage::Setup); // with what was added before
    else if (atResults)
        runAgain();
    PlanChoice plan = m_setup.plan();
    plan.addOwn(spec);
    m_setup.setPlan(plan);
    if (atResults && m_run.isRunning())
        m_plot->showMessage(MessageBanner::Kind::Ok,
                            tr("It is part of the next sweep; this one goes on as it is."));
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
    updateAwake();
    if (end.state == RunState::Failed) {
        m_retried.clear();
        m_plot->showMessage(MessageBanner::Kind::Error, errorText(Task::Sweep, end.failure).whole(),
                            tr("Resume"), [this] { resumeRun(); });
    } else if (end.failed > 0 && m_retried.empty())
        m_plot->showMessage(
            MessageBanner::Kind::Warning,
            end.failed == 1 ? tr("1 configuration failed; the table says why.")
                            : tr("%1 configurations failed; the table says why.").arg(end.failed),
            {{tr("Try again"), [this] { tryAgain(failedNames()); }},
             {tr("Write report"), [this] { exportAll(); }}});
    if (m_closing) {
        closeWhenDone();
        return;
    }
    if (m_selection.current() == kNoRecord && m_retried.empty() && m_run.snapshot()
        && m_run.snapshot()->analysis.knee.record != kNoRecord)
        m_selection.setCurrent(m_run.snapshot()->analysis.knee.record);
    notifyEnd(end);
}

/// Somebody who waits elsewhere is told; somebody who watches sees it.
void MainWindow::notifyEnd(const SweepEnd& end)
{
    if (isActiveWindow() || (end.state == RunState::Stopped && end.budget == BudgetEnd::None))
        return;
    QApplication::alert(this);
    if (end.wallMs < kWorthANoticeMs)
        return;
    const SnapshotPtr& snapshot = m_run.snapshot();
    const QString text = end.state == RunState::Failed ? errorText(Task::Sweep, end.failure).title
        : snapshot                                     ? bestInWords(*snapshot)
                                                       : QString();
    m_desktop->notify(end.state == RunState::Failed ? tr("Bitfront: sweep ended early")
                                                    : tr("Bitfront: sweep finished"),
                      text, [this] {
                          setWindowState(windowState() & ~Qt::WindowMinimized);
                          raise();
                          activateWindow();
                      });
}

void MainWindow::updateAwake()
{
    const bool works =
        (m_run.isRunning() && !(m_run.isPaused() && m_run.progress().running.empty()))
        || m_scan.isWorking();
    m_desktop->keepAwake(works && m_settings.keepsAwake());
}

/// Of a run that was stopped, just now or before it was opened: what is there, and what can be
/// done.
void MainWindow::sayHowItEnded()
{
    if (!m_retried.empty() && !m_reopening)
        sayWhatRetryGave();
    if (m_endSaid || !m_run.canResume() || m_run.state() == RunState::Failed)
        return;
    m_endSaid = true;
    const QString counts = tr("%1 of %2").arg(m_run.sweptCount()).arg(m_run.expectedCount());
    QString words = tr("Stopped at %1. Results are kept.").arg(counts);
    switch (m_run.endedBy()) {
    case BudgetEnd::None:
        break;
    case BudgetEnd::Time:
        words = tr("The time for this sweep is over, with %1. Results are kept.").arg(counts);
        break;
    case BudgetEnd::Results:
        words = tr("As many results as asked for, %1.").arg(counts);
        break;
    case BudgetEnd::Targets:
        if (m_run.winner() == kNoRecord)
            break;
        m_selection.setCurrent(m_run.winner());
        words = tr("Both targets are reached by %1, with %2 tried.")
                    .arg(toQString(title(m_run.snapshot()
                                             ->records[static_cast<std::size_t>(m_run.winner())]
                                             .config)),
                         counts);
        break;
    }
    m_plot->showMessage(
        m_run.endedBy() == BudgetEnd::None ? MessageBanner::Kind::Info : MessageBanner::Kind::Ok,
        words,
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
    if (done > 0) {
        run.when =
            QDateTime::fromString(toQString(snapshot->records.back().finishedAt), Qt::ISODate);
        run.picture = runPicture(*snapshot);
    }
    if (!run.when.isValid())
        run.when = QDateTime::currentDateTimeUtc();
    // A scan without a sweep leaves nothing to go on with.
    run.finished = !m_run.isRunning()
        && (m_run.state() == RunState::Finished || (!m_run.hasSweep() && !m_run.isFollowing()));
    run.summary = run.finished && done > 0 ? runSummary(*snapshot)
        : m_run.isRunning()                ? tr("not finished, results kept")
        : m_run.isFollowing()              ? tr("written by another process")
                                           : tr("stopped, results kept");
    run.count = run.finished ? tr("%1 results").arg(done)
                             : tr("%1 of %2").arg(m_run.sweptCount()).arg(m_run.expectedCount());
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
        m_writer.writeAll(m_run.folder());
}

void MainWindow::closeWhenDone()
{
    if (m_closing && !m_run.isRunning() && !m_writer.isBusy() && !m_scan.isWorking())
        close();
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
    closeWhenDone();
}

} // namespace bitfront
