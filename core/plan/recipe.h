// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration as a file that states it completely and that the Python package coreai-opt loads
// (QuantizerConfig.from_yaml, KMeansPalettizerConfig.from_yaml): how to repeat a result elsewhere.
#pragma once

#include "core/plan/compression_config.h"
#include "core/plan/layer_info.h"
#include "core/plan/layer_storage.h"

#include <string>
#include <vector>

namespace bitfront {

/// YAML text: the global specification, an override for every layer that does not divide, null for
/// every layer kept at fp16, all owners of a shared weight. Comments on top give Bitfront's name
/// for it, the policy for indivisible layers and the seed. Layer names are escaped as regular
/// expressions.
std::string recipeYaml(const ModelInfo& model, const CompressionConfig& config);
/// The same with what was really done to each layer (Measurement::layers, in the model's order):
/// weights that are not finite, palettes of unrounded weights.
std::string recipeYaml(const ModelInfo& model, const CompressionConfig& config,
                       const std::vector<LayerStorage>& storage);

/// A file of a configuration. The package reads one kind of compression from each, so a mixed
/// configuration that holds both is two files, to be applied one after the other.
struct RecipeFile
{
    std::string suffix; ///< between the configuration's name and ".yaml": "" or ".palettes"
    std::string text;
};
/// At least one; of configurations that are not mixed always the one that recipeYaml() gives.
std::vector<RecipeFile> recipeFiles(const ModelInfo& model, const CompressionConfig& config,
                                    const std::vector<LayerStorage>& storage);

} // namespace bitfront
