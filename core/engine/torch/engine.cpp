// SPDX-License-Identifier: GPL-3.0-or-later
// The engine library's entry: the only symbols that the loader asks for.
#include "core/engine/engine.h"

#include "core/engine/engine_abi.h"
#include "core/engine/files/about_file.h"
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/tensor_memory.h"
#include "core/engine/torch/torch_scope.h"

namespace bitfront {

namespace {

class TorchEngine : public Engine
{
public:
    std::string version() const override { return torchVersion(); }

    std::shared_ptr<const Model> openModel(const std::filesystem::path& path,
                                           const std::stop_token& stop,
                                           const LayerOptions& layers) override
    {
        try {
            const QuietWarnings quiet;
            const ModelFile file = readModelFile(path, stop);
            ModelInfo info;
            info.path = path.string();
            info.fileName = path.filename().string();
            info.sha256 = file.sha256;
            info.fileBytes = file.bytes.size();
            info.layerOptions = layers;
            return file.kind == FileKind::ExportedProgram
                ? openExported(file, std::move(info), stop)
                : openTorchScript(file, std::move(info), stop);
        } catch (const Error& error) {
            throw Error(aboutFile(error.failure(), path));
        }
    }

    std::shared_ptr<const ReferenceData> loadInputs(const std::filesystem::path& path,
                                                    const Model& model,
                                                    const InputOptions& options) override
    {
        return loadTorchInputs(path, model, options);
    }

    std::vector<InputTensor> listInputs(const std::filesystem::path& path,
                                        const InputOptions& options) override
    {
        return listTorchInputs(path, options);
    }

    std::vector<RawTensor> forward(const Model& model, const ReferenceData& inputs) override
    {
        return runForward(model, inputs);
    }

    std::shared_ptr<Experiment> createExperiment(std::shared_ptr<const Model> model,
                                                 std::shared_ptr<const ReferenceData> inputs,
                                                 const std::stop_token& stop) override
    {
        return createTorchExperiment(std::move(model), std::move(inputs), stop);
    }
};

} // namespace

} // namespace bitfront

extern "C" {

__attribute__((visibility("default"))) const char* bitfrontEngineAbi()
{
    static const std::string abi = bitfront::engineAbi();
    return abi.c_str();
}

__attribute__((visibility("default"))) bitfront::Engine* bitfrontCreateEngine()
{
    bitfront::installTensorMemory();
    return new bitfront::TorchEngine;
}
}
