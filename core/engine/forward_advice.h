// SPDX-License-Identifier: GPL-3.0-or-later
// Says what may be wrong with the inputs when a model's forward pass fails.
#pragma once

#include "core/engine/engine.h"

#include <optional>
#include <string>

namespace bitfront {

struct InputAdvice
{
    Failure failure; ///< context: the argument
    std::string dtype; ///< Remedy::ConvertTypes: the type that the argument should have
};

/// A failure that explains the inputs: a missing batch dimension, a wrong number of channels or
/// features, a number type the model does not compute with. `reason` is LibTorch's sentence. Empty
/// when the inputs look right: then the model itself failed.
std::optional<InputAdvice> inputAdvice(const ModelInfo& model,
                                       const std::vector<InputTensor>& inputs,
                                       const std::string& reason);

} // namespace bitfront
