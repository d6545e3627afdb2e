// SPDX-License-Identifier: GPL-3.0-or-later
// The steps behind Engine, without LibTorch types: each is implemented in a file of its own.
#pragma once

#include "core/engine/engine.h"
#include "core/engine/files/model_file.h"

namespace bitfront {

std::string torchVersion();
/// `file`: read and checked, of kind TorchScript. `info` names it.
std::shared_ptr<const Model> openTorchScript(const ModelFile& file, ModelInfo info,
                                             const std::stop_token& stop);
/// The same for FileKind::ExportedProgram.
std::shared_ptr<const Model> openExported(const ModelFile& file, ModelInfo info,
                                          const std::stop_token& stop);
std::shared_ptr<const ReferenceData>
loadTorchInputs(const std::filesystem::path& path, const Model& model, const InputOptions& options);
std::vector<InputTensor> listTorchInputs(const std::filesystem::path& path,
                                         const InputOptions& options);
std::vector<RawTensor> runForward(const Model& model, const ReferenceData& inputs);
std::shared_ptr<Experiment> createTorchExperiment(std::shared_ptr<const Model> model,
                                                  std::shared_ptr<const ReferenceData> inputs,
                                                  const std::stop_token& stop);

} // namespace bitfront
