// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/files/zip_archive.h"

#include "core/base/error.h"
#include "core/engine/files/byte_order.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <zlib.h>

namespace bitfront {

namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDirectoryHeader = 0x02014b50;
constexpr std::uint32_t kEndRecord = 0x06054b50;
constexpr std::uint32_t kEnd64Record = 0x06064b50;
constexpr std::uint32_t kEnd64Locator = 0x07064b50;
constexpr std::uint64_t kLocalHeaderBytes = 30;
constexpr std::uint64_t kDirectoryHeaderBytes = 46;
constexpr std::uint64_t kEndRecordBytes = 22;
constexpr std::uint64_t kEnd64RecordBytes = 56;
constexpr std::uint64_t kLocatorBytes = 20;
constexpr std::uint32_t kIn64 = 0xffffffff; ///< the real number is in the zip64 field
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint64_t kMaxDeflateRatio = 1032; ///< zlib's technical notes
constexpr std::size_t kMaxEntries = 1'000'000;
constexpr std::uint64_t kCrcStep = 1 << 22; ///< bytes between two looks at the stop token

[[noreturn]] void damaged(const std::string& what)
{
    throw Error(ErrorCode::BadFormat, "The file is damaged: " + what + '.',
                "Copy or export it again; comparing file sizes shows whether a copy is complete.");
}

std::uint16_t u16(const std::uint8_t* p)
{
    return littleEndian<std::uint16_t>(p);
}
std::uint32_t u32(const std::uint8_t* p)
{
    return littleEndian<std::uint32_t>(p);
}
std::uint64_t u64(const std::uint8_t* p)
{
    return littleEndian<std::uint64_t>(p);
}

/// Offset of the end record, searched backwards: a comment may follow it.
std::optional<std::uint64_t> findEndRecord(std::span<const std::uint8_t> bytes)
{
    if (bytes.size() < kEndRecordBytes)
        return {};
    const std::uint64_t last = bytes.size() - kEndRecordBytes;
    const std::uint64_t first = last > 65535 ? last - 65535 : 0;
    for (std::uint64_t at = last + 1; at-- > first;)
        if (u32(bytes.data() + at) == kEndRecord)
            return at;
    return {};
}

/// Replaces the fields that say "see zip64" by the numbers of the extra field.
void readZip64(std::span<const std::uint8_t> extra, ZipEntry& entry, std::uint64_t& headerOffset)
{
    while (extra.size() >= 4) {
        const std::uint16_t id = u16(extra.data());
        const std::size_t length = u16(extra.data() + 2);
        if (length > extra.size() - 4)
            return;
        std::span<const std::uint8_t> body = extra.subspan(4, length);
        extra = extra.subspan(4 + length);
        if (id != 1)
            continue;
        for (std::uint64_t* field : {&entry.bytes, &entry.packedBytes, &headerOffset}) {
            if (*field != kIn64)
                continue;
            if (body.size() < 8)
                damaged("an entry of its table of contents lacks its size");
            *field = u64(body.data());
            body = body.subspan(8);
        }
    }
}

/// PyTorch leaves them at 0 when it is told to write none.
bool hasChecksum(const ZipEntry& entry)
{
    return entry.method != kStored || entry.crc != 0;
}

std::uint32_t checksum(std::span<const std::uint8_t> bytes, const std::stop_token& stop)
{
    uLong crc = crc32(0, nullptr, 0);
    for (std::size_t at = 0; at < bytes.size(); at += kCrcStep) {
        if (stop.stop_requested())
            throw Cancelled();
        const std::size_t count = std::min<std::size_t>(kCrcStep, bytes.size() - at);
        crc = crc32(crc, bytes.data() + at, static_cast<uInt>(count));
    }
    return static_cast<std::uint32_t>(crc);
}

std::vector<std::uint8_t> inflated(std::span<const std::uint8_t> packed, const ZipEntry& entry)
{
    std::vector<std::uint8_t> out(static_cast<std::size_t>(entry.bytes));
    z_stream stream {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        throw Error(ErrorCode::OutOfMemory, "There is no memory to unpack “" + entry.name + "”.");
    std::uint8_t nothing = 0;
    std::size_t read = 0, written = 0;
    int state = Z_OK;
    while (state == Z_OK) { // zlib counts in 32 bits: feed it in pieces
        const std::size_t in = std::min<std::size_t>(packed.size() - read, kCrcStep);
        const std::size_t room = std::min<std::size_t>(out.size() - written, kCrcStep);
        stream.next_in = const_cast<std::uint8_t*>(packed.data() + read);
        stream.avail_in = static_cast<uInt>(in);
        stream.next_out = room > 0 ? out.data() + written : &nothing;
        stream.avail_out = static_cast<uInt>(room);
        state = inflate(&stream, Z_NO_FLUSH);
        read += in - stream.avail_in;
        written += room - stream.avail_out;
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END || written != out.size())
        damaged("its entry “" + entry.name + "” cannot be unpacked");
    return out;
}

std::string lowerCase(std::string text)
{
    for (char& c : text)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

} // namespace

bool ZipArchive::looksLikeZip(std::span<const std::uint8_t> bytes)
{
    return bytes.size() >= 4
        && (u32(bytes.data()) == kLocalHeader || u32(bytes.data()) == kEndRecord);
}

ZipArchive::ZipArchive(std::span<const std::uint8_t> bytes)
    : m_bytes(bytes)
{
    std::uint64_t offset = readDirectory();
    const std::size_t count = m_entries.size();
    m_entries.clear();
    // LibTorch looks entries up without regard to case and takes the first that fits; a second one
    // could hide what the first one does from our checks.
    std::set<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
        addEntry(offset);
        if (!names.insert(lowerCase(m_entries.back().name)).second)
            damaged("it holds “" + m_entries.back().name + "” twice");
    }
}

/// Sizes m_entries to the number of entries and returns where the first one is described.
std::uint64_t ZipArchive::readDirectory()
{
    const std::optional<std::uint64_t> end = findEndRecord(m_bytes);
    if (!end)
        throw Error(ErrorCode::BadFormat,
                    "The file is cut off: a zip archive begins, but its table of contents, which "
                    "stands at the end, is missing.",
                    "Copy, download or export it again.");
    const std::uint8_t* data = m_bytes.data();
    std::uint64_t count = u16(data + *end + 10);
    std::uint64_t offset = u32(data + *end + 16);
    if (*end >= kLocatorBytes && u32(data + *end - kLocatorBytes) == kEnd64Locator) {
        const std::uint64_t at = u64(data + *end - kLocatorBytes + 8);
        if (at > m_bytes.size() || m_bytes.size() - at < kEnd64RecordBytes
            || u32(data + at) != kEnd64Record)
            damaged("its table of contents cannot be found");
        count = u64(data + at + 32);
        offset = u64(data + at + 48);
    }
    if (count > kMaxEntries || offset > m_bytes.size())
        damaged("its table of contents lies outside of the file");
    m_entries.resize(static_cast<std::size_t>(count));
    return offset;
}

void ZipArchive::addEntry(std::uint64_t& offset)
{
    const std::uint64_t size = m_bytes.size();
    const std::uint8_t* head = m_bytes.data() + offset;
    if (size - offset < kDirectoryHeaderBytes || u32(head) != kDirectoryHeader)
        damaged("its table of contents is incomplete");
    ZipEntry entry;
    entry.flags = u16(head + 8);
    entry.method = u16(head + 10);
    entry.crc = u32(head + 16);
    entry.packedBytes = u32(head + 20);
    entry.bytes = u32(head + 24);
    const std::uint64_t nameBytes = u16(head + 28), extraBytes = u16(head + 30);
    const std::uint64_t length = kDirectoryHeaderBytes + nameBytes + extraBytes + u16(head + 32);
    std::uint64_t header = u32(head + 42);
    if (length > size - offset)
        damaged("its table of contents is incomplete");
    entry.name.assign(reinterpret_cast<const char*>(head + kDirectoryHeaderBytes),
                      static_cast<std::size_t>(nameBytes));
    readZip64(m_bytes.subspan(offset + kDirectoryHeaderBytes + nameBytes, extraBytes), entry,
              header);

    if (header > size || size - header < kLocalHeaderBytes
        || u32(m_bytes.data() + header) != kLocalHeader)
        damaged("its entry “" + entry.name + "” is not where it should be");
    const std::uint8_t* local = m_bytes.data() + header;
    entry.dataOffset = header + kLocalHeaderBytes + u16(local + 26) + u16(local + 28);
    if (entry.dataOffset > size || entry.packedBytes > size - entry.dataOffset
        || (entry.method == kStored && entry.packedBytes != entry.bytes))
        damaged("its entry “" + entry.name + "” reaches beyond the end of the file");
    m_entries.push_back(std::move(entry));
    offset += length;
}

const ZipEntry* ZipArchive::find(const std::string& name) const
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const ZipEntry& entry) { return entry.name == name; });
    return found == m_entries.end() ? nullptr : &*found;
}

