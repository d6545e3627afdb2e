// SPDX-License-Identifier: GPL-3.0-or-later
// A TorchScript module with the places of its weights.
#pragma once

#include "core/engine/torch/torch_model.h"

#include <torch/csrc/jit/api/module.h>

#include <mutex>
#include <string>
#include <vector>

namespace bitfront {

/// A parameter's place in the module tree.
struct WeightSlot
{
    std::string module; ///< qualified name, "" for the root
    std::string parameter;
};

/// A parameter tensor with every place that holds it.
struct ParameterPlaces
{
    at::Tensor tensor;
    std::vector<WeightSlot> slots;
};

class ScriptModel : public TorchModel
{
public:
    const at::Tensor& layerTensor(std::size_t index) const override;
    const at::Tensor& plainTensor(std::size_t index) const override;
    std::unique_ptr<Runnable> createRunnable(StateHandling state) const override;

    const ParameterPlaces& layerPlaces(std::size_t index) const { return m_layers.at(index); }
    const ParameterPlaces& plainPlaces(std::size_t index) const { return m_plain.at(index); }

private:
    friend class ScriptBuilder;
    torch::jit::Module m_module;
    std::vector<ParameterPlaces> m_layers, m_plain; ///< in the order of the lists in info()
    mutable std::mutex m_cloneMutex;
};

/// The submodule of a qualified name.
torch::jit::Module submodule(const torch::jit::Module& root, const std::string& qualifiedName);

/// Reads the structure of a loaded module: arguments, layers, modules. `info` describes the file.
/// Throws Error(UnsupportedModel) when nothing in it can be compressed.
std::shared_ptr<const ScriptModel> buildScriptModel(torch::jit::Module module, ModelInfo info);

} // namespace bitfront
