// SPDX-License-Identifier: GPL-3.0-or-later
// Exact 1-D k-means when each boundary between clusters is known to lie in a window.
#pragma once

#include "core/kernels/kmeans1d_lws.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront::detail {

/// Best partition whose boundary k (0 … number of clusters) lies in [low[k], high[k]]; the outer
/// windows are {0} and {points}. Overwrites the pass results in `state`. Returns cluster starts.
std::vector<std::int32_t> solveInWindows(LwsState& state, const LwsKernels& kernels,
                                         std::span<const std::int32_t> low,
                                         std::span<const std::int32_t> high);

} // namespace bitfront::detail
