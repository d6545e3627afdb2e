// SPDX-License-Identifier: GPL-3.0-or-later
// Dicts and lists of tensors among the inputs: one argument in TorchScript ("batch"), one for each
// of their tensors in a torch.export program ("batch.ids"). Files of either form fit both.
#pragma once

#include "core/engine/inputs/input_file.h"
#include "core/plan/layer_info.h"

#include <vector>

namespace bitfront {

/// Takes containers apart whose leaves are arguments, and puts values together that are parts of an
/// argument which is a dict, list or tuple. Everything else stays as it is.
void fitNesting(std::vector<NamedValue>& values, const std::vector<ArgumentInfo>& arguments);

} // namespace bitfront
