// SPDX-License-Identifier: GPL-3.0-or-later
// A run that is there, gone on with: run again, resumed, failed configurations tried again; the
// unfinished one that is offered at the start.
#include "app/gui/main_window.h"
#include "core/run/file_io.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/welcome/welcome_page.h"
#include "widgets/workbench/text.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace bitfront {

namespace {

constexpr qint64 kCountedAtOnce = qint64 {1} << 20; ///< bytes of results

/// What becomes of those that were to be tried again, too: `missed` of the sweep, and `others`. To
/// be put behind a sentence.
QString restInWords(std::size_t missed, const std::vector<CompressionConfig>& others)
{
    const std::size_t untried = missed + others.size();
    QString words;
    if (missed > 0)
        words = untried == 1 ? MainWindow::tr("One was not tried.")
                             : MainWindow::tr("%1 were not tried.").arg(untried);
    else if (others.size() == 1)
        words = MainWindow::tr("Measuring %1 now…").arg(toQString(title(others.front())));
    else if (!others.empty())
        words = MainWindow::tr("Measuring the other %1 now…").arg(others.size());
    return words.isEmpty() ? words : QLatin1Char(' ') + words;
}

} // namespace

void MainWindow::runAgain()
{
    if (m_run.isRunning())
        return;
    const RunHeader& header = m_run.header();
    const bool open = m_setup.holds(header);
    const PlanChoice before = m_setup.plan();
    // The same choice of configurations; a folder that only holds a scan has none.
    PlanChoice plan = m_run.hasSweep() ? PlanChoice(header.plan) : before;
    if (!open || !plan.sweepsAs(before)) {
        plan.knowOwn(before.own());
        m_setup.setPlan(plan);
        if (!open) {
            m_setup.openModel(toQString(header.model.path), header.model.layerOptions);
            m_setup.loadInputs(toQString(header.inputsPath), header.inputOptions);
        }
        m_setup.adoptMetrics(header.metrics, tr("As in the run before."));
    }
    setStage(Stage::Setup);
}

void MainWindow::setReopening(bool reopening)
{
    m_reopening = reopening;
    m_scan.setReserved(reopening);
    if (reopening)
        m_plot->showMessage(MessageBanner::Kind::Info,
                            tr("Opening the model and its inputs again…"));
    else
        m_plot->hideMessage();
    updateActions();
}

/// Much can have happened while the model was being opened.
void MainWindow::startReopened(const SweepRequest& request)
{
    setReopening(false);
    if (m_run.isRunning() || !m_run.hasRun() || toPath(m_run.folder()) != request.runFolder
        || refusedByScan()) {
        m_retried.clear();
        return;
    }
    m_run.start(request);
    updateActions();
}

void MainWindow::resumeRun()
{
    if (m_reopening || !m_run.canResume() || refusedByScan())
        return;
    m_retried.clear();
    setReopening(true);
    m_setup.reopen(m_run.header(), m_run.folder());
}

/// Failed configurations: in a running sweep they are queued once more, in a run that has ended
/// they alone are run again; recipes and kept layers for themselves.
void MainWindow::tryAgain(const std::vector<std::string>& names)
{
    if (m_run.isRunning()) {
        for (const std::string& name : names)
            m_run.retry(name);
        return;
    }
    if (m_reopening || !m_run.snapshot() || !m_run.canRetry() || refusedByScan())
        return;
    // Recipes and kept layers are in no sweep: they come after it.
    std::vector<std::string> planned;
    std::vector<CompressionConfig> others;
    for (const ResultRecord& record : m_run.snapshot()->records) {
        if (std::ranges::find(names, record.config.name) == names.end())
            continue;
        if (record.config.group == GroupId::Mixed)
            others.push_back(record.config);
        else
            planned.push_back(record.config.name);
    }
    if (planned.empty()) {
        m_scan.measureAgain(std::move(others));
        return;
    }
    m_retried = planned;
    for (const CompressionConfig& other : others)
        m_retried.push_back(other.name);
    setReopening(true);
    m_setup.reopen(m_run.header(), m_run.folder(), planned);
}

/// Of the sweep.
std::vector<std::string> MainWindow::failedNames() const
{
    std::vector<std::string> names;
    if (m_run.snapshot())
        for (const ResultRecord& record : m_run.snapshot()->records)
            if (record.failure() && record.config.group != GroupId::Mixed)
                names.push_back(record.config.name);
    return names;
}

/// Shows the first configuration that was tried again, and what became of all of them. Where the
/// sweep came to all of its own, those that are in no sweep are measured now.
void MainWindow::sayWhatRetryGave()
{
    std::vector<std::string> names = std::exchange(m_retried, {});
    std::vector<CompressionConfig> others;
    for (const ResultRecord& record : m_run.snapshot()->records)
        if (record.config.group == GroupId::Mixed && std::erase(names, record.config.name) > 0)
            others.push_back(record.config);
    const std::size_t missed =
        std::erase_if(names, [this](const std::string& name) { return !m_run.hasTried(name); });
    if (names.empty()) {
        if (!m_run.canResume())
            m_plot->showMessage(MessageBanner::Kind::Info,
                                tr("Stopped before anything was tried again."));
        return;
    }
    const QString rest = restInWords(missed, others);
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
                                    .arg(static_cast<qsizetype>(names.size()) - failedAgain)
                                + rest);
    else if (const Failure* failure = first->failure())
        m_plot->showMessage(MessageBanner::Kind::Error,
                            tr("%1 failed again: %2").arg(what, toQString(failure->message))
                                + rest);
    else
        m_plot->showMessage(MessageBanner::Kind::Ok,
                            tr("Tried %1 again: it has a result now.").arg(what) + rest);
    if (missed == 0 && !others.empty() && !m_closing)
        m_scan.measureAgain(std::move(others));
}

/// The newest run, where it ended before its time. Its results may be many, or far away: the page
/// does not wait for them.
void MainWindow::offerUnfinished()
{
    m_welcome->offerUnfinished({}, 0, false);
    const QList<RecentRun> runs = m_settings.recentRuns();
    if (runs.isEmpty() || runs.front().finished)
        return;
    m_lookups.run(
        this,
        [this, run = runs.front()](const std::stop_token& stop) -> BackgroundQueue::Completion {
            QFile file(run.folder + QStringLiteral("/results.jsonl"));
            qsizetype results = 0;
            if (QFileInfo(file).isFile() && file.open(QIODevice::ReadOnly))
                for (QByteArray part = file.read(kCountedAtOnce);
                     !part.isEmpty() && !stop.stop_requested(); part = file.read(kCountedAtOnce))
                    results += part.count('\n');
            const bool written = isFolderLocked(toPath(run.folder));
            return [this, run, results, written] {
                if (m_stage == Stage::Welcome
                    && m_settings.recentRuns().value(0).folder == run.folder)
                    m_welcome->offerUnfinished(run, static_cast<int>(results), written);
            };
        },
        [](const Failure&) {});
}

} // namespace bitfront
