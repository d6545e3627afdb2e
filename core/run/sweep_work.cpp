// SPDX-License-Identifier: GPL-3.0-or-later
// What the threads of a sweep do: evaluate, write, tell, refine, end.
#include "core/run/sweep_work.h"

#include "core/run/current_failure.h"
#include "core/run/timing_memory.h"
#include "core/run/utc_time.h"

#include <algorithm>
#include <cmath>

namespace bitfront {
namespace {

/// Jobs that can run side by side: base configurations or, where these are few, refinements.
int mostAtOnce(const SweepPlan& plan)
{
    return std::max(static_cast<int>(plan.configs.size()), plan.maxRefinements());
}

} // namespace

SweepRunner::Impl::Impl(SweepRequest sweepRequest, SweepObserver& sweepObserver)
    : request(std::move(sweepRequest))
    , observer(sweepObserver)
    , writer(openWriter(request, earlier))
    , workers(std::clamp(request.workers, 1, mostAtOnce(request.header.plan)))
    , state(request.header.plan, request.header.probe, workers)
{
    for (std::size_t i = 0; i < earlier.records.size(); ++i)
        ids.emplace(earlier.records[i].config.name, static_cast<RecordId>(i));
    if (!request.retryOnly.empty()) {
        if (!state.restoreForRetry(earlier.records, request.retryOnly))
            throw Error(ErrorCode::BadArgument, "None of these configurations has failed.",
                        "Choose one that has.", request.retryOnly.front());
        return;
    }
    for (const GroupId group : state.restore(earlier.records))
        refine(group, state.baseRecords(group));
}

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
        checkBudget(record);
    } catch (...) {
        fail(currentFailure(record.config.name));
    }
}

void SweepRunner::Impl::checkBudget(const ResultRecord& record)
{
    const SweepBudget& budget = request.budget;
    if (budget.targets && record.measurement()
        && reachesTargets(*record.measurement(), request.header.metrics.front(), *budget.targets))
        useUp(BudgetEnd::Targets, record.config.name);
    else if (budget.maxResults && static_cast<int>(ids.size()) >= *budget.maxResults)
        useUp(BudgetEnd::Results);
}

void SweepRunner::Impl::useUp(BudgetEnd part, const std::string& by)
{
    {
        const std::lock_guard lock(stateMutex);
        if (stop.stop_requested())
            return;
        budgetEnd = part;
        reachedBy = by;
    }
    stop.request_stop();
}

void SweepRunner::Impl::watchTime()
{
    constexpr std::chrono::milliseconds kLongest {500}; // the clock stands still in pauses
    std::unique_lock lock(stateMutex);
    while (!stop.stop_requested() && !finished) {
        const double leftMs = *request.budget.maxMs
            - std::chrono::duration<double, std::milli>(now() - startedAt).count();
        if (leftMs <= 0) {
            lock.unlock();
            useUp(BudgetEnd::Time);
            return;
        }
        const auto left = std::chrono::milliseconds(static_cast<long long>(std::ceil(leftMs)));
        changed.wait_for(lock, stop.get_token(), std::min(left, kLongest),
                         [this] { return finished; });
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
    double timing = 0; // over what was predicted; 0: not to be remembered
    {
        const std::lock_guard lock(stateMutex);
        result.wallMs = elapsedMs();
        wallMs = result.wallMs;
        workLeft = state.hasQueued() || state.done() < state.progress(now()).total;
        if (!failure && workLeft && !stop.stop_requested())
            failure = workerFailure;
        if (failure)
            result.failure = *failure;
        // What was tried again is no part of the plan that was left undone.
        const bool complete =
            request.retryOnly.empty() ? !workLeft : earlier.state == RunState::Finished;
        result.state = failure ? RunState::Failed
            : complete         ? RunState::Finished
                               : RunState::Stopped;
        result.budget = result.state == RunState::Stopped ? budgetEnd : BudgetEnd::None;
        result.reachedBy = result.budget == BudgetEnd::Targets ? reachedBy : std::string();
        result.done = state.done();
        result.failed = state.failed();
        // What a resumed run measured before had other circumstances.
        if (result.state == RunState::Finished && earlier.records.empty())
            timing = result.wallMs / predictedMs(request.header.probe, state.records());
    }
    rememberTiming(request.timings, timing);
    const std::lock_guard sink(sinkMutex);
    request.experiment->keepTables({}); // before the folder may be another's
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

} // namespace bitfront
