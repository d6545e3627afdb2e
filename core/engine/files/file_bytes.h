// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a whole file into memory. Files are never mapped: a file that shrinks while mapped kills
// the process, and everything that is checked must be the bytes that are used afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace bitfront {

using FileBytes = std::vector<std::uint8_t>;

/// Throws Error(FileNotReadable) that tells a missing file from a folder and from lacking
/// permission, Error(OutOfMemory) when it does not fit.
FileBytes readFileBytes(const std::filesystem::path& path);

} // namespace bitfront
