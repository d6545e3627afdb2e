// SPDX-License-Identifier: GPL-3.0-or-later
// What a scan alone says about a recipe: which formats the sum of the layers' errors would choose
// for a target, and what quality it expects. Measures nothing, so it follows a slider.
#pragma once

#include "core/plan/recipe_target.h"
#include "core/plan/sensitivity.h"

#include <optional>
#include <vector>

namespace bitfront {

/// A recipe that was not measured.
struct RecipePrediction
{
    ScanChoice choice;
    std::int64_t bits = 0; ///< of the whole model
    double averageBits = 0;
    std::vector<double> qualities; ///< of each output, if the errors of the units add up
    bool exact = true; ///< the allocation was solved to the end
};

/// Milliseconds, on any thread. `ranking` is an index into Sensitivity::metrics: what quality
/// targets are about that name no output. Empty when no choice meets the target. Throws
/// Error(BadArgument) for targets that no model can meet.
std::optional<RecipePrediction> predictRecipe(const ScanSpace& space,
                                              const Sensitivity& sensitivity,
                                              const AllowedOptions& allowed,
                                              const RecipeTarget& target, std::size_t ranking);

/// Sizes between which a budget changes anything, in average bits.
struct BudgetRange
{
    double least = 0; ///< the smallest options of all units
    double most = 16; ///< the largest options that compress; fp16 where nothing else may be had
};
BudgetRange budgetRange(const ScanSpace& space, const Sensitivity& sensitivity,
                        const AllowedOptions& allowed);

} // namespace bitfront
