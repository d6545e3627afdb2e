// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a sweep on worker threads. Two locks: stateMutex guards the bookkeeping and is held for
// moments; sinkMutex is held while a record goes to the disk and to the observer, so those never
// overlap.
#include "core/run/sweep_runner.h"

#include "core/run/current_failure.h"
#include "core/run/sweep_request.h"
#include "core/run/sweep_state.h"
#include "core/run/utc_time.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>

namespace bitfront {
namespace {

/// Jobs that can run side by side: base configurations or, where these are few, refinements.
int mostAtOnce(const SweepPlan& plan)
{
    return std::max(static_cast<int>(plan.configs.size()), plan.maxRefinements());
}

} // namespace

struct SweepRunner::Impl
{
    Impl(SweepRequest sweepRequest, SweepObserver& sweepObserver)
        : request(std::move(sweepRequest))
        , observer(sweepObserver)
        , writer(openWriter(request, earlier))
        , workers(std::clamp(request.workers, 1, mostAtOnce(request.header.plan)))
        , state(request.header.plan, request.header.probe, workers)
    {
        for (std::size_t i = 0; i < earlier.records.size(); ++i)
            ids.emplace(earlier.records[i].config.name, static_cast<RecordId>(i));
        for (const GroupId group : state.restore(earlier.records))
            refine(group, state.baseRecords(group));
    }

    void work();
    void evaluateAll(Evaluator& evaluator);
    /// False when the job was stopped.
    bool evaluate(Evaluator& evaluator, const ActiveJob& job, ResultRecord& record);
    void store(std::list<ActiveJob>::iterator job, ResultRecord& record);
    /// Of a job that was stopped, alone or with everything.
    void leaveOut(std::list<ActiveJob>::iterator job);
    /// Queues the refinements of a group whose base configurations are done.
    void refine(GroupId group, const std::vector<ResultRecord>& base);
    void fail(const Failure& reason);
    void leave();
    void end();
    /// Keeps `idle` true to what has just changed; under stateMutex.
    void noteIdle();
    /// A clock that stands still while the sweep is paused and nothing runs; under stateMutex.
    SweepClock::time_point now() const
    {
        return (idleSince ? *idleSince : SweepClock::now()) - idle;
    }
    /// With the time of earlier processes; under stateMutex.
    double elapsedMs() const
    {
        return earlier.wallMs
            + std::chrono::duration<double, std::milli>(now() - startedAt).count();
    }

    SweepRequest request;
    SweepObserver& observer;
    RunContents earlier; ///< of a resumed run
    RunWriter writer; ///< guarded by sinkMutex
    const int workers;

    mutable std::mutex stateMutex;
    SweepState state;
    std::optional<Failure> failure;
    std::optional<Failure> workerFailure; ///< why a worker could not begin; matters if all cannot
    SweepClock::time_point startedAt;
    std::optional<SweepClock::time_point> idleSince; ///< set while paused with nothing running
    SweepClock::duration idle {}; ///< such times that are over
    bool paused = false;
    std::optional<double> wallMs; ///< set at the end
    int working = 0; ///< workers that have not left
    bool started = false, finished = false;
    std::condition_variable_any changed; ///< state or finished

