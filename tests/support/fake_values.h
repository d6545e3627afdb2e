// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of the fake engine's tensors: the same on every machine, bell-shaped like real weights.
#pragma once

#include "core/plan/result.h"

#include <cstdint>
#include <vector>

namespace bitfront::test {

/// `count` values of mean 0 and deviation `scale`; another `seed` gives others.
std::vector<float> bellValues(std::size_t count, std::uint32_t seed, double scale);
/// Plausible values of an output: zeros and ones for a binary one.
std::vector<float> fakeOutputValues(const OutputInfo& output, std::uint32_t seed);
/// The same after a compression that moves them by about `relative`.
std::vector<float> disturbed(const OutputInfo& output, std::vector<float> values,
                             std::uint32_t seed, double relative);

} // namespace bitfront::test
