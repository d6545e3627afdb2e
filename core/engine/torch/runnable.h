// SPDX-License-Identifier: GPL-3.0-or-later
// A model that runs: its own module tree over shared tensors, weights that can be exchanged and put
// back, and a state that starts every pass the same.
#pragma once

#include "core/engine/torch/output_quality.h"
#include "core/engine/torch/reference_data.h"
#include "core/engine/torch/torchscript_model.h"

#include <c10/core/InferenceMode.h>

#include <string>
#include <vector>

namespace bitfront {

/// Per-thread settings for running TorchScript, restored at the end of the scope.
class TorchScope
{
public:
    /// `threads`: intra-op threads; 0 leaves them as they are.
    explicit TorchScope(int threads = 0);
    ~TorchScope();
    TorchScope(const TorchScope&) = delete;
    TorchScope& operator=(const TorchScope&) = delete;

private:
    c10::InferenceMode m_inference;
    bool m_optimize;
    int m_threads;
};

/// Outputs of one forward pass: "out_0" …, or keys of a dict, nested ones joined by dots.
std::vector<NamedOutput> flattenOutputs(const c10::IValue& value);

/// Values of everything but parameters (buffers, counters) before the first pass.
class InitialState
{
public:
    explicit InitialState(const torch::jit::Module& module);
    /// Whether a pass has changed any of it.
    bool differsFrom(const torch::jit::Module& module) const;
    /// Gives the module copies of the initial values. The module must have the same structure.
    void apply(const torch::jit::Module& module) const;

private:
    struct Slot
    {
        std::size_t module, index;
        c10::IValue value;
    };
    std::vector<Slot> m_slots;
};

/// Not thread-safe; one per thread. All methods need a TorchScope around them.
class Runnable
{
public:
    explicit Runnable(const TorchScriptModel& model);

    torch::jit::Module& module() { return m_module; }
    /// Puts a tensor in place of a weight everywhere it is used; restore() undoes it.
    void exchange(const ParameterPlaces& places, const at::Tensor& tensor);
    void restore();
    /// Runs forward(). Throws whatever LibTorch throws.
    std::vector<NamedOutput> run(const TorchInputs& inputs);

private:
    torch::jit::Module m_module;
    std::vector<const ParameterPlaces*> m_exchanged;
};

} // namespace bitfront
