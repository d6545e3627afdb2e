// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/exported/exported_model.h"

#include "core/base/error.h"
#include "core/base/printable.h"
#include "core/engine/exported/stored_inputs.h"
#include "core/engine/exported/symbols.h"
#include "core/engine/torch/exported/exported_layers.h"
#include "core/engine/torch/exported/exported_runnable.h"
#include "core/engine/torch/exported/schema_types.h"
#include "core/engine/torch/torch_tensors.h"

#include <algorithm>

namespace bitfront::exported {

class ExportedBuilder
{
public:
    ExportedBuilder(ExportedModel& model, Program program, ModelInfo info)
        : m_model(model)
        , m_info(model.m_info)
    {
        m_info = std::move(info);
        model.m_program = std::move(program);
    }

    void build(const std::map<std::string, at::Tensor>& tensors)
    {
        m_model.m_graph = compileGraph(m_model.m_program.graph);
        m_model.m_aliases = std::make_unique<AliasGroups>(*m_model.m_graph);
        readInputs(tensors);
        readOutputs();
        readLayers();
        noteState();
    }

private:
    const Program& program() const { return m_model.m_program; }

    void readInputs(const std::map<std::string, at::Tensor>& tensors)
    {
        m_model.m_initial.resize(static_cast<std::size_t>(m_model.m_graph->slots()));
        const std::vector<std::string> leaves = argumentLeafNames(program());
        std::size_t leaf = 0;
        for (std::size_t i = 0; i < program().inputs.size(); ++i) {
            const InputSpec& spec = program().inputs[i];
            const int slot = m_model.m_graph->inputs[i];
            switch (spec.kind) {
            case InputSpec::Kind::User:
            case InputSpec::Kind::Fixed:
                if (leaf >= leaves.size())
                    throw Error(ErrorCode::BadFormat,
                                "The program in the file is damaged: it has more inputs than "
                                "arguments.",
                                "Export and save the model again.");
                addArgument(spec, printable(leaves[leaf++]), slot);
                break;
            case InputSpec::Kind::Parameter:
            case InputSpec::Kind::Buffer:
            case InputSpec::Kind::Constant:
                addTensor(spec, slot, tensors);
                break;
            case InputSpec::Kind::Token:
                break;
            case InputSpec::Kind::CustomObject:
                throw Error(ErrorCode::UnsupportedModel,
                            "The program needs the object “" + spec.qualifiedName
                                + "” of a class of its own, which exists in Python only.",
                            "Export the model without it.");
            }
        }
    }

    void addArgument(const InputSpec& spec, const std::string& name, int slot)
    {
        if (spec.kind == InputSpec::Kind::Fixed) { // nobody reads it: its value is in the graph
            if (spec.fixedValue.kind != Argument::Kind::None)
                m_fixed.push_back(name);
            return;
        }
        m_model.m_arguments.push_back({name, slot, spec.isTensor});
        m_info.arguments.push_back({name, spec.isTensor ? "Tensor" : "int", true});
        if (!spec.isTensor)
            return;
        const auto meta = program().graph.tensors.find(spec.value);
        if (meta == program().graph.tensors.end())
            return;
        ArgumentInfo& argument = m_info.arguments.back();
        argument.dtype = dtypeName(scalarTypeOf(meta->second.scalarType));
        for (const Extent& extent : meta->second.sizes)
            argument.shape.push_back(extentText(extent, program().ranges));
    }

    void addTensor(const InputSpec& spec, int slot,
                   const std::map<std::string, at::Tensor>& tensors)
    {
        const auto found = tensors.find(spec.qualifiedName);
        if (found == tensors.end())
            throw Error(ErrorCode::BadFormat,
                        "The file is damaged: the values of “" + spec.qualifiedName
                            + "” are missing.",
                        "Copy or export it again.");
        m_model.m_initial[static_cast<std::size_t>(slot)] = found->second;
        if (spec.kind == InputSpec::Kind::Parameter)
            m_parameters.push_back({spec.qualifiedName, slot, found->second});
    }

    /// Names as TorchScript's flattened outputs have them; None and texts are no outputs.
    void readOutputs()
    {
        const std::vector<std::string> names = leafNames(program().outputTree, "out_");
        std::set<std::string> taken;
        std::size_t leaf = 0;
        for (std::size_t i = 0; i < program().outputs.size(); ++i) {
            const OutputSpec& spec = program().outputs[i];
            if (spec.kind != OutputSpec::Kind::User)
                continue;
            const std::string name =
                leaf < names.size() ? names[leaf] : "out_" + std::to_string(leaf);
            ++leaf;
            if (spec.value.kind != Argument::Kind::None
                && spec.value.kind != Argument::Kind::String)
                m_model.m_outputs.push_back({distinct(printable(name), taken), i});
        }
    }

    void readLayers()
    {
        LayerCollector collector(m_info);
        const std::vector<int> calls =
            collectLayers(program(), *m_model.m_graph, m_parameters, collector);
        collector.finish();
        const auto slotsOf = [&](const std::vector<ParameterGroup>& groups) {
            std::vector<WeightSlots> result;
            for (const ParameterGroup& group : groups) {
                result.push_back({group.tensor, {}});
                for (const std::size_t owner : group.owners)
                    result.back().slots.push_back(calls[owner]);
            }
            return result;
        };
        m_model.m_layers = slotsOf(collector.takeLayers());
        m_model.m_plain = slotsOf(collector.takePlain());
    }

    void noteState()
    {
        for (const int slot : m_model.m_graph->inputs)
            if (m_model.m_aliases->groupOf(slot) >= 0
                && m_model.m_initial[static_cast<std::size_t>(slot)].isTensor())
                m_model.m_state.push_back(slot);
        std::string names;
        for (const std::string& name : m_fixed)
            names += (names.empty() ? "" : ", ") + name;
        if (!names.empty())
            m_info.notes.push_back("Fixed to the value of the export: " + names + '.');
    }

    ExportedModel& m_model;
    ModelInfo& m_info;
    std::vector<ExportedParameter> m_parameters;
    std::vector<std::string> m_fixed; ///< names of arguments
};

const at::Tensor& ExportedModel::layerTensor(std::size_t index) const
{
    return m_layers.at(index).tensor;
}

const at::Tensor& ExportedModel::plainTensor(std::size_t index) const
{
    return m_plain.at(index).tensor;
}

std::unique_ptr<Runnable> ExportedModel::createRunnable(StateHandling) const
{
    return std::make_unique<ExportedRunnable>(*this); // what a pass writes is known: always fresh
}

InputFile ExportedModel::storedInputs(const InputOptions& options) const
{
    return hasStoredInputs() ? readStoredInputs(m_storedInputs, m_program, options)
                             : TorchModel::storedInputs(options);
}

std::shared_ptr<ReuseStore> ExportedModel::createReuseStore(std::uint64_t budget) const
{
    if (budget == 0 || drawsRandomNumbers(*m_graph))
        return nullptr;
    return std::make_shared<ValueStores>(budget, m_initial, m_graph->slots());
}

bool ExportedModel::hasState() const
{
    return !m_state.empty()
        || std::any_of(m_program.outputs.begin(), m_program.outputs.end(),
                       [](const OutputSpec& o) { return o.kind == OutputSpec::Kind::Mutation; });
}

std::shared_ptr<ExportedModel> buildExportedModel(Program program,
                                                  const std::map<std::string, at::Tensor>& tensors,
                                                  ModelInfo info)
{
    auto model = std::make_shared<ExportedModel>();
    ExportedBuilder(*model, std::move(program), std::move(info)).build(tensors);
    return model;
}

} // namespace bitfront::exported
