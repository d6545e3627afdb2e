// SPDX-License-Identifier: GPL-3.0-or-later
// The lock that keeps two writers out of one run folder.
#include "core/run/file_io.h"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace bitfront {
namespace {

/// "process 4711 on host", as the holder left it in the lock file.
std::string holderText(int descriptor)
{
    char buffer[256] = {};
    const ssize_t got = ::pread(descriptor, buffer, sizeof buffer - 1, 0);
    std::string text(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
    text.erase(text.find_last_not_of("\n\r ") + 1);
    return text.empty() ? "another process" : text;
}

std::string ourName()
{
    char host[256] = {};
    if (::gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    std::string text = "process " + std::to_string(::getpid());
    if (host[0] != '\0')
        text += " on " + std::string(host);
    return text;
}

/// Whether `path` still names the open file: its last owner may have removed it between our open
/// and our lock.
bool isSameFile(const std::filesystem::path& path, int descriptor)
{
    struct stat byPath = {};
    struct stat byHandle = {};
    return ::stat(path.c_str(), &byPath) == 0 && ::fstat(descriptor, &byHandle) == 0
        && byPath.st_dev == byHandle.st_dev && byPath.st_ino == byHandle.st_ino;
}

Error lockError(const std::filesystem::path& folder, int errorNumber, int descriptor)
{
    if (errorNumber == EWOULDBLOCK)
        return Error(ErrorCode::FileNotWritable,
                     "The run folder " + folder.string() + " is being written by "
                         + holderText(descriptor) + ".",
                     "Wait until it is done, or choose another folder.", folder.string());
    return Error(ErrorCode::FileNotWritable,
                 "Cannot lock the run folder " + folder.string() + ": " + causeText(errorNumber)
                     + ".",
                 "Choose a folder on a local disk.", folder.string());
}

} // namespace

FolderLock::FolderLock(std::filesystem::path folder)
    : m_path(folder / kLockName)
{
    // Whoever only asks whether the folder is locked holds the lock for a moment.
    constexpr int kTries = 5;
    constexpr auto kMoment = std::chrono::milliseconds(20);
    for (int busy = 0;;) {
        FileHandle file(::open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
        if (!file.isOpen())
            throw writeError(folder, errno);
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EINTR)
                continue;
            if (errno == EWOULDBLOCK && ++busy < kTries) {
                std::this_thread::sleep_for(kMoment);
                continue;
            }
            throw lockError(folder, errno, file.get());
        }
        if (!isSameFile(m_path, file.get()))
            continue;
        m_file = std::move(file);
        break;
    }
    // Only information for others: a lock without a name locks as well.
    const std::string name = ourName() + "\n";
    if (::ftruncate(m_file.get(), 0) == 0) [[maybe_unused]]
        const ssize_t written = ::pwrite(m_file.get(), name.data(), name.size(), 0);
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept
{
    if (this != &other) {
        release();
        m_path = std::move(other.m_path);
        m_file = std::move(other.m_file);
    }
    return *this;
}

FolderLock::~FolderLock()
{
    release();
}

void FolderLock::release() noexcept
{
    if (!m_file.isOpen())
        return;
    if (isSameFile(m_path, m_file.get()))
        ::unlink(m_path.c_str());
    m_file.close();
}

bool isFolderLocked(const std::filesystem::path& folder) noexcept
{
    // Of a folder of unknown origin it may be a pipe, which would be waited for.
    const FileHandle file(::open((folder / kLockName).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.isOpen())
        return false;
    return ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

} // namespace bitfront
