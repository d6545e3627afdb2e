// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a sweep on background threads: base configurations, then each group's refinements, every
// record written to the run folder before anyone hears of it. Knows evaluators, not LibTorch.
#pragma once

#include "core/engine/engine.h"
#include "core/plan/targets.h"
#include "core/run/run_folder.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitfront {

/// When a sweep ends before its plan is done. The run is then stopped like one that was told to:
/// what it holds is complete, and it can be resumed.
struct SweepBudget
{
    std::optional<double> maxMs; ///< from the start of this process, pauses not counted
    std::optional<int> maxResults; ///< records of the run, those of a resumed one included
    std::optional<Targets> targets; ///< ends with the first record that reaches them

    bool isSet() const { return maxMs || maxResults || targets; }
};

/// Which part of a budget was used up.
enum class BudgetEnd
{
    None,
    Time,
    Results,
    Targets
};

/// Everything a sweep needs.
struct SweepRequest
{
    std::shared_ptr<Experiment> experiment;
    RunHeader header; ///< metrics and plan are taken from here
    std::filesystem::path runFolder;
    int workers = 1; ///< evaluators side by side; see defaultThreads()
    int threadsPerWorker = 1; ///< intra-op threads of each
    /// Goes on with the run in runFolder instead of beginning one: plan, metrics and probe are that
    /// run's, `header` is not looked at. What it has measured is not measured again. A folder that
    /// holds no sweep but a scan gets the plan of `header`.
    bool resume = false;
    SweepBudget budget {};
    /// Where the time of a whole sweep is remembered for later estimates (timing_memory.h); empty:
    /// nowhere.
    std::filesystem::path timings {};
    /// Names of failed configurations: a run that is resumed tries these again and nothing else.
    /// Empty: it goes on with all that is left.
    std::vector<std::string> retryOnly {};
};

/// Workers × threads for this machine and model: never more than the cores. Each worker holds a
/// copy of the model: big models get one worker that uses all cores, small ones many workers of one
/// thread each.
struct ThreadBudget
{
    int workers = 1;
    int threadsPerWorker = 1;
};
ThreadBudget defaultThreads(const ModelInfo& model, int cores);

/// A configuration being evaluated right now.
struct RunningJob
{
    std::string name; ///< CompressionConfig::name
    GroupId group = GroupId::PerChannel;
    int layersDone = 0, layersTotal = 0;
    double elapsedMs = 0;
};

/// A configuration that waits.
struct QueuedJob
{
    std::string name; ///< CompressionConfig::name
    GroupId group = GroupId::PerChannel;
};

/// Progress of one group.
struct GroupProgress
{
    GroupId group = GroupId::PerChannel;
    int baseDone = 0, baseTotal = 0;
    int refinementDone = 0, refinementTotal = 0; ///< total is final once refinementsKnown
    bool refinementsKnown = false;
};

/// A consistent look at a running sweep; cheap, for polling by a timer.
struct SweepProgress
{
    std::vector<GroupProgress> groups; ///< those of the plan, in order
    std::vector<RunningJob> running;
    int done = 0; ///< records so far, failed ones included
    int failed = 0; ///< of `done`
    int total = 0; ///< an upper bound until every group's refinements are known
    TimeRange remaining;
    double elapsedMs = 0; ///< without pauses, with the time before a resumption
    bool stopping = false;
    bool paused = false; ///< nothing new begins; what runs goes on to its end
};

/// How a sweep ended.
struct SweepEnd
{
    RunState state = RunState::Finished; ///< never Running
    int done = 0, failed = 0; ///< records on disk; `failed` of them hold a Failure
    double wallMs = 0;
    BudgetEnd budget = BudgetEnd::None; ///< set when state is Stopped by the budget
    std::string reachedBy; ///< of BudgetEnd::Targets: the configuration's name
    Failure failure; ///< set when state is Failed: what made going on impossible (disk full, …)
};

/// Told about a sweep on its worker threads; calls never overlap. They may call progress() and
/// requestStop(), but not wait() nor destroy the runner. An exception from onRecord ends the sweep.
class SweepObserver
{
public:
    virtual ~SweepObserver() = default;
    /// The record is on disk. `id` counts in order of arrival, from 0 or from the number of records
    /// that a resumed run had; a configuration that is tried again keeps its id.
    virtual void onRecord(RecordId id, const ResultRecord& record) = 0;
    virtual void onFinished(const SweepEnd& end) = 0;
};

class SweepRunner
{
public:
    /// Creates or reopens the run folder. Throws Error before any thread starts: FileNotWritable,
    /// MetricUnfit, BadArgument when there is nothing to run (or to try again), InputMismatch when
    /// a run is to be resumed with another model or other inputs. The observer must outlive the
    /// runner.
    SweepRunner(SweepRequest request, SweepObserver& observer);
    /// Stops and joins: waits for at most one forward pass per worker. onFinished is called before
    /// it returns if start() was.
    ~SweepRunner();
    SweepRunner(const SweepRunner&) = delete;
    SweepRunner& operator=(const SweepRunner&) = delete;

    /// Once; further calls do nothing.
    void start();
    /// Asks for a stop; finished results stay. Returns at once; onFinished follows.
    void requestStop();
    /// While paused nothing new begins; what runs goes on to its end.
    void setPaused(bool paused);
    /// What waits, in order.
    std::vector<QueuedJob> queue() const;
    /// Takes a waiting or running configuration out of this sweep: it gets no record, its group
    /// counts as complete without it. False when none of that name waits or runs.
    bool skip(const std::string& name);
    /// A waiting configuration goes first. False when none of that name waits.
    bool moveToFront(const std::string& name);
    /// Queues a configuration that has failed once more, while the sweep goes on. False when none
    /// of that name has failed.
    bool retry(const std::string& name);
    /// Blocks until onFinished returned. Returns at once when the sweep was never started.
    void wait();
    SweepProgress progress() const;
    const std::filesystem::path& folder() const;
    /// Where an earlier run of the same folder went; empty when there was none.
    const std::filesystem::path& movedAside() const;
    /// That of the request or, resumed, that of the run.
    const RunHeader& header() const;
    /// Of a resumed run: what it held, in the order of its ids.
    const std::vector<ResultRecord>& earlierRecords() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace bitfront
