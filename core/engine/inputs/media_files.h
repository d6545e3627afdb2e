// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures and sounds, one file or many, as one tensor for each batch.
#pragma once

#include "core/engine/files/file_bytes.h"
#include "core/engine/inputs/input_file.h"

#include <functional>
#include <span>

namespace bitfront {

/// A file that is read when it is needed: a folder may hold more than fits into memory at once.
struct MediaFile
{
    std::string name; ///< relative to the folder
    std::filesystem::path path;
};

/// Whether the first bytes are those of a picture (of any kind) or a WAV file.
bool looksLikeMedia(std::span<const std::uint8_t> head);

/// All pictures and sounds in a folder and the folders within, by path; hidden ones and links are
/// left out. Throws Error(FileNotReadable); Error(BadFormat) when there is none.
std::vector<MediaFile> findMedia(const std::filesystem::path& folder);

/// Decodes them and fills batches, notes and, when it is empty, sha256. All must be of one kind
/// and, prepared as file.options.images says, of one size. Throws Error naming the file.
void readMedia(const std::vector<MediaFile>& media, InputFile& file);

} // namespace bitfront
