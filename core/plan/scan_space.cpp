// SPDX-License-Identifier: GPL-3.0-or-later
// Units of a model and the options of each.
#include "core/plan/scan_space.h"

#include "core/base/error.h"
#include "core/plan/layer_storage.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace bitfront {

namespace {

constexpr std::int64_t kFp16Bits = 16;

/// Layers that a list of patterns names; every pattern must name one.
std::vector<std::size_t> layersOf(const ModelInfo& model, const std::vector<std::string>& patterns)
{
    std::vector<std::size_t> found;
    for (const std::string& pattern : patterns) {
        const std::size_t before = found.size();
        for (std::size_t i = 0; i < model.layers.size(); ++i)
            if (fitsPattern(pattern, model.layers[i].name))
                found.push_back(i);
        if (found.size() == before)
            throw Error(ErrorCode::BadArgument, "The model has no layer “" + pattern + "” to tie.",
                        "bitfront-cli inspect lists the layers; * stands for any text.", pattern);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::vector<ScanUnit> makeUnits(const ModelInfo& model, const ScanSettings& settings)
{
    std::vector<std::vector<std::size_t>> tied;
    std::vector<bool> taken(model.layers.size(), false);
    for (const std::vector<std::string>& tie : settings.ties) {
        tied.push_back(layersOf(model, tie));
        for (const std::size_t layer : tied.back()) {
            if (taken[layer])
                throw Error(ErrorCode::BadArgument,
                            "The layer “" + model.layers[layer].name + "” is tied twice.",
                            "Name every layer in one tie only.", model.layers[layer].name);
            taken[layer] = true;
        }
    }
    std::vector<ScanUnit> units;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        std::vector<std::size_t> layers {i};
        if (taken[i]) {
            layers = *std::find_if(tied.begin(), tied.end(), [&](const auto& tie) {
                return std::find(tie.begin(), tie.end(), i) != tie.end();
            });
            if (layers.front() != i)
                continue;
        }
        ScanUnit unit {{}, std::move(layers)};
        for (const std::size_t layer : unit.layers) {
            unit.name += (unit.name.empty() ? "" : " + ") + model.layers[layer].name;
            unit.elements += model.layers[layer].elements();
            unit.layerNames.push_back(model.layers[layer].name);
            unit.layerElements.push_back(model.layers[layer].elements());
        }
        units.push_back(std::move(unit));
    }
    return units;
}

ScanOption untouchedOption(const ScanUnit& unit)
{
    ScanOption option;
    option.key = formatKey(std::nullopt);
    option.layerSpecs.resize(unit.layers.size());
    option.bits = unit.elements * kFp16Bits;
    return option;
}

/// Options of all units, `storage[f]` being what format f does to each layer of the model.
std::vector<ScanOption> optionsOf(const ScanUnit& unit, const std::vector<CompressionSpec>& formats,
                                  const std::vector<std::vector<LayerStorage>>& storage)
{
    std::vector<ScanOption> options {untouchedOption(unit)};
    for (std::size_t f = 0; f < formats.size(); ++f) {
        ScanOption option;
        option.key = formatKey(formats[f]);
        option.spec = formats[f];
        option.codeBits = 0;
        for (const std::size_t layer : unit.layers) {
            const LayerStorage& stored = storage[f][layer];
            const bool untouched = stored.kind == StorageKind::Untouched;
            option.layerSpecs.push_back(untouched ? std::nullopt : std::optional(stored.spec));
            option.bits += stored.bits.total();
            option.codeBits = std::max(option.codeBits, untouched ? 16 : stored.bitsPerCode);
        }
        const bool known =
            std::any_of(options.begin(), options.end(), [&](const ScanOption& other) {
                return other.layerSpecs == option.layerSpecs;
            });
        if (!known && option.bits < options.front().bits)
            options.push_back(std::move(option));
    }
    return options;
}

} // namespace

std::size_t ScanSpace::cellCount() const
{
    std::size_t count = 0;
    for (const auto& one : options)
        count += one.size() - 1;
    return count;
}

std::int64_t ScanSpace::bits(const ScanChoice& choice) const
{
    std::int64_t sum = fixedBits;
    for (std::size_t u = 0; u < units.size(); ++u)
        sum += options[u].at(choice[u]).bits;
    return sum;
}

double ScanSpace::averageBits(const ScanChoice& choice) const
{
    return static_cast<double>(bits(choice)) / static_cast<double>(totalElements);
}

CompressionConfig ScanSpace::config(const ScanChoice& choice, const ModelInfo& model,
                                    const std::string& configName) const
{
    CompressionConfig config;
    config.name = configName;
    config.group = GroupId::Mixed;
    config.indivisible = indivisible;
    config.palette = palette;
    for (std::size_t u = 0; u < units.size(); ++u)
        for (std::size_t k = 0; k < units[u].layers.size(); ++k)
            config.formats.push_back(
                {model.layers[units[u].layers[k]].name, options[u].at(choice[u]).layerSpecs[k]});
    return config;
}

std::optional<ScanChoice> ScanSpace::choiceOf(const CompressionConfig& config,
                                              const ModelInfo& model) const
{
    if (!config.isMixed() || config.indivisible != indivisible || config.palette != palette)
        return std::nullopt;
    std::map<std::string_view, std::optional<CompressionSpec>> specs;
    for (const LayerFormat& format : config.formats)
        if (format.spec)
            specs[format.layer] = format.spec;
    std::size_t placed = 0;
    ScanChoice choice = uncompressed();
    for (std::size_t u = 0; u < units.size(); ++u) {
        std::vector<std::optional<CompressionSpec>> wanted;
        for (const std::size_t layer : units[u].layers) {
            const auto found = specs.find(model.layers[layer].name);
            wanted.push_back(found == specs.end() ? std::nullopt : found->second);
            placed += wanted.back() ? 1 : 0;
        }
        const auto option =
            std::find_if(options[u].begin(), options[u].end(),
                         [&](const ScanOption& one) { return one.layerSpecs == wanted; });
        if (option == options[u].end())
            return std::nullopt;
        choice[u] = static_cast<std::size_t>(option - options[u].begin());
    }
    // A layer of no unit is compressed there.
    return placed == specs.size() ? std::optional(choice) : std::nullopt;
}

ScanSpace makeScanSpace(const ModelInfo& model, const ScanSettings& settings)
{
    ScanSpace space;
    space.indivisible = settings.indivisible;
    space.palette = settings.palette;
    space.totalElements = model.parameterCount();
    space.fixedBits = model.plainElements() * kFp16Bits;
    std::vector<std::vector<LayerStorage>> storage;
    for (const CompressionSpec& format : settings.formats) {
        CompressionConfig config;
        config.spec = format;
        config.indivisible = settings.indivisible;
        config.palette = settings.palette;
        storage.push_back(planStorage(model, config));
    }
    for (ScanUnit& unit : makeUnits(model, settings)) {
        space.options.push_back(optionsOf(unit, settings.formats, storage));
        space.units.push_back(std::move(unit));
    }
    if (space.cellCount() == 0)
        throw Error(ErrorCode::BadArgument, "None of the chosen formats compresses any layer.",
                    "Choose other formats; embeddings are palettized only where that is allowed.");
    return space;
}

std::vector<std::vector<std::string>> attentionTies(const ModelInfo& model)
{
    using Names = std::array<std::string_view, 3>;
    constexpr std::array<Names, 5> kFamilies {{{"query", "key", "value"},
                                               {"q_proj", "k_proj", "v_proj"},
                                               {"to_q", "to_k", "to_v"},
                                               {"q_lin", "k_lin", "v_lin"},
                                               {"q", "k", "v"}}};
    std::vector<std::vector<std::string>> ties;
    for (const LayerInfo& layer : model.layers)
        for (const Names& family : kFamilies) {
            const std::string_view first = family.front();
            const std::string& name = layer.name;
            if (name.size() <= first.size() || !name.ends_with(first)
                || name[name.size() - first.size() - 1] != '.')
                continue;
            const std::string parent = name.substr(0, name.size() - first.size());
            std::vector<std::string> tie;
            for (const std::string_view member : family)
                tie.push_back(parent + std::string(member));
            if (std::all_of(tie.begin(), tie.end(),
                            [&](const std::string& one) { return model.layer(one) != nullptr; }))
                ties.push_back(std::move(tie));
        }
    return ties;
}

bool fitsPattern(std::string_view pattern, std::string_view name)
{
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = std::string_view::npos; // last * seen, and where its text began
    std::size_t from = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = n;
        } else if (p < pattern.size() && pattern[p] == name[n]) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

} // namespace bitfront
