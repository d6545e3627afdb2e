// SPDX-License-Identifier: GPL-3.0-or-later
// What a sensitivity scan measures: units of layers that get one format together, and the formats
// each may get, with the bits that they take.
#pragma once

#include "core/plan/compression_config.h"
#include "core/plan/layer_info.h"
#include "core/plan/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitfront {

/// Which formats a scan tries.
enum class ScanPreset
{
    Quick, ///< 16 formats that show the shape of a layer's curve
    Thorough ///< 49: all bit widths, group and block sizes and schemes
};
std::string_view name(ScanPreset preset); ///< "quick", "thorough"
std::optional<ScanPreset> scanPresetFromName(std::string_view text);
/// In order of falling bits.
std::vector<CompressionSpec> scanFormats(ScanPreset preset);
/// Every format that can be asked for by name.
std::vector<CompressionSpec> allScanFormats();
/// "palette_grouped_gs8_4bit_pcs0", as canonicalName(); "fp16" for none.
std::string formatKey(const std::optional<CompressionSpec>& spec);
/// Throws Error(BadArgument) naming an unknown format and the nearest known one.
std::vector<CompressionSpec> formatsFromKeys(const std::vector<std::string>& keys);

/// How errors are found.
enum class ScanMethod
{
    Measured, ///< every layer in every format, each with a forward pass
    Probed ///< three formats per layer; others by the squared change of the weights (see docs)
};
std::string_view name(ScanMethod method); ///< "measured", "probed"
std::optional<ScanMethod> scanMethodFromName(std::string_view text);
/// What probing costs recipes, in words, as docs/frontier.md measured it: "up to 3 dB on …".
std::string_view probedCostText();

struct ScanSettings
{
    std::vector<CompressionSpec> formats; ///< fp16 is always possible and costs nothing
    /// Layers that get one format together; names with * for any text. Parts of a tied tensor are
    /// one layer anyway.
    std::vector<std::vector<std::string>> ties;
    IndivisiblePolicy indivisible = IndivisiblePolicy::Nearest;
    PaletteOptions palette;
    ScanMethod method = ScanMethod::Measured;

    bool operator==(const ScanSettings&) const = default;
};

/// Layers that get one format together.
struct ScanUnit
{
    std::string name; ///< of the first layer; of several: "a + b + c"
    std::vector<std::size_t> layers; ///< indices into ModelInfo::layers, rising
    std::int64_t elements = 0;
    std::vector<std::string> layerNames {};
    std::vector<std::int64_t> layerElements {};
};

/// One way to store a unit.
struct ScanOption
{
    std::string key; ///< formatKey() of what was asked for
    std::optional<CompressionSpec> spec; ///< as asked for; empty: fp16
    std::vector<std::optional<CompressionSpec>> layerSpecs; ///< what each layer of the unit gets
    std::int64_t bits = 0; ///< of all layers of the unit, side tables included
    int codeBits = 16; ///< of one weight's code

    double bitsPerWeight(const ScanUnit& unit) const
    {
        return static_cast<double>(bits) / static_cast<double>(unit.elements);
    }
};

/// One option for every unit: indices into ScanSpace::options.
using ScanChoice = std::vector<std::size_t>;

struct ScanSpace
{
    std::vector<ScanUnit> units; ///< in the model's order
    /// Per unit; the first is fp16. Formats that come out the same for a unit are there once, those
    /// that take as much as fp16 not at all.
    std::vector<std::vector<ScanOption>> options;
    std::int64_t fixedBits = 0; ///< of all that no unit holds: biases, norms
    std::int64_t totalElements = 0;
    IndivisiblePolicy indivisible = IndivisiblePolicy::Nearest;
    PaletteOptions palette;

    std::size_t cellCount() const; ///< units × options without fp16
    ScanChoice uncompressed() const { return ScanChoice(units.size(), 0); }
    std::int64_t bits(const ScanChoice& choice) const; ///< of the whole model
    double averageBits(const ScanChoice& choice) const;
    /// The choice as a configuration of group Mixed.
    CompressionConfig config(const ScanChoice& choice, const ModelInfo& model,
                             const std::string& configName) const;
    /// Inverse of config(): empty for configurations that are not of group Mixed or that this space
    /// cannot make.
    std::optional<ScanChoice> choiceOf(const CompressionConfig& config,
                                       const ModelInfo& model) const;
};

/// Throws Error(BadArgument) for ties that name no layer or one layer twice, and when there is
/// nothing to compress.
ScanSpace makeScanSpace(const ModelInfo& model, const ScanSettings& settings);

/// Ties that the model's own names suggest: query, key and value of each attention.
std::vector<std::vector<std::string>> attentionTies(const ModelInfo& model);

/// Whether `name` fits a pattern in which * stands for any text.
bool fitsPattern(std::string_view pattern, std::string_view name);

} // namespace bitfront
