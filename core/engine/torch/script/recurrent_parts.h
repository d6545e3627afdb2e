// SPDX-License-Identifier: GPL-3.0-or-later
// Weights and biases of the operators behind LSTM, GRU and RNN, which take them as a list.
#pragma once

#include <string>
#include <vector>

namespace torch::jit {
struct Node;
struct Value;
} // namespace torch::jit

namespace bitfront {

/// One tensor of a recurrent operator.
struct RecurrentPart
{
    torch::jit::Node* user = nullptr; ///< node that has it as its input: the operator, or its list
    std::size_t input = 0; ///< which input of `user`
    std::string name; ///< as PyTorch's module names it: "weight_ih_l0_reverse", "bias_hh"
    bool isWeight = false; ///< else a bias

    torch::jit::Value* value() const;
};

/// The parts of a recurrent operator, in its order; empty for other nodes, and where their list is
/// not made in place or is not as long as the operator's layers need.
std::vector<RecurrentPart> recurrentParts(torch::jit::Node* node);

/// The module that does what the operator does: "torch.nn.modules.rnn.LSTM", "" for other nodes.
std::string recurrentClass(const torch::jit::Node* node);

} // namespace bitfront
