// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/runnable.h"

#include <ATen/Parallel.h>
#include <ATen/ops/scalar_tensor.h>
#include <torch/csrc/jit/python/update_graph_executor_opt.h>

#include <algorithm>

namespace bitfront {

namespace jit = torch::jit;

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
    } else if (value.isTensorList()) {
        const std::vector<at::Tensor> list = value.toTensorVector();
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
        outputs.push_back({name.empty() ? "out_0" : name, at::scalar_tensor(value.toScalar())});
    } // None and strings are no outputs
}

bool equal(const c10::IValue& a, const c10::IValue& b)
{
    if (a.isTensor() && b.isTensor()) {
        const at::Tensor &x = a.toTensor(), &y = b.toTensor();
        return x.defined() == y.defined()
            && (!x.defined() || (x.sizes() == y.sizes() && x.equal(y)));
    }
    if (a.isInt() && b.isInt())
        return a.toInt() == b.toInt();
    if (a.isDouble() && b.isDouble())
        return a.toDouble() == b.toDouble();
    if (a.isBool() && b.isBool())
        return a.toBool() == b.toBool();
    if (a.isTuple() && b.isTuple()) {
        const auto &x = a.toTupleRef().elements(), &y = b.toTupleRef().elements();
        return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin(), equal);
    }
    if (a.isList() && b.isList()) {
        const auto x = a.toListRef(), y = b.toListRef();
        return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin(), equal);
    }
    return a.tagKind() == b.tagKind(); // strings, None, dicts of settings: not counted as state
}

c10::IValue copyOf(const c10::IValue& value)
{
    if (value.isTensor())
        return value.toTensor().defined() ? value.toTensor().clone() : value;
    if (value.isList() || value.isTuple() || value.isGenericDict())
        return value.deepcopy();
    return value;
}

std::vector<jit::Module> modulesOf(const jit::Module& root)
{
    std::vector<jit::Module> modules;
    for (const jit::Module& module : root.modules())
        modules.push_back(module);
    return modules;
}

bool isState(const c10::ClassType& type, std::size_t slot, const c10::IValue& value)
{
    return !type.is_parameter(slot) && !value.isModule() && !value.isObject();
}

} // namespace

TorchScope::TorchScope(int threads)
    : m_optimize(jit::getGraphExecutorOptimize())
    , m_threads(at::get_num_threads())
{
    // No profiling runs and no fused kernels: the first pass is as fast as the tenth and computes
    // the same numbers.
    jit::setGraphExecutorOptimize(false);
    if (threads > 0)
        at::set_num_threads(threads);
}

TorchScope::~TorchScope()
{
    jit::setGraphExecutorOptimize(m_optimize);
    if (at::get_num_threads() != m_threads)
        at::set_num_threads(m_threads);
}

std::vector<NamedOutput> flattenOutputs(const c10::IValue& value)
{
    std::vector<NamedOutput> outputs;
    flatten(value, "", outputs);
    return outputs;
}

InitialState::InitialState(const jit::Module& module)
{
    const std::vector<jit::Module> modules = modulesOf(module);
    for (std::size_t m = 0; m < modules.size(); ++m) {
        const c10::ClassType& type = *modules[m].type();
        for (std::size_t i = 0; i < type.numAttributes(); ++i) {
            const c10::IValue value = modules[m]._ivalue()->getSlot(i);
            if (isState(type, i, value))
                m_slots.push_back({m, i, copyOf(value)});
        }
    }
}

bool InitialState::differsFrom(const jit::Module& module) const
{
    const std::vector<jit::Module> modules = modulesOf(module);
    return std::any_of(m_slots.begin(), m_slots.end(), [&](const Slot& slot) {
        return !equal(slot.value, modules.at(slot.module)._ivalue()->getSlot(slot.index));
    });
}

void InitialState::apply(const jit::Module& module) const
{
    const std::vector<jit::Module> modules = modulesOf(module);
    for (const Slot& slot : m_slots)
        modules.at(slot.module)._ivalue()->setSlot(slot.index, copyOf(slot.value));
}

Runnable::Runnable(const TorchScriptModel& model)
    : m_module(model.clone())
{
}

void Runnable::exchange(const ParameterPlaces& places, const at::Tensor& tensor)
{
    m_exchanged.push_back(&places);
    for (const WeightSlot& slot : places.slots)
        submodule(m_module, slot.module).setattr(slot.parameter, tensor);
}

void Runnable::restore()
{
    for (const ParameterPlaces* places : m_exchanged)
        for (const WeightSlot& slot : places->slots)
            submodule(m_module, slot.module).setattr(slot.parameter, places->tensor);
    m_exchanged.clear();
}

std::vector<NamedOutput> Runnable::run(const TorchInputs& inputs)
{
    // Copies: a model may write into its inputs.
    std::unordered_map<std::string, c10::IValue> arguments;
    for (const auto& [name, value] : inputs.arguments())
        arguments.emplace(name, value.isTensor() ? c10::IValue(value.toTensor().clone()) : value);
    return flattenOutputs(m_module.forward({}, arguments));
}

} // namespace bitfront
