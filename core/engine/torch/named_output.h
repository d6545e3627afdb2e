// SPDX-License-Identifier: GPL-3.0-or-later
// Outputs of a forward pass as tensors with names.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace c10 {
struct IValue;
}

namespace bitfront {

struct NamedOutput
{
    std::string name;
    at::Tensor tensor;
};

/// What forward() returned, as "out_0" …, or under the keys of a dict or the fields of a named
/// tuple, nested ones joined by dots. Numbers become tensors without axes; None and strings are no
/// outputs.
std::vector<NamedOutput> flattenOutputs(const c10::IValue& value);

} // namespace bitfront
