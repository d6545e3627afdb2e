// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/input_options.h"

#include "core/plan/json.h"
#include "core/plan/json_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace bitfront {

namespace {

using nlohmann::json;

constexpr std::int64_t kMaxExtent = 16384;
constexpr std::array<std::pair<ImageFilter, std::string_view>, 3> kFilters {
    {{ImageFilter::Nearest, "nearest"},
     {ImageFilter::Bilinear, "bilinear"},
     {ImageFilter::Bicubic, "bicubic"}}};
constexpr std::array<std::pair<ImageChannels, std::string_view>, 3> kChannels {
    {{ImageChannels::Rgb, "rgb"}, {ImageChannels::Bgr, "bgr"}, {ImageChannels::Gray, "gray"}}};
constexpr std::array<std::string_view, 8> kImageFields {
    "channels", "resize", "interpolation", "crop", "range", "mean", "std", "layout"};
constexpr std::array<std::string_view, 8> kFields {"bind",       "add_batch", "convert_dtypes",
                                                   "batch_size", "pad_token", "pad_mask",
                                                   "images",     "files"};

[[noreturn]] void badValue(const std::string& field, const std::string& problem)
{
    throw Error(ErrorCode::BadArgument, "Input options: “" + field + "” " + problem + '.',
                "docs/formats.md lists the fields and what they may say.", field);
}

template<typename Enum, std::size_t N>
Enum wordOf(const std::array<std::pair<Enum, std::string_view>, N>& words, const json& value,
            const char* field)
{
    for (const auto& [one, word] : words)
        if (value == word)
            return one;
    std::string known;
    for (const auto& [one, word] : words)
        known.append(known.empty() ? "" : ", ").append(word);
    detail::badField(field, "is none of " + known);
}

/// 224 or [224, 224].
std::vector<std::int64_t> sizeOf(const json& value, const char* field)
{
    if (value.is_null())
        return {};
    if (!value.is_array())
        return {detail::convert<std::int64_t>(value, field)};
    return detail::convert<std::vector<std::int64_t>>(value, field);
}

json sizeJson(const std::vector<std::int64_t>& size)
{
    return size.size() == 1 ? json(size.front()) : json(size);
}

void checkSize(const std::vector<std::int64_t>& size, const char* field)
{
    const bool fits = size.size() <= 2
        && std::all_of(size.begin(), size.end(),
                       [](std::int64_t extent) { return extent >= 1 && extent <= kMaxExtent; });
    if (!fits)
        badValue(field,
                 "must be one size or [height, width], each from 1 to "
                     + std::to_string(kMaxExtent));
}

/// One number, or a list of them.
std::vector<double> numbersFrom(const json& in, const char* field)
{
    if (in.is_number())
        return {detail::convert<double>(in, field)};
    return detail::convert<std::vector<double>>(in, field);
}

void validateImages(const ImageOptions& images)
{
    checkSize(images.resize, "resize");
    checkSize(images.crop, "crop");
    const std::size_t channels = images.channels == ImageChannels::Gray ? 1 : 3;
    for (const auto& [list, field] :
         {std::pair(&images.mean, "mean"), std::pair(&images.deviation, "std")}) {
        if (!list->empty() && list->size() != 1 && list->size() != channels)
            badValue(field,
                     "must hold one number, or one for each of the " + std::to_string(channels)
                         + " channels");
        for (const double value : *list)
            if (!std::isfinite(value) || (list == &images.deviation && value <= 0))
                badValue(field,
                         list == &images.deviation ? "must hold numbers above 0"
                                                   : "must hold numbers");
    }
}

template<std::size_t N>
void refuseUnknown(const json& object, const std::array<std::string_view, N>& known,
                   const std::string& what)
{
    if (!object.is_object())
        throw Error(ErrorCode::BadFormat, what + " is not a JSON object.",
                    "Write {\"resize\": 256, …} or similar; docs/formats.md lists the fields.");
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end())
            continue;
        std::string list;
        for (const std::string_view one : known)
            list.append(list.empty() ? "" : ", ").append(one);
        throw Error(ErrorCode::BadFormat, what + " has a field “" + key + "” that means nothing.",
                    "The fields are " + list + '.', key);
    }
}

} // namespace

std::string_view name(ImageFilter filter)
{
    return kFilters.at(static_cast<std::size_t>(filter)).second;
}

std::string_view name(ImageChannels channels)
{
    return kChannels.at(static_cast<std::size_t>(channels)).second;
}

void validate(const InputOptions& options)
{
    if (options.batchSize < 0)
        badValue("batch_size", "must be at least 1");
    if (!options.padMask.empty() && !options.padToken)
        badValue("pad_mask", "needs a pad_token");
    for (const InputBinding& binding : options.bindings) {
        if (binding.argument.empty() || binding.name.empty())
            badValue("bind", "needs the name of an argument and of a tensor");
        const auto same = [&](const InputBinding& other) {
            return other.argument == binding.argument;
        };
        if (std::count_if(options.bindings.begin(), options.bindings.end(), same) > 1)
            badValue("bind", "names the argument “" + binding.argument + "” twice");
    }
    if (options.images)
        validateImages(*options.images);
}

