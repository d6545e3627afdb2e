// SPDX-License-Identifier: GPL-3.0-or-later
// Reads tensors out of NumPy and safetensors files, and writes the latter: own readers, since
// LibTorch has none. Sizes are checked in 64 bits against the file before anything is allocated.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitfront {

/// Element types that the files can hold and LibTorch can compute with.
enum class DType
{
    Float16,
    BFloat16,
    Float32,
    Float64,
    UInt8,
    Int8,
    Int16,
    Int32,
    Int64,
    Bool,
    UInt16,
    UInt32,
    UInt64,
    Complex64
};
std::size_t itemBytes(DType type);
std::string_view name(DType type); ///< "float32", "bool", ...
std::optional<DType> dtypeFromName(std::string_view text);

/// A tensor in memory, row-major, little-endian.
struct RawTensor
{
    std::string name; ///< empty in a .npy
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;
    std::vector<std::uint8_t> data;
};

/// All throw Error(BadFormat) that says what is wrong, without naming the file.
RawTensor readNpy(std::span<const std::uint8_t> bytes);
std::vector<RawTensor> readNpz(std::span<const std::uint8_t> bytes); ///< in the order of the file
std::vector<RawTensor> readSafetensors(std::span<const std::uint8_t> bytes); ///< by data offset

/// The texts under "__metadata__" of a safetensors file's header; empty when it has none.
using FileMetadata = std::map<std::string, std::string>;
FileMetadata readSafetensorsMetadata(std::span<const std::uint8_t> bytes);

/// A whole safetensors file. Data lies in the order of `tensors`, those of wider elements first,
/// without gaps; equal arguments give equal bytes. Throws std::invalid_argument when names are not
/// unique or a tensor's data is not as long as its shape says.
std::vector<std::uint8_t> writeSafetensors(std::span<const RawTensor> tensors,
                                           const FileMetadata& metadata);

/// Product of the extents times the item size. Throws Error(BadFormat) for a negative extent or a
/// product beyond 2^62.
std::uint64_t checkedBytes(std::span<const std::int64_t> shape, DType type);

} // namespace bitfront
