// SPDX-License-Identifier: GPL-3.0-or-later
// Opens a torch.export file whose bytes were read and checked.
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/exported/exported_model.h"
#include "core/engine/torch/exported/tensor_loader.h"
#include "core/engine/torch/torch_errors.h"

#include <c10/core/InferenceMode.h>

namespace bitfront {

namespace {

void noteOrigin(const exported::Archive& archive, ModelInfo& info)
{
    if (archive.otherModels.empty())
        return;
    std::string names;
    for (const std::string& name : archive.otherModels)
        names += (names.empty() ? "" : ", ") + name;
    info.notes.push_back("The file holds further programs, which are not looked at: " + names
                         + '.');
}

} // namespace

std::shared_ptr<const Model> openExported(const ModelFile& file, ModelInfo info,
                                          const std::stop_token& stop)
{
    const std::string path = info.path;
    info.format = "torch.export program";
    try {
        const c10::InferenceMode inference;
        exported::Archive archive = exported::readArchive(file.bytes);
        if (stop.stop_requested())
            throw Cancelled();
        noteOrigin(archive, info);
        const auto tensors = exported::loadTensors(archive, file.bytes);
        if (stop.stop_requested())
            throw Cancelled();
        auto model =
            exported::buildExportedModel(std::move(archive.program), tensors, std::move(info));
        model->keepStoredInputs(std::move(archive.sampleInputs));
        return model;
    } catch (...) {
        rethrowAsError({ErrorCode::UnsupportedModel, "The program in the file cannot be read:",
                        "Export and save the model again.", path});
    }
}

} // namespace bitfront
