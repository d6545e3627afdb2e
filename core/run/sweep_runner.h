// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a sweep on background threads: base configurations, then each group's refinements, every record
// written to the run folder before anyone hears of it. Knows evaluators, not LibTorch.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/run/run_folder.h"

namespace bitfront {

/// Everything a sweep needs.
struct SweepRequest
{
    std::shared_ptr<Experiment> experiment;
    RunHeader header;                ///< metrics and plan are taken from here
    std::filesystem::path runFolder;
    int workers = 1;          ///< evaluators side by side; see defaultThreads()
    int threadsPerWorker = 1; ///< intra-op threads of each
};

/// Workers × threads for this machine and model: never more than the cores, few copies of big models.
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
    int done = 0, failed = 0, total = 0;
    TimeRange remaining;
    double elapsedMs = 0;
    bool stopping = false;
};

/// How a sweep ended.
struct SweepEnd
{
    RunState state = RunState::Finished;
    int done = 0, failed = 0;
    double wallMs = 0;
    Failure failure; ///< set when state is Failed: what made going on impossible (disk full, …)
};

/// Told about a sweep on its worker threads; calls never overlap.
class SweepObserver
{
public:
    virtual ~SweepObserver() = default;
    /// The record is on disk. `id` counts from 0 in order of arrival.
    virtual void onRecord(RecordId id, const ResultRecord& record) = 0;
    virtual void onFinished(const SweepEnd& end) = 0;
};

class SweepRunner
{
public:
    /// Creates the run folder. Throws Error(FileNotWritable, MetricUnfit, …) before any thread starts.
    /// The observer must outlive the runner.
    SweepRunner(SweepRequest request, SweepObserver& observer);
    /// Stops and joins: waits for at most one forward pass per worker.
    ~SweepRunner();
    SweepRunner(const SweepRunner&) = delete;
    SweepRunner& operator=(const SweepRunner&) = delete;

    void start();
    /// Asks for a stop; finished results stay. Returns at once; onFinished follows.
    void requestStop();
    /// Blocks until onFinished was called.
    void wait();
    SweepProgress progress() const;
    const std::filesystem::path& folder() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace bitfront
