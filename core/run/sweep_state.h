// SPDX-License-Identifier: GPL-3.0-or-later
// Bookkeeping of a running sweep: queue, groups, records, progress. No threads and no files: every
// method is called under the runner's lock.
#pragma once

#include "core/run/sweep_runner.h"

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace bitfront {

using SweepClock = std::chrono::steady_clock;

/// A configuration that a worker evaluates now.
struct ActiveJob
{
    CompressionConfig config;
    SweepClock::time_point since;
    std::shared_ptr<EvaluationProgress> progress;
};

class SweepState
{
public:
    SweepState(const SweepPlan& plan, const ProbeTimes& probe, int workers);

    bool hasQueued() const { return !m_queue.empty(); }
    /// Nothing queued, nothing being evaluated, no refinements about to come.
    bool isIdle() const { return m_queue.empty() && m_active.empty() && m_awaited == 0; }

    /// Takes the next configuration; it must be handed back by drop() or finish(). Needs
    /// hasQueued().
    std::list<ActiveJob>::iterator take();
    /// The job was stopped: no record.
    void drop(std::list<ActiveJob>::iterator job);
    /// The job has a record. Returns the group whose base configurations this completed and whose
    /// refinements are wanted now, until addRefinements() is called with them.
    std::optional<GroupId> finish(std::list<ActiveJob>::iterator job, const ResultRecord& record);
    /// Base records of a group in the plan's order, whatever order they arrived in.
    std::vector<ResultRecord> baseRecords(GroupId group) const;
    void addRefinements(GroupId group, std::vector<CompressionConfig> configs);

    int done() const { return static_cast<int>(m_records.size()); }
    int failed() const { return m_failed; }
    SweepProgress progress(SweepClock::time_point now);

private:
    GroupProgress& group(GroupId id);
    std::vector<GroupId> pendingGroups() const;

    SweepPlan m_plan;
    ProbeTimes m_probe;
    std::deque<CompressionConfig> m_queue;
    std::list<ActiveJob> m_active;
    std::vector<ResultRecord> m_records;
    std::vector<GroupProgress> m_groups;
    int m_failed = 0;
    int m_awaited = 0; ///< groups returned by finish() whose refinements were not added yet
    TimeRange m_remaining; ///< as of m_remainingAt, for m_remainingDone records
    SweepClock::time_point m_remainingAt;
    int m_remainingDone = -1;
};

} // namespace bitfront
