// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/result_snapshot.h"

#include <utility>

namespace bitfront {

SnapshotPtr makeSnapshot(std::vector<ResultRecord> records, const std::vector<MetricChoice>& metrics,
                         const std::vector<OutputQuality>& fp16Quality, std::size_t outputIndex,
                         std::uint64_t fp16Bytes)
{
    auto snapshot = std::make_shared<ResultSnapshot>();
    snapshot->records = std::move(records);
    snapshot->outputIndex = outputIndex;
    snapshot->fp16Bytes = fp16Bytes;
    if (outputIndex < metrics.size())
        snapshot->judged = metrics[outputIndex];
    if (outputIndex < fp16Quality.size())
        snapshot->fp16Quality = fp16Quality[outputIndex].value;
    snapshot->analysis = analyse(snapshot->records, outputIndex, snapshot->judged.floor);
    return snapshot;
}

} // namespace bitfront
