// SPDX-License-Identifier: GPL-3.0-or-later
// Files that survive a crash and a full disk: appended lines and atomic replacement (POSIX).
#include "core/run/file_io.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bitfront {
namespace {

std::string hintFor(int errorNumber)
{
    switch (errorNumber) {
    case ENOSPC:
    case EDQUOT:
        return "Free some space or choose another folder.";
    case EFBIG:
        return "Raise the limit on file sizes (ulimit -f) or choose another folder.";
    case EROFS:
    case EACCES:
    case EPERM:
        return "Choose a folder that you may write to.";
    default:
        return "Choose another folder.";
    }
}

/// write() until everything is out; returns 0 or errno. A short write is followed by another try,
/// which then says why.
int writeAll(int descriptor, std::string_view data)
{
    while (!data.empty()) {
        const ssize_t written = ::write(descriptor, data.data(), data.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        if (written == 0)
            return ENOSPC;
        data.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

int flush(int descriptor)
{
    while (::fdatasync(descriptor) != 0) {
        if (errno == EINTR)
            continue;
        // Some file systems and special files cannot be flushed; that is no loss of data.
        return errno == EINVAL || errno == ENOTSUP || errno == EROFS ? 0 : errno;
    }
    return 0;
}

/// Where a chain of symbolic links ends, whether or not anything is there yet; a loop's last link.
std::filesystem::path linkTarget(std::filesystem::path path)
{
    constexpr int kMaxLinks = 40; // as the kernel
    std::error_code error;
    for (int i = 0; i < kMaxLinks && std::filesystem::is_symlink(path, error); ++i) {
        const std::filesystem::path target = std::filesystem::read_symlink(path, error);
        if (error)
            break;
        path = path.parent_path() / target; // an absolute target stands for itself
    }
    return path;
}

/// Pipes, terminals and the like take text but cannot be renamed over.
bool isSpecial(const std::filesystem::path& path)
{
    std::error_code error;
    return std::filesystem::is_other(std::filesystem::status(path, error)) && !error;
}

/// Opens, writes, flushes and closes; returns 0 or errno.
int writeTo(const std::filesystem::path& path, int flags, std::string_view content)
{
    const FileHandle file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666));
    if (!file.isOpen())
        return errno;
    const int errorNumber = writeAll(file.get(), content);
    return errorNumber != 0 ? errorNumber : flush(file.get());
}

} // namespace

std::string causeText(int errorNumber)
{
    switch (errorNumber) {
    case ENOSPC:
        return "the disk is full";
    case EDQUOT:
        return "your disk quota is used up";
    case EFBIG:
        return "the file would grow past the size limit";
    case EROFS:
        return "the file system is read-only";
    case EACCES:
    case EPERM:
        return "no permission";
    case ENOENT:
        return "the folder or file does not exist";
    case ENOTDIR:
        return "a part of the path is a file, not a folder";
    case EISDIR:
        return "it is a folder";
    case EIO:
        return "the disk reported an error";
    default:
        return std::generic_category().message(errorNumber);
    }
}

Error writeError(const std::filesystem::path& path, int errorNumber)
{
    return Error(ErrorCode::FileNotWritable,
                 "Cannot write " + path.string() + ": " + causeText(errorNumber) + ".",
                 hintFor(errorNumber), path.string());
}

std::string readFile(const std::filesystem::path& path)
{
    const auto fail = [&path](int errorNumber) {
        return Error(ErrorCode::FileNotReadable,
                     "Cannot read " + path.string() + ": " + causeText(errorNumber) + ".",
                     "Check the path and its permissions.", path.string());
    };
    // A pipe or device in a folder of unknown origin would block, or never end.
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.isOpen())
        throw fail(errno);
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        throw fail(errno);
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        throw Error(ErrorCode::FileNotReadable, path.string() + " is a pipe or device, not a file.",
                    "Give an ordinary file.", path.string());
    std::string content;
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw fail(errno);
        if (got == 0)
            return content;
        content.append(buffer, static_cast<std::size_t>(got));
    }
}

