// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a tensor as read from a file.
#pragma once

#include "core/engine/files/tensor_file.h"
#include "core/kernels/half.h"

#include <cstring>
#include <vector>

namespace bitfront::test {

/// Of a tensor of type Float32, Float16 or BFloat16.
inline std::vector<float> floatsOf(const RawTensor& tensor)
{
    std::vector<float> values;
    for (std::size_t i = 0; i < tensor.data.size(); i += itemBytes(tensor.dtype)) {
        if (tensor.dtype == DType::Float32) {
            values.push_back(0);
            std::memcpy(&values.back(), tensor.data.data() + i, sizeof(float));
            continue;
        }
        const auto bits = static_cast<std::uint16_t>(tensor.data[i] | (tensor.data[i + 1] << 8));
        values.push_back(tensor.dtype == DType::Float16 ? float16FromBits(bits)
                                                        : bfloat16FromBits(bits));
    }
    return values;
}

} // namespace bitfront::test