std::string ZipArchive::withoutTop(const std::string& name)
{
    const std::size_t slash = name.find('/');
    return slash == std::string::npos ? name : name.substr(slash + 1);
}

std::vector<std::uint8_t> ZipArchive::read(const ZipEntry& entry, std::uint64_t limit) const
{
    // Asked before memory for it is: a small file must not claim all there is.
    const bool impossible =
        entry.method == kDeflated && entry.bytes / kMaxDeflateRatio > entry.packedBytes;
    if (entry.bytes > limit || impossible)
        damaged("its entry “" + entry.name + "” claims to hold " + std::to_string(entry.bytes)
                + " bytes");
    if ((entry.flags & kEncrypted) != 0 || (entry.method != kStored && entry.method != kDeflated))
        throw Error(ErrorCode::BadFormat,
                    "The entry “" + entry.name
                        + "” of the archive is packed or encrypted in a way "
                          "that this program does not read.",
                    "Save the file again without compression.");
    const std::span<const std::uint8_t> packed = m_bytes.subspan(
        static_cast<std::size_t>(entry.dataOffset), static_cast<std::size_t>(entry.packedBytes));
    std::vector<std::uint8_t> out = entry.method == kStored
        ? std::vector<std::uint8_t>(packed.begin(), packed.end())
        : inflated(packed, entry);
    if (hasChecksum(entry) && checksum(out, {}) != entry.crc)
        damaged("the checksum of its entry “" + entry.name + "” does not match");
    return out;
}

void ZipArchive::checkStored(const std::stop_token& stop) const
{
    for (const ZipEntry& entry : m_entries) {
        if (entry.method != kStored || !hasChecksum(entry))
            continue;
        const auto bytes = m_bytes.subspan(static_cast<std::size_t>(entry.dataOffset),
                                           static_cast<std::size_t>(entry.bytes));
        if (checksum(bytes, stop) != entry.crc)
            damaged("the checksum of its entry “" + entry.name + "” does not match");
    }
}

} // namespace bitfront
