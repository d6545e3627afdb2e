// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/alias_groups.h"

#include <map>
#include <numeric>

namespace bitfront::exported {

namespace {

/// Union-find over slots.
class Sets
{
public:
    explicit Sets(int count)
        : m_parents(static_cast<std::size_t>(count))
    {
        std::iota(m_parents.begin(), m_parents.end(), 0);
    }
    int find(int slot)
    {
        int& parent = m_parents[static_cast<std::size_t>(slot)];
        while (parent != m_parents[static_cast<std::size_t>(parent)])
            parent = m_parents[static_cast<std::size_t>(parent)];
        return parent;
    }
    void unite(int a, int b) { m_parents[static_cast<std::size_t>(find(a))] = find(b); }

private:
    std::vector<int> m_parents;
};

} // namespace

AliasGroups::AliasGroups(const CompiledGraph& graph)
    : m_groups(static_cast<std::size_t>(graph.slots()), -1)
{
    Sets sets(graph.slots());
    for (const Instruction& instruction : graph.instructions)
        for (const int argument : instruction.shared)
            for (const int result : instruction.writes)
                sets.unite(result, argument);
    std::map<int, int> groups; // representative → group
    for (std::size_t i = 0; i < graph.instructions.size(); ++i)
        for (const int slot : graph.instructions[i].mutates) {
            const int next = static_cast<int>(groups.size());
            const auto [entry, added] = groups.emplace(sets.find(slot), next);
            if (added)
                m_lastMutation.push_back(0);
            m_lastMutation[static_cast<std::size_t>(entry->second)] = static_cast<int>(i);
        }
    for (int slot = 0; slot < graph.slots(); ++slot)
        if (const auto found = groups.find(sets.find(slot)); found != groups.end())
            m_groups[static_cast<std::size_t>(slot)] = found->second;
}

} // namespace bitfront::exported
