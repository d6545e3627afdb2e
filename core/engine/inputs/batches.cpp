// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inputs/batches.h"

#include "core/base/error.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>

namespace bitfront {

namespace {

/// {3, "x"} of "3/x" or "batch_3.x".
std::optional<std::pair<std::size_t, std::string>> prefixOf(const std::string& name)
{
    constexpr std::string_view word = "batch_";
    const std::size_t begin = name.rfind(word, 0) == 0 ? word.size() : 0;
    std::size_t number = 0;
    const char* const end = name.data() + name.size();
    const auto result = std::from_chars(name.data() + begin, end, number);
    if (result.ec != std::errc() || result.ptr + 1 >= end
        || (*result.ptr != '/' && *result.ptr != '.'))
        return {};
    return std::pair(number, std::string(result.ptr + 1, end));
}

void addNamed(const std::string& name, const DataValue& value, InputBatch& batch)
{
    if (value.kind == DataValue::Kind::None)
        return; // an optional argument that was left out
    const DataValue* leaf = &value;
    while (leaf->isContainer() && !leaf->items.empty())
        leaf = &leaf->items.front();
    if (leaf->kind == DataValue::Kind::Text)
        throw Error(ErrorCode::InputMismatch,
                    "Entry “" + name + "” of the inputs file is " + leaf->kindText()
                        + ", not a tensor.",
                    "Give every argument one tensor or number.", name);
    batch.values.push_back({name, value});
}

InputBatch batchOf(const DataValue& value)
{
    InputBatch batch;
    if (value.kind == DataValue::Kind::Dict) {
        for (std::size_t i = 0; i < value.items.size(); ++i)
            addNamed(value.keys[i], value.items[i], batch);
    } else if (value.isSequence()) {
        const bool pair = value.items.size() == 2 && value.kind == DataValue::Kind::Tuple
            && value.items[0].kind == DataValue::Kind::Tuple
            && value.items[1].kind == DataValue::Kind::Dict;
        const DataValue& positional = pair ? value.items[0] : value;
        for (std::size_t i = 0; i < positional.items.size(); ++i)
            addNamed(std::to_string(i), positional.items[i], batch);
        if (pair)
            for (std::size_t i = 0; i < value.items[1].items.size(); ++i)
                addNamed(value.items[1].keys[i], value.items[1].items[i], batch);
    } else {
        addNamed("0", value, batch);
    }
    return batch;
}

RawTensor slice(const RawTensor& tensor, std::int64_t from, std::int64_t count)
{
    RawTensor part {tensor.name, tensor.dtype, tensor.shape, {}};
    const std::size_t row = tensor.data.size() / static_cast<std::size_t>(tensor.shape.front());
    part.shape.front() = count;
    const auto begin =
        tensor.data.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(from) * row);
    part.data.assign(begin,
                     begin + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(count) * row));
    return part;
}

/// Samples of a batch: the first extent, which all tensors share.
std::int64_t samplesOf(const InputBatch& batch)
{
    std::int64_t samples = 0;
    for (const NamedValue& one : batch.values) {
        const bool tensor = one.value.kind == DataValue::Kind::Tensor;
        const bool fits = tensor && !one.value.tensor.shape.empty()
            && one.value.tensor.shape.front() > 0
            && (samples == 0 || samples == one.value.tensor.shape.front());
        if (fits)
            samples = one.value.tensor.shape.front();
        else if (tensor || one.value.isContainer())
            throw Error(ErrorCode::InputMismatch,
                        "The inputs cannot be cut into batches: “" + one.name
                            + "” has not as many samples as the others in its first dimension.",
                        "Leave out the batch size, or save the batches as a list.", one.name);
    }
    return samples;
}

} // namespace

std::vector<InputBatch> groupByPrefix(InputBatch all)
{
    std::map<std::size_t, InputBatch> groups;
    for (const NamedValue& one : all.values) {
        const auto prefix = prefixOf(one.name);
        if (!prefix) {
            groups.clear();
            break;
        }
        groups[prefix->first].values.push_back({prefix->second, one.value});
    }
    if (groups.empty())
        return {std::move(all)};
    std::vector<InputBatch> batches;
    for (auto& [number, batch] : groups)
        batches.push_back(std::move(batch));
    return batches;
}

void addTorchValue(const DataValue& value, InputFile& file)
{
    file.ordered = true;
    const auto isBatch = [](const DataValue& item) {
        return item.kind == DataValue::Kind::Tuple || item.kind == DataValue::Kind::Dict;
    };
    if (value.kind == DataValue::Kind::List && !value.items.empty()
        && std::all_of(value.items.begin(), value.items.end(), isBatch)) {
        for (const DataValue& item : value.items)
            file.batches.push_back(batchOf(item));
        return;
    }
    file.batches.push_back(batchOf(value));
}

void splitBatches(InputFile& file)
{
    if (file.options.batchSize == 0 || file.batches.size() != 1)
        return;
    const InputBatch whole = std::move(file.batches.front());
    file.batches.clear();
    const std::int64_t samples = samplesOf(whole), size = file.options.batchSize;
    if (samples == 0)
        throw Error(ErrorCode::InputMismatch, "The inputs have no samples to cut into batches.",
                    "Leave out the batch size.");
    for (std::int64_t from = 0; from < samples; from += size) {
        InputBatch batch;
        for (const NamedValue& one : whole.values)
            batch.values.push_back({one.name,
                                    one.value.kind == DataValue::Kind::Tensor ? DataValue::of(slice(
                                        one.value.tensor, from, std::min(size, samples - from)))
                                                                              : one.value});
        file.batches.push_back(std::move(batch));
    }
}

void refuseUnlike(const InputFile& file)
{
    const auto sameNames = [&](const InputBatch& batch) {
        const auto& first = file.batches.front().values;
        return std::equal(
            batch.values.begin(), batch.values.end(), first.begin(), first.end(),
            [](const NamedValue& a, const NamedValue& b) { return a.name == b.name; });
    };
    if (!std::all_of(file.batches.begin(), file.batches.end(), sameNames))
        throw Error(ErrorCode::InputMismatch,
                    "The batches in the inputs file do not hold the same names.",
                    "Give every batch the same arguments.");
}

} // namespace bitfront
