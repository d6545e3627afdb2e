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
    /// Of several batches: how many values of the tensor, in order, each of them gave.
    std::vector<std::int64_t> batchValues {};
};

/// A number that forward() returned as a tensor without axes: int64, bool or float32.
at::Tensor numberOutput(const c10::IValue& number);

/// What forward() returned, as "out_0" …, or under the keys of a dict or the fields of a named
/// tuple, nested ones joined by dots. Numbers become tensors without axes; None and strings are no
/// outputs.
std::vector<NamedOutput> flattenOutputs(const c10::IValue& value);

/// Outputs of several passes as those of one: one after the other along the first axis where all
/// other extents agree, else as a flat list of values. Throws Error(ForwardFailed) when the passes
/// returned outputs of different names.
std::vector<NamedOutput> joinBatches(const std::vector<std::vector<NamedOutput>>& batches);

} // namespace bitfront
