// SPDX-License-Identifier: GPL-3.0-or-later
// Small helpers on tensors that several parts of the engine need.
#pragma once

#include "core/engine/files/tensor_file.h"

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

namespace bitfront {

/// "float32", "int64", "bool": the names that Python shows.
std::string dtypeName(at::ScalarType type);

/// Element types of files as LibTorch knows them, and back where a file can hold the type.
at::ScalarType scalarType(DType type);
std::optional<DType> storedType(at::ScalarType type);
/// A tensor with a copy of the data.
at::Tensor toTensor(const RawTensor& raw);

/// Dense, on the CPU, float32, contiguous: what kernels and metrics work on. Complex numbers become
/// a last axis of 2.
at::Tensor toFloats(const at::Tensor& tensor);

/// Whether both are the same view of the same data; tensors without elements only when they are
/// one.
bool sameTensor(const at::Tensor& a, const at::Tensor& b);

/// Extremes of the finite values (0 when there are none) and the count of the others.
struct ValueRange
{
    double min = 0, max = 0;
    std::int64_t nans = 0, infinities = 0;
};
ValueRange rangeOf(const at::Tensor& tensor);

} // namespace bitfront
