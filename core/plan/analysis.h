// SPDX-License-Identifier: GPL-3.0-or-later
// What a set of records says: who is on the Pareto front, below the floor, which five represent a
// group. Views and reports draw this; none of them computes it.
#pragma once

#include "core/plan/result.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitfront {

/// One record as a point. Index in Analysis::points = RecordId.
struct AnalysedPoint
{
    bool failed = false; ///< error, or an output that is not finite
    bool identical = false; ///< every bit of the judged output equals the baseline (quality +∞)
    bool belowFloor = false;
    bool onFront = false;
    double quality = 0; ///< scale-free value of the judged output; worst margin has no unit
    double ratio = 0;
    /// A front member at least as good in both, for those not on the front.
    RecordId dominatedBy = kNoRecord;
    RecordId seed = kNoRecord; ///< record this one refines
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
    /// By ascending ratio; failed and below-floor records are never on it.
    std::vector<RecordId> front;
    Knee knee;
    /// Per group, in the order of kGroups, up to five each.
    std::vector<std::vector<Anchor>> anchors;
};

/// Judges records by one output. `output` is an index into Measurement::outputs; `floor` in its
/// unit.
Analysis analyse(std::span<const ResultRecord> records, std::size_t output, double floor);

} // namespace bitfront
