// SPDX-License-Identifier: GPL-3.0-or-later
// The steps behind Engine, without LibTorch types: each is implemented in a file of its own.
#pragma once

#include "core/engine/engine.h"

namespace bitfront {

std::string torchVersion();
std::shared_ptr<const Model> openTorchScript(const std::filesystem::path& path,
                                             const std::stop_token& stop);
std::shared_ptr<const ReferenceData> loadTorchInputs(const std::filesystem::path& path,
                                                     const Model& model);
std::shared_ptr<Experiment> createTorchExperiment(std::shared_ptr<const Model> model,
                                                  std::shared_ptr<const ReferenceData> inputs,
                                                  const std::stop_token& stop);

} // namespace bitfront
