// SPDX-License-Identifier: GPL-3.0-or-later
// Which samples are held out, and which values of the outputs are theirs.
#include "core/engine/torch/experiment_data.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitfront {

namespace {

/// Of fewer samples a part says little about the rest.
constexpr std::int64_t kFewestSamples = 4;

/// Rows [begin, end) of one sample or batch.
using Rows = std::pair<std::size_t, std::size_t>;

/// `count` of `all`, evenly spread over them.
std::vector<Rows> spread(const std::vector<Rows>& all, std::int64_t count)
{
    std::vector<Rows> chosen;
    const auto total = static_cast<std::int64_t>(all.size());
    for (std::int64_t i = 0; i < total; ++i)
        if ((i + 1) * count / total > i * count / total)
            chosen.push_back(all[static_cast<std::size_t>(i)]);
    return chosen;
}

std::vector<Rows> batchRows(const std::vector<std::int64_t>& values)
{
    std::vector<Rows> rows;
    std::size_t from = 0;
    for (const std::int64_t count : values) {
        rows.emplace_back(from, from + static_cast<std::size_t>(count));
        from = rows.back().second;
    }
    return rows;
}

std::vector<Rows> sampleRows(std::int64_t samples)
{
    std::vector<Rows> rows;
    for (std::size_t i = 0; i < static_cast<std::size_t>(samples); ++i)
        rows.emplace_back(i, i + 1);
    return rows;
}

} // namespace

SampleSplit splitSamples(const ExperimentData& data, double share, std::vector<OutputSplit>& splits)
{
    splits.clear();
    SampleSplit split;
    split.byBatch = data.inputs->batches() > 1;
    split.total =
        split.byBatch ? static_cast<std::int64_t>(data.inputs->batches()) : data.inputs->samples();
    if (share <= 0)
        return split;
    if (!split.byBatch && split.total < kFewestSamples) {
        split.reason = "There are too few samples to keep some out of all choices.";
        return split;
    }
    if (!split.byBatch)
        for (const OutputInfo& output : data.outputs)
            if (output.shape.empty() || output.shape.front() != split.total) {
                split.reason = "The first axis of output “" + output.name
                    + "” is not that of the samples, so none can be kept out of all choices.";
                return split;
            }
    split.heldOut = std::clamp<std::int64_t>(std::llround(static_cast<double>(split.total) * share),
                                             1, split.total - 1);
    for (std::size_t i = 0; i < data.outputs.size(); ++i) {
        const auto& values = data.batchValues[i];
        OutputSplit part;
        part.rows = static_cast<std::size_t>(
            split.byBatch ? std::accumulate(values.begin(), values.end(), std::int64_t {0})
                          : split.total);
        part.heldOut =
            spread(split.byBatch ? batchRows(values) : sampleRows(split.total), split.heldOut);
        if (part.rows == 0)
            part.heldOut.clear();
        splits.push_back(std::move(part));
    }
    return split;
}

} // namespace bitfront
