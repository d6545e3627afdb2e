// SPDX-License-Identifier: GPL-3.0-or-later
// What a TorchScript module remembers between passes, kept so that every pass can start the same.
#pragma once

#include <torch/csrc/jit/api/module.h>

#include <cstddef>
#include <string>
#include <vector>

namespace bitfront {

/// Class of an object written in C++ that the module holds, "" when there is none: whether such an
/// object changes cannot be seen, and it cannot be put back.
std::string opaqueObject(const torch::jit::Module& module);

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

} // namespace bitfront
