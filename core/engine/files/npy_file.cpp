// SPDX-License-Identifier: GPL-3.0-or-later
// The .npy format, versions 1 to 3 (numpy.lib.format), and .npz: a zip of them.
#include "core/base/error.h"
#include "core/engine/files/byte_order.h"
#include "core/engine/files/tensor_file.h"
#include "core/engine/files/zip_archive.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace bitfront {

namespace {

constexpr std::uint64_t kMaxNpyBytes = std::uint64_t {1} << 36;
constexpr std::size_t kMagicBytes = 6;

struct NpyHeader
{
    std::string descr; ///< "<f4"
    bool fortranOrder = false;
    std::vector<std::int64_t> shape;
};

[[noreturn]] void bad(const std::string& what, const std::string& hint = {})
{
    throw Error(ErrorCode::BadFormat, what, hint);
}

[[noreturn]] void badHeader()
{
    bad("The header of the NumPy array is damaged.");
}

/// Text of the dictionary entry `key`, from after the colon.
std::string_view valueOf(std::string_view header, std::string_view key)
{
    for (const char quote : {'\'', '"'}) {
        const std::string quoted = quote + std::string(key) + quote;
        const std::size_t at = header.find(quoted);
        if (at == std::string_view::npos)
            continue;
        const std::size_t colon = header.find(':', at + quoted.size());
        if (colon == std::string_view::npos)
            break;
        std::string_view rest = header.substr(colon + 1);
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        return rest;
    }
    badHeader();
}

std::vector<std::int64_t> parseShape(std::string_view text)
{
    const std::size_t end = text.find(')');
    if (text.empty() || text.front() != '(' || end == std::string_view::npos)
        badHeader();
    std::vector<std::int64_t> shape;
    const char* at = text.data() + 1;
    const char* const last = text.data() + end;
    while (at < last) {
        if (*at == ' ' || *at == ',' || *at == 'L') {
            ++at;
            continue;
        }
        std::int64_t extent = 0;
        const auto result = std::from_chars(at, last, extent);
        if (result.ec != std::errc())
            badHeader();
        shape.push_back(extent);
        at = result.ptr;
    }
    return shape;
}

NpyHeader parseHeader(std::string_view text)
{
    NpyHeader header;
    const std::string_view descr = valueOf(text, "descr");
    if (descr.empty() || (descr.front() != '\'' && descr.front() != '"'))
        bad("The NumPy array has records as elements.", "Save one array of plain numbers each.");
    header.descr = descr.substr(1, descr.find(descr.front(), 1) - 1);
    header.fortranOrder = valueOf(text, "fortran_order").rfind("True", 0) == 0;
    header.shape = parseShape(valueOf(text, "shape"));
    return header;
}

DType parseType(const std::string& descr)
{
    struct Entry
    {
        std::string_view code;
        DType type;
    };
    static constexpr std::array<Entry, 13> kTypes {{{"f2", DType::Float16},
                                                    {"f4", DType::Float32},
                                                    {"f8", DType::Float64},
                                                    {"u1", DType::UInt8},
                                                    {"i1", DType::Int8},
                                                    {"i2", DType::Int16},
                                                    {"i4", DType::Int32},
                                                    {"i8", DType::Int64},
                                                    {"b1", DType::Bool},
                                                    {"u2", DType::UInt16},
                                                    {"u4", DType::UInt32},
                                                    {"u8", DType::UInt64},
                                                    {"c8", DType::Complex64}}};
    for (const Entry& entry : kTypes)
        if (descr.size() == 3 && descr.compare(1, 2, entry.code) == 0)
            return entry.type;
    if (descr.find('O') != std::string::npos)
        bad("The NumPy array holds Python objects, which can only be read by running Python code.",
            "Save numbers: array.astype(numpy.float32).");
    bad("The NumPy array has elements of type “" + descr + "”, which is not supported.",
        "Convert it, e.g. array.astype(numpy.float32).");
}

void swapBytes(std::vector<std::uint8_t>& data, std::size_t item)
{
    for (std::size_t at = 0; at + item <= data.size(); at += item)
        std::reverse(data.begin() + static_cast<std::ptrdiff_t>(at),
                     data.begin() + static_cast<std::ptrdiff_t>(at + item));
}

/// Column-major to row-major.
std::vector<std::uint8_t> toRowMajor(const std::vector<std::uint8_t>& data,
                                     const std::vector<std::int64_t>& shape, std::size_t item)
{
    std::vector<std::uint8_t> out(data.size());
    std::vector<std::size_t> strides(shape.size());
    std::size_t stride = 1;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        strides[axis] = stride;
        stride *= static_cast<std::size_t>(shape[axis]);
    }
    std::vector<std::size_t> index(shape.size());
    for (std::size_t to = 0; to < data.size(); to += item) {
        std::size_t from = 0;
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            from += index[axis] * strides[axis];
        std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(from * item), item,
                    out.begin() + static_cast<std::ptrdiff_t>(to));
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            if (++index[axis] < static_cast<std::size_t>(shape[axis]))
                break;
            index[axis] = 0;
        }
    }
    return out;
}

} // namespace

RawTensor readNpy(std::span<const std::uint8_t> bytes)
{
    constexpr std::string_view magic = "\x93NUMPY";
    const bool known = bytes.size() >= kMagicBytes + 4
        && std::equal(magic.begin(), magic.end(), bytes.begin(),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    if (!known)
        bad("It is not a NumPy array.");
    const std::uint8_t version = bytes[kMagicBytes];
    const std::size_t lengthBytes = version >= 2 ? 4 : 2;
    const std::size_t start = kMagicBytes + 2 + lengthBytes;
    if (bytes.size() < start)
        badHeader();
    const std::uint64_t length = version >= 2
        ? littleEndian<std::uint32_t>(bytes.data() + kMagicBytes + 2)
        : littleEndian<std::uint16_t>(bytes.data() + kMagicBytes + 2);
    if (length > bytes.size() - start)
        badHeader();
    const NpyHeader header = parseHeader(
        {reinterpret_cast<const char*>(bytes.data() + start), static_cast<std::size_t>(length)});

    RawTensor tensor;
    tensor.dtype = parseType(header.descr);
    tensor.shape = header.shape;
    const std::uint64_t need = checkedBytes(tensor.shape, tensor.dtype);
    const auto body = bytes.subspan(start + static_cast<std::size_t>(length));
    if (body.size() < need)
        bad("The NumPy array is cut off: " + std::to_string(need)
                + " bytes of numbers are announced, " + std::to_string(body.size()) + " are there.",
            "Save or copy it again.");
    tensor.data.assign(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(need));
    const std::size_t item = itemBytes(tensor.dtype);
    if (header.descr.front() == '>')
        swapBytes(tensor.data, tensor.dtype == DType::Complex64 ? item / 2 : item);
    if (header.fortranOrder && tensor.shape.size() > 1)
        tensor.data = toRowMajor(tensor.data, tensor.shape, item);
    return tensor;
}

std::vector<RawTensor> readNpz(std::span<const std::uint8_t> bytes)
{
    const ZipArchive zip(bytes);
    std::vector<RawTensor> tensors;
    for (const ZipEntry& entry : zip.entries()) {
        RawTensor tensor = readNpy(zip.read(entry, kMaxNpyBytes));
        tensor.name = entry.name.substr(0, entry.name.rfind(".npy"));
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

} // namespace bitfront
