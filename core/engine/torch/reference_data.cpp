// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/reference_data.h"

#include "core/base/printable.h"
#include "core/engine/input_binding.h"
#include "core/engine/torch/torch_tensors.h"

#include <ATen/ops/scalar_tensor.h>

#include <algorithm>

namespace bitfront {

namespace {

std::string shapeOf(const at::Tensor& tensor)
{
    return tensor.dim() == 0 ? "a single number" : shapeText(tensor.sizes().vec());
}

bool isFloat(const ArgumentInfo& argument)
{
    return argument.type == "float" || argument.type == "Optional[float]";
}

/// A one-element tensor given for a number argument becomes that number; all else stays as it is.
c10::IValue numberFor(const ArgumentInfo& argument, const at::Tensor& tensor)
{
    if (tensor.numel() != 1)
        return tensor;
    if (argument.type == "int" || argument.type == "Optional[int]")
        return tensor.item().toLong();
    if (isFloat(argument))
        return tensor.item().toDouble();
    if (argument.type == "bool" || argument.type == "Optional[bool]")
        return tensor.item().toBool();
    return tensor;
}

/// The list with the element type that its values share: forward() wants List[Tensor], not a list
/// of anything.
c10::IValue typedList(const std::vector<c10::IValue>& items, const std::string& name)
{
    const auto all = [&](auto test) { return std::all_of(items.begin(), items.end(), test); };
    if (all([](const c10::IValue& v) { return v.isTensor(); })) {
        c10::List<at::Tensor> list;
        for (const c10::IValue& item : items)
            list.push_back(item.toTensor());
        return list;
    }
    if (all([](const c10::IValue& v) { return v.isInt(); })) {
        c10::List<std::int64_t> list;
        for (const c10::IValue& item : items)
            list.push_back(item.toInt());
        return list;
    }
    if (all([](const c10::IValue& v) { return v.isDouble(); })) {
        c10::List<double> list;
        for (const c10::IValue& item : items)
            list.push_back(item.toDouble());
        return list;
    }
    throw Error(ErrorCode::InputMismatch,
                "Entry “" + name + "” of the inputs file is a list of different kinds of values.",
                "Give lists of tensors, or of numbers of one kind.", name);
}

/// "0" or "arr_0": what files without names call their tensors.
bool isPlace(const std::string& name)
{
    const std::size_t digits = name.rfind("arr_", 0) == 0 ? 4 : 0;
    return name.size() > digits
        && name.find_first_not_of("0123456789", digits) == std::string::npos;
}

at::Tensor converted(const at::Tensor& tensor, at::ScalarType type)
{
    return tensor.scalar_type() == type ? tensor : tensor.to(type);
}

} // namespace

TorchInputs::TorchInputs(const InputFile& file, std::string path,
                         const std::vector<ArgumentInfo>& arguments)
    : m_path(std::move(path))
    , m_sha256(file.sha256)
    , m_options(file.options)
    , m_notes(file.notes)
{
    OfferedInputs offered;
    offered.ordered = file.ordered;
    for (const NamedValue& value : file.batches.front().values)
        offered.names.push_back(printable(value.name));
    const std::vector<std::size_t> binding = bindInputs(offered, arguments, file.options.bindings);
    const bool addBatch = file.options.addBatch;
    for (std::size_t i = 0; i < file.batches.size(); ++i) {
        TorchInputs one(file.batches[i], binding, arguments, addBatch);
        if (i == 0) {
            m_tensors = std::move(one.m_tensors);
            m_arguments = std::move(one.m_arguments);
        } else {
            m_more.push_back(std::move(one));
        }
    }
    noteBinding(offered.names, binding, arguments);
    if (addBatch)
        m_notes.emplace_back("Every tensor was given a batch dimension of 1.");
}

/// What nobody asked for: names that are not those of the arguments, and tensors without use.
void TorchInputs::noteBinding(const std::vector<std::string>& names,
                              const std::vector<std::size_t>& binding,
                              const std::vector<ArgumentInfo>& arguments)
{
    for (std::size_t i = 0; i < binding.size(); ++i) {
        if (binding[i] == kUnbound) {
            m_notes.push_back("“" + names[i] + "” of the inputs file is left out.");
            continue;
        }
        const std::string& argument = arguments[binding[i]].name;
        const auto& wanted = m_options.bindings;
        const bool asked = std::any_of(wanted.begin(), wanted.end(), [&](const InputBinding& one) {
            return one.argument == argument;
        });
        if (names[i] != argument && !isPlace(names[i]) && !asked)
            m_notes.push_back("“" + names[i] + "” of the inputs file is taken for “" + argument
                              + "”, by order: the model has no argument of that name.");
    }
}

TorchInputs::TorchInputs(const InputBatch& batch, const std::vector<std::size_t>& binding,
                         const std::vector<ArgumentInfo>& arguments, bool addBatch)
{
    for (std::size_t i = 0; i < binding.size(); ++i)
        if (binding[i] != kUnbound)
            bind(batch.values[i], arguments[binding[i]], addBatch);
    for (const ArgumentInfo& argument : arguments)
        if (!argument.required && !argument.hasDefault)
            m_arguments.emplace(argument.name, c10::IValue());
}

std::int64_t TorchInputs::samples() const
{
    const bool scalar = m_tensors.empty() || m_tensors.front().shape.empty();
    std::int64_t count = scalar ? 1 : m_tensors.front().shape.front();
    for (const TorchInputs& batch : m_more)
        count += batch.samples();
    return count;
}

void TorchInputs::bind(const NamedValue& value, const ArgumentInfo& argument, bool addBatch)
{
    c10::IValue bound = toArgument(value.value, value.name, argument.name, addBatch);
    if (bound.isTensor())
        bound = numberFor(argument, bound.toTensor());
    else if (bound.isInt() && isFloat(argument)) // JSON writes 2 for 2.0
        bound = static_cast<double>(bound.toInt());
    m_arguments[argument.name] = std::move(bound);
}

/// A tensor, a number, or a list, tuple or dict of them; describes every leaf.
c10::IValue TorchInputs::toArgument(const DataValue& value, const std::string& name,
                                    const std::string& argument, bool addBatch)
{
    using Kind = DataValue::Kind;
    if (value.kind == Kind::Tensor) {
        at::Tensor tensor = toTensor(value.tensor);
        if (addBatch && tensor.dim() > 0)
            tensor = tensor.unsqueeze(0);
        describe(name, argument, tensor);
        return tensor;
    }
    if (value.isLeaf()) {
        const c10::IValue number = value.kind == Kind::Bool ? c10::IValue(value.truth)
            : value.kind == Kind::Int                       ? c10::IValue(value.integer)
                                                            : c10::IValue(value.number);
        describeNumber(name, argument, number);
        return number;
    }
    if (!value.isContainer())
        throw Error(ErrorCode::InputMismatch,
                    "Entry “" + name + "” of the inputs file is " + value.kindText()
                        + ", not a tensor.",
                    "Give every argument one tensor or number.", name);
    std::vector<c10::IValue> items;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        const std::string part =
            '.' + (value.kind == Kind::Dict ? value.keys[i] : std::to_string(i));
        items.push_back(toArgument(value.items[i], name + part, argument + part, addBatch));
    }
    if (value.kind == Kind::Tuple)
        return c10::ivalue::Tuple::create(std::move(items));
    if (value.kind == Kind::List)
        return typedList(items, name);
    c10::Dict<std::string, at::Tensor> dict;
    for (std::size_t i = 0; i < items.size(); ++i)
        dict.insert(value.keys[i],
                    items[i].isTensor() ? items[i].toTensor()
                                        : at::scalar_tensor(items[i].toScalar()));
    return dict;
}

