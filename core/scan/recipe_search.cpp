// SPDX-License-Identifier: GPL-3.0-or-later
// Allocation, verification and refinement.
#include "core/scan/recipe_search.h"

#include "core/base/error.h"
#include "core/plan/recipe_prediction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitfront {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Options measured again on each side of a layer's present one.
constexpr std::size_t kNeighbours = 3;
/// Verifications until the sum's limit gives the quality that is asked for.
constexpr int kMostTries = 8;
/// A refinement that lowers the error by less ends the search: 0.02 dB.
constexpr double kWorthwhile = 0.995;
/// Of the error around which is refined: what a change must gain to be tried, from all changes that
/// promise anything to the sure ones. Many small promises at once do not add up.
constexpr double kReluctance[] = {0, 0.003, 0.02};

AllocationUnits reluctant(AllocationUnits units, const ScanChoice& around, double price)
{
    for (std::size_t u = 0; u < units.size(); ++u)
        for (std::size_t o = 0; o < units[u].size(); ++o)
            if (o != around[u])
                units[u][o].cost += price;
    return units;
}

} // namespace

std::size_t mostMeasurements(const ScanSpace& space, int rounds)
{
    std::size_t round = std::size(kReluctance);
    for (const auto& options : space.options)
        round += std::min(options.size() - 1, 2 * kNeighbours);
    return kMostTries + 1 + static_cast<std::size_t>(std::max(rounds, 0)) * round; // and in full
}

RecipeSearch::RecipeSearch(ChoiceMeasurer& measurer, Sensitivity sensitivity,
                           AllowedOptions allowed, std::size_t ranking)
    : m_measurer(measurer)
    , m_sensitivity(std::move(sensitivity))
    , m_allowed(std::move(allowed))
    , m_ranking(ranking)
{
}

RecipeSearch::Goal RecipeSearch::goalOf(const RecipeTarget& target) const
{
    validate(target);
    const ScanSpace& space = m_measurer.space();
    if (target.isSize())
        return {true, std::floor(target.bitLimit(space.totalElements)), std::nullopt};
    if (m_sensitivity.metrics.empty())
        throw Error(ErrorCode::BadArgument,
                    "No layer could be measured in any format: no recipe can promise a quality.",
                    "Ask for a size, or look at the errors in scan.jsonl.");
    const auto& outputs = m_sensitivity.outputs;
    if (!target.output.empty()
        && std::find(outputs.begin(), outputs.end(), target.output) == outputs.end()) {
        std::string names;
        for (const std::string& output : outputs)
            names += (names.empty() ? "" : ", ") + output;
        throw Error(ErrorCode::BadArgument, "There is no output “" + target.output + "”.",
                    "The outputs are " + names + '.', target.output);
    }
    const std::size_t output =
        target.output.empty() ? m_ranking : m_sensitivity.indexOf(target.output);
    return {false, errorEnergy(m_sensitivity.metrics.at(output), target.value), output};
}

double RecipeSearch::errorOf(const Candidate& candidate, const Goal& goal) const
{
    return goal.output ? candidate.energies.at(*goal.output)
                       : m_sensitivity.total(candidate.energies);
}

std::optional<Allocation> RecipeSearch::allocate(const AllocationUnits& units, const Goal& goal,
                                                 double limit) const
{
    return goal.bySize
        ? cheapestWithin(units, limit - static_cast<double>(m_measurer.space().fixedBits))
        : smallestWithin(units, limit);
}

bool RecipeSearch::meets(const Candidate& candidate, const Goal& goal) const
{
    return goal.bySize ? static_cast<double>(candidate.bits) <= goal.limit
                       : errorOf(candidate, goal) <= goal.limit;
}

bool RecipeSearch::isBetter(const Candidate& a, const Candidate& b, const Goal& goal) const
{
    const double errorA = errorOf(a, goal);
    const double errorB = errorOf(b, goal);
    if (goal.bySize)
        return errorA != errorB ? errorA < errorB : a.bits < b.bits;
    return a.bits != b.bits ? a.bits < b.bits : errorA < errorB;
}

