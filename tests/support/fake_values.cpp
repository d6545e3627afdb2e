// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_values.h"

#include <cmath>

namespace bitfront::test {

std::vector<float> bellValues(std::size_t count, std::uint32_t seed, double scale)
{
    std::uint32_t state = seed * 2654435761u + 12345u;
    const auto uniform = [&state] {
        state = state * 1664525u + 1013904223u;
        return double(state >> 8) / double(1u << 24);
    };
    std::vector<float> values(count);
    for (float& value : values) {
        double sum = -6;
        for (int i = 0; i < 12; ++i) // of twelve uniform ones: deviation 1
            sum += uniform();
        value = static_cast<float>(scale * sum);
    }
    return values;
}

std::vector<float> fakeOutputValues(const OutputInfo& output, std::uint32_t seed)
{
    std::size_t count = 1;
    for (const std::int64_t extent : output.shape)
        count *= static_cast<std::size_t>(extent);
    std::vector<float> values = bellValues(count, seed, output.binary ? 1 : 5);
    if (output.binary)
        for (float& value : values)
            value = value > 0 ? 1.0F : 0.0F;
    return values;
}

std::vector<float> disturbed(const OutputInfo& output, std::vector<float> values,
                             std::uint32_t seed, double relative)
{
    const std::vector<float> noise = bellValues(values.size(), seed, 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!output.binary)
            values[i] += static_cast<float>(5 * relative) * noise[i];
        else if (noise[i] > 2 - 4 * relative)
            values[i] = 1 - values[i];
    }
    return values;
}

} // namespace bitfront::test
