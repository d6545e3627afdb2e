// SPDX-License-Identifier: GPL-3.0-or-later
// Canonical names of configurations and the 31 of the base sweep.
#include "core/plan/compression_config.h"

#include <array>
#include <utility>

namespace bitfront {

namespace {

struct GroupNames
{
    GroupId group;
    std::string_view key, title;
};
constexpr std::array<GroupNames, 4> kGroupNames {
    {{GroupId::PerChannel, "1a", "Per-channel quantization"},
     {GroupId::PerBlock, "1b", "Per-block quantization"},
     {GroupId::Palette, "2", "Palettization"},
     {GroupId::Mixed, "mixed", "Mixed precision"}}};

constexpr std::array<std::pair<IndivisiblePolicy, std::string_view>, 3> kPolicies {
    {{IndivisiblePolicy::Nearest, "nearest"},
     {IndivisiblePolicy::PerChannel, "per-channel"},
     {IndivisiblePolicy::Skip, "skip"}}};

constexpr QuantScheme kSchemes[] = {QuantScheme::Symmetric, QuantScheme::Asymmetric,
                                    QuantScheme::SymmetricWithClipping};

std::string quantName(const QuantConfig& config)
{
    std::string scope = "pertensor_";
    if (config.granularity == QuantGranularity::PerChannel)
        scope = "perchannel_";
    else if (config.granularity == QuantGranularity::PerBlock)
        scope = "perblock_bs" + std::to_string(config.blockSize) + '_';
    return scope + std::string(name(config.dtype)) + '_' + std::string(name(config.scheme));
}

std::string paletteName(const PaletteConfig& config)
{
    const std::string scope = config.groupSize == 0
        ? std::string("palette_pertensor_")
        : "palette_grouped_gs" + std::to_string(config.groupSize) + '_';
    return scope + std::to_string(config.bits) + "bit_pcs" + (config.channelScale ? '1' : '0');
}

} // namespace

std::string_view groupKey(GroupId group)
{
    return kGroupNames.at(static_cast<std::size_t>(group)).key;
}

std::string_view groupTitle(GroupId group)
{
    return kGroupNames.at(static_cast<std::size_t>(group)).title;
}

std::optional<GroupId> groupFromKey(std::string_view key)
{
    for (const GroupNames& entry : kGroupNames)
        if (entry.key == key)
            return entry.group;
    return std::nullopt;
}

std::string_view name(IndivisiblePolicy policy)
{
    for (const auto& [entry, text] : kPolicies)
        if (entry == policy)
            return text;
    return "unknown";
}

std::optional<IndivisiblePolicy> indivisiblePolicyFromName(std::string_view text)
{
    for (const auto& [entry, known] : kPolicies)
        if (known == text)
            return entry;
    return std::nullopt;
}

std::string canonicalName(const CompressionSpec& spec)
{
    if (const auto* quant = std::get_if<QuantConfig>(&spec))
        return quantName(*quant);
    return paletteName(std::get<PaletteConfig>(spec));
}

std::string_view name(PaletteRounding rounding)
{
    return rounding == PaletteRounding::Automatic ? "automatic" : "reference";
}

std::optional<PaletteRounding> paletteRoundingFromName(std::string_view text)
{
    for (const PaletteRounding entry : {PaletteRounding::Automatic, PaletteRounding::Reference})
        if (name(entry) == text)
            return entry;
    return std::nullopt;
}

std::vector<CompressionConfig> baseConfigurations(IndivisiblePolicy policy, PaletteOptions palette)
{
    std::vector<CompressionConfig> configs;
    const auto add = [&](GroupId group, const CompressionSpec& spec) {
        CompressionConfig config;
        config.name = canonicalName(spec);
        config.group = group;
        config.spec = spec;
        config.indivisible = policy;
        if (group == GroupId::Palette)
            config.palette = palette;
        configs.push_back(std::move(config));
    };
    for (const CodeType dtype : {CodeType::Int8, CodeType::Int4})
        for (const QuantScheme scheme : kSchemes)
            add(GroupId::PerChannel, QuantConfig {dtype, scheme, QuantGranularity::PerChannel, 0});
    for (const int block : {16, 32, 128})
        for (const QuantScheme scheme : kSchemes)
            add(GroupId::PerBlock,
                QuantConfig {CodeType::Int4, scheme, QuantGranularity::PerBlock, block});
    for (const int bits : {8, 6})
        for (const bool scaled : {false, true})
            add(GroupId::Palette, PaletteConfig {bits, 0, scaled});
    for (const int bits : {6, 4})
        for (const int size : {4, 8, 16})
            for (const bool scaled : {false, true})
                add(GroupId::Palette, PaletteConfig {bits, size, scaled});
    return configs;
}

} // namespace bitfront