const RecipeSearch::Candidate* RecipeSearch::best(const std::vector<Candidate>& among,
                                                  const Goal& goal) const
{
    const Candidate* found = nullptr;
    for (const Candidate& candidate : among)
        // Finite in all outputs: none may be ruined for another's sake.
        if (meets(candidate, goal) && std::isfinite(m_sensitivity.total(candidate.energies))
            && (!found || isBetter(candidate, *found, goal)))
            found = &candidate;
    return found;
}

void RecipeSearch::remember(const ScanChoice& choice, ErrorEnergies measured)
{
    for (std::size_t u = 0; u < choice.size(); ++u)
        if (!m_allowed[u][choice[u]])
            return;
    m_remembered.push_back({choice, m_measurer.space().bits(choice), std::move(measured)});
}

RecipeSearch::Candidate RecipeSearch::propose(const ScanChoice& choice) const
{
    return {choice, m_measurer.space().bits(choice), {}};
}

void RecipeSearch::measure(std::vector<Candidate>& candidates, const std::stop_token& stop,
                           const ChoiceMeasurer::Progress& progress)
{
    std::vector<ScanChoice> choices;
    for (const Candidate& candidate : candidates)
        choices.push_back(candidate.choice);
    const std::vector<ChoiceResult> results = m_measurer.measure(choices, stop, progress);
    for (std::size_t i = 0; i < choices.size(); ++i) {
        candidates[i].energies = results[i].failure
            ? ErrorEnergies(m_sensitivity.metrics.size(), kInfinity)
            : energiesOf(results[i].outputs);
        const bool known = std::any_of(m_pool.begin(), m_pool.end(), [&](const Candidate& one) {
            return one.choice == choices[i];
        });
        if (!known)
            m_pool.push_back(candidates[i]);
    }
}

/// The allocation by the sum of the errors, verified. For a quality the limit of the sum is moved
/// until the measured error meets it.
void RecipeSearch::begin(const Goal& goal, const std::stop_token& stop)
{
    const AllocationUnits units =
        allocationUnits(m_measurer.space(), m_sensitivity, m_allowed, goal.output);
    double limit = goal.limit;
    for (int tries = 0; tries < kMostTries; ++tries) {
        const std::optional<Allocation> allocation = allocate(units, goal, limit);
        if (!allocation)
            return;
        m_exact = m_exact && allocation->exact;
        if (tries == 0)
            m_predicted = m_sensitivity.predict(allocation->chosen);
        std::vector<Candidate> verified {propose(allocation->chosen)};
        measure(verified, stop);
        const double error = errorOf(verified.front(), goal);
        if (goal.bySize || error == 0)
            return;
        // Closer to the limit from both sides; above it a little further than the sum rule asks.
        const double ratio = std::isfinite(error) ? goal.limit / error : 0.25;
        if (ratio >= 1 && ratio < 1.02)
            return;
        limit *= ratio < 1 ? ratio * 0.98 : std::sqrt(ratio);
    }
}

/// Options next to the present one among the layer's undominated ones.
std::vector<std::size_t> RecipeSearch::neighbours(std::size_t unit, std::size_t option) const
{
    const auto& options = m_measurer.space().options[unit];
    std::vector<std::size_t> order(options.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return options[a].bits != options[b].bits
            ? options[a].bits < options[b].bits
            : m_sensitivity.cost(unit, a) < m_sensitivity.cost(unit, b);
    });
    double least = kInfinity;
    std::vector<std::size_t> line; // by bits; each better than all smaller ones
    for (const std::size_t o : order) {
        const double cost = m_sensitivity.cost(unit, o);
        if (o == option || (m_allowed[unit][o] && cost < least))
            line.push_back(o);
        if (m_allowed[unit][o])
            least = std::min(least, cost);
    }
    const auto at =
        static_cast<std::size_t>(std::find(line.begin(), line.end(), option) - line.begin());
    std::vector<std::size_t> near;
    for (std::size_t i = at - std::min(at, kNeighbours);
         i < std::min(line.size(), at + kNeighbours + 1); ++i)
        if (line[i] != option)
            near.push_back(line[i]);
    return near;
}

