// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/exported_runnable.h"

#include "core/base/error.h"
#include "core/engine/exported/symbols.h"
#include "core/engine/input_binding.h"
#include "core/engine/torch/exported/schema_types.h"
#include "core/engine/torch/torch_tensors.h"

#include <ATen/ops/scalar_tensor.h>

namespace bitfront::exported {

void ExportedRunnable::exchangeLayer(std::size_t layer, const at::Tensor& tensor)
{
    for (const int slot : m_model.layerSlots(layer).slots)
        m_exchanged.insert_or_assign(slot, tensor);
}

void ExportedRunnable::exchangePlain(std::size_t plain, const at::Tensor& tensor)
{
    for (const int slot : m_model.plainSlots(plain).slots)
        m_exchanged.insert_or_assign(slot, tensor);
}

void ExportedRunnable::setReuse(std::shared_ptr<ReuseStore> store)
{
    m_stores = std::dynamic_pointer_cast<ValueStores>(std::move(store));
}

std::vector<NamedOutput> ExportedRunnable::run(const TorchInputs& inputs)
{
    const auto& instructions = m_model.graph().instructions;
    Values values = startingValues(inputs);
    const std::shared_ptr<ValueStore> store = m_stores ? m_stores->of(inputs) : nullptr;
    const Values stored = store ? store->values() : Values();
    const RunPlan plan = store ? planOf(stored) : RunPlan();
    for (const int slot : plan.taken)
        values[static_cast<std::size_t>(slot)] = stored[static_cast<std::size_t>(slot)];
    m_counts = {0, static_cast<int>(instructions.size())};
    for (std::size_t i = 0; i < instructions.size(); ++i) {
        if (store && !plan.execute[i])
            continue;
        execute(instructions[i], values);
        ++m_counts.executed;
        if (store && !plan.changed[i])
            keep(i, values, *store);
        for (const int slot : instructions[i].lastUses)
            values[static_cast<std::size_t>(slot)] = {};
    }
    return outputsOf(values);
}

RunPlan ExportedRunnable::planOf(const Values& stored) const
{
    std::vector<int> exchanged, wanted;
    for (const auto& [slot, tensor] : m_exchanged)
        exchanged.push_back(slot);
    for (const ModelOutput& output : m_model.outputs())
        collectSlots(m_model.graph().outputs[output.index], wanted);
    return planRun(m_model.graph(), m_model.aliases(), exchanged, wanted, stored);
}

/// Offers what an instruction has computed from unchanged values. Memory that is written in place
/// is offered once nobody writes into it any more.
void ExportedRunnable::keep(std::size_t index, const Values& values, ValueStore& store) const
{
    const AliasGroups& aliases = m_model.aliases();
    const Instruction& instruction = m_model.graph().instructions[index];
    const bool costly = isCostly(instruction);
    const auto isFinal = [&](int group) {
        return group < 0 || index >= static_cast<std::size_t>(aliases.lastMutation(group));
    };
    for (const int slot : instruction.writes)
        if (isFinal(aliases.groupOf(slot)))
            store.offer(slot, values[static_cast<std::size_t>(slot)], costly);
}

Values ExportedRunnable::startingValues(const TorchInputs& inputs) const
{
    Values values = m_model.initialValues();
    for (const auto& [slot, tensor] : m_exchanged)
        values[static_cast<std::size_t>(slot)] = tensor;
    for (const int slot : m_model.stateSlots()) {
        c10::IValue& value = values[static_cast<std::size_t>(slot)];
        value = value.toTensor().clone();
    }
    for (const ModelArgument& argument : m_model.arguments())
        bindArgument(argument, inputs, values);
    checkArguments(values);
    return values;
}

void ExportedRunnable::bindArgument(const ModelArgument& argument, const TorchInputs& inputs,
                                    Values& values) const
{
    const auto found = inputs.arguments().find(argument.name);
    if (found == inputs.arguments().end())
        throw Error(ErrorCode::InputMismatch,
                    "The inputs hold nothing for the argument “" + argument.name + "”.",
                    "The program takes: " + argumentsText(m_model.info().arguments) + '.',
                    argument.name);
    c10::IValue value = found->second;
    if (!argument.isTensor && value.isTensor() && value.toTensor().numel() == 1)
        value = value.toTensor().item().toLong();
    if (argument.isTensor && !value.isTensor())
        value = at::scalar_tensor(value.toScalar());
    if (value.isTensor() && m_model.aliases().groupOf(argument.slot) >= 0)
        value = value.toTensor().clone(); // the program writes into it
    values[static_cast<std::size_t>(argument.slot)] = std::move(value);
}

/// No guard of Python's is evaluated by the graph itself: shapes that were fixed at export would
/// run into baked-in numbers, or worse, not run into them.
void ExportedRunnable::checkArguments(const Values& values) const
{
    std::vector<GivenTensor> given;
    const auto& metas = m_model.program().graph.tensors;
    const auto& specs = m_model.program().inputs;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const auto meta = metas.find(specs[i].value);
        if (specs[i].kind != InputSpec::Kind::User || meta == metas.end())
            continue;
        const int slot = m_model.graph().inputs[i];
        const at::Tensor& tensor = values[static_cast<std::size_t>(slot)].toTensor();
        std::string name;
        for (const ModelArgument& argument : m_model.arguments())
            if (argument.slot == slot)
                name = argument.name;
        const at::ScalarType wanted = scalarTypeOf(meta->second.scalarType);
        if (tensor.scalar_type() != wanted)
            throw Error(
                Failure {ErrorCode::InputMismatch,
                         "Input “" + name + "” is of type " + dtypeName(tensor.scalar_type())
                             + "; the program was exported for " + dtypeName(wanted) + '.',
                         "Convert the inputs, or export the program with inputs of this type.",
                         name, Remedy::ConvertTypes});
        given.push_back({name, &meta->second, tensor.sizes().vec()});
    }
    checkShapes(given, m_model.program().ranges);
}

std::vector<NamedOutput> ExportedRunnable::outputsOf(const Values& values) const
{
    std::vector<NamedOutput> outputs;
    for (const ModelOutput& output : m_model.outputs()) {
        const c10::IValue value = valueOf(m_model.graph().outputs[output.index], values);
        if (value.isTensor() && value.toTensor().defined())
            outputs.push_back({output.name, value.toTensor()});
        else if (value.isInt() || value.isDouble() || value.isBool())
            outputs.push_back({output.name, numberOutput(value)});
    }
    return outputs;
}

} // namespace bitfront::exported
