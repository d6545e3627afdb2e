// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ScanController on the window's side: what is asked for, told and foreseen.
#include "widgets/workbench/scan_controller.h"

#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/scan_work.h"
#include "widgets/workbench/text.h"

#include <algorithm>

namespace bitfront {

ScanController::ScanController(EngineSource engine, RunController& run, QObject* parent)
    : QObject(parent)
    , m_engine(std::move(engine))
    , m_run(run)
{
    connect(&m_run, &RunController::runChanged, this, &ScanController::adoptRun);
    connect(&m_run, &RunController::scanFollowed, this, &ScanController::readScan);
    for (const auto signal : {&RunController::sweepStarted, &RunController::snapshotChanged})
        connect(&m_run, signal, this, &ScanController::workChanged);
    connect(&m_run, &RunController::sweepFinished, this, &ScanController::workChanged);
}

ScanController::~ScanController() = default;

void ScanController::offer(std::shared_ptr<const Model> model,
                           std::shared_ptr<Experiment> experiment)
{
    m_offeredModel = std::move(model);
    m_offeredExperiment = std::move(experiment);
}

void ScanController::adoptRun()
{
    m_task.request_stop();
    m_estimateTask.request_stop();
    m_predictTask.request_stop();
    ++m_generation;
    // A run that goes on keeps its locks.
    if (!m_sources || !m_run.hasRun() || m_sources->folder != toPath(m_run.folder()))
        m_locks.clear();
    m_sources.reset();
    m_view.reset();
    m_unusable.clear();
    m_forecast = {};
    const bool worked = std::exchange(m_work, Work::None) != Work::None;
    if (m_run.hasRun()) {
        m_sources = std::make_shared<Sources>();
        m_sources->engine = m_engine;
        m_sources->header = m_run.header();
        m_sources->folder = toPath(m_run.folder());
        const RunHeader& header = m_sources->header;
        if (m_offeredModel && isSameModel(m_offeredModel->info(), header.model))
            m_sources->model = m_offeredModel;
        if (m_sources->model && m_offeredExperiment
            && m_offeredExperiment->inputs().sha256() == header.inputsSha256
            && m_offeredExperiment->inputs().options() == header.inputOptions)
            m_sources->experiment = m_offeredExperiment;
        readScan();
    }
    emit viewChanged();
    emit locksChanged();
    if (worked)
        emit workChanged();
}

/// What a scan left in the folder, or another process has measured so far. A damaged one is told
/// when somebody scans.
void ScanController::readScan()
{
    m_readTask.request_stop(); // what has grown since is read, too
    if (!m_sources)
        return;
    m_readTask = m_lookAhead.run(
        this,
        [this, sources = m_sources,
         generation = m_generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
            ScanViewPtr view;
            QString unusable;
            try {
                view = readScanView(sources->folder, sources->header.model);
                if (!view && bitfront::readScan(sources->folder, ScanLines::OfScan))
                    unusable = tr("The scan in this folder is of another model.");
            } catch (const Error& error) {
                unusable = toQString(error.failure().message);
            }
            return [this, view, unusable, generation, stop] {
                if (generation != m_generation || stop.stop_requested() || (m_view && isWorking()))
                    return;
                m_unusable = unusable;
                if (view)
                    adoptView(view);
                else if (!unusable.isEmpty())
                    emit viewChanged();
            };
        },
        [](const Failure&) {});
}

void ScanController::adoptView(ScanViewPtr view)
{
    // What was foreseen for another scan is not true of this one.
    if (!m_view || !view->isComplete() || !isSameScan(m_view->header, view->header)) {
        m_predictTask.request_stop();
        m_forecast = {};
    }
    m_view = std::move(view);
    m_unusable.clear();
    if (m_view->isComplete())
        if (auto locks = heldLocks(m_locks); locks != m_locks) {
            m_locks = std::move(locks);
            emit locksChanged();
        }
    emit viewChanged();
}

std::vector<FormatLock> ScanController::heldLocks(const std::vector<FormatLock>& locks) const
{
    if (!m_view)
        return locks;
    std::vector<FormatLock> held;
    AllowedOptions allowed = allOptions(m_view->space);
    for (const FormatLock& lock : locks) {
        try {
            AllowedOptions both = applyLocks(m_view->space, m_view->model, {&lock, 1});
            bool eachHasOne = true;
            for (std::size_t u = 0; u < both.size(); ++u) {
                for (std::size_t o = 0; o < both[u].size(); ++o)
                    both[u][o] = both[u][o] && allowed[u][o];
                eachHasOne = eachHasOne && std::ranges::find(both[u], true) != both[u].end();
            }
            if (!eachHasOne)
                continue;
            allowed = std::move(both);
            held.push_back(lock);
        } catch (const Error&) {
            continue; // fits no format of this scan
        }
    }
    return held;
}

bool ScanController::canLock(const FormatLock& lock) const
{
    return m_view && !heldLocks({lock}).empty();
}

QString ScanController::obstacle() const
{
    if (!m_run.hasRun())
        return tr("There is no run yet.");
    if (m_run.isRunning())
        return tr("The sweep is running. A scan needs the same processors: wait, or stop the sweep "
                  "and resume it later.");
    if (m_reserved)
        return tr("A sweep is about to begin. Wait until it is done.");
    if (m_run.isFollowing())
        return tr("Another process is writing this run. Wait until it is done.");
    return {};
}

QString ScanController::progressText() const
{
    const auto [done, total, before, round, recipe] = m_progress;
    if (isCancelling())
        return tr("Stopping after what is being measured");
    switch (m_work) {
    case Work::None:
        return {};
    case Work::Variant:
        return tr("Measuring one configuration");
    case Work::Scan:
        break;
    case Work::Recipe:
    case Work::Frontier: {
        const QString what = m_work == Work::Recipe
            ? tr("Verifying")
            : tr("Recipe %1 of %2").arg(recipe + 1).arg(std::size(kFrontierBits));
        return round == 0
            ? what
            : tr("%1, refinement round %2, %3 of %4").arg(what).arg(round).arg(done).arg(total);
    }
    }
    if (total == 0)
        return tr("Opening the model and its inputs");
    QString text = tr("Scanning, %1 of %2").arg(done).arg(total);
    const int now = done - before;
    if (now >= 3 && done < total) {
        const double ms = double(m_since.elapsed()) / now * (total - done);
        text += tr(", %1 left").arg(toQString(durationText({0.9 * ms, 1.3 * ms})));
    }
    return text;
}

double ScanController::progressFraction() const
{
    const int total = std::max(m_progress.total, 1);
    const double part = double(m_progress.done) / total;
    if (m_work == Work::Frontier)
        return (m_progress.recipe + part) / double(std::size(kFrontierBits));
    return m_work == Work::Variant ? 0 : part;
}

void ScanController::requestEstimate(const ScanWish& wish)
{
    m_estimateTask.request_stop();
    if (!m_sources)
        return;
    m_estimateTask = m_lookAhead.run(
        this,
        [this, wish, sources = m_sources, view = m_view,
         generation = m_generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
            const ScanEstimate estimate = estimateScan(wish, sources->header, view.get());
            return [this, estimate, generation, stop] {
                if (generation == m_generation && !stop.stop_requested())
                    emit estimateReady(estimate);
            };
        },
        [this, wish](const Failure& failure) {
            emit estimateFailed(wish, errorText(Task::Scan, failure).whole());
        });
}

SearchEstimate ScanController::searchEstimate(std::size_t recipes, int rounds) const
{
    return m_view && m_sources ? estimateSearch(*m_view, m_sources->header, recipes, rounds)
                               : SearchEstimate {};
}

void ScanController::setLocks(std::vector<FormatLock> locks)
{
    // Steps of undo come from before another scan.
    locks = heldLocks(locks);
    if (locks == m_locks)
        return;
    m_locks = std::move(locks);
    emit locksChanged();
    if (m_forecast.asked)
        requestPrediction(m_forecast.target);
}

void ScanController::requestPrediction(const RecipeTarget& target)
{
    m_predictTask.request_stop();
    m_forecast.target = target;
    m_forecast.asked = true;
    if (!m_view || !m_view->isComplete())
        return;
    const std::size_t judged =
        m_view->sensitivity.indexOf(m_run.header().metrics.at(m_run.judged()).output);
    m_predictTask = m_lookAhead.run(
        this,
        [this, target, judged, view = m_view, locks = m_locks,
         generation = m_generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
            QElapsedTimer clock;
            clock.start();
            RecipeForecast forecast;
            forecast.target = target;
            forecast.asked = true;
            const AllowedOptions allowed = applyLocks(view->space, view->model, locks);
            forecast.range = budgetRange(view->space, view->sensitivity, allowed);
            forecast.recipe =
                predictRecipe(view->space, view->sensitivity, allowed, target, judged);
            forecast.elapsedMs = double(clock.nsecsElapsed()) / 1e6;
            return [this, forecast, generation, stop] {
                if (generation != m_generation || stop.stop_requested())
                    return;
                m_forecast = forecast;
                emit predicted();
            };
        },
        [this](const Failure& failure) {
            m_forecast.recipe.reset();
            emit predicted();
            emit failed(errorText(Task::Recipe, failure));
        });
}

void ScanController::setReserved(bool reserved)
{
    m_reserved = reserved;
    emit workChanged();
}

void ScanController::cancel()
{
    if (!isWorking())
        return;
    m_task.request_stop();
    emit progressChanged();
}

void ScanController::tell(quint64 generation, std::function<void()> act)
{
    QMetaObject::invokeMethod(
        this,
        [this, generation, act = std::move(act)] {
            if (generation == m_generation)
                act();
        },
        Qt::QueuedConnection);
}

void ScanController::end()
{
    m_work = Work::None;
    emit workChanged();
}

} // namespace bitfront
