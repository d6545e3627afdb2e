// SPDX-License-Identifier: GPL-3.0-or-later
// Writes coreai-opt configuration files (numerics, section 9).
#include "core/plan/recipe.h"

#include "core/plan/layer_storage.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <vector>

namespace bitfront {

namespace {

/// One entry of module_name_configs: how a module's weights are stored. Attention modules have two:
/// the packed input projection, and the weight of their output projection, which the package counts
/// as theirs.
struct ModuleEntry
{
    std::string module;
    const LayerStorage* weight = nullptr;
    const LayerStorage* inProjection = nullptr;
    bool asConfigured = true;
    bool isEmbedding = false; ///< the package has no operator for it: stated as module state
};

/// What one file of the package says: one kind of compression.
struct Scope
{
    bool quantizes = true;
    std::optional<CompressionSpec> global; ///< of layers without an entry; empty: none
    bool embeddings = false; ///< palettes for embeddings, too
};

/// A comment must stay on its line whatever a model calls its layers.
std::string oneLine(std::string text)
{
    for (char& letter : text)
        if (std::iscntrl(static_cast<unsigned char>(letter)) != 0)
            letter = ' ';
    return text;
}

/// The module name as a regular expression that matches it alone, in YAML's single quotes.
std::string moduleKey(const std::string& module)
{
    std::string key = "'";
    for (const char letter : oneLine(module)) {
        if (std::string_view(".^$*+?{}[]\\|()").find(letter) != std::string_view::npos)
            key += '\\';
        key += letter;
        if (letter == '\'')
            key += '\'';
    }
    return key + '\'';
}

std::string dtypeName(CodeType dtype)
{
    // The package names the packed storage type, two codes a byte.
    return dtype == CodeType::Float4E2M1 ? "float4_e2m1fn_x2" : std::string(name(dtype));
}

std::string specText(const CompressionSpec& spec)
{
    if (const auto* quant = std::get_if<QuantConfig>(&spec)) {
        std::string granularity = "per_channel";
        if (quant->granularity == QuantGranularity::PerTensor)
            granularity = "per_tensor";
        else if (quant->granularity == QuantGranularity::PerBlock)
            granularity = "per_block, block_size: " + std::to_string(quant->blockSize);
        return "{dtype: " + dtypeName(quant->dtype) + ", qscheme: "
            + std::string(name(quant->scheme)) + ", granularity: {type: " + granularity + "}}";
    }
    const auto& palette = std::get<PaletteConfig>(spec);
    const std::string granularity = palette.groupSize == 0
        ? std::string("per_tensor")
        : "per_grouped_channel, axis: 0, group_size: " + std::to_string(palette.groupSize);
    return "{n_bits: " + std::to_string(palette.bits) + ", granularity: {type: " + granularity
        + "}, cluster_dim: 1, enable_per_channel_scale: "
        + (palette.channelScale ? "true" : "false") + '}';
}

/// Beginning of a palettization scope.
std::string roundingText(bool fast, const std::string& indent)
{
    return indent + "enable_fast_kmeans_mode: " + (fast ? "true\n" : "false\n") + indent
        + "rounding_precision: 4\n";
}

/// Body of a scope; `inProjection` and `fast` are left out for quantization. Weight-only
/// quantization must null inputs and outputs in each scope, or activations are quantized too.
std::string scopeText(bool quantizes, const std::string& weight, const std::string& inProjection,
                      bool fast, const std::string& indent)
{
    if (quantizes)
        return indent + "op_input_spec: null\n" + indent + "op_output_spec: null\n" + indent
            + "op_state_spec:\n" + indent + "  weight: " + weight + '\n';
    return roundingText(fast, indent) + indent + "op_state_spec:\n" + indent + "  weight: " + weight
        + '\n' + indent + "  in_proj_weight: " + inProjection + '\n';
}

/// Whether the package would compress this layer under such a specification at all.
bool isTarget(const LayerInfo& layer, const Scope& scope)
{
    if (layer.kind == LayerKind::Matmul) // quantization fails there: it finds no axis
        return false;
    if (layer.kind == LayerKind::Recurrent) // it knows no operator that takes them
        return false;
    return scope.quantizes ? layer.quantizable() : layer.palettizable() || scope.embeddings;
}

/// Whether a layer needs no entry of its own.
bool followsGlobal(const LayerStorage& layer, const Scope& scope)
{
    if (!scope.global)
        return layer.kind == StorageKind::Untouched;
    return layer.kind != StorageKind::Untouched && layer.spec == *scope.global
        && !layer.exactPalette;
}

bool isInside(const std::string& module, const std::set<std::string>& parents)
{
    return std::any_of(parents.begin(), parents.end(), [&](const std::string& parent) {
        return parent.empty() ? !module.empty()
                              : module.compare(0, parent.size() + 1, parent + '.') == 0;
    });
}

bool isAttentionOutput(const LayerInfo& layer)
{
    return layer.shortType() == "NonDynamicallyQuantizableLinear";
}

/// Modules whose entries decide about a layer: all owners of its weight, for the output projection
/// of an attention module that module.
std::vector<std::string> ownersOf(const LayerInfo& layer)
{
    std::vector<std::string> owners {layer.module};
    owners.insert(owners.end(), layer.tiedWith.begin(), layer.tiedWith.end());
    if (isAttentionOutput(layer)) {
        const auto dot = layer.module.rfind('.');
        owners.front() = dot == std::string::npos ? std::string {} : layer.module.substr(0, dot);
    }
    return owners;
}

/// Modules that hold something the package would compress, with what Bitfront does to it.
std::vector<ModuleEntry> moduleEntries(const ModelInfo& model, const Scope& scope,
                                       const std::vector<LayerStorage>& storage)
{
    std::vector<ModuleEntry> entries;
    for (std::size_t i = 0; i < storage.size(); ++i) {
        const LayerInfo& layer = model.layers[i];
        if (!isTarget(layer, scope))
            continue;
        for (const std::string& owner : ownersOf(layer)) {
            auto entry =
                std::find_if(entries.begin(), entries.end(),
                             [&](const ModuleEntry& known) { return known.module == owner; });
            if (entry == entries.end())
                entry = entries.insert(entries.end(), ModuleEntry {owner, nullptr, nullptr});
            (layer.parameter == "in_proj_weight" ? entry->inProjection : entry->weight) =
                &storage[i];
            const bool isPalette = storage[i].kind == StorageKind::Palettized;
            entry->isEmbedding = isPalette && layer.kind == LayerKind::Embedding;
            if (!followsGlobal(storage[i], scope) || entry->isEmbedding)
                entry->asConfigured = false;
        }
    }
    return entries;
}

/// Entries that must be written. One also covers the modules inside, so layers below an overridden
/// module are stated again after it.
std::vector<ModuleEntry> overridesOf(const ModelInfo& model, const Scope& scope,
                                     const std::vector<LayerStorage>& storage)
{
    std::set<std::string> overridden;
    std::vector<ModuleEntry> overrides;
    for (const ModuleEntry& entry : moduleEntries(model, scope, storage))
        if (!entry.asConfigured || isInside(entry.module, overridden)) {
            overrides.push_back(entry);
            overridden.insert(entry.module);
        }
    return overrides;
}

std::string entryText(const ModuleEntry& entry, const Scope& scope)
{
    std::string text;
    bool fast = true;
    for (const LayerStorage* part : {entry.inProjection, entry.weight}) {
        if (!part)
            continue;
        fast = fast && !part->exactPalette;
        for (const std::string& comment : {part->reason, part->note()})
            if (!comment.empty())
                text += "    # "
                    + (entry.inProjection ? oneLine(part->layer) + ": " : std::string {})
                    + oneLine(comment) + '\n';
    }
    const auto specOf = [&](const LayerStorage* part) {
        if (!part)
            return scope.global ? specText(*scope.global) : std::string("null");
        return part->kind == StorageKind::Untouched ? std::string("null") : specText(part->spec);
    };
    const std::string weight = specOf(entry.weight);
    const std::string inProjection = specOf(entry.inProjection ? entry.inProjection : entry.weight);
    text += "    " + moduleKey(entry.module) + ':';
    if ((!entry.weight || weight == "null") && inProjection == "null")
        return text + " null\n";
    if (entry.isEmbedding)
        return text + '\n' + roundingText(fast, "      ") + "      module_state_spec:\n"
            + "        weight: " + weight + '\n';
    return text + '\n' + scopeText(scope.quantizes, weight, inProjection, fast, "      ");
}

/// Graph mode where the package's eager mode leaves layers out: attention's output projection, and
/// modules outside torch.nn.
std::string executionMode(const ModelInfo& model)
{
    const bool graph =
        std::any_of(model.layers.begin(), model.layers.end(), [](const LayerInfo& layer) {
            return isAttentionOutput(layer)
                || (layer.kind != LayerKind::Recurrent
                    && layer.moduleType.compare(0, 9, "torch.nn.") != 0);
        });
    return graph ? "graph" : "eager";
}

std::string headComments(const CompressionConfig& config)
{
    std::string text = "# Bitfront configuration " + oneLine(config.name) + '\n';
    text += "# " + oneLine(title(config)) + '\n';
    text += "# group: " + std::string(groupKey(config.group)) + '\n';
    text += "# layers that do not divide: " + std::string(name(config.indivisible)) + '\n';
    if (config.isRefinement())
        text += "# refines: " + oneLine(config.seed) + '\n';
    return text;
}

/// What the package cannot do, so that the file does not promise it.
std::string recurrentComment(const ModelInfo& model, const std::vector<LayerStorage>& storage)
{
    std::string names;
    for (std::size_t i = 0; i < storage.size(); ++i)
        if (model.layers[i].kind == LayerKind::Recurrent
            && storage[i].kind != StorageKind::Untouched)
            names += "#   " + oneLine(storage[i].layer) + '\n';
    return names.empty()
        ? names
        : "# coreai_opt leaves weights of recurrent layers as they are; compressed "
          "by Bitfront alone:\n"
            + names;
}

std::string fileText(const ModelInfo& model, const CompressionConfig& config, const Scope& scope,
                     const std::vector<LayerStorage>& storage)
{
    std::string yaml = headComments(config) + recurrentComment(model, storage);
    yaml += scope.quantizes
        ? "# coreai_opt: QuantizerConfig.from_yaml(this file)\nquantization_config:\n"
        : "# coreai_opt: KMeansPalettizerConfig.from_yaml(this file)\n"
          "kmeans_palettization_config:\n";
    if (scope.quantizes)
        yaml += "  execution_mode: " + executionMode(model) + '\n';
    if (scope.global) {
        const std::string global = specText(*scope.global);
        yaml += "  global_config:\n" + scopeText(scope.quantizes, global, global, true, "    ");
    } else {
        yaml += "  global_config: null\n"; // left out it would be the package's default
    }
    const std::vector<ModuleEntry> entries = overridesOf(model, scope, storage);
    if (!entries.empty())
        yaml += "  module_name_configs:\n";
    for (const ModuleEntry& entry : entries)
        yaml += entryText(entry, scope);
    return yaml;
}

/// The layers of one kind; all others untouched.
std::vector<LayerStorage> onlyOf(StorageKind kind, std::vector<LayerStorage> storage)
{
    for (LayerStorage& layer : storage)
        if (layer.kind != kind) {
            layer.kind = StorageKind::Untouched;
            layer.reason.clear();
        }
    return storage;
}

bool holds(StorageKind kind, const std::vector<LayerStorage>& storage)
{
    return std::any_of(storage.begin(), storage.end(),
                       [kind](const LayerStorage& layer) { return layer.kind == kind; });
}

} // namespace

std::string recipeYaml(const ModelInfo& model, const CompressionConfig& config)
{
    return recipeFiles(model, config, planStorage(model, config)).front().text;
}

std::string recipeYaml(const ModelInfo& model, const CompressionConfig& config,
                       const std::vector<LayerStorage>& storage)
{
    return recipeFiles(model, config, storage).front().text;
}

std::vector<RecipeFile> recipeFiles(const ModelInfo& model, const CompressionConfig& config,
                                    const std::vector<LayerStorage>& storage)
{
    const bool embeddings = config.palette.embeddings;
    if (!config.isMixed()) {
        const bool quantizes = std::holds_alternative<QuantConfig>(config.spec);
        return {{"", fileText(model, config, {quantizes, config.spec, embeddings}, storage)}};
    }
    std::vector<RecipeFile> files;
    const bool both =
        holds(StorageKind::Quantized, storage) && holds(StorageKind::Palettized, storage);
    if (both || !holds(StorageKind::Palettized, storage))
        files.push_back({"",
                         fileText(model, config, {true, std::nullopt, embeddings},
                                  onlyOf(StorageKind::Quantized, storage))});
    if (holds(StorageKind::Palettized, storage))
        files.push_back({both ? ".palettes" : "",
                         fileText(model, config, {false, std::nullopt, embeddings},
                                  onlyOf(StorageKind::Palettized, storage))});
    if (both)
        for (RecipeFile& file : files)
            file.text =
                "# One of two files: the package reads one kind of compression from each. "
                "Palettes\n"
                "# first, with prepare() and finalize(), then the quantizer on what that returns.\n"
                + file.text;
    return files;
}

} // namespace bitfront
