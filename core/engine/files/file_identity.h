// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is, by its content: suffixes of models say little.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace bitfront {

enum class FileKind
{
    TorchScript,
    ExportedProgram, ///< torch.export .pt2
    UnfinishedProgram, ///< what torch.export.save leaves behind when it fails
    CompiledPackage, ///< AOTInductor
    Tensors, ///< torch.save of tensors in plain containers: inputs, a state dict
    PickledModule, ///< torch.save of Python objects
    LegacyPickle, ///< torch.save before PyTorch 1.6, or a bare pickle
    Safetensors,
    Npy,
    Npz,
    Onnx,
    CoreMl,
    TorchLite, ///< TorchScript for phones, bytecode only
    ExecuTorch,
    Keras,
    TensorFlow, ///< a SavedModel folder
    Picture,
    Sound,
    Json,
    LfsPointer, ///< what Git LFS leaves in place of a file
    WebPage,
    Packed, ///< gzip, xz, 7z, tar, rar
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
    /// PickledModule, LegacyPickle: the class or function named first; Tensors: "state dict",
    /// "checkpoint" or empty; ExportedProgram: the PyTorch versions that write this layout;
    /// Picture, Packed: which
    std::string detail;
};

/// Looks at magic bytes and zip entries. Throws Error(BadFormat) for a damaged or cut-off archive.
FileIdentity identifyFile(std::span<const std::uint8_t> bytes);

/// "a torch.export program (.pt2)", "a safetensors file", ...
std::string describe(const FileIdentity& identity);

/// What a folder given as a model is: a Core ML package, a SavedModel; empty for any other.
std::optional<FileIdentity> identifyFolder(const std::filesystem::path& folder);

} // namespace bitfront
