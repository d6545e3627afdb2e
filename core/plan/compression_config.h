// SPDX-License-Identifier: GPL-3.0-or-later
// One compression configuration: what is done to every weight of a model, and to which it is not.
#pragma once

#include "core/base/formats.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bitfront {

/// Groups of results, in order. Ids in files and on the command line: "1a", "1b", "2", "mixed".
enum class GroupId
{
    PerChannel,
    PerBlock,
    Palette,
    Mixed ///< every layer in a format of its own; no sweep runs these, recipes do
};
inline constexpr GroupId kGroups[] = {GroupId::PerChannel, GroupId::PerBlock, GroupId::Palette,
                                      GroupId::Mixed};
/// Those that a sweep runs.
inline constexpr GroupId kSweepGroups[] = {GroupId::PerChannel, GroupId::PerBlock,
                                           GroupId::Palette};

std::string_view groupKey(GroupId group); ///< "1a"
std::string_view groupTitle(GroupId group); ///< "Per-channel quantization"
std::optional<GroupId> groupFromKey(std::string_view key);

/// Scope of one quantization scale.
enum class QuantGranularity
{
    PerTensor,
    PerChannel,
    PerBlock
};

/// Linear weight quantization of every quantizable layer.
struct QuantConfig
{
    CodeType dtype = CodeType::Int8;
    QuantScheme scheme = QuantScheme::Symmetric;
    QuantGranularity granularity = QuantGranularity::PerChannel;
    std::int64_t blockSize = 0; ///< elements along the block axis; 0 unless PerBlock

    bool operator==(const QuantConfig&) const = default;
};

/// Palettization (k-means lookup tables) of every palettizable layer.
struct PaletteConfig
{
    int bits = 4; ///< 1, 2, 3, 4, 6 or 8: 2^bits table entries
    std::int64_t groupSize = 0; ///< channels along axis 0 that share a table; 0 = one per tensor
    bool channelScale = false; ///< divide every slice of axis 0 by its largest magnitude first

    bool operator==(const PaletteConfig&) const = default;
};

using CompressionSpec = std::variant<QuantConfig, PaletteConfig>;

/// What happens to a layer whose extent the block or group size does not divide.
enum class IndivisiblePolicy
{
    Nearest, ///< per-block: per-channel; grouped: the nearest group size that divides
    PerChannel, ///< per-block: per-channel; grouped: group size 1 (the reference's recipe)
    Skip ///< the layer stays at fp16
};
std::string_view name(IndivisiblePolicy policy); ///< "nearest", "per-channel", "skip"
std::optional<IndivisiblePolicy> indivisiblePolicyFromName(std::string_view text);

/// Whether palettes are searched among the weights as they are, or rounded to 4 decimals first.
enum class PaletteRounding
{
    Automatic, ///< rounded, but not where that loses more than the palette itself (small weights)
    Reference ///< always rounded, as coreai-opt does by default
};
std::string_view name(PaletteRounding rounding); ///< "automatic", "reference"
std::optional<PaletteRounding> paletteRoundingFromName(std::string_view text);

/// What a sweep does beyond each configuration's specification; no part of configuration names.
struct PaletteOptions
{
    PaletteRounding rounding = PaletteRounding::Automatic;
    bool embeddings = false; ///< palettize embedding tables too; the reference's sweep does not

    bool operator==(const PaletteOptions&) const = default;
};

/// Format of one layer in a mixed configuration.
struct LayerFormat
{
    std::string layer; ///< LayerInfo::name
    std::optional<CompressionSpec> spec; ///< empty: fp16

    bool operator==(const LayerFormat&) const = default;
};

/// A value: comparable, names itself. Base configurations skip nothing; refinements keep layers.
struct CompressionConfig
{
    /// Canonical and unique in a run, e.g. "perblock_bs32_int4_asymmetric_skip-last".
    std::string name;
    GroupId group = GroupId::PerChannel;
    CompressionSpec spec; ///< of every layer; meaningless in a mixed configuration
    std::vector<LayerFormat> formats; ///< mixed only; layers that are not named stay at fp16
    IndivisiblePolicy indivisible = IndivisiblePolicy::Nearest;
    std::vector<std::string> skippedLayers; ///< LayerInfo::name of layers kept at fp16 on purpose
    std::string seed; ///< name of the configuration this one refines; empty for a base one
    PaletteOptions palette; ///< for palettization only

    bool isRefinement() const { return !seed.empty(); }
    bool isMixed() const { return group == GroupId::Mixed; }
    bool operator==(const CompressionConfig&) const = default;
};

/// Canonical name of a base configuration, e.g. "palette_grouped_gs8_6bit_pcs0".
std::string canonicalName(const CompressionSpec& spec);
/// For people: "int4 block 16, asymmetric", "6-bit palette, group 8 · keeps first".
std::string title(const CompressionConfig& config);
/// For plot labels: "b16 4 asym", "p6 g8 −first".
std::string shortCode(const CompressionConfig& config);
/// The same words for one format: "int4 block 16, asymmetric"; "fp16" for none.
std::string formatTitle(const std::optional<CompressionSpec>& spec);
/// "b16 4 asym", "p6 g8", "fp16".
std::string formatCode(const std::optional<CompressionSpec>& spec);

/// The 31 base configurations in canonical order: 6 of 1a, 9 of 1b, 16 of 2.
std::vector<CompressionConfig>
baseConfigurations(IndivisiblePolicy policy = IndivisiblePolicy::Nearest,
                   PaletteOptions palette = {});

} // namespace bitfront
