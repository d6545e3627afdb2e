// SPDX-License-Identifier: GPL-3.0-or-later
// Refinements of a group: its two seeds, each with layers kept at fp16 in five ways.
#include "core/plan/sweep_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace bitfront {

namespace {

/// Indices into ModelInfo::layers; ordered, so that two equal sets are the same refinement.
using LayerSet = std::set<std::size_t>;

struct Survivor
{
    const CompressionConfig* config;
    double quality, ratio;
};

/// Base records of the group that did not fail, at or above the floor, worst first; ties do not
/// depend on arrival.
std::vector<Survivor> survivorsOf(GroupId group, std::span<const ResultRecord> records,
                                  const MetricChoice& primary)
{
    std::vector<Survivor> survivors;
    for (const ResultRecord& record : records) {
        const Measurement* measured = record.measurement();
        if (!measured || !measured->usable() || record.config.group != group
            || record.config.isRefinement())
            continue;
        for (const OutputQuality& output : measured->outputs)
            if (output.output == primary.output && output.value >= primary.floor)
                survivors.push_back(
                    {&record.config, output.value, measured->size.compressionRatio()});
    }
    std::sort(survivors.begin(), survivors.end(), [](const Survivor& a, const Survivor& b) {
        return std::tie(a.quality, a.ratio, a.config->name)
            < std::tie(b.quality, b.ratio, b.config->name);
    });
    return survivors;
}

/// 95th and 75th percentile by nearest rank; where both hit one, the next lower is the second.
std::vector<const CompressionConfig*> seedsOf(const std::vector<Survivor>& survivors)
{
    if (survivors.empty())
        return {};
    const auto nearestRank = [&](std::size_t percent) { // ceil(p·N) − 1 without rounding errors
        return (percent * survivors.size() + 99) / 100 - 1;
    };
    const std::size_t high = nearestRank(95);
    std::size_t low = nearestRank(75);
    std::vector<const CompressionConfig*> seeds {survivors[high].config};
    if (low == high) {
        if (low == 0)
            return seeds;
        --low;
    }
    seeds.push_back(survivors[low].config);
    return seeds;
}

bool startsWith(const std::string& text, const std::string& prefix)
{
    return text.compare(0, prefix.size(), prefix) == 0;
}

/// A top-level child that is a model of its own: its class is not from torch.nn, it holds at least
/// four compressible layers, and at least one of its modules holds layers itself. A backbone beside
/// a head is one; a Sequential, a stage of a network or a lone custom block is not.
bool isModelOfItsOwn(const ModuleInfo& module, const std::vector<const LayerInfo*>& inside)
{
    constexpr std::size_t kFewestLayers = 4;
    if (startsWith(module.type, "torch.nn.") || inside.size() < kFewestLayers)
        return false;
    const std::size_t start = module.name.size() + 1;
    return std::any_of(inside.begin(), inside.end(), [&](const LayerInfo* layer) {
        return layer->module.size() > start && layer->module.find('.', start) != std::string::npos;
    });
}

/// What the refinements of one seed may keep.
struct Boundaries
{
    LayerSet compressed; ///< layers that the seed really compresses
    LayerSet first, last; ///< of the whole model and of every child that is a model of its own
};

Boundaries boundariesOf(const ModelInfo& model, const CompressionConfig& seed)
{
    Boundaries result;
    const std::vector<LayerStorage> storage = planStorage(model, seed);
    for (std::size_t i = 0; i < storage.size(); ++i)
        if (storage[i].kind != StorageKind::Untouched)
            result.compressed.insert(i);
    if (result.compressed.empty())
        return result;
    result.first.insert(*result.compressed.begin());
    result.last.insert(*result.compressed.rbegin());
    for (const ModuleInfo& module : model.modules) {
        if (module.name.empty() || module.name.find('.') != std::string::npos)
            continue;
        LayerSet indices;
        std::vector<const LayerInfo*> inside;
        for (const std::size_t i : result.compressed)
            if (startsWith(model.layers[i].module, module.name + '.')) {
                indices.insert(i);
                inside.push_back(&model.layers[i]);
            }
        if (isModelOfItsOwn(module, inside)) {
            result.first.insert(*indices.begin());
            result.last.insert(*indices.rbegin());
        }
    }
    return result;
}

/// Class that decides which layers are "of one type". Attention's output projection is a linear
/// layer under a technical name; files that lost their classes are named by use.
std::string typeName(const LayerInfo& layer)
{
    const std::string type = layer.shortType();
    if (type == "NonDynamicallyQuantizableLinear")
        return "Linear";
    if (!type.empty())
        return type;
    const std::string dims = std::to_string(std::max<std::size_t>(layer.shape.size(), 3) - 2) + 'd';
    switch (layer.kind) {
    case LayerKind::Conv:
        return "Conv" + dims;
    case LayerKind::ConvTranspose:
        return "ConvTranspose" + dims;
    case LayerKind::Embedding:
        return "Embedding";
    case LayerKind::AttentionInput:
        return "MultiheadAttention";
    case LayerKind::Recurrent:
        return "RNN";
    case LayerKind::Matmul:
    case LayerKind::Linear:
        break;
    }
    return "Linear";
}

/// Ties between types of equal size: Embedding before Linear before Conv.
int typeRank(LayerKind kind)
{
    switch (kind) {
    case LayerKind::Embedding:
        return 0;
    case LayerKind::Linear:
    case LayerKind::AttentionInput:
    case LayerKind::Matmul:
    case LayerKind::Recurrent:
        return 1;
    case LayerKind::Conv:
    case LayerKind::ConvTranspose:
        break;
    }
    return 2;
}

struct TypeShare
{
    std::string name;
    LayerSet layers;
    std::int64_t elements = 0;
    int rank = 2;
};

/// The type of layer with the fewest weights.
TypeShare smallestType(const ModelInfo& model, const LayerSet& compressed)
{
    std::map<std::string, TypeShare> types;
    for (const std::size_t i : compressed) {
        const LayerInfo& layer = model.layers[i];
        TypeShare& share = types[typeName(layer)];
        share.name = typeName(layer);
        share.layers.insert(i);
        share.elements += layer.elements();
        share.rank = std::min(share.rank, typeRank(layer.kind));
    }
    const auto smallest =
        std::min_element(types.begin(), types.end(), [](const auto& a, const auto& b) {
            return std::tie(a.second.elements, a.second.rank, a.first)
                < std::tie(b.second.elements, b.second.rank, b.first);
        });
    return smallest == types.end() ? TypeShare {} : smallest->second;
}

LayerSet united(LayerSet a, const LayerSet& b)
{
    a.insert(b.begin(), b.end());
    return a;
}

/// The five variants of a seed. Left out: repetitions, and those that would compress nothing at
/// all.
std::vector<CompressionConfig> variantsOf(const ModelInfo& model, const CompressionConfig& seed)
{
    const Boundaries ends = boundariesOf(model, seed);
    if (ends.compressed.empty())
        return {};
    const TypeShare type = smallestType(model, ends.compressed);
    const LayerSet both = united(ends.first, ends.last);
    const std::pair<std::string, LayerSet> variants[] = {
        {"_skip-first", ends.first},
        {"_skip-last", ends.last},
        {"_skip-first-last", both},
        {"_skip-" + type.name, type.layers},
        {"_skip-first-last-" + type.name, united(both, type.layers)}};
    std::vector<CompressionConfig> configs;
    std::set<LayerSet> seen;
    for (const auto& [suffix, layers] : variants) {
        if (layers.size() == ends.compressed.size() || !seen.insert(layers).second)
            continue;
        CompressionConfig config = seed;
        config.name = seed.name + suffix;
        config.seed = seed.name;
        for (const std::size_t i : layers)
            config.skippedLayers.push_back(model.layers[i].name);
        configs.push_back(std::move(config));
    }
    return configs;
}

} // namespace

std::vector<CompressionConfig> refineGroup(const ModelInfo& model, GroupId group,
                                           std::span<const ResultRecord> records,
                                           const MetricChoice& primary)
{
    std::vector<CompressionConfig> configs;
    for (const CompressionConfig* seed : seedsOf(survivorsOf(group, records, primary)))
        for (CompressionConfig& config : variantsOf(model, *seed))
            configs.push_back(std::move(config));
    return configs;
}

} // namespace bitfront
