// SPDX-License-Identifier: GPL-3.0-or-later
// What a set of records says: who is on the Pareto front, below the floor, which five represent a
// group. Views and reports draw this; none of them computes it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/plan/result.h"

namespace bitfront {

/// One record as a point. Index in Analysis::points = RecordId.
struct AnalysedPoint
{
    bool failed = false;     ///< error, or an output that is not finite
    bool identical = false;  ///< every bit of the judged output equals the baseline (quality +∞)
    bool belowFloor = false;
    bool onFront = false;
    double quality = 0; ///< scale-free value of the judged output; worst margin has no unit
    double ratio = 0;
    RecordId dominatedBy = kNoRecord; ///< a front member at least as good in both, if not on the front
    RecordId seed = kNoRecord;        ///< record this one refines
};

/// Why a record represents its group.
struct Anchor
{
    RecordId record = kNoRecord;
    std::string reason; ///< "best quality", "best ratio", "far from the line between them"
};

/// The knee of the front: the point of largest normalised distance above the chord of its ends.
struct Knee
{
    RecordId record = kNoRecord; ///< kNoRecord: none, and `reason` says why
    std::string reason;
};

struct Analysis
{
    std::vector<AnalysedPoint> points;
    std::vector<RecordId> front; ///< by ascending ratio; failed and below-floor records are never on it
    Knee knee;
    std::vector<std::vector<Anchor>> anchors; ///< per group, in the order of kGroups, up to five each
};

/// Judges records by one output. `output` is an index into Measurement::outputs; `floor` in its unit.
Analysis analyse(std::span<const ResultRecord> records, std::size_t output, double floor);

} // namespace bitfront