    std::mutex sinkMutex, creationMutex;
    std::unordered_map<std::string, RecordId> ids; ///< by configuration; guarded by sinkMutex
    std::stop_source stop;
    std::vector<std::jthread> threads;
};

void SweepRunner::Impl::work()
{
    std::unique_ptr<Evaluator> evaluator;
    try {
        const std::lock_guard creation(creationMutex);
        if (!stop.stop_requested())
            evaluator = request.experiment->createEvaluator(request.header.metrics,
                                                            request.threadsPerWorker);
    } catch (...) {
        const Failure reason = currentFailure("");
        const std::lock_guard lock(stateMutex);
        workerFailure = reason;
    }
    try {
        if (evaluator)
            evaluateAll(*evaluator);
    } catch (...) {
        fail(currentFailure(""));
    }
    evaluator.reset();
    leave();
}

void SweepRunner::Impl::evaluateAll(Evaluator& evaluator)
{
    std::unique_lock lock(stateMutex);
    for (;;) {
        // Idle workers stay: a job that runs now may bring refinements.
        changed.wait(lock, stop.get_token(),
                     [this] { return (state.hasQueued() && !paused) || state.isIdle(); });
        if (stop.stop_requested() || !state.hasQueued())
            return;
        const auto job = state.take(now());
        lock.unlock();
        ResultRecord record;
        if (evaluate(evaluator, *job, record))
            store(job, record);
        else
            leaveOut(job);
        lock.lock();
        noteIdle();
        changed.notify_all();
    }
}

bool SweepRunner::Impl::evaluate(Evaluator& evaluator, const ActiveJob& job, ResultRecord& record)
{
    record.config = job.config;
    std::stop_source jobStop = job.stop;
    const std::stop_callback all(stop.get_token(), [&jobStop] { jobStop.request_stop(); });
    try {
        record.outcome = evaluator.evaluate(job.config, jobStop.get_token(), job.progress.get());
    } catch (...) {
        // A stop may surface as any exception of the work it interrupts.
        if (jobStop.stop_requested())
            return false;
        record.outcome = currentFailure(job.config.name);
    }
    record.finishedAt = utcTimeText();
    return true;
}

void SweepRunner::Impl::refine(GroupId group, const std::vector<ResultRecord>& base)
{
    auto refinements =
        refineGroup(request.header.model, group, base, request.header.metrics.front());
    const std::lock_guard lock(stateMutex);
    state.addRefinements(group, std::move(refinements));
}

void SweepRunner::Impl::store(std::list<ActiveJob>::iterator job, ResultRecord& record)
{
    const std::lock_guard sink(sinkMutex);
    try {
        writer.append(record);
    } catch (...) {
        fail(currentFailure(record.config.name));
        const std::lock_guard lock(stateMutex);
        state.drop(job);
        return;
    }
    try {
        std::optional<GroupId> complete;
        std::vector<ResultRecord> base;
        {
            const std::lock_guard lock(stateMutex);
            complete = state.finish(job, record);
            if (complete)
                base = state.baseRecords(*complete);
        }
        if (complete)
            refine(*complete, base);
        // A configuration that is tried again keeps its place.
        const auto known = ids.try_emplace(record.config.name, static_cast<RecordId>(ids.size()));
        observer.onRecord(known.first->second, record);
    } catch (...) {
        fail(currentFailure(record.config.name));
    }
}

void SweepRunner::Impl::leaveOut(std::list<ActiveJob>::iterator job)
{
    try {
        std::optional<GroupId> complete;
        std::vector<ResultRecord> base;
        {
            const std::lock_guard lock(stateMutex);
            if (stop.stop_requested()) // of everything: it stays to be done
                return state.drop(job);
            complete = state.leaveOut(job);
            if (complete)
                base = state.baseRecords(*complete);
        }
        if (complete)
            refine(*complete, base);
    } catch (...) {
        fail(currentFailure(""));
    }
}

void SweepRunner::Impl::noteIdle()
{
    if (paused && !state.hasActive()) {
        if (!idleSince)
            idleSince = SweepClock::now();
    } else if (idleSince) {
        idle += SweepClock::now() - *idleSince;
        idleSince.reset();
    }
}

void SweepRunner::Impl::fail(const Failure& reason)
{
    {
        const std::lock_guard lock(stateMutex);
        if (!failure)
            failure = reason;
    }
    stop.request_stop();
}

void SweepRunner::Impl::leave()
{
    {
        const std::lock_guard lock(stateMutex);
        if (--working > 0)
            return;
    }
    end();
    const std::lock_guard lock(stateMutex);
    finished = true;
    changed.notify_all();
}

void SweepRunner::Impl::end()
{
    SweepEnd result;
    bool workLeft = false;
    {
        const std::lock_guard lock(stateMutex);
        result.wallMs = elapsedMs();
        wallMs = result.wallMs;
        workLeft = state.hasQueued() || state.done() < state.progress(now()).total;
        if (!failure && workLeft && !stop.stop_requested())
            failure = workerFailure;
        if (failure)
            result.failure = *failure;
        result.state = failure ? RunState::Failed
            : workLeft         ? RunState::Stopped
                               : RunState::Finished;
        result.done = state.done();
        result.failed = state.failed();
    }
    const std::lock_guard sink(sinkMutex);
    try {
        writer.finish(result.state, result.wallMs);
    } catch (...) {
        if (result.state != RunState::Failed)
            result.failure = currentFailure("run.json");
        result.state = RunState::Failed;
    }
    try {
        observer.onFinished(result);
    } catch (...) {
        // Everything is on the disk and nobody is left to be told.
    }
}

SweepRunner::SweepRunner(SweepRequest request, SweepObserver& observer)
    : m_impl(std::make_unique<Impl>(std::move(request), observer))
{
}

SweepRunner::~SweepRunner()
{
    requestStop();
    m_impl->threads.clear(); // joins
    if (!m_impl->started) {
        try {
            m_impl->writer.finish(RunState::Stopped, m_impl->earlier.wallMs);
        } catch (const std::exception&) {
            // An unstarted run holds nothing that could be lost.
        }
    }
}

void SweepRunner::start()
{
    const std::lock_guard lock(m_impl->stateMutex);
    if (m_impl->started)
        return;
    // First: nothing below may fail for want of memory with threads already waiting.
    m_impl->threads.reserve(static_cast<std::size_t>(m_impl->workers));
    const std::vector<CompressionConfig> queue(m_impl->state.queue().begin(),
                                               m_impl->state.queue().end());
    m_impl->request.experiment->announce(queue);
    m_impl->started = true;
    m_impl->startedAt = SweepClock::now();
    m_impl->working = m_impl->workers;
    try {
        for (int i = 0; i < m_impl->workers; ++i)
            m_impl->threads.emplace_back([impl = m_impl.get()] { impl->work(); });
    } catch (const std::system_error& error) {
        // Fewer threads than wished do the same work; none cannot.
        m_impl->working = static_cast<int>(m_impl->threads.size());
        if (m_impl->threads.empty()) {
            m_impl->started = false;
            throw Error(ErrorCode::Internal, std::string("Cannot start a thread: ") + error.what(),
                        "Close other programs.");
        }
    }
}

void SweepRunner::requestStop()
{
    m_impl->stop.request_stop();
}

void SweepRunner::wait()
{
    std::unique_lock lock(m_impl->stateMutex);
    m_impl->changed.wait(lock, [this] { return m_impl->finished || !m_impl->started; });
}

SweepProgress SweepRunner::progress() const
{
    const std::lock_guard lock(m_impl->stateMutex);
    SweepProgress result = m_impl->state.progress(m_impl->now());
    if (m_impl->started)
        result.elapsedMs = m_impl->wallMs ? *m_impl->wallMs : m_impl->elapsedMs();
    result.stopping = m_impl->stop.stop_requested() && !m_impl->finished;
    result.paused = m_impl->paused && !m_impl->finished;
    return result;
}

void SweepRunner::setPaused(bool paused)
{
    const std::lock_guard lock(m_impl->stateMutex);
    m_impl->paused = paused;
    if (m_impl->started)
        m_impl->noteIdle();
    m_impl->changed.notify_all();
}

std::vector<QueuedJob> SweepRunner::queue() const
{
    const std::lock_guard lock(m_impl->stateMutex);
    std::vector<QueuedJob> jobs;
    for (const CompressionConfig& config : m_impl->state.queue())
        jobs.push_back({config.name, config.group});
    return jobs;
}

bool SweepRunner::skip(const std::string& name)
{
    bool found = false;
    std::optional<GroupId> complete;
    std::vector<ResultRecord> base;
    {
        const std::lock_guard lock(m_impl->stateMutex);
        if (m_impl->finished)
            return false;
        complete = m_impl->state.skip(name, found);
        if (complete)
            base = m_impl->state.baseRecords(*complete);
    }
    if (complete)
        m_impl->refine(*complete, base);
    m_impl->changed.notify_all();
    return found;
}

bool SweepRunner::moveToFront(const std::string& name)
{
    const std::lock_guard lock(m_impl->stateMutex);
    return m_impl->state.moveToFront(name);
}

bool SweepRunner::retry(const std::string& name)
{
    const std::lock_guard lock(m_impl->stateMutex);
    const bool queued = !m_impl->finished && m_impl->state.retry(name);
    m_impl->changed.notify_all();
    return queued;
}

const std::filesystem::path& SweepRunner::folder() const
{
    return m_impl->writer.folder();
}

const RunHeader& SweepRunner::header() const
{
    return m_impl->request.header;
}

const std::vector<ResultRecord>& SweepRunner::earlierRecords() const
{
    return m_impl->earlier.records;
}

} // namespace bitfront
