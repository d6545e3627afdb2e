// SPDX-License-Identifier: GPL-3.0-or-later
// Graphs and arguments of a torch.export program from their JSON.
#pragma once

#include "core/engine/exported/json_reader.h"
#include "core/engine/exported/program.h"

namespace bitfront::exported {

/// One of the kinds "as_tensor", "as_int", "as_sym_ints" … `depth`: of nested graphs.
Argument parseArgument(const Json& json, int depth);
Graph parseGraph(const Json& json, int depth = 0);
TensorMeta parseTensorMeta(const Json& json);
/// The number behind "as_int"/"as_expr"; only its example for an expression.
Extent parseExtent(const Json& json);

} // namespace bitfront::exported
