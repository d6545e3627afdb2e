// SPDX-License-Identifier: GPL-3.0-or-later
// Writes safetensors files as the reference implementation lays them out: header padded to 8 bytes,
// tensors of wider elements first, so that all data is aligned.
#include "core/engine/files/safetensors_types.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace bitfront {

namespace {

constexpr std::size_t kAlignment = 8;

std::vector<const RawTensor*> fileOrder(std::span<const RawTensor> tensors)
{
    std::vector<const RawTensor*> order;
    std::set<std::string> names {"__metadata__"};
    for (const RawTensor& tensor : tensors) {
        if (!names.insert(tensor.name).second)
            throw std::invalid_argument("two tensors of a file have the name " + tensor.name);
        if (tensor.data.size() != checkedBytes(tensor.shape, tensor.dtype))
            throw std::invalid_argument("shape and data do not match: " + tensor.name);
        order.push_back(&tensor);
    }
    std::stable_sort(order.begin(), order.end(), [](const RawTensor* a, const RawTensor* b) {
        return itemBytes(a->dtype) > itemBytes(b->dtype);
    });
    return order;
}

} // namespace

std::vector<std::uint8_t> writeSafetensors(std::span<const RawTensor> tensors,
                                           const FileMetadata& metadata)
{
    const std::vector<const RawTensor*> order = fileOrder(tensors);
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::size_t end = 0;
    for (const RawTensor* tensor : order) {
        const std::size_t begin = end;
        end += tensor->data.size();
        header[tensor->name] = {{"dtype", std::string(detail::safetensorsCode(tensor->dtype))},
                                {"shape", tensor->shape},
                                {"data_offsets", {begin, end}}};
    }
    std::string text =
        header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');

    std::vector<std::uint8_t> bytes;
    bytes.reserve(sizeof(std::uint64_t) + text.size() + end);
    for (std::size_t i = 0; i < sizeof(std::uint64_t); ++i)
        bytes.push_back(static_cast<std::uint8_t>(std::uint64_t {text.size()} >> (8 * i)));
    bytes.insert(bytes.end(), text.begin(), text.end());
    for (const RawTensor* tensor : order)
        bytes.insert(bytes.end(), tensor->data.begin(), tensor->data.end());
    return bytes;
}

} // namespace bitfront
