// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/run_controller.h"

#include "widgets/workbench/text.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <mutex>

namespace bitfront {

namespace {

constexpr int kPollMs = 100;
constexpr int kSnapshotMs = 50; ///< at most twenty pictures a second

QString readRecipe(const QString& folder, const std::string& relative)
{
    QFile file(QDir(folder).absoluteFilePath(toQString(relative)));
    if (!file.open(QIODevice::ReadOnly | QIODevice::Text))
        return {};
    return QString::fromUtf8(file.readAll());
}

} // namespace

/// Records of one run. Written by the sweep's threads, copied by the background thread; the GUI
/// thread never takes the lock.
struct RunController::Store
{
    std::mutex mutex;
    std::vector<ResultRecord> records;
};

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
            [c = controller, g = generation] {
                if (g == c->m_generation)
                    c->scheduleSnapshot();
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
    const quint64 generation = ++m_generation;
    ++m_openGeneration;
    m_queue.run(
        this,
        [this, request, generation](const std::stop_token&) -> BackgroundQueue::Completion {
            auto live = std::make_shared<Live>();
            live->controller = this;
            live->store = std::make_shared<Store>();
            live->generation = generation;
            live->runner = std::make_unique<SweepRunner>(request, *live);
            live->store->records = live->runner->earlierRecords();
            return [this, live, header = live->runner->header()] { adoptLive(live, header); };
        },
        [this](const Failure& failure) {
            m_phase = Phase::Idle;
            emit startFailed(errorText(Task::StartSweep, failure));
        });
}

void RunController::adoptLive(std::shared_ptr<Live> live, RunHeader header)
{
    m_live = std::move(live);
    m_phase = Phase::Running;
    m_state = RunState::Running;
    m_wallMs = 0;
    m_warnings.clear();
    adoptRun(std::move(header), pathText(m_live->runner->folder()), m_live->store);
    if (!m_live->store->records.empty()) // of a resumed run; nobody adds to them yet
        buildSnapshot();
    m_live->runner->start();
    if (m_stopRequested)
        m_live->runner->requestStop();
    m_pollTimer.start();
    pollProgress();
    emit sweepStarted();
}

void RunController::adoptRun(RunHeader header, const QString& folder, std::shared_ptr<Store> store)
{
    m_header = std::make_shared<const RunHeader>(std::move(header));
    m_folder = folder;
    m_store = std::move(store);
    m_judged = 0;
    m_snapshot.reset();
    m_progress = {};
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
    if (!m_live || m_stopRequested)
        return;
    m_live->runner->setPaused(paused);
    pollProgress();
}

bool RunController::canResume() const
{
    if (isRunning() || !m_header || m_state == RunState::Finished)
        return false;
    const std::size_t known = m_snapshot ? m_snapshot->records.size() : 0;
    return known < m_header->plan.configs.size() || m_header->plan.refine;
}

void RunController::finish(const SweepEnd& end)
{
    m_pollTimer.stop();
    pollProgress();
    m_phase = Phase::Idle;
    m_stopRequested = false;
    m_state = end.state;
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
    emit progressChanged();
}

void RunController::openRun(const QString& folder)
{
    if (isRunning())
        return;
    const quint64 generation = ++m_openGeneration;
    m_queue.run(
        this,
        [this, folder, generation](const std::stop_token&) -> BackgroundQueue::Completion {
            auto run = std::make_shared<RunContents>(readRun(toPath(folder)));
            return [this, folder, generation, run] {
                if (generation != m_openGeneration || isRunning())
                    return;
                ++m_generation;
                m_state = run->state == RunState::Running ? RunState::Stopped : run->state;
                m_wallMs = run->wallMs;
                m_warnings = run->warnings;
                auto store = std::make_shared<Store>();
                store->records = std::move(run->records);
                adoptRun(std::move(run->header), folder, std::move(store));
                buildSnapshot();
            };
        },
        [this, generation](const Failure& failure) {
            if (generation == m_openGeneration)
                emit openFailed(errorText(Task::OpenRun, failure));
        });
}

void RunController::clear()
{
    if (isRunning() || !m_header)
        return;
    ++m_generation;
    ++m_openGeneration;
    m_header.reset();
    m_store.reset();
    m_snapshot.reset();
    m_folder.clear();
    m_progress = {};
    emit runChanged();
}

int RunController::expectedCount() const
{
    if (m_progress.total > 0)
        return m_progress.total;
    const int known = m_snapshot ? static_cast<int>(m_snapshot->records.size()) : 0;
    if (!m_header || m_state == RunState::Finished)
        return known;
    const int planned =
        static_cast<int>(m_header->plan.configs.size()) + m_header->plan.maxRefinements();
    return std::max(known, planned);
}

void RunController::setJudged(std::size_t choice)
{
    if (!m_header || choice >= m_header->metrics.size() || choice == m_judged)
        return;
    m_judged = choice;
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

void RunController::requestRecipe(int record)
{
    if (!m_snapshot || record < 0 || record >= static_cast<int>(m_snapshot->records.size()))
        return;
    const std::string relative = m_snapshot->records[static_cast<std::size_t>(record)].configPath;
    m_queue.run(
        this,
        [this, record, relative, folder = m_folder,
         generation = m_generation](const std::stop_token&) -> BackgroundQueue::Completion {
            const QString text = readRecipe(folder, relative);
            return [this, record, text, generation] {
                if (generation == m_generation)
                    emit recipeLoaded(record, text);
            };
        },
        [](const Failure&) {});
}

} // namespace bitfront
