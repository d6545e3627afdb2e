// SPDX-License-Identifier: GPL-3.0-or-later
// Which operators of a graph take which values as their weights.
#pragma once

#include "core/engine/torch/exported/compiled_graph.h"
#include "core/plan/layer_info.h"

#include <map>
#include <optional>

namespace bitfront::exported {

struct WeightUse
{
    bool used = false;
    std::optional<LayerKind> kind; ///< first operator that takes it as its weight, embeddings last
};

/// Uses of the values in `slots`, by slot, also in graphs inside of the graph.
std::map<int, WeightUse> findUses(const CompiledGraph& graph, const std::vector<int>& slots);

} // namespace bitfront::exported
