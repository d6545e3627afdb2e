// SPDX-License-Identifier: GPL-3.0-or-later
// Configurations in words for people: titles for tables, short codes for plot labels.
#include "core/plan/compression_config.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace bitfront {

namespace {

/// What a refinement keeps at fp16, read from the part of its name after the seed's.
struct Kept
{
    bool first = false, last = false;
    std::string type; ///< "Linear", "Conv2d", ...
    bool known = false;
};

Kept keptOf(const CompressionConfig& config)
{
    Kept kept;
    const std::string prefix = config.seed + "_skip-";
    if (!config.isRefinement() || config.name.compare(0, prefix.size(), prefix) != 0)
        return kept;
    std::string rest = config.name.substr(prefix.size()) + '-';
    const auto take = [&rest](const std::string& word) {
        if (rest.compare(0, word.size(), word) != 0)
            return false;
        rest.erase(0, word.size());
        return true;
    };
    kept.first = take("first-");
    kept.last = take("last-");
    if (!rest.empty())
        kept.type = rest.substr(0, rest.size() - 1);
    kept.known = kept.first || kept.last || !kept.type.empty();
    return kept;
}

std::string lower(std::string text)
{
    for (char& letter : text)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return text;
}

/// "lin" for Linear, "conv" for Conv2d, "emb" for Embedding; other classes in full.
std::string typeCode(const std::string& type)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kCodes {
        {{"Linear", "lin"},
         {"ConvTranspose", "convT"},
         {"Conv", "conv"},
         {"Embedding", "emb"},
         {"MultiheadAttention", "attn"}}};
    for (const auto& [start, code] : kCodes)
        if (type.compare(0, start.size(), start) == 0)
            return std::string(code);
    return lower(type);
}

std::string layerCount(std::size_t count)
{
    return std::to_string(count) + (count == 1 ? " layer" : " layers");
}

/// "first, last, linear"; empty when nothing is kept on purpose.
std::string keptTitle(const CompressionConfig& config)
{
    const Kept kept = keptOf(config);
    if (!kept.known)
        return config.skippedLayers.empty() ? std::string {}
                                            : layerCount(config.skippedLayers.size());
    std::string text;
    const auto append = [&text](const std::string& word) {
        text += (text.empty() ? "" : ", ") + word;
    };
    if (kept.first)
        append("first");
    if (kept.last)
        append("last");
    if (!kept.type.empty())
        append(lower(kept.type));
    return text;
}

/// "ends, lin"; empty when nothing is kept on purpose.
std::string keptCode(const CompressionConfig& config)
{
    const Kept kept = keptOf(config);
    if (!kept.known)
        return config.skippedLayers.empty() ? std::string {}
                                            : layerCount(config.skippedLayers.size());
    std::string text = kept.first && kept.last ? "ends"
        : kept.first                           ? "first"
        : kept.last                            ? "last"
                                               : "";
    if (!kept.type.empty())
        text += (text.empty() ? "" : ", ") + typeCode(kept.type);
    return text;
}

std::string quantTitle(const QuantConfig& quant)
{
    std::string text(name(quant.dtype));
    switch (quant.granularity) {
    case QuantGranularity::PerTensor:
        text += " per-tensor";
        break;
    case QuantGranularity::PerChannel:
        text += " per-channel";
        break;
    case QuantGranularity::PerBlock:
        text += " block " + std::to_string(quant.blockSize);
        break;
    }
    if (quant.scheme == QuantScheme::Asymmetric)
        text += ", asymmetric";
    else if (quant.scheme == QuantScheme::SymmetricWithClipping)
        text += ", clipped";
    return text;
}

std::string paletteTitle(const PaletteConfig& palette)
{
    std::string text = std::to_string(palette.bits) + "-bit palette, ";
    text += palette.groupSize == 0 ? "per-tensor" : "group " + std::to_string(palette.groupSize);
    return palette.channelScale ? text + ", channel scales" : text;
}