void replaceFile(const std::filesystem::path& path, std::string_view content)
{
    if (isSpecial(path)) {
        if (const int errorNumber = writeTo(path, 0, content))
            throw writeError(path, errorNumber);
        return;
    }
    const std::filesystem::path target = linkTarget(path);
    // A name of its own in the same folder: nobody else's file, and no other process's.
    constexpr int kMaxTries = 1000;
    std::filesystem::path temporary;
    int errorNumber = EEXIST;
    for (int i = 0; i < kMaxTries && errorNumber == EEXIST; ++i) {
        temporary = target.parent_path()
            / ("." + target.filename().string() + "." + std::to_string(::getpid()) + "."
               + std::to_string(i));
        errorNumber = writeTo(temporary, O_CREAT | O_EXCL, content);
    }
    if (errorNumber == EEXIST)
        throw writeError(path, errorNumber);
    if (errorNumber == 0 && ::rename(temporary.c_str(), target.c_str()) != 0)
        errorNumber = errno;
    if (errorNumber != 0) {
        ::unlink(temporary.c_str());
        throw writeError(path, errorNumber);
    }
    flushFolder(target.parent_path());
}

void makeFolders(const std::filesystem::path& folder)
{
    // The deepest one that is there already: below it, every new name must reach the disk too.
    std::error_code error;
    std::filesystem::path there = folder;
    while (!there.empty() && !std::filesystem::exists(there, error) && there != there.parent_path())
        there = there.parent_path();
    std::filesystem::create_directories(folder, error);
    if (error)
        throw Error(ErrorCode::FileNotWritable,
                    "Cannot create the folder " + folder.string() + ": " + causeText(error.value())
                        + ".",
                    hintFor(error.value()), folder.string());
    for (std::filesystem::path created = folder; created != there; created = created.parent_path())
        flushFolder(created.parent_path());
}

void flushFolder(const std::filesystem::path& folder) noexcept
{
    // A relative name without a folder lies in the current one.
    const char* const name = folder.empty() ? "." : folder.c_str();
    const FileHandle handle(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (handle.isOpen())
        ::fsync(handle.get());
}

FileHandle::FileHandle(FileHandle&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept
{
    if (this != &other) {
        close();
        m_descriptor = std::exchange(other.m_descriptor, -1);
    }
    return *this;
}

FileHandle::~FileHandle()
{
    close();
}

void FileHandle::close()
{
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

LineFile::LineFile(std::filesystem::path path)
    : m_path(std::move(path))
    , m_file(::open(m_path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0666))
{
    if (!m_file.isOpen())
        throw writeError(m_path, errno);
}

LineFile LineFile::reopen(std::filesystem::path path)
{
    LineFile lines;
    lines.m_path = std::move(path);
    const std::string text = readFile(lines.m_path);
    lines.m_size = static_cast<std::int64_t>(text.rfind('\n') + 1); // npos + 1 == 0
    lines.m_file = FileHandle(::open(lines.m_path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!lines.m_file.isOpen() || ::ftruncate(lines.m_file.get(), lines.m_size) != 0)
        throw writeError(lines.m_path, errno);
    return lines;
}

void LineFile::append(std::string_view line)
{
    // A file that was deleted meanwhile would swallow everything without a word.
    struct stat status = {};
    if (::fstat(m_file.get(), &status) != 0 || status.st_nlink == 0)
        throw writeError(m_path, ENOENT);
    std::string text(line);
    text += '\n';
    int errorNumber = writeAll(m_file.get(), text);
    if (errorNumber == 0)
        errorNumber = flush(m_file.get());
    if (errorNumber != 0)
        fail(errorNumber);
    m_size += static_cast<std::int64_t>(text.size());
}

void LineFile::fail(int errorNumber)
{
    if (::ftruncate(m_file.get(), m_size) == 0)
        ::fdatasync(m_file.get());
    throw writeError(m_path, errorNumber);
}

} // namespace bitfront
