// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/tensor_loader.h"

#include "core/base/error.h"
#include "core/engine/torch/exported/schema_types.h"

#include <ATen/ops/empty.h>

#include <cstring>

namespace bitfront::exported {

namespace {

[[noreturn]] void badTensor(const std::string& name, const char* what)
{
    throw Error(ErrorCode::BadFormat,
                "The file is damaged: its tensor “" + name + "” " + what + '.',
                "Copy or export it again.");
}

/// Elements from the start of the storage to the end of the tensor, or an error.
std::uint64_t elementsNeeded(const std::string& name, const TensorMeta& meta)
{
    constexpr std::uint64_t most = std::uint64_t {1} << 60;
    if (meta.offset < 0)
        badTensor(name, "starts before its data");
    std::uint64_t last = static_cast<std::uint64_t>(meta.offset);
    for (std::size_t axis = 0; axis < meta.sizes.size(); ++axis) {
        const std::int64_t size = meta.sizes[axis].value, stride = meta.strides[axis];
        if (size < 0 || stride < 0 || !meta.sizes[axis].expression.empty())
            badTensor(name, "has an impossible shape");
        if (size == 0)
            return 0;
        std::uint64_t step = 0;
        if (__builtin_mul_overflow(static_cast<std::uint64_t>(size - 1),
                                   static_cast<std::uint64_t>(stride), &step)
            || step > most || __builtin_add_overflow(last, step, &last) || last > most)
            badTensor(name, "is larger than any memory");
    }
    return last + 1;
}

/// Product of the extents fits into 63 bits: views of one element may claim any shape.
void checkElementCount(const std::string& name, const TensorMeta& meta, std::uint64_t stored)
{
    constexpr std::uint64_t mostRepeats = 1 << 20; // an expanded tensor repeats its elements
    std::uint64_t count = 1;
    for (const Extent& size : meta.sizes)
        if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(size.value), &count))
            badTensor(name, "is larger than any memory");
    if (count / mostRepeats > stored)
        badTensor(name, "is larger than its data");
}

at::Tensor viewOf(const std::string& name, const TensorMeta& meta, const at::Tensor& storage)
{
    const at::ScalarType type = scalarTypeOf(meta.scalarType);
    if (layoutOf(meta.layout) != c10::Layout::Strided)
        throw Error(ErrorCode::UnsupportedModel, "“" + name + "” is a sparse tensor.",
                    "Convert it before exporting: tensor.to_dense().");
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(elementsNeeded(name, meta),
                               static_cast<std::uint64_t>(c10::elementSize(type)), &bytes)
        || bytes > storage.storage().nbytes())
        badTensor(name, "reaches beyond its data");
    checkElementCount(name, meta, storage.storage().nbytes());
    std::vector<std::int64_t> sizes;
    for (const Extent& size : meta.sizes)
        sizes.push_back(size.value);
    at::Tensor tensor = at::empty({0}, at::TensorOptions(type));
    tensor.set_(storage.storage(), meta.offset, sizes, meta.strides);
    return tensor;
}

} // namespace

std::map<std::string, at::Tensor> loadTensors(const Archive& archive, const FileBytes& bytes)
{
    std::map<std::string, at::Tensor> storages, tensors;
    for (const auto& [path, place] : archive.storages) {
        at::Tensor storage =
            at::empty({static_cast<std::int64_t>(place.size)}, at::TensorOptions(at::kByte));
        if (place.size > 0)
            std::memcpy(storage.mutable_data_ptr(), bytes.data() + place.offset,
                        static_cast<std::size_t>(place.size));
        storages.emplace(path, std::move(storage));
    }
    for (const auto& [name, stored] : archive.tensors)
        tensors.emplace(name, viewOf(name, stored.meta, storages.at(stored.path)));
    return tensors;
}

} // namespace bitfront::exported
