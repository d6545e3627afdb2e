// SPDX-License-Identifier: GPL-3.0-or-later
// What every view of a run is given: records and what they say, as one immutable value.
#pragma once

#include "core/plan/analysis.h"
#include "core/plan/result.h"

#include <memory>
#include <optional>
#include <vector>

namespace bitfront {

struct ResultSnapshot
{
    std::vector<ResultRecord> records;
    Analysis analysis; ///< of the judged output
    MetricChoice judged; ///< the output that ranks, its metric and its floor
    std::size_t outputIndex = 0; ///< of `judged` in Measurement::outputs
    std::optional<double> fp16Quality; ///< scale-free, of the judged output; +∞ when identical
    std::uint64_t fp16Bytes = 0;
};

using SnapshotPtr = std::shared_ptr<const ResultSnapshot>;

/// Analyses `records` by the output of `metrics[choice]`, wherever the measurements hold it.
SnapshotPtr makeSnapshot(std::vector<ResultRecord> records,
                         const std::vector<MetricChoice>& metrics,
                         const std::vector<OutputQuality>& fp16Quality, std::size_t choice,
                         std::uint64_t fp16Bytes);

} // namespace bitfront
