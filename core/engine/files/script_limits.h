// SPDX-License-Identifier: GPL-3.0-or-later
// What LibTorch's TorchScript reader takes on trust, checked before it reads: its parser and its
// unpickler follow nesting with the machine's stack and believe the sizes that a file states.
#pragma once

#include "core/engine/files/zip_archive.h"

#include <optional>
#include <string>
#include <string_view>

namespace bitfront {

/// What a reader of the source would have to follow too deep ("brackets nested more than 256
/// deep"), or nothing.
std::optional<std::string> tooDeep(std::string_view code);

/// Checks all code of the archive. Throws Error: BadFormat for code nested without end,
/// UnsupportedModel for code that would run while the file is read (__setstate__, but for the
/// packed weights of PyTorch's quantized layers).
void refuseUnsafeCode(const ZipArchive& zip);

/// Checks the archive's pickled data: well-formed, naming only classes of its own code and of
/// PyTorch, not nested without end, tensors no larger than their data. Throws Error(BadFormat).
void refuseUnsafePickles(const ZipArchive& zip);

} // namespace bitfront
