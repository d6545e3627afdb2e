// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/torch_tensors.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/view_as_real.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace bitfront {

namespace {

constexpr std::array<std::pair<DType, at::ScalarType>, 14> kTypes {
    {{DType::Float16, at::kHalf},
     {DType::BFloat16, at::kBFloat16},
     {DType::Float32, at::kFloat},
     {DType::Float64, at::kDouble},
     {DType::UInt8, at::kByte},
     {DType::Int8, at::kChar},
     {DType::Int16, at::kShort},
     {DType::Int32, at::kInt},
     {DType::Int64, at::kLong},
     {DType::Bool, at::kBool},
     {DType::UInt16, at::kUInt16},
     {DType::UInt32, at::kUInt32},
     {DType::UInt64, at::kUInt64},
     {DType::Complex64, at::kComplexFloat}}};

} // namespace

bool sameTensor(const at::Tensor& a, const at::Tensor& b)
{
    return a.is_same(b)
        || (a.numel() > 0 && a.data_ptr() == b.data_ptr() && a.sizes() == b.sizes()
            && a.strides() == b.strides() && a.scalar_type() == b.scalar_type());
}

at::ScalarType scalarType(DType type)
{
    return std::find_if(kTypes.begin(), kTypes.end(),
                        [&](const auto& e) { return e.first == type; })
        ->second;
}

std::optional<DType> storedType(at::ScalarType type)
{
    const auto found =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& e) { return e.second == type; });
    return found == kTypes.end() ? std::nullopt : std::optional(found->first);
}

at::Tensor toTensor(const RawTensor& raw)
{
    at::Tensor tensor = at::empty(raw.shape, at::TensorOptions(scalarType(raw.dtype)));
    if (!raw.data.empty())
        std::memcpy(tensor.mutable_data_ptr(), raw.data.data(), raw.data.size());
    return tensor;
}

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
    case at::kUInt16:
        return "uint16";
    case at::kUInt32:
        return "uint32";
    case at::kUInt64:
        return "uint64";
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
