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

nlohmann::json inputsJson(const ReferenceData& inputs);
/// The outputs as run.json states them, with the metric to suggest for each.
nlohmann::json outputsJson(const std::vector<OutputInfo>& outputs);
nlohmann::json divisibilityJson(const std::vector<DivisibilityNote>& notes);
/// Indented, with a line end; bytes that are no UTF-8 are replaced.
void printJson(std::ostream& out, const nlohmann::json& json);

} // namespace bitfront::cli
