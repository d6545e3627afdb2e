// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/file_bytes.h"

#include "core/base/error.h"

#include <cerrno>
#include <fstream>
#include <new>
#include <system_error>

namespace bitfront {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& path, const std::string& why, const std::string& hint)
{
    throw Error(ErrorCode::FileNotReadable, "“" + path.string() + "” " + why, hint, path.string());
}

void refuseUnlessRegular(const fs::path& path)
{
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
        refuse(path, "does not exist.", "Check the spelling of the path.");
    if (error)
        refuse(path, "cannot be read: " + error.message() + '.',
               "Check the permissions of the file.");
    if (fs::is_directory(status))
        refuse(path, "is a folder, not a file.", "Choose a file inside it.");
    if (!fs::is_regular_file(status))
        refuse(path, "is not a regular file.", "Choose a file that is stored on a disk.");
}

} // namespace

FileBytes readFileBytes(const fs::path& path)
{
    refuseUnlessRegular(path);
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    if (error || !stream)
        refuse(path,
               "cannot be read: " + std::generic_category().message(errno != 0 ? errno : EIO) + '.',
               "Check the permissions of the file.");
    FileBytes bytes;
    try {
        bytes.resize(static_cast<std::size_t>(size));
    } catch (const std::exception&) { // bad_alloc, length_error
        throw Error(ErrorCode::OutOfMemory, "“" + path.string() + "” does not fit into memory.",
                    "Close other programs or use a machine with more memory.", path.string());
    }
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::uintmax_t>(stream.gcount()) != size)
        refuse(path, "ended while it was being read.",
               "It may still be written by another program: try again when that is done.");
    return bytes;
}

} // namespace bitfront
