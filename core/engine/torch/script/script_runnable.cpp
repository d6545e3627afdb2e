// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/script/script_runnable.h"

namespace bitfront {

namespace jit = torch::jit;

ScriptRunnable::ScriptRunnable(const ScriptModel& model, jit::Module module, StateHandling state)
    : m_model(model)
    , m_module(std::move(module))
{
    if (state == StateHandling::Fresh)
        m_state.emplace(m_module);
}

void ScriptRunnable::exchangeLayer(std::size_t layer, const at::Tensor& tensor)
{
    exchange(m_model.layerPlaces(layer), tensor);
}

void ScriptRunnable::exchangePlain(std::size_t plain, const at::Tensor& tensor)
{
    exchange(m_model.plainPlaces(plain), tensor);
}

void ScriptRunnable::exchange(const ParameterPlaces& places, const at::Tensor& tensor)
{
    m_exchanged.push_back(&places);
    for (const WeightSlot& slot : places.slots)
        submodule(m_module, slot.module).setattr(slot.parameter, tensor);
}

void ScriptRunnable::restore()
{
    for (const ParameterPlaces* places : m_exchanged)
        for (const WeightSlot& slot : places->slots)
            submodule(m_module, slot.module).setattr(slot.parameter, places->tensor);
    m_exchanged.clear();
}

std::vector<NamedOutput> ScriptRunnable::run(const TorchInputs& inputs)
{
    if (m_state)
        m_state->apply(m_module);
    // Copies: a model may write into its inputs.
    std::unordered_map<std::string, c10::IValue> arguments;
    for (const auto& [name, value] : inputs.arguments())
        arguments.emplace(
            name, value.isTensor() ? c10::IValue(value.toTensor().clone()) : value.deepcopy());
    auto outputs = flattenOutputs(m_module.forward({}, arguments));
    m_changedState = m_changedState || (m_state && m_state->differsFrom(m_module));
    return outputs;
}

bool ScriptRunnable::changedState() const
{
    return m_changedState;
}

} // namespace bitfront
