// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the layers of an exported program: owners and classes from the metadata of its nodes, kinds
// from the operators that use the weights.
#pragma once

#include "core/engine/torch/exported/compiled_graph.h"
#include "core/engine/torch/layer_collector.h"

namespace bitfront::exported {

/// A parameter of the program with its slot in the graph.
struct ExportedParameter
{
    std::string name; ///< qualified
    int slot = -1;
    at::Tensor tensor;
};

/// Hands modules and parameters to `collector` in registration order. Returns the slot of each call
/// of LayerCollector::add().
std::vector<int> collectLayers(const Program& program, const CompiledGraph& graph,
                               const std::vector<ExportedParameter>& parameters,
                               LayerCollector& collector);

} // namespace bitfront::exported
