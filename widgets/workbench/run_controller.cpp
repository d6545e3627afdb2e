// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/run_controller.h"

#include "widgets/workbench/run_store.h"
#include "widgets/workbench/text.h"

#include <algorithm>
#include <utility>

namespace bitfront {

namespace {

constexpr int kPollMs = 100;
constexpr int kFollowMs = 1000; ///< where no change of the file is heard of
constexpr int kSnapshotMs = 50; ///< at most twenty pictures a second

} // namespace

/// A running sweep and the bridge that carries its facts to the GUI thread.
struct RunController::Live : SweepObserver
{
    RunController* controller = nullptr;
    std::shared_ptr<Store> store;
    quint64 generation = 0;
    std::unique_ptr<SweepRunner> runner; ///< last: its threads use the rest

    void onRecord(RecordId id, const ResultRecord& record) override
    {
        {
            const std::lock_guard lock(store->mutex);
            const auto place = static_cast<std::size_t>(id);
            if (place < store->records.size()) // tried again
                store->records[place] = record;
            else
                store->records.push_back(record);
        }
        QMetaObject::invokeMethod(
            controller,
            [c = controller, g = generation, name = record.config.name] {
                if (g == c->m_generation)
                    c->heardOf(name);
            },
            Qt::QueuedConnection);
    }

    void onFinished(const SweepEnd& end) override
    {
        QMetaObject::invokeMethod(
            controller,
            [c = controller, g = generation, end] {
                if (g == c->m_generation)
                    c->finish(end);
            },
            Qt::QueuedConnection);
    }
};

RunController::RunController(QObject* parent)
    : QObject(parent)
{
    m_pollTimer.setInterval(kPollMs);
    connect(&m_pollTimer, &QTimer::timeout, this, &RunController::pollProgress);
    m_snapshotTimer.setInterval(kSnapshotMs);
    m_snapshotTimer.setSingleShot(true);
    connect(&m_snapshotTimer, &QTimer::timeout, this, &RunController::buildSnapshot);
    m_followTimer.setInterval(kFollowMs);
    connect(&m_followTimer, &QTimer::timeout, this, &RunController::readFollowed);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &RunController::readFollowed);
}

RunController::~RunController()
{
    if (m_live)
        m_live->runner->requestStop();
    m_live.reset();
}

void RunController::start(SweepRequest request)
{
    if (isRunning())
        return;
    m_phase = Phase::Starting;
    m_stopRequested = false;
    // The run that is shown stays as it is, followed too, until this one has its folder.
    m_queue.run(
        this,
        [this, request](const std::stop_token&) -> BackgroundQueue::Completion {
            auto live = std::make_shared<Live>();
            live->controller = this;
            live->store = std::make_shared<Store>();
            live->runner = std::make_unique<SweepRunner>(request, *live);
            live->store->records = live->runner->earlierRecords();
            return [this, live, header = live->runner->header(),
                    retryOnly = !request.retryOnly.empty()] {
                adoptLive(live, header);
                m_retryOnly = retryOnly;
            };
        },
        [this](const Failure& failure) {
            m_phase = Phase::Idle;
            emit startFailed(errorText(Task::StartSweep, failure));
        });
}

void RunController::adoptLive(std::shared_ptr<Live> live, RunHeader header)
{
    stopFollowing();
    ++m_openGeneration;
    live->generation = ++m_generation;
    m_live = std::move(live);
    m_earlyEnd.reset();
    m_state = RunState::Running;
    m_wallMs = 0;
    m_warnings.clear();
    const QString aside = pathText(m_live->runner->movedAside());
    if (!aside.isEmpty())
        emit earlierRunMoved(pathText(m_live->runner->folder()), aside);
    adoptRun(std::move(header), pathText(m_live->runner->folder()), m_live->store);
    if (!m_live->store->records.empty()) // of a resumed run; nobody adds to them yet
        buildSnapshot();
    // Plans what configurations share and writes run.json down to the disk: nothing for this
    // thread.
    m_queue.run(
        this,
        [this, starting = m_live](const std::stop_token&) -> BackgroundQueue::Completion {
            starting->runner->start();
            return [this] { beginLive(); };
        },
        [this](const Failure& failure) { failLive(failure); });
}

void RunController::beginLive()
{
    m_phase = Phase::Running;
    if (m_stopRequested)
        m_live->runner->requestStop();
    m_pollTimer.start();
    pollProgress();
    emit sweepStarted();
    if (m_earlyEnd)
        finish(*std::exchange(m_earlyEnd, std::nullopt));
}

/// No thread, no memory, no room on the disk.
void RunController::failLive(const Failure& failure)
{
    m_queue.post([live = std::move(m_live)](const std::stop_token&) mutable { live.reset(); });
    m_live.reset();
    m_phase = Phase::Idle;
    m_state = RunState::Stopped;
    emit startFailed(errorText(Task::StartSweep, failure));
}

void RunController::adoptRun(RunHeader header, const QString& folder, std::shared_ptr<Store> store)
{
    m_header = std::make_shared<const RunHeader>(std::move(header));
    m_folder = folder;
    m_store = std::move(store);
    m_judged = 0;
    m_snapshot.reset();
    m_end = {};
    m_progress = {};
    m_tried.clear();
    m_retryOnly = false;
    m_waiting.clear();
    m_dirty = false;
    emit runChanged();
}

