// SPDX-License-Identifier: GPL-3.0-or-later
// Multiple-choice knapsack: exact search over undominated partial sums, bounded by relaxations.
#include "core/plan/allocation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace bitfront {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Partial sums kept after each unit; with more the search is no longer exact but still short.
constexpr std::size_t kMostStates = 20000;
/// What is better by less than this share is not looked for: sums are rounded more than that.
constexpr double kTolerance = 1e-12;

/// An option in the terms of the solver: minimise the sum of `value` while the sum of `weight`
/// stays within a limit.
struct Item
{
    double weight = 0, value = 0;
    std::size_t option = 0;
};

struct Unit
{
    std::size_t index = 0; ///< among the caller's units
    std::vector<Item> items; ///< undominated: weights rise, values fall
    double coarseness = 0; ///< largest step of weight along the hull
};

/// From one item of a unit's lower hull to the next: less value for more weight.
struct Step
{
    std::size_t unit = 0, item = 0;
    double weight = 0, value = 0; ///< changes; value < 0
    double slope() const { return -value / weight; }
};

std::vector<Item> undominated(std::vector<Item> items)
{
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
        return a.weight != b.weight ? a.weight < b.weight
            : a.value != b.value    ? a.value < b.value
                                    : a.option < b.option;
    });
    std::vector<Item> kept;
    for (const Item& item : items)
        if (kept.empty() || item.value < kept.back().value)
            kept.push_back(item);
    return kept;
}

/// Indices of the items on the lower convex hull.
std::vector<std::size_t> hullOf(const std::vector<Item>& items)
{
    std::vector<std::size_t> hull;
    const auto turnsUp = [&](std::size_t a, std::size_t b, std::size_t c) {
        return (items[b].value - items[a].value) * (items[c].weight - items[a].weight)
            >= (items[c].value - items[a].value) * (items[b].weight - items[a].weight);
    };
    for (std::size_t i = 0; i < items.size(); ++i) {
        while (hull.size() > 1 && turnsUp(hull[hull.size() - 2], hull.back(), i))
            hull.pop_back();
        hull.push_back(i);
    }
    return hull;
}

/// The linear relaxation of some units: the least value for every weight, a falling convex line of
/// straight pieces. Its corners are whole choices.
class Relaxation
{
public:
    /// Of the units from `first` on, of which `steps`, by falling slope, may hold others, too; the
    /// two sums are those of their lightest items.
    Relaxation(const std::vector<Step>& steps, std::size_t first, double weight, double value)
        : m_weight {weight}
        , m_value {value}
    {
        for (const Step& step : steps) {
            if (step.unit < first)
                continue;
            m_weight.push_back(m_weight.back() + step.weight);
            m_value.push_back(m_value.back() + step.value);
        }
    }

    std::size_t steps() const { return m_weight.size() - 1; }
    double lightest() const { return m_weight.front(); }
    /// Steps that fit into `room`, which must not be less than lightest().
    std::size_t stepsWithin(double room) const
    {
        const auto above = std::upper_bound(m_weight.begin(), m_weight.end(), room);
        return static_cast<std::size_t>(above - m_weight.begin()) - 1;
    }
    /// Value of the whole choice after that many steps.
    double valueAfter(std::size_t steps) const { return m_value[steps]; }
    /// No choice of weight `room` is better.
    double bound(std::size_t steps, double room) const
    {
        return steps == this->steps() ? m_value[steps]
                                      : m_value[steps] - slope(steps) * (room - m_weight[steps]);
    }
    /// Value that a unit of weight buys in the step after that many.
    double slope(std::size_t steps) const
    {
        return (m_value[steps] - m_value[steps + 1]) / (m_weight[steps + 1] - m_weight[steps]);
    }

private:
    std::vector<double> m_weight, m_value; ///< after that many steps
};

/// Goes through the units from coarse to fine. What is decided is a list of undominated partial
/// sums; what is left is bounded by its relaxation, which the fine units make tight, and whose
/// corners complete every partial sum to a choice.
class Solver
{
public:
    Solver(std::vector<Unit> units, double limit)
        : m_units(std::move(units))
        , m_limit(limit)
    {
        std::stable_sort(m_units.begin(), m_units.end(),
                         [](const Unit& a, const Unit& b) { return a.coarseness > b.coarseness; });
    }

