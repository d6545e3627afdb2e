// SPDX-License-Identifier: GPL-3.0-or-later
// How a file of reference inputs is read and given to forward(): everything that a run must record
// about it to be repeated. The same text stands in run.json and in a folder's bitfront-inputs.json.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitfront {

/// How pictures are resized; all but Nearest average over what a pixel covers, as Pillow does.
enum class ImageFilter
{
    Nearest,
    Bilinear,
    Bicubic
};
enum class ImageChannels
{
    Rgb,
    Bgr,
    Gray
};
/// "nearest", "bilinear", "bicubic"; "rgb", "bgr", "gray".
std::string_view name(ImageFilter filter);
std::string_view name(ImageChannels channels);

/// How pictures become a tensor, step by step in this order.
struct ImageOptions
{
    ImageChannels channels = ImageChannels::Rgb;
    std::vector<std::int64_t>
        resize; ///< empty: as they are; {s}: the shorter side; {height, width}
    ImageFilter filter = ImageFilter::Bilinear;
    std::vector<std::int64_t> crop; ///< empty: whole; {s} or {height, width}, from the middle
    bool unitRange = true; ///< 0…1 instead of 0…255
    std::vector<double> mean, deviation; ///< subtracted, then divided by; one per channel, or one
    bool channelsLast = false; ///< N×H×W×C instead of N×C×H×W

    bool operator==(const ImageOptions&) const = default;
};

/// A tensor of the file, by name or number ("0", "1", …), for an argument of forward().
struct InputBinding
{
    std::string argument, name;

    bool operator==(const InputBinding&) const = default;
};

struct InputOptions
{
    std::vector<InputBinding> bindings; ///< these first; the rest by name, else by order
    bool addBatch = false; ///< every tensor gets a first dimension of 1
    bool convertTypes = false; ///< tensors of a type that the model refuses are converted
    std::int64_t batchSize = 0; ///< samples per pass; 0: all that the file holds as one batch
    std::optional<std::int64_t> padToken; ///< fills up shorter lists of token ids
    std::string padMask; ///< argument that gets 1 for tokens and 0 for padding
    std::optional<ImageOptions> images; ///< empty: pixels as decoded, 0…1
    std::vector<std::string> moreFiles; ///< further pictures or sounds, after the named file

    bool operator==(const InputOptions&) const = default;
    bool isDefault() const { return *this == InputOptions {}; }
};

/// Name of the file in a folder of pictures or sounds that says how to read them.
inline constexpr const char* kInputOptionsFile = "bitfront-inputs.json";

/// In place of a path: the example inputs that the model file itself holds.
inline constexpr const char* kStoredInputs = "stored";

/// Throws Error(BadArgument) that names the field: a size below 1, a deviation of 0, …
void validate(const InputOptions& options);
/// `asked` where it says something, else `base`.
InputOptions merged(const InputOptions& base, const InputOptions& asked);

// Only what differs from the default is written. Reading throws Error(BadFormat) naming the field.
void to_json(nlohmann::json& json, const ImageOptions& value);
void from_json(const nlohmann::json& json, ImageOptions& value);
void to_json(nlohmann::json& json, const InputOptions& value);
void from_json(const nlohmann::json& json, InputOptions& value);
/// As a person writes it: a field that means nothing is an error too, and values are validated.
InputOptions inputOptionsFromText(std::string_view text, const std::string& what);
ImageOptions imageOptionsFromText(std::string_view text, const std::string& what);

} // namespace bitfront
