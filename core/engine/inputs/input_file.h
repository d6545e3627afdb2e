// SPDX-License-Identifier: GPL-3.0-or-later
// Reads reference inputs of every kind into named values, batch by batch. Needs no LibTorch; which
// value is for which argument is decided later.
#pragma once

#include "core/engine/files/data_value.h"
#include "core/plan/input_options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitfront {

struct NamedValue
{
    std::string name; ///< key of the file, or "0", "1", … by order
    DataValue value;
};

/// What one pass of the model is given.
struct InputBatch
{
    std::vector<NamedValue> values;
};

struct InputFile
{
    std::vector<InputBatch> batches; ///< at least one; all offer the same names
    bool ordered = false; ///< the order of values is the author's: they may be bound by it
    std::string sha256; ///< of the file; of several files, of their list as sha256sum prints it
    InputOptions options; ///< as asked, completed by the folder's own
    std::vector<std::string> notes; ///< what was done, one sentence each
};

/// A .pt, .npy, .npz, .safetensors, .json, .wav, .png or .jpg, or a folder of the last three.
/// Throws Error: FileNotReadable, BadFormat, BadArgument, InputMismatch (lengths or sizes that do
/// not go together, with the remedy), OutOfMemory.
InputFile readInputFile(const std::filesystem::path& path, const InputOptions& options);

} // namespace bitfront
