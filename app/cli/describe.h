// SPDX-License-Identifier: GPL-3.0-or-later
// Models, inputs, outputs and notes as text for people and as JSON for scripts (docs/formats.md).
#pragma once

#include "app/cli/workload.h"
#include "core/plan/layer_storage.h"

#include <nlohmann/json_fwd.hpp>

#include <ostream>
#include <vector>

namespace bitfront::cli {

void printModel(std::ostream& out, const ModelInfo& model);
void printLayers(std::ostream& out, const ModelInfo& model);
void printInputs(std::ostream& out, const ReferenceData& inputs);
void printOutputs(std::ostream& out, const std::vector<OutputInfo>& outputs);
/// One line for the policy, one per layer; nothing when all layers divide.
void printDivisibility(std::ostream& out, const std::vector<DivisibilityNote>& notes,
                       IndivisiblePolicy policy);

nlohmann::ordered_json modelJson(const ModelInfo& model);
nlohmann::ordered_json inputsJson(const ReferenceData& inputs);
nlohmann::ordered_json outputsJson(const std::vector<OutputInfo>& outputs);
nlohmann::ordered_json divisibilityJson(const std::vector<DivisibilityNote>& notes);
nlohmann::ordered_json metricsJson(const std::vector<MetricChoice>& metrics);
/// A number, or "inf", "-inf", "nan", which JSON has no numbers for.
nlohmann::ordered_json numberJson(double value);

} // namespace bitfront::cli
