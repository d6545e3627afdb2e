// SPDX-License-Identifier: GPL-3.0-or-later
// What an experiment has computed so far: tests and benchmarks hold it to account with counts,
// which unlike times are the same on every machine.
#pragma once

#include <cstdint>

namespace bitfront {

struct WorkCounts
{
    std::int64_t forwardPasses = 0; ///< of any kind, the baseline's included
    std::int64_t palettesAsked = 0; ///< layers that configurations wanted palettized
    std::int64_t paletteSearches = 0; ///< passes that encoded the weights of a layer
    std::int64_t palettesFound = 0; ///< layer tables that came of them
    std::int64_t palettesEvicted = 0; ///< tables given up for want of room
    std::int64_t countedWeights = 0; ///< weights that went through a histogram or a sort
    std::int64_t mergedHistograms = 0; ///< histograms added up from smaller groups instead
    std::int64_t kmeansProblems = 0, kmeansPoints = 0; ///< solved, and their distinct points
    std::int64_t kmeansProbes = 0; ///< passes over the points of a problem
};

} // namespace bitfront
