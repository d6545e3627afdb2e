// SPDX-License-Identifier: GPL-3.0-or-later
// Values counted into bins of equal width.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace bitfront {

struct ValueBins
{
    double low = 0, high = 0; ///< ends of the first and of the last bin
    std::vector<std::int64_t> counts;

    double width() const { return counts.empty() ? 0 : (high - low) / double(counts.size()); }
    std::int64_t largest() const;
};

/// Smallest and largest finite value of both spans together; 0, 0 without any.
std::pair<double, double> finiteRange(std::span<const float> a, std::span<const float> b = {});

/// Counts finite values within [low, high]; those at `high` belong to the last bin. `bins` >= 1.
ValueBins countValues(std::span<const float> values, double low, double high, int bins);

} // namespace bitfront
