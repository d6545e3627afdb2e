// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a sweep on worker threads. Two locks: stateMutex guards the bookkeeping and is held for
// moments; sinkMutex is held while a record goes to the disk and to the observer, so those never
// overlap.
#include "core/run/sweep_runner.h"

#include "core/run/current_failure.h"
#include "core/run/sweep_state.h"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <system_error>
#include <thread>

namespace bitfront {
namespace {

std::string nowText()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc = {};
    gmtime_r(&now, &utc);
    char text[32] = {};
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

void checkRequest(const SweepRequest& request)
{
    if (!request.experiment)
        throw Error(ErrorCode::Internal, "A sweep needs an experiment.");
    if (request.header.plan.configs.empty())
        throw Error(ErrorCode::BadArgument, "There is no configuration to run.",
                    "Choose at least one group or configuration.");
    if (request.header.metrics.empty())
        throw Error(ErrorCode::BadArgument, "No metric is chosen.",
                    "Choose a metric for at least one output.");
    const auto& outputs = request.experiment->outputs();
    for (const MetricChoice& choice : request.header.metrics) {
        const auto output = std::ranges::find(outputs, choice.output, &OutputInfo::name);
        if (output == outputs.end())
            throw Error(ErrorCode::MetricUnfit, "The model has no output “" + choice.output + "”.",
                        "Choose one of the model's outputs.", choice.output);
        const std::string reason = metricUnfitReason(*output, choice.metric);
        if (!reason.empty())
            throw Error(ErrorCode::MetricUnfit, reason, "Choose another metric.", choice.output);
    }
}

} // namespace

struct SweepRunner::Impl
{
    Impl(SweepRequest sweepRequest, SweepObserver& sweepObserver)
        : request(std::move(sweepRequest))
        , observer(sweepObserver)
        , writer((checkRequest(request), request.runFolder), request.header)
        , workers(
              std::clamp(request.workers, 1, static_cast<int>(request.header.plan.configs.size())))
        , state(request.header.plan, request.header.probe, workers)
    {
    }

    void work();
    void evaluateAll(Evaluator& evaluator);
    /// False when the job was stopped.
    bool evaluate(Evaluator& evaluator, const ActiveJob& job, ResultRecord& record);
    void store(std::list<ActiveJob>::iterator job, ResultRecord& record);
    void fail(const Failure& reason);
    void leave();
    void end();
    double elapsedMs() const
    {
        return std::chrono::duration<double, std::milli>(SweepClock::now() - startedAt).count();
    }

    SweepRequest request;
    SweepObserver& observer;
    RunWriter writer; ///< guarded by sinkMutex
    const int workers;

    mutable std::mutex stateMutex;
    SweepState state;
    std::optional<Failure> failure;
    std::optional<Failure> workerFailure; ///< why a worker could not begin; matters if all cannot
    SweepClock::time_point startedAt;
    std::optional<double> wallMs; ///< set at the end
    int working = 0; ///< workers that have not left
    bool started = false, finished = false;
    std::condition_variable_any changed; ///< state or finished

    std::mutex sinkMutex, creationMutex;
    RecordId nextId = 0; ///< guarded by sinkMutex
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
                     [this] { return state.hasQueued() || state.isIdle(); });
        if (stop.stop_requested() || !state.hasQueued())
            return;
        const auto job = state.take();
        lock.unlock();
        ResultRecord record;
        const bool evaluated = evaluate(evaluator, *job, record);
        if (evaluated)
            store(job, record);
        lock.lock();
        if (!evaluated)
            state.drop(job);
        changed.notify_all();
    }
}

bool SweepRunner::Impl::evaluate(Evaluator& evaluator, const ActiveJob& job, ResultRecord& record)
{
    record.config = job.config;
    try {
        record.outcome = evaluator.evaluate(job.config, stop.get_token(), job.progress.get());
    } catch (...) {
        // A stop may surface as any exception of the work it interrupts.
        if (stop.stop_requested())
            return false;
        record.outcome = currentFailure(job.config.name);
    }
    record.finishedAt = nowText();
    return true;
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
        if (complete) {
            auto refinements =
                refineGroup(request.header.model, *complete, base, request.header.metrics.front());
            const std::lock_guard lock(stateMutex);
            state.addRefinements(*complete, std::move(refinements));
        }
        observer.onRecord(nextId++, record);
    } catch (...) {
        fail(currentFailure(record.config.name));
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
    result.wallMs = elapsedMs();
    bool workLeft = false;
    {
        const std::lock_guard lock(stateMutex);
        wallMs = result.wallMs;
        workLeft = state.hasQueued() || state.done() < state.progress(SweepClock::now()).total;
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
            m_impl->writer.finish(RunState::Stopped, 0);
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
    m_impl->request.experiment->announce(m_impl->request.header.plan.configs);
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
    SweepProgress result = m_impl->state.progress(SweepClock::now());
    if (m_impl->started)
        result.elapsedMs = m_impl->wallMs ? *m_impl->wallMs : m_impl->elapsedMs();
    result.stopping = m_impl->stop.stop_requested() && !m_impl->finished;
    return result;
}

const std::filesystem::path& SweepRunner::folder() const
{
    return m_impl->writer.folder();
}

} // namespace bitfront
