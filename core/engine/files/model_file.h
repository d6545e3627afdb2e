// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is, by its content, and one helpful sentence for each kind that is not the right one:
// LibTorch itself says "likely corrupted" to all of them.
#pragma once

#include "core/base/error.h"
#include "core/engine/files/file_bytes.h"

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>

namespace bitfront {

enum class FileKind
{
    TorchScript,
    ExportedProgram, ///< torch.export .pt2
    CompiledPackage, ///< AOTInductor
    Tensors, ///< torch.save of tensors in plain containers: inputs, a state dict
    PickledModule, ///< torch.save of Python objects
    LegacyPickle, ///< torch.save before PyTorch 1.6, or a bare pickle
    Safetensors,
    Npy,
    Npz,
    Onnx,
    CoreMl,
    Gguf,
    TfLite,
    Hdf5,
    OtherZip,
    Text,
    Empty,
    Unknown
};

struct FileIdentity
{
    FileKind kind = FileKind::Unknown;
    std::string detail; ///< PickledModule: the class or function named first; Tensors: "state dict"
};

/// Looks at magic bytes and zip entries. Throws Error(BadFormat) for a damaged or cut-off archive.
FileIdentity identifyFile(std::span<const std::uint8_t> bytes);

/// "a torch.export program (.pt2)", "a safetensors file", ...
std::string describe(const FileIdentity& identity);

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

/// How to save a model so that it can be opened, as Python.
std::string exportHint();

} // namespace bitfront