/// "8" for int8, "u8" for uint8, "fp8" / "fp8 e5m2" / "fp4" for tiny floats.
std::string dtypeCode(CodeType dtype)
{
    if (dtype == CodeType::Float8E5M2)
        return "fp8 e5m2";
    const std::string bits = std::to_string(codeBits(dtype));
    if (!isInteger(dtype))
        return std::string("fp") + bits;
    return name(dtype).front() == 'u' ? std::string("u") + bits : bits;
}

std::string quantCode(const QuantConfig& quant)
{
    std::string text;
    switch (quant.granularity) {
    case QuantGranularity::PerTensor:
        text = std::string("t") + dtypeCode(quant.dtype);
        break;
    case QuantGranularity::PerChannel:
        text = std::string("c") + dtypeCode(quant.dtype);
        break;
    case QuantGranularity::PerBlock:
        text = std::string("b") + std::to_string(quant.blockSize) + ' ' + dtypeCode(quant.dtype);
        break;
    }
    if (quant.scheme == QuantScheme::Asymmetric)
        text += " asym";
    else if (quant.scheme == QuantScheme::SymmetricWithClipping)
        text += " clip";
    return text;
}

std::string paletteCode(const PaletteConfig& palette)
{
    std::string text = std::string("p") + std::to_string(palette.bits);
    if (palette.groupSize != 0)
        text += " g" + std::to_string(palette.groupSize);
    return palette.channelScale ? text + " pcs" : text;
}

/// What a target may end in before the number that tells its record from an earlier one.
bool isWholeTarget(std::string_view text)
{
    for (const std::string_view unit : {"_bits", "_MB", "_fp16"})
        if (text.ends_with(unit))
            return true;
    for (const std::string_view kind : {"ratio_", "quality_"})
        if (text.starts_with(kind))
            return text.size() > kind.size()
                && text.find('_', kind.size()) == std::string_view::npos;
    return false;
}

/// Takes that number off: "2" of "4_bits_2"; empty where there is none.
std::string takeNumber(std::string& text)
{
    const std::size_t end = text.rfind('_');
    if (end == std::string::npos || !isWholeTarget(std::string_view(text).substr(0, end)))
        return {};
    const std::string number = text.substr(end + 1);
    if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos)
        return {};
    text.erase(end);
    return number;
}

/// "4.5 bits" of "mixed_4.5_bits", "4.5 bits (2)" of "mixed_4.5_bits_2".
std::string targetOf(const CompressionConfig& config)
{
    constexpr std::string_view prefix = "mixed_";
    std::string text = config.name;
    if (text.compare(0, prefix.size(), prefix) == 0)
        text.erase(0, prefix.size());
    const std::string number = takeNumber(text);
    std::replace(text.begin(), text.end(), '_', ' ');
    return number.empty() ? text : text + " (" + number + ')';
}

} // namespace

std::string formatTitle(const std::optional<CompressionSpec>& spec)
{
    if (!spec)
        return "fp16";
    const auto* quant = std::get_if<QuantConfig>(&*spec);
    return quant ? quantTitle(*quant) : paletteTitle(std::get<PaletteConfig>(*spec));
}

std::string formatCode(const std::optional<CompressionSpec>& spec)
{
    if (!spec)
        return "fp16";
    const auto* quant = std::get_if<QuantConfig>(&*spec);
    return quant ? quantCode(*quant) : paletteCode(std::get<PaletteConfig>(*spec));
}

std::string title(const CompressionConfig& config)
{
    if (config.isMixed())
        return "mixed precision, " + targetOf(config);
    const std::string text = formatTitle(config.spec);
    const std::string kept = keptTitle(config);
    return kept.empty() ? text : text + " · keeps " + kept;
}

std::string shortCode(const CompressionConfig& config)
{
    if (config.isMixed())
        return "mix " + targetOf(config);
    const std::string text = formatCode(config.spec);
    const std::string kept = keptCode(config);
    return kept.empty() ? text : text + " −" + kept;
}

} // namespace bitfront
