// SPDX-License-Identifier: GPL-3.0-or-later
// Zip archives of stored entries, for tests that need archives which no program would write.
#pragma once

#include "core/engine/files/file_bytes.h"

#include <string>
#include <utility>
#include <vector>
#include <zlib.h>

namespace bitfront::test {

inline void addNumber(FileBytes& bytes, std::uint64_t value, std::size_t width)
{
    for (std::size_t i = 0; i < width; ++i)
        bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// Entries in order, each with its name and content.
inline FileBytes smallZip(const std::vector<std::pair<std::string, std::string>>& entries)
{
    FileBytes bytes, directory;
    for (const auto& [name, content] : entries) {
        const std::uint64_t at = bytes.size();
        const auto crc = crc32(0, reinterpret_cast<const Bytef*>(content.data()),
                               static_cast<uInt>(content.size()));
        const auto describe = [&, &nameText = name, &text = content](FileBytes& out) {
            addNumber(out, 20, 2); // version
            addNumber(out, 0, 8); // flags, stored, time, date
            addNumber(out, crc, 4);
            addNumber(out, text.size(), 4);
            addNumber(out, text.size(), 4);
            addNumber(out, nameText.size(), 2);
            addNumber(out, 0, 2);
        };
        addNumber(bytes, 0x04034b50, 4);
        describe(bytes);
        bytes.insert(bytes.end(), name.begin(), name.end());
        bytes.insert(bytes.end(), content.begin(), content.end());
        addNumber(directory, 0x02014b50, 4);
        addNumber(directory, 20, 2);
        describe(directory);
        addNumber(directory, 0, 2); // comment
        addNumber(directory, 0, 8); // disk, attributes
        addNumber(directory, at, 4);
        directory.insert(directory.end(), name.begin(), name.end());
    }
    const std::uint64_t start = bytes.size();
    bytes.insert(bytes.end(), directory.begin(), directory.end());
    addNumber(bytes, 0x06054b50, 4);
    addNumber(bytes, 0, 4);
    addNumber(bytes, entries.size(), 2);
    addNumber(bytes, entries.size(), 2);
    addNumber(bytes, directory.size(), 4);
    addNumber(bytes, start, 4);
    addNumber(bytes, 0, 2);
    return bytes;
}

} // namespace bitfront::test
