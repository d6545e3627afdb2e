// SPDX-License-Identifier: GPL-3.0-or-later
// Synthetic results for tests of the plot: a falling cloud in three groups, with refinements, an
// identical one, failures and overlaps.
#pragma once

#include "widgets/result_snapshot.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace bitfront::testdata {

inline ResultRecord record(int index, GroupId group, double quality, double ratio,
                           Metric metric = Metric::Psnr)
{
    ResultRecord r;
    r.config.group = group;
    r.config.name = "config_" + std::to_string(index);
    if (group == GroupId::Palette)
        r.config.spec = PaletteConfig {4 + 2 * (index % 3), 8, false};
    Measurement m;
    m.outputs.push_back({"logits", metric, quality, quality});
    m.size.totalElements = 1'000'000;
    m.size.compressed.codes = std::llround(16e6 / ratio);
    m.size.compressedLayers = 12;
    m.size.totalLayers = 13;
    m.timeMs = 1200;
    r.outcome = std::move(m);
    return r;
}

inline ResultRecord failedRecord(int index)
{
    ResultRecord r;
    r.config.group = GroupId::PerBlock;
    r.config.name = "failed_" + std::to_string(index);
    r.outcome = Failure {ErrorCode::ForwardFailed, "The model raised.", "", ""};
    return r;
}

struct Options
{
    int count = 60;
    bool lanes = false; ///< adds two identical and three failed records
    Metric metric = Metric::Psnr;
};

/// Deterministic: the same numbers on every machine.
inline SnapshotPtr snapshot(const Options& options = {})
{
    std::vector<ResultRecord> records;
    std::uint32_t state = 12345;
    const auto random = [&state] {
        state = state * 1664525u + 1013904223u;
        return (state >> 8) / double(1u << 24);
    };
    const bool iou = options.metric == Metric::Iou;
    for (int i = 0; i < options.count; ++i) {
        const double ratio = 1.8 + 2.2 * random();
        double quality = 75 - 12 * ratio - 9 * random();
        if (iou)
            quality = quality / 60;
        ResultRecord r = record(i, kGroups[i % 3], quality, ratio, options.metric);
        if (i % 4 == 3 && i >= 4) {
            r.config.seed = records[static_cast<std::size_t>(i - 3)].config.name;
            r.config.group = records[static_cast<std::size_t>(i - 3)].config.group;
            r.config.spec = records[static_cast<std::size_t>(i - 3)].config.spec;
        }
        // Two pairs on the very same spot: overlaps must stay reachable.
        if (i == 21 || i == 42) {
            r.outcome = records[static_cast<std::size_t>(i - 1)].outcome;
        }
        records.push_back(std::move(r));
    }
    if (options.lanes) {
        const double infinite = std::numeric_limits<double>::infinity();
        const int n = options.count;
        records.push_back(record(n, GroupId::PerChannel, infinite, 1.4, options.metric));
        records.push_back(record(n + 1, GroupId::Palette, infinite, 1.6, options.metric));
        for (int i = 2; i < 5; ++i)
            records.push_back(failedRecord(n + i));
    }
    const MetricChoice choice {"logits", options.metric, defaultFloor(options.metric)};
    std::vector<OutputQuality> fp16 {{"logits", options.metric, 0, iou ? 1.0 : 70.0}};
    return makeSnapshot(std::move(records), {choice}, fp16, 0, 2'000'000);
}

} // namespace bitfront::testdata
