// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/tensor_file.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace bitfront {

namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t {1} << 62;
constexpr std::size_t kMaxRank = 64; ///< of LibTorch's operators

constexpr std::array<std::pair<DType, std::string_view>, 14> kNames {
    {{DType::Float16, "float16"},
     {DType::BFloat16, "bfloat16"},
     {DType::Float32, "float32"},
     {DType::Float64, "float64"},
     {DType::UInt8, "uint8"},
     {DType::Int8, "int8"},
     {DType::Int16, "int16"},
     {DType::Int32, "int32"},
     {DType::Int64, "int64"},
     {DType::Bool, "bool"},
     {DType::UInt16, "uint16"},
     {DType::UInt32, "uint32"},
     {DType::UInt64, "uint64"},
     {DType::Complex64, "complex64"}}};

} // namespace

std::size_t itemBytes(DType type)
{
    switch (type) {
    case DType::Float64:
    case DType::Int64:
    case DType::UInt64:
    case DType::Complex64:
        return 8;
    case DType::Float32:
    case DType::Int32:
    case DType::UInt32:
        return 4;
    case DType::Float16:
    case DType::BFloat16:
    case DType::Int16:
    case DType::UInt16:
        return 2;
    case DType::UInt8:
    case DType::Int8:
    case DType::Bool:
        break;
    }
    return 1;
}

std::string_view name(DType type)
{
    return std::find_if(kNames.begin(), kNames.end(),
                        [&](const auto& e) { return e.first == type; })
        ->second;
}

std::optional<DType> dtypeFromName(std::string_view text)
{
    const auto found =
        std::find_if(kNames.begin(), kNames.end(), [&](const auto& e) { return e.second == text; });
    return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

std::uint64_t checkedBytes(std::span<const std::int64_t> shape, DType type)
{
    if (shape.size() > kMaxRank)
        throw Error(ErrorCode::BadFormat,
                    "A tensor has " + std::to_string(shape.size())
                        + " dimensions: the file is damaged.");
    std::uint64_t bytes = itemBytes(type); // of all extents but zeros: strides must fit as well
    bool isEmpty = false;
    for (const std::int64_t extent : shape) {
        if (extent < 0)
            throw Error(ErrorCode::BadFormat,
                        "A tensor has a negative extent: the file is damaged.");
        isEmpty = isEmpty || extent == 0;
        const auto factor = static_cast<std::uint64_t>(std::max<std::int64_t>(extent, 1));
        if (bytes > kMaxBytes / factor)
            throw Error(ErrorCode::BadFormat,
                        "A tensor is too large to be true: the file is damaged.");
        bytes *= factor;
    }
    return isEmpty ? 0 : bytes;
}

} // namespace bitfront