void RunController::stop()
{
    if (!isRunning() || m_stopRequested)
        return;
    m_stopRequested = true;
    if (m_live)
        m_live->runner->requestStop();
    emit stopRequested();
}

void RunController::setPaused(bool paused)
{
    if (m_phase != Phase::Running || m_stopRequested)
        return;
    m_live->runner->setPaused(paused);
    pollProgress();
}

bool RunController::change(bool (SweepRunner::*command)(const std::string&),
                           const std::string& name)
{
    if (m_phase != Phase::Running || m_stopRequested || !(m_live->runner.get()->*command)(name))
        return false;
    pollProgress();
    return true;
}

bool RunController::skip(const std::string& name)
{
    return change(&SweepRunner::skip, name);
}

bool RunController::moveToFront(const std::string& name)
{
    return change(&SweepRunner::moveToFront, name);
}

bool RunController::retry(const std::string& name)
{
    return change(&SweepRunner::retry, name);
}

bool RunController::canResume() const
{
    if (isRunning() || m_following || !hasSweep() || m_state == RunState::Finished)
        return false;
    return sweptCount() < static_cast<int>(m_header->plan.configs.size()) || m_header->plan.refine;
}

void RunController::finish(const SweepEnd& end)
{
    if (m_phase == Phase::Starting) { // its threads are faster than the word that they run
        m_earlyEnd = end;
        return;
    }
    m_pollTimer.stop();
    pollProgress();
    m_waiting.clear();
    m_phase = Phase::Idle;
    m_stopRequested = false;
    m_state = end.state;
    m_end = end;
    m_wallMs = end.wallMs;
    // Its threads are ending: let the background thread wait for the last few microseconds.
    m_queue.post([live = std::move(m_live)](const std::stop_token&) mutable { live.reset(); });
    m_live.reset();
    // The last records are shown at once.
    m_snapshotTimer.stop();
    m_dirty = true;
    if (!m_building)
        buildSnapshot();
    emit sweepFinished(end);
}

void RunController::pollProgress()
{
    if (!m_live)
        return;
    m_progress = m_live->runner->progress();
    m_waiting = m_live->runner->queue();
    emit progressChanged();
}

void RunController::clear()
{
    if (isRunning() || !m_header)
        return;
    ++m_generation;
    ++m_openGeneration;
    stopFollowing();
    m_header.reset();
    m_store.reset();
    m_snapshot.reset();
    m_folder.clear();
    m_progress = {};
    emit runChanged();
}

RecordId RunController::winner() const
{
    if (!m_snapshot || m_end.budget != BudgetEnd::Targets)
        return kNoRecord;
    const auto& records = m_snapshot->records;
    const auto found = std::ranges::find_if(records, [this](const ResultRecord& record) {
        return record.config.name == m_end.reachedBy;
    });
    return found == records.end() ? kNoRecord : static_cast<RecordId>(found - records.begin());
}

int RunController::expectedCount() const
{
    if (m_progress.total > 0 && (isRunning() || !m_retryOnly))
        return std::max(m_progress.total, isRunning() ? 0 : sweptCount());
    const int known = sweptCount();
    if (!m_header || m_state == RunState::Finished)
        return known;
    const int planned =
        static_cast<int>(m_header->plan.configs.size()) + m_header->plan.maxRefinements();
    return std::max(known, planned);
}

int RunController::sweptCount() const
{
    return !m_snapshot
        ? 0
        : static_cast<int>(std::ranges::count_if(m_snapshot->records, [](const auto& record) {
              return record.config.group != GroupId::Mixed;
          }));
}

void RunController::setJudged(std::size_t choice)
{
    if (!m_header || choice >= m_header->metrics.size() || choice == m_judged)
        return;
    m_judged = choice;
    scheduleSnapshot();
}

void RunController::heardOf(const std::string& name)
{
    m_tried.insert(name);
    scheduleSnapshot();
}

void RunController::scheduleSnapshot()
{
    m_dirty = true;
    if (!m_building && !m_snapshotTimer.isActive())
        m_snapshotTimer.start();
}

void RunController::buildSnapshot()
{
    if (!m_store)
        return;
    m_building = true;
    m_dirty = false;
    m_queue.run(
        this,
        [this, store = m_store, header = m_header, judged = m_judged,
         generation = m_generation](const std::stop_token&) -> BackgroundQueue::Completion {
            std::vector<ResultRecord> records;
            {
                const std::lock_guard lock(store->mutex);
                records = store->records;
            }
            SnapshotPtr snapshot =
                makeSnapshot(std::move(records), header->metrics, header->fp16Quality, judged,
                             header->model.fp16Bytes());
            return [this, snapshot, generation] {
                m_building = false;
                // Whoever looks at a run that has ended sees its last results, not those before.
                if (m_dirty && !isRunning() && !m_following) {
                    buildSnapshot();
                    return;
                }
                if (generation == m_generation) {
                    m_snapshot = snapshot;
                    emit snapshotChanged();
                }
                if (m_dirty)
                    scheduleSnapshot();
            };
        },
        [this](const Failure&) { m_building = false; });
}

} // namespace bitfront
