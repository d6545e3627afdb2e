// SPDX-License-Identifier: GPL-3.0-or-later
// The two symbols of the engine library, and the check that program and library were built
// together: C++ objects cross the border, so both must agree on every type of engine.h.
#pragma once

#include "core/engine/engine.h"

#include <string>

namespace bitfront {

/// Changes with every release and whenever a type that crosses the border changes its size.
inline std::string engineAbi()
{
    std::string text = BITFRONT_VERSION;
    text += "-r8"; // of the virtual functions: their number has no size to be told by
    for (const std::size_t size :
         {sizeof(ModelInfo), sizeof(InputOptions), sizeof(RawTensor), sizeof(LayerInfo),
          sizeof(ArgumentInfo), sizeof(InputTensor), sizeof(OutputInfo), sizeof(Measurement),
          sizeof(CompressionConfig), sizeof(LayerStorage), sizeof(MetricChoice), sizeof(Failure),
          sizeof(OutputQuality), sizeof(SampleSplit), sizeof(EvaluationProgress),
          sizeof(WorkCounts)})
        text += '-' + std::to_string(size);
    return text;
}

using EngineAbiFunction = const char* (*)();
using CreateEngineFunction = Engine* (*)();
inline constexpr const char* kEngineAbiSymbol = "bitfrontEngineAbi";
inline constexpr const char* kCreateEngineSymbol =
    "bitfrontCreateEngine"; ///< caller owns the result

} // namespace bitfront
