// SPDX-License-Identifier: GPL-3.0-or-later
// A TorchScript module with the places of its weights.
#pragma once

#include "core/engine/engine.h"

#include <torch/csrc/jit/api/module.h>

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

class TorchScriptModel : public Model
{
public:
    const ModelInfo& info() const override { return m_info; }
    ParameterValues layerValues(std::size_t index) const override;
    ParameterValues plainValues(std::size_t index) const override;

    /// A module tree of its own that shares all tensors; in evaluation mode.
    torch::jit::Module clone() const { return m_module.clone(/*inplace=*/true); }
    /// Places of ModelInfo::layers, in the same order.
    const std::vector<ParameterPlaces>& layers() const { return m_layers; }
    /// Places of ModelInfo::plainParameters, in the same order.
    const std::vector<ParameterPlaces>& plain() const { return m_plain; }

private:
    friend class ModelBuilder;
    ModelInfo m_info;
    torch::jit::Module m_module;
    std::vector<ParameterPlaces> m_layers, m_plain;
};

/// The submodule of a qualified name.
torch::jit::Module submodule(const torch::jit::Module& root, const std::string& qualifiedName);

} // namespace bitfront
