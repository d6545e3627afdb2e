// SPDX-License-Identifier: GPL-3.0-or-later
// A reader of zip archives in memory, strict about bounds: it stands between files of unknown
// origin and LibTorch, which loads a damaged weight without a word.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace bitfront {

struct ZipEntry
{
    std::string name;
    std::uint16_t method = 0; ///< 0 stored, 8 deflated
    std::uint16_t flags = 0;
    std::uint32_t crc = 0;
    std::uint64_t packedBytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t dataOffset = 0; ///< of the packed bytes in the archive, checked
};

/// Borrows the bytes: they must outlive the archive.
class ZipArchive
{
public:
    /// Whether the bytes begin as a zip archive does.
    static bool looksLikeZip(std::span<const std::uint8_t> bytes);
    /// Reads the table of contents (zip64 too). Throws Error(BadFormat) when it is missing (a file
    /// cut off), inconsistent, or names an entry twice.
    explicit ZipArchive(std::span<const std::uint8_t> bytes);

    const std::vector<ZipEntry>& entries() const { return m_entries; }
    const ZipEntry* find(const std::string& name) const;
    /// Name without the archive's top folder: "model/code/x.py" gives "code/x.py".
    static std::string withoutTop(const std::string& name);

    /// Content of an entry, unpacked and checked. Throws Error(BadFormat) for damage, an unknown
    /// method or more than `limit` bytes.
    std::vector<std::uint8_t> read(const ZipEntry& entry, std::uint64_t limit) const;
    /// Checks the checksum of every stored entry. Throws Error(BadFormat) naming the damaged one.
    void checkStored(const std::stop_token& stop = {}) const;

private:
    std::uint64_t readDirectory();
    void addEntry(std::uint64_t& offset);

    std::span<const std::uint8_t> m_bytes;
    std::vector<ZipEntry> m_entries;
};

} // namespace bitfront
