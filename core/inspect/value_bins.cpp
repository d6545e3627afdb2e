// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/value_bins.h"

#include <algorithm>
#include <cmath>

namespace bitfront {

std::int64_t ValueBins::largest() const
{
    return counts.empty() ? 0 : *std::ranges::max_element(counts);
}

std::pair<double, double> finiteRange(std::span<const float> a, std::span<const float> b)
{
    bool any = false;
    double low = 0, high = 0;
    for (const std::span<const float>& values : {a, b}) {
        for (const float value : values) {
            if (!std::isfinite(value))
                continue;
            low = any ? std::min(low, double(value)) : value;
            high = any ? std::max(high, double(value)) : value;
            any = true;
        }
    }
    return {low, high};
}

ValueBins countValues(std::span<const float> values, double low, double high, int bins)
{
    ValueBins result {low, high, std::vector<std::int64_t>(static_cast<std::size_t>(bins), 0)};
    const double scale = high > low ? bins / (high - low) : 0;
    for (const float value : values) {
        if (!(value >= low && value <= high))
            continue;
        const auto bin = static_cast<std::size_t>(std::max(0.0, (value - low) * scale));
        ++result.counts[std::min(bin, result.counts.size() - 1)];
    }
    return result;
}

} // namespace bitfront
