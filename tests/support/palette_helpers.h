// SPDX-License-Identifier: GPL-3.0-or-later
// Small helpers that the palettization tests share.
#pragma once

#include <random>
#include <vector>

namespace bitfront::test {

inline std::vector<float> normalValues(std::size_t count, float sigma, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, sigma);
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(random);
    return values;
}

/// Squared error in the space clustering works in: divided by the channel scale.
inline double scaledError(const std::vector<float>& weights, const std::vector<float>& restored,
                          const std::vector<float>& scales, const std::vector<float>& sensitivities)
{
    const std::size_t slice = scales.empty() ? weights.size() : weights.size() / scales.size();
    double total = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double scale = scales.empty() ? 1.0 : static_cast<double>(scales[i / slice]);
        const double d =
            (static_cast<double>(weights[i]) - static_cast<double>(restored[i])) / scale;
        total += d * d * (sensitivities.empty() ? 1.0 : static_cast<double>(sensitivities[i]));
    }
    return total;
}

} // namespace bitfront::test
