// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/named_output.h"

#include "core/base/error.h"
#include "core/base/printable.h"

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/scalar_tensor.h>

namespace bitfront {

namespace {

void flatten(const c10::IValue& value, const std::string& name, std::vector<NamedOutput>& outputs)
{
    const auto child = [&](const std::string& key) {
        return name.empty() ? key : name + '.' + key;
    };
    const auto numbered = [&](std::size_t index) {
        return name.empty() ? "out_" + std::to_string(index) : child(std::to_string(index));
    };
    if (value.isTensor()) {
        if (value.toTensor().defined())
            outputs.push_back({name.empty() ? "out_0" : name, value.toTensor()});
    } else if (value.isTuple()) {
        const auto& elements = value.toTupleRef().elements();
        const auto type = value.type()->expect<c10::TupleType>();
        const auto& schema = type->schema(); // a NamedTuple has field names
        for (std::size_t i = 0; i < elements.size(); ++i)
            flatten(elements[i], schema ? child(schema->arguments()[i].name()) : numbered(i),
                    outputs);
    } else if (value.isList()) {
        const auto list = value.toListRef();
        for (std::size_t i = 0; i < list.size(); ++i)
            flatten(list[i], numbered(i), outputs);
    } else if (value.isGenericDict()) {
        for (const auto& entry : value.toGenericDict()) {
            const c10::IValue& key = entry.key();
            flatten(entry.value(),
                    child(key.isString()    ? key.toStringRef()
                              : key.isInt() ? std::to_string(key.toInt())
                                            : "key"),
                    outputs);
        }
    } else if (value.isDouble() || value.isInt() || value.isBool()) {
        outputs.push_back({name.empty() ? "out_0" : name, numberOutput(value)});
    } // None and strings are no outputs
}

} // namespace

at::Tensor numberOutput(const c10::IValue& number)
{
    const at::ScalarType type = number.isInt() ? at::kLong
        : number.isBool()                      ? at::kBool
                                               : at::kFloat;
    return at::scalar_tensor(number.toScalar(), at::TensorOptions(type));
}

std::vector<NamedOutput> flattenOutputs(const c10::IValue& value)
{
    std::vector<NamedOutput> outputs;
    flatten(value, "", outputs);
    std::set<std::string> taken;
    for (NamedOutput& output : outputs)
        output.name = distinct(printable(output.name), taken);
    return outputs;
}

std::vector<NamedOutput> joinBatches(const std::vector<std::vector<NamedOutput>>& batches)
{
    if (batches.size() == 1)
        return batches.front();
    std::vector<NamedOutput> joined;
    for (std::size_t output = 0; output < batches.front().size(); ++output) {
        NamedOutput all {batches.front()[output].name, {}};
        std::vector<at::Tensor> parts;
        bool rows = true;
        for (const std::vector<NamedOutput>& batch : batches) {
            if (batch.size() != batches.front().size() || batch[output].name != all.name)
                throw Error(ErrorCode::ForwardFailed,
                            "The model returns other outputs for some batches than for the first.",
                            "Use one batch.");
            parts.push_back(batch[output].tensor);
            all.batchValues.push_back(parts.back().numel());
            rows = rows && parts.back().dim() > 0 && parts.front().dim() == parts.back().dim()
                && parts.front().sizes().slice(1) == parts.back().sizes().slice(1);
        }
        if (!rows)
            for (at::Tensor& part : parts)
                part = part.reshape({-1});
        all.tensor = at::cat(parts);
        joined.push_back(std::move(all));
    }
    return joined;
}

} // namespace bitfront
