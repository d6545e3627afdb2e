// SPDX-License-Identifier: GPL-3.0-or-later
// The safetensors format: u64 length, JSON header, data. Every number of the header is checked
// before it is used; the known mistakes of other readers are rows of tst_engine_files.
#include "core/base/error.h"
#include "core/engine/files/byte_order.h"
#include "core/engine/files/safetensors_types.h"
#include "core/engine/files/tensor_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace bitfront {

namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000; ///< as in the reference implementation
constexpr std::uint64_t kMaxBytes = std::uint64_t {1} << 62;

struct Range
{
    std::uint64_t begin = 0, end = 0;
    RawTensor tensor;
};

[[noreturn]] void bad(const std::string& what)
{
    throw Error(ErrorCode::BadFormat, "The safetensors file is damaged: " + what + '.',
                "Save or copy it again.");
}

DType typeOf(const std::string& tensor, const std::string& code)
{
    for (const DType type : detail::kSafetensorsTypes)
        if (detail::safetensorsCode(type) == code)
            return type;
    throw Error(ErrorCode::BadFormat,
                "Tensor “" + tensor + "” has elements of type " + code
                    + ", which is not supported.",
                "Convert it to float32, float16 or an integer type.");
}

std::uint64_t unsignedOf(const nlohmann::json& value, const std::string& what)
{
    if (!value.is_number_unsigned())
        bad(what + " is not a whole number");
    return value.get<std::uint64_t>();
}

Range readEntry(const std::string& name, const nlohmann::json& entry, std::uint64_t dataBytes)
{
    const std::string about = "tensor “" + name + "”: ";
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string()
        || !entry.contains("shape") || !entry["shape"].is_array() || !entry.contains("data_offsets")
        || !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2)
        bad(about + "its description is incomplete");
    Range range;
    range.tensor.name = name;
    range.tensor.dtype = typeOf(name, entry["dtype"].get<std::string>());
    for (const auto& extent : entry["shape"]) {
        const std::uint64_t value = unsignedOf(extent, about + "an extent of its shape");
        if (value > kMaxBytes)
            bad(about + "its shape is too large");
        range.tensor.shape.push_back(static_cast<std::int64_t>(value));
    }
    range.begin = unsignedOf(entry["data_offsets"][0], about + "its offset");
    range.end = unsignedOf(entry["data_offsets"][1], about + "its offset");
    if (range.begin > range.end || range.end > dataBytes)
        bad(about + "its data lies outside of the file");
    if (range.end - range.begin != checkedBytes(range.tensor.shape, range.tensor.dtype))
        bad(about + "shape and number of bytes do not match");
    return range;
}

struct Parts
{
    nlohmann::json header;
    std::span<const std::uint8_t> data;
};

Parts splitFile(std::span<const std::uint8_t> bytes)
{
    if (bytes.size() < kLengthBytes)
        bad("it is too short");
    const auto length = littleEndian<std::uint64_t>(bytes.data());
    if (length > kMaxHeaderBytes || length > bytes.size() - kLengthBytes)
        bad("its header is longer than the file");
    const auto header = bytes.subspan(kLengthBytes, static_cast<std::size_t>(length));
    Parts parts {nlohmann::json::parse(header.begin(), header.end(), nullptr, false),
                 bytes.subspan(kLengthBytes + static_cast<std::size_t>(length))};
    if (!parts.header.is_object())
        bad("its header cannot be read");
    return parts;
}

} // namespace

FileMetadata readSafetensorsMetadata(std::span<const std::uint8_t> bytes)
{
    FileMetadata metadata;
    const nlohmann::json header = splitFile(bytes).header;
    const auto found = header.find("__metadata__");
    if (found == header.end())
        return metadata;
    if (!found->is_object())
        bad("its metadata cannot be read");
    for (const auto& [key, value] : found->items()) {
        if (!value.is_string())
            bad("its metadata cannot be read");
        metadata[key] = value.get<std::string>();
    }
    return metadata;
}

std::vector<RawTensor> readSafetensors(std::span<const std::uint8_t> bytes)
{
    const auto [json, data] = splitFile(bytes);
    std::vector<Range> ranges;
    for (const auto& [key, entry] : json.items())
        if (key != "__metadata__")
            ranges.push_back(readEntry(key, entry, data.size()));
    std::stable_sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t at = 0;
    for (const Range& range : ranges) {
        if (range.begin != at)
            bad("tensor “" + range.tensor.name + "” overlaps another one or leaves a gap");
        at = range.end;
    }
    if (at != data.size())
        bad("it holds bytes that belong to no tensor");

    std::vector<RawTensor> tensors;
    for (Range& range : ranges) {
        range.tensor.data.assign(data.begin() + static_cast<std::ptrdiff_t>(range.begin),
                                 data.begin() + static_cast<std::ptrdiff_t>(range.end));
        tensors.push_back(std::move(range.tensor));
    }
    return tensors;
}

} // namespace bitfront
