// SPDX-License-Identifier: GPL-3.0-or-later
// Bookkeeping of a running sweep.
#include "core/run/sweep_state.h"

#include <algorithm>

namespace bitfront {
namespace {

double milliseconds(SweepClock::duration duration)
{
    return std::chrono::duration<double, std::milli>(duration).count();
}

/// Never slips back to nothing while work is left.
TimeRange minus(TimeRange range, double elapsedMs)
{
    range.lowMs = std::max(range.lowMs - elapsedMs, 0.0);
    range.highMs = std::max(range.highMs - elapsedMs, 0.0);
    return range;
}

} // namespace

SweepState::SweepState(const SweepPlan& plan, const ProbeTimes& probe, int workers)
    : m_plan(plan)
    , m_probe(probe)
    , m_queue(plan.configs.begin(), plan.configs.end())
{
    m_probe.workers = workers;
    for (const GroupId id : kGroups) {
        const int count = plan.count(id);
        if (count == 0)
            continue;
        GroupProgress progress;
        progress.group = id;
        progress.baseTotal = count;
        progress.refinementsKnown = !plan.refine;
        progress.refinementTotal = plan.maxRefinements(id);
        m_groups.push_back(progress);
    }
}

GroupProgress& SweepState::group(GroupId id)
{
    return *std::ranges::find(m_groups, id, &GroupProgress::group);
}

std::list<ActiveJob>::iterator SweepState::take()
{
    m_active.push_back(
        {m_queue.front(), SweepClock::now(), std::make_shared<EvaluationProgress>()});
    m_queue.pop_front();
    return std::prev(m_active.end());
}

void SweepState::drop(std::list<ActiveJob>::iterator job)
{
    m_active.erase(job);
}

std::optional<GroupId> SweepState::finish(std::list<ActiveJob>::iterator job,
                                          const ResultRecord& record)
{
    m_active.erase(job);
    m_records.push_back(record);
    if (record.failure())
        ++m_failed;
    GroupProgress& progress = group(record.config.group);
    if (record.config.isRefinement()) {
        ++progress.refinementDone;
        return std::nullopt;
    }
    ++progress.baseDone;
    if (progress.baseDone < progress.baseTotal || progress.refinementsKnown)
        return std::nullopt;
    ++m_awaited;
    return progress.group;
}

std::vector<ResultRecord> SweepState::baseRecords(GroupId id) const
{
    std::vector<ResultRecord> records;
    for (const CompressionConfig& config : m_plan.configs) {
        if (config.group != id)
            continue;
        for (const ResultRecord& record : m_records)
            if (record.config == config)
                records.push_back(record);
    }
    return records;
}

void SweepState::addRefinements(GroupId id, std::vector<CompressionConfig> configs)
{
    --m_awaited;
    GroupProgress& progress = group(id);
    progress.refinementsKnown = true;
    progress.refinementTotal = static_cast<int>(configs.size());
    m_queue.insert(m_queue.end(), std::make_move_iterator(configs.begin()),
                   std::make_move_iterator(configs.end()));
    m_remainingDone = -1;
}

std::vector<GroupId> SweepState::pendingGroups() const
{
    std::vector<GroupId> pending;
    for (const ActiveJob& job : m_active)
        pending.push_back(job.config.group);
    for (const CompressionConfig& config : m_queue)
        pending.push_back(config.group);
    for (const GroupProgress& progress : m_groups)
        if (!progress.refinementsKnown)
            pending.insert(pending.end(), static_cast<std::size_t>(progress.refinementTotal),
                           progress.group);
    return pending;
}

SweepProgress SweepState::progress(SweepClock::time_point now)
{
    SweepProgress result;
    result.groups = m_groups;
    result.done = done();
    result.failed = m_failed;
    for (const GroupProgress& one : m_groups)
        result.total += one.baseTotal + one.refinementTotal;
    for (const ActiveJob& job : m_active)
        result.running.push_back({job.config.name, job.config.group, job.progress->layersDone,
                                  job.progress->layersTotal, milliseconds(now - job.since)});
    // Estimated once per record, then counted down: a timer asks ten times a second.
    if (m_remainingDone != done()) {
        m_remaining = estimateRemaining(m_probe, m_records, pendingGroups());
        m_remainingAt = now;
        m_remainingDone = done();
    }
    if (!isIdle())
        result.remaining = minus(m_remaining, milliseconds(now - m_remainingAt));
    return result;
}

} // namespace bitfront