/// Measures the neighbours of every unit within the recipe `around`, allocates by these changes
/// alone, and verifies.
void RecipeSearch::refine(const Candidate& around, const Goal& goal, const std::stop_token& stop,
                          const ChoiceMeasurer::Progress& progress)
{
    const ScanSpace& space = m_measurer.space();
    std::vector<Candidate> near; // `around` with one unit changed
    std::vector<std::pair<std::size_t, std::size_t>> cells;
    for (std::size_t u = 0; u < space.units.size(); ++u)
        for (const std::size_t o : neighbours(u, around.choice[u])) {
            ScanChoice choice = around.choice;
            choice[u] = o;
            near.push_back(propose(choice));
            cells.emplace_back(u, o);
        }
    measure(near, stop, progress);
    AllocationUnits units;
    for (const auto& options : space.options) {
        units.emplace_back();
        for (const ScanOption& option : options)
            units.back().push_back({static_cast<double>(option.bits), kInfinity});
    }
    const double error = errorOf(around, goal);
    for (std::size_t u = 0; u < units.size(); ++u)
        units[u][around.choice[u]].cost = 0;
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (std::isfinite(m_sensitivity.total(near[i].energies)))
            units[cells[i].first][cells[i].second].cost = errorOf(near[i], goal) - error;
    std::vector<Candidate> next;
    for (const double share : kReluctance) {
        const auto allocation = allocate(reluctant(units, around.choice, share * error), goal,
                                         goal.bySize ? goal.limit : goal.limit - error);
        if (allocation)
            next.push_back(propose(allocation->chosen));
    }
    measure(next, stop);
}

/// Measures what is remembered and looks better than what was found: it may have been measured on
/// other samples. Where it was not, nothing is measured.
void RecipeSearch::recall(const Goal& goal, const std::stop_token& stop)
{
    for (;;) {
        const Candidate* found = best(m_pool, goal);
        const Candidate* before = best(m_remembered, goal);
        if (!before || (found && !isBetter(*before, *found, goal)))
            return;
        std::vector<Candidate> again {propose(before->choice)};
        std::erase_if(m_remembered,
                      [&](const Candidate& one) { return one.choice == again.front().choice; });
        measure(again, stop);
    }
}

FoundRecipe RecipeSearch::find(const RecipeTarget& target, int rounds, const std::stop_token& stop,
                               const Progress& progress)
{
    const Goal goal = goalOf(target);
    const int evaluations = m_measurer.evaluations();
    m_exact = true;
    if (progress)
        progress(0, 0, 1);
    m_predicted.clear();
    begin(goal, stop);
    int done = 0;
    while (done < rounds) {
        const Candidate* now = best(m_pool, goal);
        if (!now)
            break;
        const Candidate around = *now;
        ++done;
        refine(around, goal, stop, [&](std::size_t count, std::size_t total) {
            if (progress)
                progress(done, count, total);
        });
        const Candidate& then = *best(m_pool, goal);
        const bool worthwhile = goal.bySize
            ? errorOf(then, goal) < errorOf(around, goal) * kWorthwhile
            : static_cast<double>(then.bits) < static_cast<double>(around.bits) * kWorthwhile;
        if (!worthwhile)
            break;
    }
    recall(goal, stop);
    const Candidate* found = best(m_pool, goal);
    if (!found)
        throw Error(ErrorCode::BadArgument,
                    "No recipe of the scanned formats meets the target: " + target.text() + '.',
                    goal.bySize ? "Ask for a larger size, or scan formats of fewer bits."
                                : "Ask for a lower quality, or lock fewer layers.");
    FoundRecipe recipe {found->choice, found->bits, found->energies, {}};
    recipe.facts.target = target.text();
    recipe.facts.predicted = m_predicted;
    recipe.facts.rounds = done;
    recipe.facts.evaluations = m_measurer.evaluations() - evaluations;
    recipe.facts.exact = m_exact;
    return recipe;
}

} // namespace bitfront
