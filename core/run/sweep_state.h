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
#include <stop_token>
#include <string>
#include <vector>

namespace bitfront {

using SweepClock = std::chrono::steady_clock;

/// A configuration that a worker evaluates now.
struct ActiveJob
{
    CompressionConfig config;
    SweepClock::time_point since;
    std::shared_ptr<EvaluationProgress> progress;
    std::stop_source stop; ///< of this job alone
};

class SweepState
{
public:
    SweepState(const SweepPlan& plan, const ProbeTimes& probe, int workers);

    /// Takes over what an earlier process has measured. Returns the groups whose refinements are
    /// wanted now, as finish() does.
    std::vector<GroupId> restore(const std::vector<ResultRecord>& records);
    /// Takes over what an earlier process has measured, to try failed configurations again and
    /// nothing else. False when none of these has failed.
    bool restoreForRetry(const std::vector<ResultRecord>& records,
                         const std::vector<std::string>& names);

    bool hasQueued() const { return !m_queue.empty(); }
    bool hasActive() const { return !m_active.empty(); }
    /// Nothing queued, nothing being evaluated, no refinements about to come.
    bool isIdle() const { return m_queue.empty() && m_active.empty() && m_awaited.empty(); }

    /// Takes the next configuration; it must be handed back by drop(), leaveOut() or finish().
    /// Needs hasQueued().
    std::list<ActiveJob>::iterator take(SweepClock::time_point now);
    /// The job was stopped with the whole sweep: no record.
    void drop(std::list<ActiveJob>::iterator job);
    /// The job was skipped: no record, and its group is complete without it. Returns what finish()
    /// returns.
    std::optional<GroupId> leaveOut(std::list<ActiveJob>::iterator job);
    /// The job has a record. Returns the group whose base configurations this completed and whose
    /// refinements are wanted now, until addRefinements() is called with them.
    std::optional<GroupId> finish(std::list<ActiveJob>::iterator job, const ResultRecord& record);
    /// Base records of a group in the plan's order, whatever order they arrived in.
    std::vector<ResultRecord> baseRecords(GroupId group) const;
    void addRefinements(GroupId group, std::vector<CompressionConfig> configs);

    /// What waits, in order.
    const std::deque<CompressionConfig>& queue() const { return m_queue; }
    /// Takes a waiting or running configuration out; of a running one leaveOut() follows. The group
    /// is that of finish(), `found` false when there is no such configuration.
    std::optional<GroupId> skip(const std::string& name, bool& found);
    /// A waiting configuration goes first. False when none of that name waits.
    bool moveToFront(const std::string& name);
    /// Queues a configuration that has failed once more. False when there is none of that name.
    bool retry(const std::string& name);

    const std::vector<ResultRecord>& records() const { return m_records; }
    int done() const { return static_cast<int>(m_records.size()); }
    int failed() const { return m_failed; }
    SweepProgress progress(SweepClock::time_point now);

private:
    GroupProgress& group(GroupId id);
    void count(const ResultRecord& record);
    /// The group, when its base configurations are all done and nobody made its refinements yet.
    std::optional<GroupId> completed(GroupId id);
    /// One configuration fewer in its group.
    std::optional<GroupId> leaveOut(const CompressionConfig& config);
    std::vector<GroupId> pendingGroups() const;

    SweepPlan m_plan;
    ProbeTimes m_probe;
    std::deque<CompressionConfig> m_queue;
    std::list<ActiveJob> m_active;
    std::vector<ResultRecord> m_records;
    std::vector<ResultRecord> m_earlier; ///< restored refinements of groups that have none yet
    std::vector<GroupProgress> m_groups;
    int m_failed = 0;
    std::vector<GroupId> m_awaited; ///< returned by finish(), refinements not added yet
    TimeRange m_remaining; ///< as of m_remainingAt
    SweepClock::time_point m_remainingAt;
    bool m_remainingKnown = false;
};

} // namespace bitfront
