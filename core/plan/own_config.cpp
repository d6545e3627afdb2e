// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/own_config.h"

#include "core/base/error.h"
#include "core/base/palette_bits.h"

#include <charconv>

namespace bitfront {

namespace {

/// Takes `word` off the front of `text`.
bool take(std::string_view& text, std::string_view word)
{
    if (text.substr(0, word.size()) != word)
        return false;
    text.remove_prefix(word.size());
    return true;
}

/// Takes a decimal number without sign and leading zeros off the front; 0 when there is none.
std::int64_t takeNumber(std::string_view& text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || text.front() == '0' || text.front() == '-')
        return 0;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::optional<QuantConfig> quantFromName(std::string_view text)
{
    QuantConfig quant;
    if (take(text, "perblock_bs")) {
        quant.granularity = QuantGranularity::PerBlock;
        quant.blockSize = takeNumber(text);
        if (quant.blockSize == 0 || !take(text, "_"))
            return std::nullopt;
    } else if (take(text, "pertensor_")) {
        quant.granularity = QuantGranularity::PerTensor;
    } else if (!take(text, "perchannel_")) {
        return std::nullopt;
    }
    // Names of types hold underscores too: the longest one that is a type.
    for (std::size_t at = text.rfind('_'); at != std::string_view::npos && at > 0;
         at = text.rfind('_', at - 1)) {
        const auto type = codeTypeFromName(text.substr(0, at));
        const auto scheme = quantSchemeFromName(text.substr(at + 1));
        if (!type || !scheme)
            continue;
        quant.dtype = *type;
        quant.scheme = *scheme;
        return quant;
    }
    return std::nullopt;
}

std::optional<PaletteConfig> paletteFromName(std::string_view text)
{
    PaletteConfig palette;
    if (take(text, "palette_grouped_gs")) {
        palette.groupSize = takeNumber(text);
        if (palette.groupSize == 0 || !take(text, "_"))
            return std::nullopt;
    } else if (!take(text, "palette_pertensor_")) {
        return std::nullopt;
    }
    palette.bits = static_cast<int>(takeNumber(text));
    if (!take(text, "bit_pcs") || (text != "0" && text != "1"))
        return std::nullopt;
    palette.channelScale = text == "1";
    return palette;
}

} // namespace

std::optional<CompressionSpec> specFromName(std::string_view name)
{
    std::optional<CompressionSpec> spec;
    if (const auto palette = paletteFromName(name))
        spec = *palette;
    else if (const auto quant = quantFromName(name))
        spec = *quant;
    // Whatever was read must be what its name says.
    return spec && canonicalName(*spec) == name ? spec : std::nullopt;
}

std::string specProblem(const CompressionSpec& spec)
{
    const auto outside = [](std::int64_t size) { return size < 1 || size > kMostPerBlock; };
    const std::string most = std::to_string(kMostPerBlock) + ".";
    if (const auto* quant = std::get_if<QuantConfig>(&spec)) {
        if (!isInteger(quant->dtype) && quant->scheme != QuantScheme::Symmetric)
            return "Codes of type " + std::string(name(quant->dtype)) + " are symmetric only.";
        if (quant->granularity == QuantGranularity::PerBlock && outside(quant->blockSize))
            return "The size of a block is between 1 and " + most;
        return {};
    }
    const auto& palette = std::get<PaletteConfig>(spec);
    if (!isPaletteWidth(palette.bits))
        return "A palette has 1, 2, 3, 4, 6 or 8 bits.";
    if (palette.groupSize != 0 && outside(palette.groupSize))
        return "The size of a group is between 1 and " + most;
    return {};
}

GroupId groupOf(const CompressionSpec& spec)
{
    const auto* quant = std::get_if<QuantConfig>(&spec);
    if (!quant)
        return GroupId::Palette;
    return quant->granularity == QuantGranularity::PerBlock ? GroupId::PerBlock
                                                            : GroupId::PerChannel;
}

CompressionConfig makeConfiguration(const CompressionSpec& spec, IndivisiblePolicy policy,
                                    PaletteOptions palette)
{
    const std::string problem = specProblem(spec);
    if (!problem.empty())
        throw Error(ErrorCode::BadArgument, problem, {}, canonicalName(spec));
    CompressionConfig config;
    config.name = canonicalName(spec);
    config.group = groupOf(spec);
    config.spec = spec;
    config.indivisible = policy;
    if (config.group == GroupId::Palette)
        config.palette = palette;
    return config;
}

} // namespace bitfront
