// SPDX-License-Identifier: GPL-3.0-or-later
// Lookup tables on the disk, so that a process that goes on with a sweep or a scan does not find
// them again. Only a cache: what cannot be read or written is found anew.
#pragma once

#include "core/kernels/palettize.h"
#include "core/plan/compression_config.h"
#include "core/plan/layer_info.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace bitfront {

/// Tables with the specification they belong to: its fastMode is what was chosen.
struct FoundPalette
{
    PaletteSpec spec;
    PaletteTables tables;
};

/// Which tables of a model: those of `spec`, fastMode as asked for, of one layer.
struct PaletteKey
{
    std::uint64_t layer = 0; ///< index into ModelInfo::layers
    PaletteSpec spec;
    PaletteRounding rounding = PaletteRounding::Automatic;

    auto tied() const
    {
        return std::tuple(layer, spec.bits, spec.axis, spec.groupSize, spec.channelScale,
                          spec.fastMode, rounding);
    }
    bool operator<(const PaletteKey& other) const { return tied() < other.tied(); }
};

/// Which layers the indices of keys mean: the model's file and, as another version of this program
/// may find other layers in it, a hash of their names and shapes.
std::string layersText(const ModelInfo& model);

/// A file of tables of one model; it only grows. One process at a time, whose caller locks it. Not
/// thread-safe.
class PaletteStore
{
public:
    /// Files do not grow beyond this.
    static constexpr std::uint64_t kDefaultLimit = std::uint64_t {256} << 20;

    /// Opens the file, or begins it. What follows a damaged entry is dropped, and so is a file of
    /// another model: `layers` is layersText(). Where nothing can be written it merely holds
    /// nothing.
    PaletteStore(std::filesystem::path file, const std::string& layers,
                 std::uint64_t limit = kDefaultLimit);

    bool holds(const PaletteKey& key) const { return m_places.contains(key); }
    /// Tables of a layer of `channels` slices along axis 0 and `extent` along the axis of its
    /// groups; empty when they are not there, damaged, or of another shape.
    std::optional<FoundPalette> read(const PaletteKey& key, std::int64_t channels,
                                     std::int64_t extent);
    void append(const PaletteKey& key, const FoundPalette& found);

private:
    struct Entry;
    bool opens(const std::string& header);
    void begin(const std::string& header);
    /// The places of all whole entries; returns where the last one ends.
    std::uint64_t index(std::uint64_t from, std::uint64_t size);
    bool readEntry(std::uint64_t at, Entry& entry);

    std::filesystem::path m_path;
    std::fstream m_file;
    std::map<PaletteKey, std::uint64_t> m_places;
    std::uint64_t m_size = 0, m_limit;
};

} // namespace bitfront
