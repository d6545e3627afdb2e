// SPDX-License-Identifier: GPL-3.0-or-later
// A header that names the model, then entries: fixed fields, four arrays, a checksum over both.
#include "core/engine/palette_store.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <span>
#include <system_error>
#include <type_traits>

namespace bitfront {

namespace {

namespace fs = std::filesystem;

/// To be raised when the tables of the same weights become others.
constexpr const char* kMagic = "bitfront tables 1 ";
constexpr std::uint32_t kMark = 0x4c415042; // "BPAL"

constexpr std::uint64_t kHashStart = 0xcbf29ce484222325U;

/// FNV-1a: against torn and flipped bytes, not against malice.
std::uint64_t mixed(std::uint64_t hash, std::span<const char> bytes)
{
    for (const char byte : bytes)
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return hash;
}

template<class T>
std::span<const char> bytesOf(const std::vector<T>& values)
{
    static_assert(std::is_trivially_copyable_v<T>);
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

} // namespace

/// What an entry begins with, as it lies in the file. Little-endian machines only.
struct PaletteStore::Entry
{
    std::uint32_t mark = kMark;
    std::int32_t bits = 0, axis = 0;
    std::uint8_t channelScale = 0, asked = 0, chosen = 0, rounding = 0;
    std::uint64_t layer = 0;
    std::int64_t groupSize = 0, groups = 0;
    std::uint64_t scales = 0; ///< how many channel scales follow
    std::uint64_t checksum = 0; ///< of all before and of what follows

