// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of sensitivity scans and their names.
#include "core/base/error.h"
#include "core/plan/nearest_name.h"
#include "core/plan/scan_space.h"

#include <algorithm>

namespace bitfront {

namespace {

constexpr QuantScheme kSchemes[] = {QuantScheme::Symmetric, QuantScheme::Asymmetric,
                                    QuantScheme::SymmetricWithClipping};

CompressionSpec channels(CodeType dtype, QuantScheme scheme)
{
    return QuantConfig {dtype, scheme, QuantGranularity::PerChannel, 0};
}

CompressionSpec blocks(CodeType dtype, QuantScheme scheme, std::int64_t size)
{
    return QuantConfig {dtype, scheme, QuantGranularity::PerBlock, size};
}

} // namespace

std::string_view name(ScanPreset preset)
{
    return preset == ScanPreset::Quick ? "quick" : "thorough";
}

std::optional<ScanPreset> scanPresetFromName(std::string_view text)
{
    for (const ScanPreset preset : {ScanPreset::Quick, ScanPreset::Thorough})
        if (name(preset) == text)
            return preset;
    return std::nullopt;
}

std::string_view name(ScanMethod method)
{
    return method == ScanMethod::Measured ? "measured" : "probed";
}

std::optional<ScanMethod> scanMethodFromName(std::string_view text)
{
    for (const ScanMethod method : {ScanMethod::Measured, ScanMethod::Probed})
        if (name(method) == text)
            return method;
    return std::nullopt;
}

std::string_view probedCostText()
{
    return "up to 3 dB on a small CNN, up to 6 dB on a U-Net, under 1.5 dB on a text encoder";
}

std::vector<CompressionSpec> scanFormats(ScanPreset preset)
{
    std::vector<CompressionSpec> formats;
    if (preset == ScanPreset::Quick) {
        formats = {channels(CodeType::Int8, QuantScheme::Symmetric), PaletteConfig {8, 0, false}};
        for (const int bits : {6, 4, 3, 2}) {
            if (bits == 4) {
                formats.push_back(blocks(CodeType::Int4, QuantScheme::Symmetric, 32));
                formats.push_back(channels(CodeType::Int4, QuantScheme::Symmetric));
            }
            for (const int size : {4, 16, 0})
                formats.push_back(PaletteConfig {bits, size, false});
        }
        return formats;
    }
    for (const QuantScheme scheme : kSchemes)
        formats.push_back(channels(CodeType::Int8, scheme));
    for (const bool scaled : {false, true})
        formats.push_back(PaletteConfig {8, 0, scaled});
    for (const int bits : {6, 4, 3, 2}) {
        if (bits == 4)
            for (const QuantScheme scheme : kSchemes) {
                for (const int size : {16, 32, 128})
                    formats.push_back(blocks(CodeType::Int4, scheme, size));
                formats.push_back(channels(CodeType::Int4, scheme));
            }
        for (const int size : {4, 8, 16, 0})
            for (const bool scaled : {false, true})
                formats.push_back(PaletteConfig {bits, size, scaled});
    }
    return formats;
}

std::vector<CompressionSpec> allScanFormats()
{
    std::vector<CompressionSpec> formats;
    for (const CodeType dtype : {CodeType::Int8, CodeType::Int4})
        for (const QuantScheme scheme : kSchemes) {
            for (const int size : {16, 32, 128})
                formats.push_back(blocks(dtype, scheme, size));
            formats.push_back(channels(dtype, scheme));
        }
    for (const int bits : {8, 6, 4, 3, 2})
        for (const int size : {4, 8, 16, 0})
            for (const bool scaled : {false, true})
                formats.push_back(PaletteConfig {bits, size, scaled});
    return formats;
}

std::string formatKey(const std::optional<CompressionSpec>& spec)
{
    return spec ? canonicalName(*spec) : std::string("fp16");
}

std::vector<CompressionSpec> formatsFromKeys(const std::vector<std::string>& keys)
{
    const std::vector<CompressionSpec> known = allScanFormats();
    std::vector<std::string> names;
    for (const CompressionSpec& spec : known)
        names.push_back(canonicalName(spec));
    std::vector<CompressionSpec> formats;
    for (const std::string& key : keys) {
        const std::string& nearest = nearestName(names, key);
        if (nearest != key)
            throw Error(ErrorCode::BadArgument, "There is no format “" + key + "”.",
                        "Did you mean “" + nearest + "”?", key);
        const CompressionSpec& spec = known[static_cast<std::size_t>(&nearest - names.data())];
        if (std::find(formats.begin(), formats.end(), spec) == formats.end())
            formats.push_back(spec);
    }
    return formats;
}

} // namespace bitfront
