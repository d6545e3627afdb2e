// SPDX-License-Identifier: GPL-3.0-or-later
// From a scan to recipes: chosen by the sum of the layers' errors, verified by a real forward pass,
// refined by measuring options again around the best recipe so far.
#pragma once

#include "core/plan/recipe_target.h"
#include "core/plan/sensitivity.h"
#include "core/scan/choice_measurer.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace bitfront {

/// A verified recipe.
struct FoundRecipe
{
    ScanChoice choice;
    std::int64_t bits = 0;
    ErrorEnergies measured; ///< per output, of the samples that formats are chosen by
    RecipeFacts facts;
};

/// Most measurements that a search for a recipe makes, one of what is remembered not counted.
std::size_t mostMeasurements(const ScanSpace& space, int rounds);

class RecipeSearch
{
public:
    /// `ranking` is an index into Measurement::outputs: what quality targets are about that name no
    /// output.
    RecipeSearch(ChoiceMeasurer& measurer, Sensitivity sensitivity, AllowedOptions allowed,
                 std::size_t ranking);

    /// A recipe that was measured before. It is found where no better one is, but changes no
    /// search.
    void remember(const ScanChoice& choice, ErrorEnergies measured);

    /// Told what goes on: refinement round (0: verification), measurements done and wanted in it.
    using Progress = std::function<void(int round, std::size_t done, std::size_t total)>;
    /// The best recipe for a target. Everything measured before for other targets of this search
    /// counts, too, so that more bits never give a worse recipe when targets rise. Throws
    /// Error(BadArgument) when no recipe meets the target or it names no output, Cancelled, and
    /// what measure() throws.
    FoundRecipe find(const RecipeTarget& target, int rounds, const std::stop_token& stop,
                     const Progress& progress = {});

private:
    struct Candidate
    {
        ScanChoice choice;
        std::int64_t bits = 0;
        ErrorEnergies energies; ///< empty: not measured yet
    };
    /// What is minimised: bits or error, with a limit to the other.
    struct Goal
    {
        bool bySize =
            true; ///< least error within `limit` bits; else least bits within `limit` error
        double limit = 0;
        std::optional<std::size_t> output; ///< whose error counts; empty: all
    };
    Goal goalOf(const RecipeTarget& target) const;
    double errorOf(const Candidate& candidate, const Goal& goal) const;
    std::optional<Allocation> allocate(const AllocationUnits& units, const Goal& goal,
                                       double limit) const;
    bool isBetter(const Candidate& a, const Candidate& b, const Goal& goal) const;
    bool meets(const Candidate& candidate, const Goal& goal) const;
    /// Null when none meets the goal.
    const Candidate* best(const std::vector<Candidate>& among, const Goal& goal) const;
    Candidate propose(const ScanChoice& choice) const;
    /// Measures and remembers.
    void measure(std::vector<Candidate>& candidates, const std::stop_token& stop,
                 const ChoiceMeasurer::Progress& progress = {});
    void begin(const Goal& goal, const std::stop_token& stop);
    void recall(const Goal& goal, const std::stop_token& stop);
    void refine(const Candidate& around, const Goal& goal, const std::stop_token& stop,
                const ChoiceMeasurer::Progress& progress);
    std::vector<std::size_t> neighbours(std::size_t unit, std::size_t option) const;

    ChoiceMeasurer& m_measurer;
    Sensitivity m_sensitivity;
    AllowedOptions m_allowed;
    std::size_t m_ranking;
    std::vector<Candidate> m_pool; ///< every whole recipe measured so far
    std::vector<Candidate> m_remembered;
    std::vector<double> m_predicted; ///< RecipeFacts::predicted of the present target
    bool m_exact = true;
};

} // namespace bitfront
