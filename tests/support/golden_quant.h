// SPDX-License-Identifier: GPL-3.0-or-later
// From the description of a golden quantization case to the kernels' terms: code type, scheme, and
// the block shape, worked out from granularity and layer type alone.
#pragma once

#include "core/kernels/quantize.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace bitfront::test {

/// Code type by the golden files' names ("float8_e4m3", "float4_e2m1" among them).
CodeType goldenCodeType(const std::string& typeName);

/// Axis of channels or blocks when the configuration names none: weights of transposed convolutions
/// have their input channels first.
int defaultQuantAxis(const std::string& layerType, bool perBlock);

/// Scope of one scale for a weight of this shape, or nothing when it does not divide.
std::optional<std::vector<std::int64_t>> goldenBlockShape(const nlohmann::json& config,
                                                          const std::string& layerType,
                                                          const std::vector<std::int64_t>& shape);

/// Specification of a "quant" configuration, or nothing when the weight stays as it is.
std::optional<QuantSpec> goldenQuantSpec(const nlohmann::json& config, const std::string& layerType,
                                         const std::vector<std::int64_t>& shape);

} // namespace bitfront::test
