// SPDX-License-Identifier: GPL-3.0-or-later
// Files that survive a crash and a full disk: appended lines, atomic replacement, a folder lock.
// All file writing of the core goes through here; every failure names its true cause.
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace bitfront {

/// "the disk is full", "the file system is read-only", "no permission", … for an errno value.
std::string causeText(int errorNumber);
/// Error(FileNotWritable) "Cannot write <path>: <cause>." with what to do about it.
Error writeError(const std::filesystem::path& path, int errorNumber);

/// Whole file. Throws Error(FileNotReadable) with the cause.
std::string readFile(const std::filesystem::path& path);
/// Writes beside `path`, flushes to the disk, renames: readers see the old content or the new one,
/// never a part. A symbolic link stays one; pipes and devices are written into. Throws
/// Error(FileNotWritable); the old content then stays.
void replaceFile(const std::filesystem::path& path, std::string_view content);
/// mkdir -p, durable. Throws Error(FileNotWritable).
void makeFolders(const std::filesystem::path& folder);
/// Makes names created in or removed from the folder durable; best effort, some file systems
/// cannot.
void flushFolder(const std::filesystem::path& folder) noexcept;

/// An open file descriptor, closed at the end.
class FileHandle
{
public:
    FileHandle() = default;
    explicit FileHandle(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    FileHandle(FileHandle&& other) noexcept;
    FileHandle& operator=(FileHandle&& other) noexcept;
    ~FileHandle();
    int get() const { return m_descriptor; }
    bool isOpen() const { return m_descriptor >= 0; }
    void close();

private:
    int m_descriptor = -1;
};

/// A file that only grows by whole lines.
class LineFile
{
public:
    LineFile() = default;
    /// Creates the file, which must not exist. Throws Error(FileNotWritable).
    explicit LineFile(std::filesystem::path path);
    /// Opens an existing file to go on with; a torn last line is cut off. Throws
    /// Error(FileNotWritable).
    static LineFile reopen(std::filesystem::path path);
    /// Appends `line` and a newline with one write() and flushes them to the disk. When that fails
    /// the file is cut back to its last whole line. Throws Error(FileNotWritable).
    void append(std::string_view line);
    void close() { m_file.close(); }

private:
    [[noreturn]] void fail(int errorNumber);

    std::filesystem::path m_path;
    FileHandle m_file;
    std::int64_t m_size = 0; ///< bytes up to and with the last newline
};

/// Name of the lock file within a run folder.
inline constexpr const char* kLockName = "lock";

/// The right to write a folder, held until destroyed or released; the system frees it if we die.
class FolderLock
{
public:
    FolderLock() = default;
    /// Throws Error(FileNotWritable) saying which process writes the folder, or why it cannot be
    /// locked.
    explicit FolderLock(std::filesystem::path folder);
    FolderLock(FolderLock&&) noexcept = default;
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();
    /// The folder was renamed; the lock went with it.
    void folderMoved(const std::filesystem::path& folder) { m_path = folder / kLockName; }
    /// Removes the lock file and lets go.
    void release() noexcept;

private:
    std::filesystem::path m_path;
    FileHandle m_file;
};

/// Whether some process holds the folder's lock now. False when that cannot be told.
bool isFolderLocked(const std::filesystem::path& folder) noexcept;

} // namespace bitfront
