// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/run_plan.h"

#include <algorithm>
#include <set>

namespace bitfront::exported {

namespace {

std::size_t at(int index)
{
    return static_cast<std::size_t>(index);
}

class Planner
{
public:
    Planner(const CompiledGraph& graph, const AliasGroups& aliases, const Values& stored)
        : m_graph(graph)
        , m_aliases(aliases)
        , m_stored(stored)
        , m_changedSlots(at(graph.slots()), false)
        , m_isInput(at(graph.slots()), false)
        , m_changedGroups(at(aliases.count()), false)
        , m_activeGroups(at(aliases.count()), false)
    {
        m_plan.execute.assign(graph.instructions.size(), false);
        m_plan.changed.assign(graph.instructions.size(), false);
        for (const int slot : graph.inputs)
            m_isInput[at(slot)] = true;
    }

    RunPlan run(const std::vector<int>& exchanged, const std::vector<int>& wanted)
    {
        for (const int slot : exchanged)
            markChanged(slot);
        while (spreadChanges()) { }
        while (choose(wanted)) { }
        return std::move(m_plan);
    }

private:
    bool markChanged(int slot)
    {
        const int group = m_aliases.groupOf(slot);
        bool grown = !m_changedSlots[at(slot)];
        m_changedSlots[at(slot)] = true;
        if (group >= 0 && !m_changedGroups[at(group)]) {
            m_changedGroups[at(group)] = true;
            grown = true;
        }
        return grown;
    }

    bool isChanged(int slot) const
    {
        const int group = m_aliases.groupOf(slot);
        return m_changedSlots[at(slot)] || (group >= 0 && m_changedGroups[at(group)]);
    }

    /// One pass from first to last; a change in shared memory may reach back, so until it is quiet.
    bool spreadChanges()
    {
        bool grown = false;
        for (std::size_t i = 0; i < m_graph.instructions.size(); ++i) {
            const Instruction& instruction = m_graph.instructions[i];
            const auto changed = [&](int slot) { return isChanged(slot); };
            if (m_plan.changed[i]
                || !(std::any_of(instruction.reads.begin(), instruction.reads.end(), changed)
                     || std::any_of(instruction.writes.begin(), instruction.writes.end(), changed)))
                continue;
            m_plan.changed[i] = true;
            grown = true;
            for (const auto* slots : {&instruction.writes, &instruction.mutates})
                for (const int slot : *slots)
                    markChanged(slot);
        }
        return grown;
    }

    /// Whether the stored value can stand for the slot.
    bool isAtHand(int slot) const
    {
        const int group = m_aliases.groupOf(slot);
        return !m_stored[at(slot)].isNone() && !isChanged(slot)
            && (group < 0 || !m_activeGroups[at(group)]);
    }

    bool activate(int group)
    {
        if (group < 0 || m_activeGroups[at(group)])
            return false;
        m_activeGroups[at(group)] = true;
        return true;
    }

    /// Memory that is written in place is at hand in its last state only; whoever reads an earlier
    /// state, or an input that is written into, needs it computed anew.
    bool activateRead(int slot, std::size_t reader)
    {
        const int group = m_aliases.groupOf(slot);
        if (group < 0)
            return false;
        const bool early = reader <= at(m_aliases.lastMutation(group));
        return early || m_isInput[at(slot)] ? activate(group) : false;
    }

    bool touchesActiveGroup(const Instruction& instruction) const
    {
        const auto active = [&](int slot) {
            const int group = m_aliases.groupOf(slot);
            return group >= 0 && m_activeGroups[at(group)];
        };
        return std::any_of(instruction.writes.begin(), instruction.writes.end(), active)
            || std::any_of(instruction.mutates.begin(), instruction.mutates.end(), active);
    }

    bool isNeeded(std::size_t i, const std::vector<bool>& needed) const
    {
        const Instruction& instruction = m_graph.instructions[i];
        if (m_plan.execute[i] || touchesActiveGroup(instruction))
            return true;
        if (m_plan.changed[i] && (instruction.writes.empty() || !instruction.mutates.empty()))
            return true;
        return std::any_of(instruction.writes.begin(), instruction.writes.end(),
                           [&](int slot) { return needed[at(slot)] && !isAtHand(slot); });
    }

    /// One pass from last to first. True when groups became active: then earlier decisions may
    /// fall.
    bool choose(const std::vector<int>& wanted)
    {
        bool grown = false;
        std::vector<bool> needed(at(m_graph.slots()), false);
        for (const int slot : wanted) {
            needed[at(slot)] = true;
            grown = (m_isInput[at(slot)] && activate(m_aliases.groupOf(slot))) || grown;
        }
        for (std::size_t i = m_graph.instructions.size(); i-- > 0;) {
            const Instruction& instruction = m_graph.instructions[i];
            if (!isNeeded(i, needed))
                continue;
            m_plan.execute[i] = true;
            for (const int slot : instruction.reads) {
                needed[at(slot)] = true;
                grown = activateRead(slot, i) || grown;
            }
            for (const auto* slots : {&instruction.writes, &instruction.mutates})
                for (const int slot : *slots)
                    grown = activate(m_aliases.groupOf(slot)) || grown;
        }
        noteTaken(needed);
        return grown;
    }

    void noteTaken(const std::vector<bool>& needed)
    {
        std::vector<bool> computed(at(m_graph.slots()), false);
        for (std::size_t i = 0; i < m_graph.instructions.size(); ++i)
            for (const int slot : m_graph.instructions[i].writes)
                computed[at(slot)] = computed[at(slot)] || m_plan.execute[i];
        m_plan.taken.clear();
        for (int slot = 0; slot < m_graph.slots(); ++slot)
            if (needed[at(slot)] && !computed[at(slot)] && !m_isInput[at(slot)])
                m_plan.taken.push_back(slot);
    }

    const CompiledGraph& m_graph;
    const AliasGroups& m_aliases;
    const Values& m_stored;
    RunPlan m_plan;
    std::vector<bool> m_changedSlots, m_isInput;
    std::vector<bool> m_changedGroups, m_activeGroups;
};

} // namespace

RunPlan planRun(const CompiledGraph& graph, const AliasGroups& aliases,
                const std::vector<int>& exchanged, const std::vector<int>& wanted,
                const Values& stored)
{
    return Planner(graph, aliases, stored).run(exchanged, wanted);
}

bool isCostly(const Instruction& instruction)
{
    static const std::set<std::string> names {"aten::linear",
                                              "aten::matmul",
                                              "aten::mm",
                                              "aten::bmm",
                                              "aten::addmm",
                                              "aten::baddbmm",
                                              "aten::einsum",
                                              "aten::lstm",
                                              "aten::gru",
                                              "aten::rnn_tanh",
                                              "aten::rnn_relu",
                                              "aten::_native_multi_head_attention",
                                              "aten::scaled_dot_product_attention",
                                              "aten::_scaled_dot_product_flash_attention_for_cpu"};
    if (!instruction.op)
        return instruction.higherOrder != HigherOrder::None;
    const std::string& name = instruction.op->schema().name();
    return names.count(name) > 0 || name.rfind("aten::conv", 0) == 0
        || name.rfind("aten::_convolution", 0) == 0;
}

bool drawsRandomNumbers(const CompiledGraph& graph)
{
    return std::any_of(graph.instructions.begin(), graph.instructions.end(),
                       [](const Instruction& instruction) { return instruction.random; });
}

} // namespace bitfront::exported
