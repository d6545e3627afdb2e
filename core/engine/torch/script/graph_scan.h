// SPDX-License-Identifier: GPL-3.0-or-later
// What the code of forward() says about weights: which operator uses which parameter, and the
// weights of frozen models, which are constants of the code.
#pragma once

#include "core/plan/layer_info.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace torch::jit {
struct Module;
}

namespace bitfront {

/// What forward() does with the parameters, by qualified name.
struct WeightUses
{
    std::map<std::string, LayerKind> kinds; ///< of operators that take them as their weight
    std::set<std::string> read; ///< those that are read at all
    bool complete = true; ///< false where modules are called in a way that hides what they read
};
WeightUses findWeightUses(const torch::jit::Module& module);

/// A tensor that was a constant of the code and now is the parameter "<layer>.<role>" of a frozen
/// model's root, under an attribute name without dots.
struct ThawedParameter
{
    std::string attribute;
    std::string layer; ///< "conv2d_1": operator and position
    std::string role; ///< "weight", "bias", "weight_ih_l0"
    std::string moduleType; ///< class that does the same, e.g. "torch.nn.modules.conv.Conv2d"
};

/// Turns weight constants of a frozen model's forward() into parameters of its root, so that they
/// can be exchanged as those of other models. Must run before the first forward pass.
std::vector<ThawedParameter> thawFrozen(torch::jit::Module& module);

} // namespace bitfront
