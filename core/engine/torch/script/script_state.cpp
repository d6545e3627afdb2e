// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/script/script_state.h"

#include <algorithm>

namespace bitfront {

namespace jit = torch::jit;

namespace {

bool equal(const c10::IValue& a, const c10::IValue& b);

bool equalTensors(const at::Tensor& a, const at::Tensor& b)
{
    if (a.defined() != b.defined() || !a.defined())
        return a.defined() == b.defined();
    return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() && a.equal(b);
}

template<typename Values>
bool equalAll(const Values& a, const Values& b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), equal);
}

bool equalDicts(const c10::Dict<c10::IValue, c10::IValue>& a,
                const c10::Dict<c10::IValue, c10::IValue>& b)
{
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& entry) {
               const auto other = b.find(entry.key());
               return other != b.end() && equal(entry.value(), other->value());
           });
}

bool equal(const c10::IValue& a, const c10::IValue& b)
{
    if (a.isTensor() && b.isTensor())
        return equalTensors(a.toTensor(), b.toTensor());
    if (a.isInt() && b.isInt())
        return a.toInt() == b.toInt();
    if (a.isDouble() && b.isDouble())
        return a.toDouble() == b.toDouble();
    if (a.isBool() && b.isBool())
        return a.toBool() == b.toBool();
    if (a.isString() && b.isString())
        return a.toStringRef() == b.toStringRef();
    if (a.isTuple() && b.isTuple())
        return equalAll(a.toTupleRef().elements().vec(), b.toTupleRef().elements().vec());
    if (a.isList() && b.isList())
        return equalAll(a.toListRef().vec(), b.toListRef().vec());
    if (a.isGenericDict() && b.isGenericDict())
        return equalDicts(a.toGenericDict(), b.toGenericDict());
    if (a.isObject() && b.isObject() && !a.isCustomClass() && !b.isCustomClass())
        return equalAll(a.toObjectRef().slots(), b.toObjectRef().slots());
    return a.tagKind() == b.tagKind(); // None, devices, generators and the like
}

c10::IValue copyOf(const c10::IValue& value)
{
    if (value.isTensor())
        return value.toTensor().defined() ? value.toTensor().clone() : value;
    if (value.isList() || value.isTuple() || value.isGenericDict() || value.isObject())
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

/// Objects of TorchScript classes are, those of C++ classes cannot be looked into.
bool isState(const c10::ClassType& type, std::size_t slot, const c10::IValue& value)
{
    return !type.is_parameter(slot) && !value.isModule() && !value.isCustomClass();
}

} // namespace

std::string opaqueObject(const jit::Module& module)
{
    for (const jit::Module& inner : modulesOf(module))
        for (std::size_t i = 0; i < inner.type()->numAttributes(); ++i) {
            const c10::IValue value = inner._ivalue()->getSlot(i);
            if (value.isCustomClass())
                return value.type()->annotation_str();
        }
    return {};
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

} // namespace bitfront
