// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/recipe_prediction.h"

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

std::optional<Allocation> allocateFor(const ScanSpace& space, const Sensitivity& sensitivity,
                                      const AllowedOptions& allowed, const RecipeTarget& target,
                                      std::size_t ranking)
{
    validate(target);
    if (target.isSize())
        return cheapestWithin(allocationUnits(space, sensitivity, allowed),
                              std::floor(target.bitLimit(space.totalElements))
                                  - static_cast<double>(space.fixedBits));
    const std::size_t output = target.output.empty() ? ranking : sensitivity.indexOf(target.output);
    return smallestWithin(allocationUnits(space, sensitivity, allowed, output),
                          errorEnergy(sensitivity.metrics.at(output), target.value));
}

} // namespace

std::optional<RecipePrediction> predictRecipe(const ScanSpace& space,
                                              const Sensitivity& sensitivity,
                                              const AllowedOptions& allowed,
                                              const RecipeTarget& target, std::size_t ranking)
{
    const auto allocation = allocateFor(space, sensitivity, allowed, target, ranking);
    if (!allocation || !std::isfinite(allocation->cost))
        return std::nullopt;
    RecipePrediction prediction;
    prediction.choice = allocation->chosen;
    prediction.bits = space.bits(prediction.choice);
    prediction.averageBits = space.averageBits(prediction.choice);
    prediction.qualities = sensitivity.predict(prediction.choice);
    prediction.exact = allocation->exact;
    return prediction;
}

BudgetRange budgetRange(const ScanSpace& space, const Sensitivity& sensitivity,
                        const AllowedOptions& allowed)
{
    std::int64_t least = space.fixedBits;
    std::int64_t most = space.fixedBits;
    for (std::size_t u = 0; u < space.units.size(); ++u) {
        const auto& options = space.options[u];
        std::int64_t smallest = options.front().bits;
        std::int64_t largest = 0;
        for (std::size_t o = 0; o < options.size(); ++o) {
            if (!allowed[u][o] || !std::isfinite(sensitivity.cost(u, o)))
                continue;
            smallest = std::min(smallest, options[o].bits);
            if (o > 0)
                largest = std::max(largest, options[o].bits);
        }
        least += smallest;
        most += largest > 0 ? largest : options.front().bits;
    }
    const auto elements = static_cast<double>(std::max<std::int64_t>(space.totalElements, 1));
    return {static_cast<double>(least) / elements, static_cast<double>(most) / elements};
}

} // namespace bitfront
