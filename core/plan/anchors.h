// SPDX-License-Identifier: GPL-3.0-or-later
// The five records that represent a group. Used by analyse() only.
#pragma once

#include "core/plan/analysis.h"

#include <span>
#include <vector>

namespace bitfront {

/// Neither failed nor below the floor: may be on the front and represent a group.
inline bool isSurvivor(const AnalysedPoint& point)
{
    return !point.failed && !point.belowFloor;
}

/// Best quality, best ratio, then the three survivors farthest from the line between those two,
/// axes normalised over the group's survivors (numerics, section 8). Among points that print alike
/// (0.1 dB or 0.001 IoU, and 0.01×) the one with fewer overrides, then larger blocks or groups,
/// stands for all; the others come in only when fewer than five are left.
std::vector<Anchor> findAnchors(std::span<const ResultRecord> records,
                                const std::vector<AnalysedPoint>& points, GroupId group,
                                Metric metric);

} // namespace bitfront
