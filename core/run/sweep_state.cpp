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

void SweepState::count(const ResultRecord& record)
{
    GroupProgress& progress = group(record.config.group);
    ++(record.config.isRefinement() ? progress.refinementDone : progress.baseDone);
    m_failed += record.failure() ? 1 : 0;
    m_records.push_back(record);
    m_remainingKnown = false;
}

std::optional<GroupId> SweepState::completed(GroupId id)
{
    const GroupProgress& progress = group(id);
    if (progress.baseDone < progress.baseTotal || progress.refinementsKnown
        || std::ranges::find(m_awaited, id) != m_awaited.end())
        return std::nullopt;
    m_awaited.push_back(id);
    return id;
}

std::vector<GroupId> SweepState::restore(const std::vector<ResultRecord>& records)
{
    for (const ResultRecord& record : records) {
        if (record.config.isRefinement()) {
            m_earlier.push_back(record);
            continue;
        }
        // What the plan does not hold (an edited file) is nothing of this sweep.
        const auto planned = std::ranges::find(m_queue, record.config);
        if (planned == m_queue.end())
            continue;
        m_queue.erase(planned);
        count(record);
    }
    std::vector<GroupId> complete;
    for (const GroupProgress& progress : m_groups)
        if (const auto id = completed(progress.group))
            complete.push_back(*id);
    return complete;
}

bool SweepState::restoreForRetry(const std::vector<ResultRecord>& records,
                                 const std::vector<std::string>& names)
{
    m_queue.clear();
    for (const ResultRecord& record : records)
        if (std::ranges::find(m_groups, record.config.group, &GroupProgress::group)
            != m_groups.end())
            count(record);
    // Whatever else the plan held is not a matter of this sweep.
    for (GroupProgress& progress : m_groups) {
        progress.baseTotal = progress.baseDone;
        progress.refinementTotal = progress.refinementDone;
        progress.refinementsKnown = true;
    }
    // From the back: each goes to the front of the queue.
    bool any = false;
    for (auto name = names.rbegin(); name != names.rend(); ++name)
        any = retry(*name) || any;
    return any;
}

std::list<ActiveJob>::iterator SweepState::take(SweepClock::time_point now)
{
    m_active.push_back({m_queue.front(), now, std::make_shared<EvaluationProgress>(), {}});
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
    count(record);
    return record.config.isRefinement() ? std::nullopt : completed(record.config.group);
}

std::optional<GroupId> SweepState::leaveOut(const CompressionConfig& config)
{
    GroupProgress& progress = group(config.group);
    m_remainingKnown = false;
    if (config.isRefinement()) {
        --progress.refinementTotal;
        return std::nullopt;
    }
    --progress.baseTotal;
    return completed(config.group);
}

std::optional<GroupId> SweepState::leaveOut(std::list<ActiveJob>::iterator job)
{
    const CompressionConfig config = std::move(job->config);
    m_active.erase(job);
    return leaveOut(config);
}

std::optional<GroupId> SweepState::skip(const std::string& name, bool& found)
{
    found = true;
    const auto waiting = std::ranges::find(m_queue, name, &CompressionConfig::name);
    if (waiting != m_queue.end()) {
        const CompressionConfig config = std::move(*waiting);
        m_queue.erase(waiting);
        return leaveOut(config);
    }
    for (ActiveJob& job : m_active)
        if (job.config.name == name) {
            job.stop.request_stop();
            return std::nullopt;
        }
    found = false;
    return std::nullopt;
}

bool SweepState::moveToFront(const std::string& name)
{
    const auto waiting = std::ranges::find(m_queue, name, &CompressionConfig::name);
    if (waiting == m_queue.end())
        return false;
    std::rotate(m_queue.begin(), waiting, std::next(waiting));
    return true;
}

bool SweepState::retry(const std::string& name)
{
    const auto failed = std::ranges::find_if(m_records, [&](const ResultRecord& record) {
        return record.failure() && record.config.name == name;
    });
    if (failed == m_records.end())
        return false;
    GroupProgress& progress = group(failed->config.group);
    --(failed->config.isRefinement() ? progress.refinementDone : progress.baseDone);
    --m_failed;
    m_queue.push_front(failed->config);
    m_records.erase(failed);
    m_remainingKnown = false;
    return true;
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
    std::erase(m_awaited, id);
    GroupProgress& progress = group(id);
    progress.refinementsKnown = true;
    progress.refinementTotal = static_cast<int>(configs.size());
    for (CompressionConfig& config : configs) {
        const auto known = std::ranges::find(m_earlier, config, &ResultRecord::config);
        if (known == m_earlier.end())
            m_queue.push_back(std::move(config));
        else
            count(*known);
    }
    m_remainingKnown = false;
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
    // Estimated once per change, then counted down: a timer asks ten times a second.
    if (!m_remainingKnown) {
        m_remaining = estimateRemaining(m_probe, m_records, pendingGroups());
        m_remainingAt = now;
        m_remainingKnown = true;
    }
    if (!isIdle())
        result.remaining = minus(m_remaining, milliseconds(now - m_remainingAt));
    return result;
}

} // namespace bitfront
