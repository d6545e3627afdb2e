// SPDX-License-Identifier: GPL-3.0-or-later
// A TorchScript model that runs: its own module tree over shared tensors.
#pragma once

#include "core/engine/torch/script/script_model.h"
#include "core/engine/torch/script/script_state.h"

#include <optional>

namespace bitfront {

class ScriptRunnable : public Runnable
{
public:
    /// `module`: a tree of its own. The model must outlive the runnable.
    ScriptRunnable(const ScriptModel& model, torch::jit::Module module, StateHandling state);

    void exchangeLayer(std::size_t layer, const at::Tensor& tensor) override;
    void exchangePlain(std::size_t plain, const at::Tensor& tensor) override;
    void restore() override;
    std::vector<NamedOutput> run(const TorchInputs& inputs) override;
    bool changedState() const override;

private:
    void exchange(const ParameterPlaces& places, const at::Tensor& tensor);

    const ScriptModel& m_model;
    torch::jit::Module m_module;
    bool m_changedState = false; ///< some pass has changed it, seen before the next one resets it
    std::optional<InitialState> m_state;
    std::vector<const ParameterPlaces*> m_exchanged;
};

} // namespace bitfront
