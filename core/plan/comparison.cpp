// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/comparison.h"

#include <algorithm>
#include <cstdlib>

namespace bitfront {

std::int64_t LayerDelta::bits() const
{
    return (b ? b->bits.total() : 0) - (a ? a->bits.total() : 0);
}

bool LayerDelta::differs() const
{
    if (a == nullptr || b == nullptr || a->kind != b->kind)
        return true;
    return a->kind != StorageKind::Untouched && !(a->spec == b->spec && a->bits == b->bits);
}

Comparison compareResults(const ResultRecord& a, const ResultRecord& b)
{
    Comparison result;
    const Measurement& first = *a.measurement();
    const Measurement& second = *b.measurement();
    if (second.size.totalBits() > 0)
        result.sizeShare = double(first.size.totalBits()) / double(second.size.totalBits());
    for (const OutputQuality& quality : first.outputs) {
        const auto same = std::ranges::find_if(second.outputs, [&](const OutputQuality& other) {
            return other.output == quality.output && other.metric == quality.metric;
        });
        if (same != second.outputs.end())
            result.qualities.push_back({quality, *same});
    }
    for (const LayerStorage& layer : first.layers) {
        const auto same = std::ranges::find(second.layers, layer.layer, &LayerStorage::layer);
        result.layers.push_back(
            {layer.layer, &layer, same == second.layers.end() ? nullptr : &*same});
    }
    for (const LayerStorage& layer : second.layers)
        if (std::ranges::find(first.layers, layer.layer, &LayerStorage::layer)
            == first.layers.end())
            result.layers.push_back({layer.layer, nullptr, &layer});
    std::ranges::stable_sort(result.layers, std::ranges::greater(),
                             [](const LayerDelta& delta) { return std::llabs(delta.bits()); });
    result.differing = static_cast<int>(std::ranges::count_if(result.layers, &LayerDelta::differs));
    return result;
}

std::string incomparableReason(const RunIdentity& a, const RunIdentity& b)
{
    if (a.modelSha256 != b.modelSha256)
        return "The runs are of different models (" + a.modelName + ", " + b.modelName
            + "): their sizes and qualities say nothing about each other.";
    if (a.inputsSha256 != b.inputsSha256)
        return "The runs were measured on different inputs: quality is not comparable.";
    for (const MetricChoice& choice : a.metrics) {
        const auto same = std::ranges::find(b.metrics, choice.output, &MetricChoice::output);
        if (same != b.metrics.end() && same->metric == choice.metric)
            return {};
    }
    return "The runs judge no output by the same metric: quality is not comparable.";
}

} // namespace bitfront
