// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/targets.h"

#include "core/plan/anchors.h"

#include <tuple>

namespace bitfront {

bool reachesTargets(const Measurement& measured, const MetricChoice& judged, const Targets& targets)
{
    if (targets.ratio && measured.size.compressionRatio() < *targets.ratio)
        return false;
    for (const OutputQuality& output : measured.outputs)
        if (output.output == judged.output)
            return output.value >= judged.floor
                && (!targets.quality || output.value >= *targets.quality);
    return false;
}

TargetAnswer meetTargets(const Analysis& analysis, const Targets& targets,
                         const std::vector<bool>& considered)
{
    TargetAnswer answer;
    const auto rank = [&](const AnalysedPoint& p) {
        return targets.quality ? std::tuple(p.ratio, p.quality) : std::tuple(p.quality, p.ratio);
    };
    for (std::size_t i = 0; i < analysis.points.size(); ++i) {
        const AnalysedPoint& point = analysis.points[i];
        const bool takesPart = considered.empty() || (i < considered.size() && considered[i]);
        if (!takesPart || !isSurvivor(point)
            || (targets.quality && point.quality < *targets.quality)
            || (targets.ratio && point.ratio < *targets.ratio))
            continue;
        ++answer.survivors;
        if (answer.winner == kNoRecord
            || rank(point) > rank(analysis.points[static_cast<std::size_t>(answer.winner)]))
            answer.winner = static_cast<RecordId>(i);
    }
    return answer;
}

} // namespace bitfront
