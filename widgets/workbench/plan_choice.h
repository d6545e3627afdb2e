// SPDX-License-Identifier: GPL-3.0-or-later
// Which configurations the user ticked, as a value: the tree of the setup page and the trim
// controls of the estimate edit it, the sweep runs it.
#pragma once

#include "core/plan/sweep_plan.h"

#include <QString>

#include <set>
#include <string>
#include <vector>

namespace bitfront {

/// One branch of the configuration tree: configurations that differ only in details.
struct ConfigFamily
{
    GroupId group = GroupId::PerChannel;
    QString title; ///< "Block 16, int4", "Grouped, 6 bits"
    std::vector<std::string> names; ///< canonical names, in run order
};

class PlanChoice
{
public:
    /// The standard sweep: the 31 base configurations ticked, refinement on, policy Nearest.
    PlanChoice();
    /// What an earlier run did.
    explicit PlanChoice(const SweepPlan& plan);

    bool isSelected(const std::string& name) const { return m_selected.count(name) > 0; }
    void select(const std::vector<std::string>& names, bool on);
    void selectGroup(GroupId group, bool on);
    /// The presets. Standard: the 31 of the base sweep, refined. Thorough: those and
    /// moreConfigurations(), refined. What is of the user's own making is ticked off, and palettes
    /// are searched as usual.
    void selectStandard();
    void selectThorough();
    bool isStandard() const;
    bool isThorough() const;
    /// Twelve configurations spread over the three groups, without refinement.
    void selectQuick();
    bool isQuick() const;

    /// Configurations of the user's own making, by canonical name, in the order they were made.
    const std::vector<std::string>& own() const { return m_own; }
    /// Adds one, where it is not known yet, and ticks it. Returns its name.
    std::string addOwn(const CompressionSpec& spec);
    void removeOwn(const std::string& name);
    /// Makes own ones known without ticking them; names that say nothing are left out.
    void knowOwn(const std::vector<std::string>& names);

    bool refine = true;
    IndivisiblePolicy policy = IndivisiblePolicy::Nearest;
    /// Of every palettization. Only the command line sets it; a run that is repeated brings it.
    PaletteOptions palette;

    int count() const { return static_cast<int>(m_selected.size()); }
    int count(GroupId group) const;
    int total(GroupId group) const;
    SweepPlan plan() const;

    bool operator==(const PlanChoice&) const = default;
    /// The same sweep; what else is known does not matter.
    bool sweepsAs(const PlanChoice& other) const;

private:
    /// Everything that can be ticked, in run order.
    std::vector<CompressionConfig> known() const;

    std::set<std::string> m_selected;
    std::vector<std::string> m_own;
};

/// What the thorough sweep tries beyond the base: other block and group sizes, 2 and 3 bits, small
/// floats. Canonical names.
const std::vector<std::string>& moreConfigurations();
/// The 31 base configurations as the tree shows them.
std::vector<ConfigFamily> configFamilies();
/// The configuration of this name, or as much of a refinement as its name tells.
CompressionConfig configForName(const std::string& name);
/// "per-channel quantization" and so on, translated.
QString groupTitleText(GroupId group);

} // namespace bitfront
