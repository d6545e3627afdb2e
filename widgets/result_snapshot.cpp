// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/result_snapshot.h"

#include <algorithm>
#include <utility>

namespace bitfront {

namespace {

/// Where the output called `name` stands in the measurements; the choices may be in another order.
std::size_t outputPosition(const std::vector<ResultRecord>& records, const std::string& name,
                           std::size_t fallback)
{
    for (const ResultRecord& record : records) {
        if (const Measurement* measured = record.measurement()) {
            const auto found = std::ranges::find(measured->outputs, name, &OutputQuality::output);
            if (found != measured->outputs.end())
                return static_cast<std::size_t>(found - measured->outputs.begin());
        }
    }
    return fallback;
}

} // namespace

SnapshotPtr makeSnapshot(std::vector<ResultRecord> records,
                         const std::vector<MetricChoice>& metrics,
                         const std::vector<OutputQuality>& fp16Quality, std::size_t choice,
                         std::uint64_t fp16Bytes)
{
    auto snapshot = std::make_shared<ResultSnapshot>();
    snapshot->records = std::move(records);
    snapshot->outputIndex = choice;
    snapshot->fp16Bytes = fp16Bytes;
    if (choice < metrics.size()) {
        snapshot->judged = metrics[choice];
        snapshot->outputIndex = outputPosition(snapshot->records, snapshot->judged.output, choice);
        const auto fp16 =
            std::ranges::find(fp16Quality, snapshot->judged.output, &OutputQuality::output);
        if (fp16 != fp16Quality.end())
            snapshot->fp16Quality = fp16->value;
    }
    snapshot->analysis = analyse(snapshot->records, snapshot->outputIndex, snapshot->judged.floor);
    return snapshot;
}

} // namespace bitfront
