// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a model file, with one helpful sentence for each kind that is not the right one: LibTorch
// itself says "likely corrupted" to all of them.
#pragma once

#include "core/base/error.h"
#include "core/engine/files/file_bytes.h"
#include "core/engine/files/file_identity.h"

#include <filesystem>
#include <stop_token>
#include <string>

namespace bitfront {

/// Why a file of this kind cannot be opened as a model, and the snippet that saves one rightly.
Error notAModel(const std::filesystem::path& path, const FileIdentity& identity);

/// A model file in memory: a sound archive, if of TorchScript without forbidden operators.
struct ModelFile
{
    FileKind kind = FileKind::TorchScript; ///< or ExportedProgram
    FileBytes bytes;
    std::string sha256;
};

/// Reads and checks a file that should be a model. Throws Error: FileNotReadable,
/// BadFormat (saying what it is instead and how to export it), UnsupportedModel; Cancelled.
ModelFile readModelFile(const std::filesystem::path& path, const std::stop_token& stop);

/// Python that saves `model` so that it can be opened, both ways.
std::string saveSnippet();
/// The same as a sentence.
std::string exportHint();

} // namespace bitfront
