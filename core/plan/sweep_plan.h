// SPDX-License-Identifier: GPL-3.0-or-later
// Which configurations a sweep runs, what its refinements are, and how long both will take.
#pragma once

#include "core/plan/analysis.h"
#include "core/plan/result.h"

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace bitfront {

/// What the user asked for.
struct SweepPlan
{
    std::vector<CompressionConfig> configs; ///< base configurations, in run order
    bool refine = true;
    IndivisiblePolicy indivisible = IndivisiblePolicy::Nearest;
    PaletteOptions palette; ///< of every palettization in the plan

    int count(GroupId group) const; ///< base configurations of a group
    int maxRefinements() const; ///< sum over the groups
    /// 10 in a group of two or more, 5 for a lone configuration, 0 without refinement.
    int maxRefinements(GroupId group) const;
};

/// All base configurations of `groups`, or those `names` lists; empty lists mean all. Names may be
/// canonical names of other configurations too (own_config.h); those follow the base ones.
/// Throws Error(BadArgument) naming an unknown configuration and the nearest known one.
SweepPlan makePlan(const std::vector<GroupId>& groups, const std::vector<std::string>& names,
                   bool refine, IndivisiblePolicy policy, PaletteOptions palette = {});

/// Refinements of one group, from its finished base records (at most two seeds × five variants,
/// duplicates dropped; numerics section 8). Empty when nothing survived the floor.
std::vector<CompressionConfig> refineGroup(const ModelInfo& model, GroupId group,
                                           std::span<const ResultRecord> records,
                                           const MetricChoice& primary);

/// Measured cost of the two probe passes.
struct ProbeTimes
{
    double forwardMs = 0; ///< one uncompressed forward pass
    double quantMs = 0; ///< one int8 per-channel pass: compress + forward + metrics
    double paletteMs = 0; ///< one 6-bit group-16 palettization pass, likewise
    std::uint64_t memoryBytes = 0; ///< peak of the process after the probes
    int workers = 1; ///< workers the sweep will run
};

/// A span of time, both ends in milliseconds.
struct TimeRange
{
    double lowMs = 0, highMs = 0;
    TimeRange& operator+=(const TimeRange& other);
};

struct TimeEstimate
{
    TimeRange base, refinement;
    int baseCount = 0, refinementCount = 0; ///< refinementCount is an upper bound
    TimeRange total() const;
};

/// Scales the probes to what the plan really holds. The range is median × 0.8 … × 1.4.
TimeEstimate estimateTime(const SweepPlan& plan, const ProbeTimes& probe);

/// What estimateTime() would have said, as one number in milliseconds, for a sweep that came to
/// these records: to be compared with the time it really took.
double predictedMs(const ProbeTimes& probe, std::span<const ResultRecord> records);

/// Remaining time of a running sweep: probes corrected by the timings seen so far.
/// `finished` are the records so far, `pending` what is queued (refinements counted as planned).
TimeRange estimateRemaining(const ProbeTimes& probe, std::span<const ResultRecord> finished,
                            std::span<const GroupId> pending);

/// "40–70 s", "1–2 min", "about 3 min", "under 1 s": never false precision.
std::string durationText(const TimeRange& range);

} // namespace bitfront
