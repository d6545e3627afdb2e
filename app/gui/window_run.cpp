// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep in the window: started, gone on with, ended, remembered, exported.
#include "app/gui/main_window.h"
#include "core/plan/own_config.h"
#include "core/run/file_io.h"
#include "widgets/dialogs/config_editor.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/project_panel.h"
#include "widgets/parts/run_picture.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/welcome/welcome_page.h"
#include "widgets/workbench/text.h"

#include <QApplication>
#include <QDesktopServices>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <utility>

namespace bitfront {

namespace {

/// Shorter sweeps end while one still looks on.
constexpr double kWorthANoticeMs = 60000;
/// Bytes of results that are counted while somebody waits for the first page.
constexpr qint64 kMostCounted = qint64 {64} << 20;

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
    m_sheet->showError({});
    m_plot->hideMessage();
    SweepRequest request = m_setup.request();
    m_inspector.offer(m_setup.openedModel(), request.experiment);
    m_scan.offer(m_setup.openedModel(), request.experiment);
    m_run.start(std::move(request));
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
    PlanChoice plan(header.plan);
    plan.knowOwn(m_setup.plan().own());
    m_setup.setPlan(plan);
    m_setup.openModel(model, header.model.layerOptions);
    m_setup.loadInputs(toQString(header.inputsPath), header.inputOptions);
    m_setup.adoptMetrics(header.metrics, tr("As in the run before."));
    setStage(Stage::Setup);
}

void MainWindow::resumeRun()
{
    if (m_reopening || !m_run.canResume() || refusedByScan())
        return;
    m_reopening = true;
    m_plot->showMessage(MessageBanner::Kind::Info, tr("Opening the model and its inputs again…"));
    m_setup.reopen(m_run.header(), m_run.folder());
    updateActions();
}

/// Failed configurations: in a running sweep they are queued once more, in a run that has ended
/// they alone are run again.
void MainWindow::tryAgain(const std::vector<std::string>& names)
{
    if (m_run.isRunning()) {
        for (const std::string& name : names)
            m_run.retry(name);
        return;
    }
    if (m_reopening || names.empty() || !m_run.canRetry() || refusedByScan())
        return;
    m_reopening = true;
    m_retried = names;
    m_plot->showMessage(MessageBanner::Kind::Info, tr("Opening the model and its inputs again…"));
    m_setup.reopen(m_run.header(), m_run.folder(), names);
    updateActions();
}

std::vector<std::string> MainWindow::failedNames() const
{
    std::vector<std::string> names;
    if (m_run.snapshot())
        for (const ResultRecord& record : m_run.snapshot()->records)
            if (record.failure())
                names.push_back(record.config.name);
    return names;
}

/// Shows the first configuration that was tried again, and what became of all of them.
void MainWindow::sayWhatRetryGave()
{
    const std::vector<std::string> names = std::exchange(m_retried, {});
    const std::vector<std::string> failed = failedNames();
    const auto failedAgain = std::ranges::count_if(names, [&failed](const std::string& name) {
        return std::ranges::find(failed, name) != failed.end();
    });
    const auto& records = m_run.snapshot()->records;
    const auto first = std::ranges::find_if(
        records, [&names](const ResultRecord& r) { return r.config.name == names.front(); });
    if (first == records.end())
        return;
    m_endSaid = true;
    m_selection.setCurrent(static_cast<RecordId>(first - records.begin()));
    const QString what = toQString(title(first->config));
    if (names.size() > 1)
        m_plot->showMessage(failedAgain > 0 ? MessageBanner::Kind::Warning
                                            : MessageBanner::Kind::Ok,
                            tr("Tried %1 configurations again: %2 have a result now.")
                                .arg(names.size())
                                .arg(static_cast<qsizetype>(names.size()) - failedAgain));
    else if (const Failure* failure = first->failure())
        m_plot->showMessage(MessageBanner::Kind::Error,
                            tr("%1 failed again: %2").arg(what, toQString(failure->message)));
    else
        m_plot->showMessage(MessageBanner::Kind::Ok,
                            tr("Tried %1 again: it has a result now.").arg(what));
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
    if (atResults)
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
    if (end.state == RunState::Failed)
        m_plot->showMessage(MessageBanner::Kind::Error, errorText(Task::Sweep, end.failure).whole(),
                            tr("Resume"), [this] { resumeRun(); });
    else if (end.failed > 0 && m_retried.empty())
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
    if (!m_retried.empty() && m_run.state() != RunState::Failed)
        sayWhatRetryGave();
    if (m_endSaid || !m_run.canResume() || m_run.state() == RunState::Failed)
        return;
    m_endSaid = true;
    const int done = m_run.snapshot() ? static_cast<int>(m_run.snapshot()->records.size()) : 0;
    const QString counts = tr("%1 of %2").arg(done).arg(m_run.expectedCount());
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
    run.finished = !m_run.isRunning() && m_run.state() == RunState::Finished;
    run.summary = run.finished && done > 0 ? runSummary(*snapshot)
        : m_run.isRunning()                ? tr("not finished, results kept")
        : m_run.isFollowing()              ? tr("written by another process")
                                           : tr("stopped, results kept");
    run.count = run.finished ? tr("%1 results").arg(done)
                             : tr("%1 of %2").arg(done).arg(m_run.expectedCount());
    m_settings.addRecentRun(run);
    m_project->setRecentRuns(m_settings.recentRuns());
}

/// The newest run, where it ended before its time.
void MainWindow::offerUnfinished()
{
    const QList<RecentRun> runs = m_settings.recentRuns();
    if (runs.isEmpty() || runs.front().finished) {
        m_welcome->offerUnfinished({}, 0, false);
        return;
    }
    const QString& folder = runs.front().folder;
    QFile file(folder + QStringLiteral("/results.jsonl"));
    int results = 0;
    if (file.size() < kMostCounted && file.open(QIODevice::ReadOnly))
        results = static_cast<int>(file.readAll().count('\n'));
    m_welcome->offerUnfinished(runs.front(), results, isFolderLocked(toPath(folder)));
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
