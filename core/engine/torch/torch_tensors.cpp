// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/torch_tensors.h"

#include <ATen/ops/view_as_real.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitfront {

std::string dtypeName(at::ScalarType type)
{
    switch (type) {
    case at::kFloat:
        return "float32";
    case at::kDouble:
        return "float64";
    case at::kHalf:
        return "float16";
    case at::kBFloat16:
        return "bfloat16";
    case at::kByte:
        return "uint8";
    case at::kChar:
        return "int8";
    case at::kShort:
        return "int16";
    case at::kInt:
        return "int32";
    case at::kLong:
        return "int64";
    case at::kBool:
        return "bool";
    case at::kComplexFloat:
        return "complex64";
    case at::kComplexDouble:
        return "complex128";
    default:
        return c10::toString(type);
    }
}

at::Tensor toFloats(const at::Tensor& tensor)
{
    at::Tensor dense = tensor;
    if (dense.is_quantized())
        dense = dense.dequantize();
    if (dense.layout() != at::kStrided)
        dense = dense.to_dense();
    if (dense.is_complex())
        dense = at::view_as_real(dense.resolve_conj());
    return dense.to(at::kCPU).to(at::kFloat).contiguous();
}

ValueRange rangeOf(const at::Tensor& tensor)
{
    ValueRange range;
    if (tensor.is_complex() || tensor.numel() == 0)
        return range;
    const at::Tensor values = tensor.to(at::kDouble).contiguous();
    const double* const data = values.const_data_ptr<double>();
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (std::int64_t i = 0; i < values.numel(); ++i) {
        const double value = data[i];
        if (std::isnan(value)) {
            ++range.nans;
        } else if (std::isinf(value)) {
            ++range.infinities;
        } else {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (low <= high) {
        range.min = low;
        range.max = high;
    }
    return range;
}

} // namespace bitfront
