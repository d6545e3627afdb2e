// SPDX-License-Identifier: GPL-3.0-or-later
// Outputs of a forward pass: described, and compared with those of the uncompressed model.
#pragma once

#include "core/engine/torch/named_output.h"
#include "core/engine/torch/torch_tensors.h"
#include "core/plan/result.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bitfront {

/// A metric with the index of its output.
struct ResolvedMetric
{
    std::size_t output;
    Metric metric;
};

/// Which values of an output belong to samples that are held out: [begin, end) of its rows, of
/// `rows` equal ones. Empty `heldOut`: nothing is.
struct OutputSplit
{
    std::size_t rows = 0;
    std::vector<std::pair<std::size_t, std::size_t>> heldOut;
};

/// Values of a contiguous float32 tensor.
std::span<const float> floatsOf(const at::Tensor& tensor);

OutputInfo describeOutput(const NamedOutput& output);
/// Throws Error(UnsupportedModel) without outputs, Error(NonFinite) naming output and count.
void refuseUnlessUsable(const std::vector<OutputInfo>& outputs, const std::string& path);
/// Bit for bit the same names, types and values.
bool sameValues(const std::vector<NamedOutput>& a, const std::vector<NamedOutput>& b);

/// In the order of the outputs. Throws Error(MetricUnfit) for an unknown output or a metric that
/// cannot judge it.
std::vector<ResolvedMetric> resolveMetrics(const std::vector<MetricChoice>& choices,
                                           const std::vector<OutputInfo>& outputs);
/// `infos` and `reference` (float32) describe the uncompressed outputs. Throws Error(ForwardFailed)
/// when an output is missing or has another shape. `splits`, one per output or none, say what is
/// measured apart.
std::vector<OutputQuality> compareOutputs(const std::vector<NamedOutput>& outputs,
                                          const std::vector<ResolvedMetric>& metrics,
                                          const std::vector<OutputInfo>& infos,
                                          const std::vector<at::Tensor>& reference,
                                          const std::vector<OutputSplit>& splits = {});

} // namespace bitfront
