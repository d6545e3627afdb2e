// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a graph that may share memory with one another and are written in place somewhere.
#pragma once

#include "core/engine/torch/exported/compiled_graph.h"

#include <vector>

namespace bitfront::exported {

class AliasGroups
{
public:
    explicit AliasGroups(const CompiledGraph& graph);

    int count() const { return static_cast<int>(m_lastMutation.size()); }
    /// Group of a slot, −1 when its memory is never written in place.
    int groupOf(int slot) const { return m_groups[static_cast<std::size_t>(slot)]; }
    /// Index of the last instruction that writes into the group's memory.
    int lastMutation(int group) const { return m_lastMutation[static_cast<std::size_t>(group)]; }

private:
    std::vector<int> m_groups; ///< by slot
    std::vector<int> m_lastMutation; ///< by group
};

} // namespace bitfront::exported