    std::uint64_t entries() const { return std::uint64_t {1} << bits; }
    std::uint64_t payload() const
    {
        const auto count = static_cast<std::uint64_t>(groups);
        return count * (2 * entries() - 1) * sizeof(float) + scales * sizeof(float) + count;
    }
    bool isSane(std::uint64_t room) const
    {
        return mark == kMark && bits >= 1 && bits <= 8 && groups >= 1 && groupSize >= 0
            && static_cast<std::uint64_t>(groups) <= room && scales <= room && payload() <= room;
    }
    PaletteKey key() const
    {
        return {layer,
                {bits, axis, groupSize, channelScale != 0, asked != 0},
                rounding == 0 ? PaletteRounding::Automatic : PaletteRounding::Reference};
    }
    std::uint64_t checksumOf(const PaletteTables& tables) const
    {
        Entry fields = *this;
        fields.checksum = 0;
        std::uint64_t hash =
            mixed(kHashStart, {reinterpret_cast<const char*>(&fields), sizeof fields});
        hash = mixed(hash, bytesOf(tables.lut));
        hash = mixed(hash, bytesOf(tables.boundaries));
        hash = mixed(hash, bytesOf(tables.channelScales));
        return mixed(hash, bytesOf(tables.rawGroups));
    }
};

std::string layersText(const ModelInfo& model)
{
    std::uint64_t hash = kHashStart;
    for (const LayerInfo& layer : model.layers) {
        hash = mixed(hash, {layer.name.c_str(), layer.name.size() + 1});
        hash = mixed(hash, bytesOf(layer.shape));
    }
    return model.sha256 + ' ' + std::to_string(hash);
}

PaletteStore::PaletteStore(fs::path file, const std::string& layers, std::uint64_t limit)
    : m_path(std::move(file))
    , m_limit(limit)
{
    static_assert(std::has_unique_object_representations_v<Entry>, "no padding in the file");
    if constexpr (std::endian::native != std::endian::little)
        return;
    const std::string header = kMagic + layers + '\n';
    std::error_code error;
    const std::uint64_t size = fs::file_size(m_path, error);
    const bool isWhole =
        !error && fs::is_regular_file(m_path, error) && size >= header.size() && opens(header);
    if (!isWhole)
        begin(header);
    else
        m_size = index(header.size(), size);
    if (isWhole && m_size < size)
        fs::resize_file(m_path, m_size, error);
}

/// Whether the file is one of this model's.
bool PaletteStore::opens(const std::string& header)
{
    m_file.open(m_path, std::ios::in | std::ios::out | std::ios::binary);
    std::string known(header.size(), '\0');
    m_file.read(known.data(), static_cast<std::streamsize>(known.size()));
    return m_file && known == header;
}

void PaletteStore::begin(const std::string& header)
{
    m_file.close();
    m_file.clear();
    m_places.clear();
    std::error_code error;
    const fs::file_status status = fs::symlink_status(m_path, error);
    if (fs::exists(status) && !fs::is_regular_file(status))
        return; // a pipe or a device is not ours
    m_file.open(m_path, std::ios::in | std::ios::out | std::ios::binary | std::ios::trunc);
    m_file.write(header.data(), static_cast<std::streamsize>(header.size()));
    m_file.flush();
    m_size = header.size();
}

bool PaletteStore::readEntry(std::uint64_t at, Entry& entry)
{
    m_file.clear();
    m_file.seekg(static_cast<std::streamoff>(at));
    m_file.read(reinterpret_cast<char*>(&entry), sizeof entry);
    return static_cast<bool>(m_file);
}

std::uint64_t PaletteStore::index(std::uint64_t from, std::uint64_t size)
{
    Entry entry;
    while (size - from >= sizeof entry) {
        const std::uint64_t room = size - from - sizeof entry;
        if (!readEntry(from, entry) || !entry.isSane(room))
            break;
        m_places.insert_or_assign(entry.key(), from);
        from += sizeof entry + entry.payload();
    }
    return from;
}

std::optional<FoundPalette> PaletteStore::read(const PaletteKey& key, std::int64_t channels,
                                               std::int64_t extent)
{
    const auto place = m_places.find(key);
    Entry entry;
    if (place == m_places.end() || !readEntry(place->second, entry) || !entry.isSane(m_size))
        return std::nullopt;
    const std::int64_t groups = entry.groupSize > 0 ? extent / entry.groupSize : 1;
    if (entry.groups != groups
        || entry.scales != (key.spec.channelScale ? static_cast<std::uint64_t>(channels) : 0))
        return std::nullopt;
    FoundPalette found {entry.key().spec, {}};
    found.spec.fastMode = entry.chosen != 0;
    PaletteTables& tables = found.tables;
    tables.groups = entry.groups;
    tables.entries = static_cast<int>(entry.entries());
    const auto count = static_cast<std::size_t>(entry.groups);
    tables.lut.resize(count * entry.entries());
    tables.boundaries.resize(count * (entry.entries() - 1));
    tables.channelScales.resize(entry.scales);
    tables.rawGroups.resize(count);
    const auto fill = [this](auto& values) {
        m_file.read(reinterpret_cast<char*>(values.data()),
                    static_cast<std::streamsize>(bytesOf(values).size()));
    };
    fill(tables.lut);
    fill(tables.boundaries);
    fill(tables.channelScales);
    fill(tables.rawGroups);
    if (!m_file || entry.checksumOf(tables) != entry.checksum) {
        m_places.erase(place);
        return std::nullopt;
    }
    return found;
}

void PaletteStore::append(const PaletteKey& key, const FoundPalette& found)
{
    const PaletteTables& tables = found.tables;
    Entry entry;
    entry.bits = key.spec.bits;
    entry.axis = key.spec.axis;
    entry.channelScale = key.spec.channelScale ? 1 : 0;
    entry.asked = key.spec.fastMode ? 1 : 0;
    entry.chosen = found.spec.fastMode ? 1 : 0;
    entry.rounding = key.rounding == PaletteRounding::Automatic ? 0 : 1;
    entry.layer = key.layer;
    entry.groupSize = key.spec.groupSize;
    entry.groups = tables.groups;
    entry.scales = tables.channelScales.size();
    entry.checksum = entry.checksumOf(tables);
    const std::uint64_t size = sizeof entry + entry.payload();
    const bool fits = tables.lut.size() == tables.rawGroups.size() * entry.entries()
        && tables.boundaries.size() + tables.rawGroups.size() == tables.lut.size();
    if (!m_file.is_open() || !fits || m_size + size > m_limit)
        return;
    m_file.clear();
    m_file.seekp(static_cast<std::streamoff>(m_size));
    m_file.write(reinterpret_cast<const char*>(&entry), sizeof entry);
    for (const std::span<const char> part :
         {bytesOf(tables.lut), bytesOf(tables.boundaries), bytesOf(tables.channelScales),
          bytesOf(tables.rawGroups)})
        m_file.write(part.data(), static_cast<std::streamsize>(part.size()));
    m_file.flush();
    if (!m_file) { // the disk is full: what was written in part is overwritten or cut off later
        m_limit = 0;
        return;
    }
    m_places.insert_or_assign(key, m_size);
    m_size += size;
}

} // namespace bitfront
