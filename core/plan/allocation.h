// SPDX-License-Identifier: GPL-3.0-or-later
// Which option every unit gets so that the sum of errors is smallest for a size, or the size
// smallest for a sum of errors: a multiple-choice knapsack, solved exactly.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace bitfront {

/// One way to store a unit.
struct AllocationOption
{
    double size = 0; ///< bits
    double cost = 0; ///< error energy it adds; infinite: not to be chosen
};

/// One option for each unit.
struct Allocation
{
    std::vector<std::size_t> chosen; ///< index of the option, per unit
    double size = 0, cost = 0; ///< sums over the units
    /// No choice has a smaller sum than this: equal to what was minimised when `exact`.
    double bound = 0;
    bool exact = true; ///< false: the search was cut short, see `bound`
};

using AllocationUnits = std::vector<std::vector<AllocationOption>>;

/// The smallest cost with a size of at most `sizeLimit`; among equal costs any. Empty when even the
/// smallest options are too big.
///
/// The linear relaxation gives a multiplier and a lower bound: options that it proves too dear are
/// dropped, the rest is searched unit by unit through lists of undominated partial sums. Bounds of
/// Dyer, Kayal and Walker (1984) and of Pisinger, "A minimal algorithm for the multiple-choice
/// knapsack problem" (1995), without their core ordering tricks.
std::optional<Allocation> cheapestWithin(const AllocationUnits& units, double sizeLimit);

/// The smallest size with a cost of at most `costLimit`. Empty when no choice is that good.
std::optional<Allocation> smallestWithin(const AllocationUnits& units, double costLimit);

} // namespace bitfront
