// SPDX-License-Identifier: GPL-3.0-or-later
// An opened torch.export program.
#pragma once

#include "core/engine/torch/exported/alias_groups.h"
#include "core/engine/torch/exported/interpreter.h"
#include "core/engine/torch/layer_collector.h"
#include "core/engine/torch/torch_model.h"

namespace bitfront::exported {

/// An argument of forward() that inputs are given for: a leaf of its nested containers.
struct ModelArgument
{
    std::string name; ///< "x", "batch.ids"
    int slot = -1;
    bool isTensor = true;
};

/// An output with the name that it has in both file formats.
struct ModelOutput
{
    std::string name;
    std::size_t index = 0; ///< into CompiledGraph::outputs
};

/// A parameter tensor with the slots that hold it.
struct WeightSlots
{
    at::Tensor tensor;
    std::vector<int> slots;
};

class ExportedModel : public TorchModel
{
public:
    const at::Tensor& layerTensor(std::size_t index) const override;
    const at::Tensor& plainTensor(std::size_t index) const override;
    std::unique_ptr<Runnable> createRunnable(StateHandling state) const override;
    bool hasStoredInputs() const override { return !m_storedInputs.empty(); }
    InputFile storedInputs(const InputOptions& options) const override;
    /// What torch.save() made of the arguments that the model was exported with; may be empty.
    void keepStoredInputs(std::vector<std::uint8_t> bytes) { m_storedInputs = std::move(bytes); }
    std::shared_ptr<ReuseStore> createReuseStore(std::uint64_t budget) const override;

    const Program& program() const { return m_program; }
    const CompiledGraph& graph() const { return *m_graph; }
    const AliasGroups& aliases() const { return *m_aliases; }
    const std::vector<ModelArgument>& arguments() const { return m_arguments; }
    const std::vector<ModelOutput>& outputs() const { return m_outputs; }
    const WeightSlots& layerSlots(std::size_t index) const { return m_layers.at(index); }
    const WeightSlots& plainSlots(std::size_t index) const { return m_plain.at(index); }
    /// Values of parameters, buffers, constants and fixed arguments; None elsewhere.
    const Values& initialValues() const { return m_initial; }
    /// Slots of initial values that a pass writes into: they are copied before each.
    const std::vector<int>& stateSlots() const { return m_state; }
    /// Whether a pass changes buffers, in place or by handing back their new values.
    bool hasState() const;

private:
    friend class ExportedBuilder;
    Program m_program;
    std::shared_ptr<const CompiledGraph> m_graph;
    std::unique_ptr<const AliasGroups> m_aliases;
    std::vector<ModelArgument> m_arguments;
    std::vector<ModelOutput> m_outputs;
    std::vector<WeightSlots> m_layers, m_plain;
    Values m_initial;
    std::vector<int> m_state;
    std::vector<std::uint8_t> m_storedInputs;
};

/// Reads the structure of a program. `info` describes the file. Throws Error(UnsupportedModel) for
/// operators that cannot run here and when nothing can be compressed.
std::shared_ptr<ExportedModel> buildExportedModel(Program program,
                                                  const std::map<std::string, at::Tensor>& tensors,
                                                  ModelInfo info);

} // namespace bitfront::exported
