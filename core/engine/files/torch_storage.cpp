// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/torch_storage.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bitfront {

namespace {

[[noreturn]] void beyondStorage()
{
    throw Error(ErrorCode::BadFormat,
                "The saved tensors are damaged: a tensor reaches beyond its storage.",
                "Save or copy the file again.");
}

} // namespace

std::optional<DType> storedTypeNamed(std::string_view name)
{
    static constexpr std::array<std::pair<std::string_view, DType>, 27> names {
        {{"torch.FloatStorage", DType::Float32},
         {"torch.float32", DType::Float32},
         {"torch.DoubleStorage", DType::Float64},
         {"torch.float64", DType::Float64},
         {"torch.HalfStorage", DType::Float16},
         {"torch.float16", DType::Float16},
         {"torch.BFloat16Storage", DType::BFloat16},
         {"torch.bfloat16", DType::BFloat16},
         {"torch.LongStorage", DType::Int64},
         {"torch.int64", DType::Int64},
         {"torch.IntStorage", DType::Int32},
         {"torch.int32", DType::Int32},
         {"torch.ShortStorage", DType::Int16},
         {"torch.int16", DType::Int16},
         {"torch.CharStorage", DType::Int8},
         {"torch.int8", DType::Int8},
         {"torch.ByteStorage", DType::UInt8},
         {"torch.uint8", DType::UInt8},
         {"torch.BoolStorage", DType::Bool},
         {"torch.bool", DType::Bool},
         {"torch.UInt16Storage", DType::UInt16},
         {"torch.uint16", DType::UInt16},
         {"torch.UInt32Storage", DType::UInt32},
         {"torch.uint32", DType::UInt32},
         {"torch.uint64", DType::UInt64},
         {"torch.complex64", DType::Complex64},
         {"torch.ComplexFloatStorage", DType::Complex64}}};
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

void copyStrided(RawTensor& tensor, const std::vector<std::int64_t>& strides, std::int64_t offset,
                 const std::vector<std::uint8_t>& storage)
{
    const std::size_t item = itemBytes(tensor.dtype);
    const std::uint64_t bytes = checkedBytes(tensor.shape, tensor.dtype);
    if (bytes == 0)
        return;
    const std::uint64_t available = storage.size() / item;
    std::uint64_t last = static_cast<std::uint64_t>(offset);
    for (std::size_t axis = 0; axis < strides.size(); ++axis) {
        const auto steps = static_cast<std::uint64_t>(tensor.shape[axis] - 1);
        const auto stride = static_cast<std::uint64_t>(strides[axis]);
        if (last >= available || (steps > 0 && stride > (available - last) / steps))
            beyondStorage();
        last += steps * stride;
    }
    if (offset < 0 || last >= available)
        beyondStorage();
    tensor.data.resize(static_cast<std::size_t>(bytes));
    std::vector<std::int64_t> index(tensor.shape.size());
    std::size_t from = static_cast<std::size_t>(offset);
    for (std::size_t to = 0; to < tensor.data.size(); to += item) {
        std::copy_n(storage.data() + from * item, item, tensor.data.data() + to);
        for (std::size_t axis = index.size(); axis-- > 0;) {
            from += static_cast<std::size_t>(strides[axis]);
            if (++index[axis] < tensor.shape[axis])
                break;
            from -= static_cast<std::size_t>(strides[axis] * tensor.shape[axis]);
            index[axis] = 0;
        }
    }
}

} // namespace bitfront