    /// False when nothing fits.
    bool solve();
    /// Option of every unit, by the caller's index.
    std::vector<std::size_t> chosen() const;
    /// No choice has a smaller value.
    double bound() const { return std::min(m_bestValue, m_dropped); }
    bool exact() const { return m_dropped >= m_bestValue; }

private:
    /// A partial sum; its choices are a chain of nodes.
    struct State
    {
        double weight = 0, value = 0, bound = 0;
        std::uint32_t node = 0;
    };
    struct Node
    {
        std::uint32_t parent = 0, item = 0;
    };

    /// Steps of all units, by falling slope.
    std::vector<Step> allSteps() const;
    /// Relaxation of the units from `first` on.
    Relaxation relaxation(std::size_t first) const;
    /// Drops the items that the relaxation of everything proves to be in no better choice.
    void reduce(const Relaxation& all);
    /// Bounds the state by what the units from `unit` on can do at best, and tries to complete it.
    /// False when it cannot lead to anything better.
    bool assess(State& state, std::size_t unit);
    std::vector<State> expand(const std::vector<State>& states, std::size_t unit);
    void prune(std::vector<State>& states);
    bool worse(double bound) const
    {
        return bound >= m_bestValue - kTolerance * std::fabs(m_bestValue);
    }

    std::vector<Unit> m_units;
    double m_limit;
    std::vector<Step> m_steps; ///< of all units
    std::vector<Relaxation> m_rest; ///< of the units from an index on
    std::vector<Node> m_nodes;
    double m_bestValue = kInfinity;
    std::uint32_t m_bestNode = 0;
    std::size_t m_bestUnits = 0, m_bestSteps = 0; ///< units decided, steps of the others
    std::vector<std::size_t> m_first; ///< options of the first choice, while it is the best
    bool m_isFirst = false;
    double m_dropped = kInfinity; ///< least bound of what a full list left out
};

std::vector<Step> Solver::allSteps() const
{
    std::vector<Step> steps;
    for (std::size_t u = 0; u < m_units.size(); ++u) {
        const std::vector<Item>& items = m_units[u].items;
        const std::vector<std::size_t> hull = hullOf(items);
        for (std::size_t i = 1; i < hull.size(); ++i)
            steps.push_back({u, hull[i], items[hull[i]].weight - items[hull[i - 1]].weight,
                             items[hull[i]].value - items[hull[i - 1]].value});
    }
    std::stable_sort(steps.begin(), steps.end(),
                     [](const Step& a, const Step& b) { return a.slope() > b.slope(); });
    return steps;
}

Relaxation Solver::relaxation(std::size_t first) const
{
    double weight = 0;
    double value = 0;
    for (std::size_t u = first; u < m_units.size(); ++u) {
        weight += m_units[u].items.front().weight;
        value += m_units[u].items.front().value;
    }
    return {m_steps, first, weight, value};
}

void Solver::reduce(const Relaxation& all)
{
    const std::size_t steps = all.stepsWithin(m_limit);
    if (steps == all.steps())
        return; // everything fits: the relaxation is the answer
    const double multiplier = all.slope(steps);
    const double gap = m_bestValue - all.bound(steps, m_limit);
    for (Unit& unit : m_units) {
        const auto sum = [&](const Item& item) { return item.value + multiplier * item.weight; };
        const Item best =
            *std::min_element(unit.items.begin(), unit.items.end(),
                              [&](const Item& a, const Item& b) { return sum(a) < sum(b); });
        std::erase_if(unit.items,
                      [&](const Item& item) { return sum(item) - sum(best) > gap * (1 + 1e-9); });
    }
}

bool Solver::assess(State& state, std::size_t unit)
{
    const Relaxation& rest = m_rest[unit];
    const double room = m_limit - state.weight;
    if (room < rest.lightest())
        return false;
    const std::size_t steps = rest.stepsWithin(room);
    const double value = state.value + rest.valueAfter(steps);
    if (value < m_bestValue) {
        m_bestValue = value;
        m_bestNode = state.node;
        m_bestUnits = unit;
        m_bestSteps = steps;
        m_isFirst = false;
    }
    state.bound = state.value + rest.bound(steps, room);
    return !worse(state.bound);
}

bool Solver::solve()
{
    if (std::any_of(m_units.begin(), m_units.end(),
                    [](const Unit& unit) { return unit.items.empty(); }))
        return false;
    m_nodes.assign(1, {});
    std::vector<State> states(1);
    m_steps = allSteps();
    m_rest.push_back(relaxation(0));
    const bool promising = assess(states.front(), 0);
    if (m_bestValue == kInfinity)
        return false;
    m_first = chosen();
    if (!promising)
        return true;
    reduce(m_rest.front());
    // The reduced units have other corners; the first choice stays until a better one is found.
    m_isFirst = true;
    m_steps = allSteps();
    m_rest = {relaxation(0)};
    for (std::size_t u = 0; u < m_units.size() && !states.empty(); ++u) {
        m_rest.push_back(relaxation(u + 1));
        states = expand(states, u);
        prune(states);
    }
    return true;
}