void TorchInputs::describe(const std::string& name, const std::string& argument,
                           const at::Tensor& tensor)
{
    InputTensor input;
    input.name = printable(name);
    input.argument = printable(argument);
    input.dtype = dtypeName(tensor.scalar_type());
    input.shape = tensor.sizes().vec();
    const ValueRange range = rangeOf(tensor);
    if (range.nans > 0)
        throw Error(ErrorCode::NonFinite,
                    "Input “" + name + "” (" + shapeOf(tensor) + ") holds "
                        + std::to_string(range.nans) + " NaN.",
                    "Clean the data: everything computed from NaN is NaN.", m_path);
    input.min = range.min;
    input.max = range.max;
    if (tensor.is_floating_point()) {
        const at::Tensor floats = toFloats(tensor);
        input.looksLikeNoise = bitfront::looksLikeNoise(
            {floats.const_data_ptr<float>(), static_cast<std::size_t>(floats.numel())},
            input.shape);
    }
    m_tensors.push_back(std::move(input));
}

void TorchInputs::describeNumber(const std::string& name, const std::string& argument,
                                 const c10::IValue& number)
{
    InputTensor input;
    input.name = printable(name);
    input.argument = printable(argument);
    input.dtype = number.isInt() ? "int" : number.isBool() ? "bool" : "float";
    input.min = input.max = number.isInt() ? static_cast<double>(number.toInt())
        : number.isBool()                  ? static_cast<double>(number.toBool())
                                           : number.toDouble();
    m_tensors.push_back(std::move(input));
}

bool TorchInputs::convert(const std::string& argument, const std::string& dtype)
{
    const auto value = m_arguments.find(argument);
    const auto input =
        std::find_if(m_tensors.begin(), m_tensors.end(),
                     [&](const InputTensor& one) { return one.argument == argument; });
    const std::optional<DType> type = dtypeFromName(dtype);
    if (value == m_arguments.end() || input == m_tensors.end() || !value->second.isTensor() || !type
        || input->dtype == dtype)
        return false;
    m_notes.push_back("“" + argument + "” was converted from " + input->dtype + " to " + dtype
                      + '.');
    value->second = converted(value->second.toTensor(), scalarType(*type));
    input->dtype = dtype;
    for (TorchInputs& batch : m_more)
        batch.convert(argument, dtype);
    return true;
}

} // namespace bitfront