InputOptions merged(const InputOptions& base, const InputOptions& asked)
{
    InputOptions options = asked;
    if (asked.bindings.empty())
        options.bindings = base.bindings;
    options.addBatch = asked.addBatch || base.addBatch;
    options.convertTypes = asked.convertTypes || base.convertTypes;
    if (asked.batchSize == 0)
        options.batchSize = base.batchSize;
    if (!asked.padToken) {
        options.padToken = base.padToken;
        options.padMask = base.padMask;
    }
    if (!asked.images)
        options.images = base.images;
    if (asked.moreFiles.empty())
        options.moreFiles = base.moreFiles;
    return options;
}

void to_json(json& object, const ImageOptions& value)
{
    object = json::object();
    object["channels"] = name(value.channels);
    if (!value.resize.empty()) {
        object["resize"] = sizeJson(value.resize);
        object["interpolation"] = name(value.filter);
    }
    if (!value.crop.empty())
        object["crop"] = sizeJson(value.crop);
    object["range"] = value.unitRange ? 1 : 255;
    if (!value.mean.empty())
        object["mean"] = value.mean;
    if (!value.deviation.empty())
        object["std"] = value.deviation;
    object["layout"] = value.channelsLast ? "nhwc" : "nchw";
}

void from_json(const json& object, ImageOptions& value)
{
    value = {};
    if (!object.is_object())
        detail::badField("images", "is not an object");
    if (const auto found = object.find("channels"); found != object.end())
        value.channels = wordOf(kChannels, *found, "channels");
    if (const auto found = object.find("resize"); found != object.end())
        value.resize = sizeOf(*found, "resize");
    if (const auto found = object.find("interpolation"); found != object.end())
        value.filter = wordOf(kFilters, *found, "interpolation");
    if (const auto found = object.find("crop"); found != object.end())
        value.crop = sizeOf(*found, "crop");
    if (const auto found = object.find("range"); found != object.end()) {
        if (*found != 1 && *found != 255)
            detail::badField("range", "is neither 1 nor 255");
        value.unitRange = *found == 1;
    }
    if (const auto found = object.find("mean"); found != object.end())
        value.mean = numbersFrom(*found, "mean");
    if (const auto found = object.find("std"); found != object.end())
        value.deviation = numbersFrom(*found, "std");
    if (const auto found = object.find("layout"); found != object.end()) {
        if (*found != "nchw" && *found != "nhwc")
            detail::badField("layout", "is neither nchw nor nhwc");
        value.channelsLast = *found == "nhwc";
    }
}

void to_json(json& object, const InputOptions& value)
{
    object = json::object();
    for (const InputBinding& binding : value.bindings)
        object["bind"][binding.argument] = binding.name;
    if (value.addBatch)
        object["add_batch"] = true;
    if (value.convertTypes)
        object["convert_dtypes"] = true;
    if (value.batchSize > 0)
        object["batch_size"] = value.batchSize;
    if (value.padToken)
        object["pad_token"] = *value.padToken;
    if (!value.padMask.empty())
        object["pad_mask"] = value.padMask;
    if (value.images)
        object["images"] = *value.images;
    if (!value.moreFiles.empty())
        object["files"] = value.moreFiles;
}

void from_json(const json& object, InputOptions& value)
{
    value = {};
    if (!object.is_object())
        detail::badField("options", "is not an object");
    if (const auto found = object.find("bind"); found != object.end()) {
        if (!found->is_object())
            detail::badField("bind", "is not an object of argument and tensor names");
        for (const auto& [argument, tensor] : found->items())
            value.bindings.push_back({argument, detail::convert<std::string>(tensor, "bind")});
    }
    if (const auto found = object.find("add_batch"); found != object.end())
        value.addBatch = detail::convert<bool>(*found, "add_batch");
    if (const auto found = object.find("convert_dtypes"); found != object.end())
        value.convertTypes = detail::convert<bool>(*found, "convert_dtypes");
    if (const auto found = object.find("batch_size"); found != object.end())
        value.batchSize = detail::convert<std::int64_t>(*found, "batch_size");
    if (const auto found = object.find("pad_token"); found != object.end())
        value.padToken = detail::convert<std::int64_t>(*found, "pad_token");
    if (const auto found = object.find("pad_mask"); found != object.end())
        value.padMask = detail::convert<std::string>(*found, "pad_mask");
    if (const auto found = object.find("images"); found != object.end())
        value.images = found->get<ImageOptions>();
    if (const auto found = object.find("files"); found != object.end())
        value.moreFiles = detail::convert<std::vector<std::string>>(*found, "files");
}

InputOptions inputOptionsFromText(std::string_view text, const std::string& what)
{
    const json object = parseJson(text, what);
    refuseUnknown(object, kFields, what);
    if (const auto images = object.find("images"); images != object.end())
        refuseUnknown(*images, kImageFields, what + ", images");
    auto options = object.get<InputOptions>();
    validate(options);
    return options;
}

ImageOptions imageOptionsFromText(std::string_view text, const std::string& what)
{
    const json object = parseJson(text, what);
    refuseUnknown(object, kImageFields, what);
    InputOptions options;
    options.images = object.get<ImageOptions>();
    validate(options);
    return *options.images;
}

} // namespace bitfront