std::vector<Solver::State> Solver::expand(const std::vector<State>& states, std::size_t unit)
{
    std::vector<State> next;
    const std::vector<Item>& items = m_units[unit].items;
    for (std::size_t i = 0; i < items.size(); ++i)
        for (const State& state : states) {
            State grown {state.weight + items[i].weight, state.value + items[i].value, 0,
                         static_cast<std::uint32_t>(m_nodes.size())};
            m_nodes.push_back({state.node, static_cast<std::uint32_t>(i)});
            if (assess(grown, unit + 1))
                next.push_back(grown);
            else if (m_bestNode != grown.node)
                m_nodes.pop_back();
        }
    return next;
}

/// Drops what is as heavy and no better than another, and what the bound has ruled out since.
void Solver::prune(std::vector<State>& states)
{
    std::sort(states.begin(), states.end(), [](const State& a, const State& b) {
        return a.weight != b.weight ? a.weight < b.weight
            : a.value != b.value    ? a.value < b.value
                                    : a.node < b.node;
    });
    std::size_t kept = 0;
    for (const State& state : states)
        if (!worse(state.bound) && (kept == 0 || state.value < states[kept - 1].value))
            states[kept++] = state;
    states.resize(kept);
    if (kept <= kMostStates)
        return;
    std::sort(states.begin(), states.end(), [](const State& a, const State& b) {
        return a.bound != b.bound ? a.bound < b.bound : a.node < b.node;
    });
    m_dropped = std::min(m_dropped, states[kMostStates].bound);
    states.resize(kMostStates);
}

std::vector<std::size_t> Solver::chosen() const
{
    if (m_isFirst)
        return m_first;
    std::vector<std::size_t> items(m_units.size(), 0);
    std::uint32_t node = m_bestNode;
    for (std::size_t u = m_bestUnits; u-- > 0; node = m_nodes[node].parent)
        items[u] = m_nodes[node].item;
    std::size_t left = m_bestSteps;
    for (auto step = m_steps.begin(); left > 0; ++step)
        if (step->unit >= m_bestUnits) {
            items[step->unit] = step->item;
            --left;
        }
    std::vector<std::size_t> options(m_units.size());
    for (std::size_t u = 0; u < m_units.size(); ++u)
        options[m_units[u].index] = m_units[u].items[items[u]].option;
    return options;
}

double coarsenessOf(const std::vector<Item>& items)
{
    const std::vector<std::size_t> hull = hullOf(items);
    double most = 0;
    for (std::size_t i = 1; i < hull.size(); ++i)
        most = std::max(most, items[hull[i]].weight - items[hull[i - 1]].weight);
    return most;
}

/// `swapped`: minimise the size under a limit of the cost.
std::optional<Allocation> allocate(const AllocationUnits& units, double limit, bool swapped)
{
    std::vector<Unit> prepared;
    for (std::size_t u = 0; u < units.size(); ++u) {
        std::vector<Item> items;
        for (std::size_t i = 0; i < units[u].size(); ++i) {
            const AllocationOption& option = units[u][i];
            if (std::isfinite(option.cost))
                items.push_back(
                    {swapped ? option.cost : option.size, swapped ? option.size : option.cost, i});
        }
        items = undominated(std::move(items));
        const double coarseness = coarsenessOf(items);
        prepared.push_back({u, std::move(items), coarseness});
    }
    Solver solver(std::move(prepared), limit);
    if (!solver.solve())
        return std::nullopt;
    Allocation result;
    result.chosen = solver.chosen();
    for (std::size_t u = 0; u < units.size(); ++u) { // in the caller's order: same sums every time
        result.size += units[u][result.chosen[u]].size;
        result.cost += units[u][result.chosen[u]].cost;
    }
    result.exact = solver.exact();
    result.bound = result.exact ? (swapped ? result.size : result.cost) : solver.bound();
    return result;
}

} // namespace

std::optional<Allocation> cheapestWithin(const AllocationUnits& units, double sizeLimit)
{
    return allocate(units, sizeLimit, false);
}

std::optional<Allocation> smallestWithin(const AllocationUnits& units, double costLimit)
{
    return allocate(units, costLimit, true);
}

} // namespace bitfront
