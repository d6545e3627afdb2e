// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/model_file.h"

#include "core/engine/files/about_file.h"
#include "core/engine/files/script_limits.h"
#include "core/engine/files/script_scan.h"
#include "core/engine/files/sha256.h"
#include "core/engine/files/zip_archive.h"

namespace bitfront {

namespace fs = std::filesystem;

std::string saveSnippet()
{
    return "torch.export.save(torch.export.export(model.eval(), example_inputs), "
           "\"model.pt2\"), or torch.jit.save(torch.jit.trace(model.eval(), example_inputs), "
           "\"model.pt\")";
}

std::string exportHint()
{
    return "In Python: " + saveSnippet();
}

ModelFile readModelFile(const fs::path& path, const std::stop_token& stop)
{
    if (const auto folder = identifyFolder(path))
        throw notAModel(path, *folder);
    ModelFile file;
    file.bytes = readFileBytes(path);
    try {
        const FileIdentity identity = identifyFile(file.bytes);
        if (identity.kind != FileKind::TorchScript && identity.kind != FileKind::ExportedProgram)
            throw notAModel(path, identity);
        file.kind = identity.kind;
        const ZipArchive zip(file.bytes);
        zip.checkStored(stop);
        if (identity.kind == FileKind::TorchScript) {
            refuseUnsafePickles(zip);
            refuseForbiddenOperators(zip);
            refuseUnsafeCode(zip);
        }
    } catch (const Error& error) {
        throw Error(aboutFile(error.failure(), path));
    }
    file.sha256 = sha256Hex(file.bytes);
    return file;
}

} // namespace bitfront
