// SPDX-License-Identifier: GPL-3.0-or-later
// A forward pass whose failure says what may be wrong with the inputs.
#pragma once

#include "core/engine/torch/torch_model.h"

#include <vector>

namespace bitfront {

/// Runs forward() on every batch and joins the outputs. Throws Error: InputMismatch with advice,
/// ForwardFailed, OutOfMemory.
std::vector<NamedOutput> runExplained(Runnable& runnable, const TorchInputs& inputs,
                                      const ModelInfo& info);

} // namespace bitfront
