// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/script/script_state.h"

#include <algorithm>

namespace bitfront {

namespace jit = torch::jit;

namespace {

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
