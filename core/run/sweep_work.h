// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of SweepRunner, for its source files only. Two locks: stateMutex guards the
// bookkeeping and is held for moments; sinkMutex is held while a record goes to the disk and to the
// observer, so those never overlap.
#pragma once

#include "core/run/sweep_request.h"
#include "core/run/sweep_runner.h"
#include "core/run/sweep_state.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace bitfront {

struct SweepRunner::Impl
{
    Impl(SweepRequest sweepRequest, SweepObserver& sweepObserver);

    /// Tables, state of the folder, threads; under stateMutex.
    void begin();
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
    /// Ends the sweep when what is there uses the budget up.
    void checkBudget(const ResultRecord& record);
    void useUp(BudgetEnd part, const std::string& by = {});
    /// Waits until the time is over or the sweep is.
    void watchTime();
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
    BudgetEnd budgetEnd = BudgetEnd::None;
    std::string reachedBy;
    bool started = false, finished = false;
    std::condition_variable_any changed; ///< state or finished

    std::mutex sinkMutex, creationMutex;
    std::unordered_map<std::string, RecordId> ids; ///< by configuration; guarded by sinkMutex
    std::stop_source stop;
    std::vector<std::jthread> threads;
    std::jthread clock; ///< of the budget
};

} // namespace bitfront
