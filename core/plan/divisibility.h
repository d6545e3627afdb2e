// SPDX-License-Identifier: GPL-3.0-or-later
// Which layers a block or group size does not divide, what is done about it, and how that is said.
// Shared by the storage decision and the pre-flight list, so that both always agree.
#pragma once

#include "core/plan/layer_info.h"

#include <cstdint>
#include <string>

namespace bitfront {

/// Extent of an axis; 1 where the weight has no such axis.
std::int64_t extentAlong(const LayerInfo& layer, int axis);

/// Whether blocks or groups of `size` cut the axis without a rest.
bool divides(const LayerInfo& layer, int axis, std::int64_t size);

/// The extent in words: "16 input channels", "1 input channel", "100 rows".
std::string axisText(const LayerInfo& layer, int axis);

/// Group size along axis 0 that stands in for an indivisible `wanted` (policy "nearest"): the
/// largest divisor of the channel count not above it, or the next larger one for as long as the
/// tables alone would be as big as the weights at fp16.
std::int64_t nearestGroupSize(const LayerInfo& layer, std::int64_t wanted, int bits);

} // namespace bitfront
