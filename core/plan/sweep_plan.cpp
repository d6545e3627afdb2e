// SPDX-License-Identifier: GPL-3.0-or-later
// Which configurations a sweep runs.
#include "core/plan/sweep_plan.h"

#include "core/plan/nearest_name.h"
#include "core/plan/own_config.h"

#include <algorithm>

namespace bitfront {

namespace {

/// Names that are neither in the base sweep nor a configuration of their own are refused.
void checkNames(const std::vector<CompressionConfig>& known, const std::vector<std::string>& names)
{
    std::vector<std::string> knownNames;
    for (const CompressionConfig& config : known)
        knownNames.push_back(config.name);
    for (const std::string& wanted : names) {
        if (const auto spec = specFromName(wanted)) {
            const std::string problem = specProblem(*spec);
            if (!problem.empty())
                throw Error(ErrorCode::BadArgument, problem, {}, wanted);
            continue;
        }
        if (const std::string& nearest = nearestName(knownNames, wanted); nearest != wanted)
            throw Error(ErrorCode::BadArgument, "There is no configuration “" + wanted + "”.",
                        "Did you mean “" + nearest + "”?", wanted);
    }
}

template<typename T>
bool contains(const std::vector<T>& values, const T& wanted)
{
    return std::find(values.begin(), values.end(), wanted) != values.end();
}

} // namespace

int SweepPlan::count(GroupId group) const
{
    return static_cast<int>(std::count_if(
        configs.begin(), configs.end(), [&](const auto& config) { return config.group == group; }));
}

int SweepPlan::maxRefinements(GroupId group) const
{
    constexpr int kSeeds = 2, kVariants = 5;
    return refine ? std::min(count(group), kSeeds) * kVariants : 0;
}

int SweepPlan::maxRefinements() const
{
    int sum = 0;
    for (const GroupId group : kGroups)
        sum += maxRefinements(group);
    return sum;
}

SweepPlan makePlan(const std::vector<GroupId>& groups, const std::vector<std::string>& names,
                   bool refine, IndivisiblePolicy policy, PaletteOptions palette)
{
    SweepPlan plan;
    plan.refine = refine;
    plan.indivisible = policy;
    plan.palette = palette;
    const std::vector<CompressionConfig> known = baseConfigurations(policy, palette);
    checkNames(known, names);
    for (const CompressionConfig& config : known)
        if ((groups.empty() || contains(groups, config.group))
            && (names.empty() || contains(names, config.name)))
            plan.configs.push_back(config);
    for (const std::string& wanted : names) {
        CompressionConfig own = makeConfiguration(*specFromName(wanted), policy, palette);
        if (!contains(plan.configs, own) && (groups.empty() || contains(groups, own.group)))
            plan.configs.push_back(std::move(own));
    }
    if (plan.configs.empty())
        throw Error(ErrorCode::BadArgument,
                    "None of the named configurations belongs to the chosen groups.",
                    "Leave one of the two choices out, or make them agree.");
    return plan;
}

} // namespace bitfront
