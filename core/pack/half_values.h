// SPDX-License-Identifier: GPL-3.0-or-later
// Values at 16 bits: fp16 or bf16, whichever keeps them better.
#pragma once

#include "core/engine/files/tensor_file.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitfront::detail {

/// A tensor of type Float16, or BFloat16 where that gives the smaller squared error: for values
/// beyond 65504, for tensors of nothing but values too small for fp16, and for bf16 weights, which
/// it holds exactly. NaN and infinities are kept in both.
RawTensor toHalf(std::string name, std::vector<std::int64_t> shape, std::span<const float> values);

/// Values of a tensor of type Float16 or BFloat16.
std::vector<float> fromHalf(const RawTensor& tensor);

/// A tensor of type Float32, Float16 or BFloat16, rounded to it.
RawTensor toFloatTensor(std::string name, DType type, std::vector<std::int64_t> shape,
                        std::span<const float> values);

} // namespace bitfront::detail
