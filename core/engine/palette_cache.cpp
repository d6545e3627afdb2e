// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/palette_cache.h"

#include "core/base/error.h"
#include "core/kernels/palettize_options.h"

#include <chrono>

namespace bitfront {

namespace {

/// Memory of the tables of a layer: a value and a boundary per entry, a scale per channel.
std::uint64_t tableBytes(const LayerInfo& info, const PaletteSpec& spec)
{
    const std::int64_t channels = info.shape.empty() ? 1 : info.shape[0];
    const std::int64_t extent =
        info.shape.empty() ? 1 : info.shape.at(static_cast<std::size_t>(spec.axis));
    const std::int64_t groups = spec.groupSize > 0 ? extent / spec.groupSize : 1;
    const std::int64_t entry = 2 * static_cast<std::int64_t>(sizeof(float));
    return static_cast<std::uint64_t>((groups << spec.bits) * entry + channels * entry / 2);
}

/// Tables of all `specs` (alike but for bits and group size), from one histogram.
std::vector<FoundPalette> search(std::span<const float> weights, const LayerInfo& info,
                                 std::vector<PaletteSpec> specs, PaletteRounding rounding,
                                 const std::stop_token& stop, PaletteStats& stats)
{
    std::vector<PaletteTables> tables;
    if (rounding == PaletteRounding::Automatic) {
        tables =
            findPalettesAutomatically(weights, info.shape, info.weightType, specs, stop, &stats);
    } else {
        PaletteEncoder encoder(weights, info.shape, info.weightType, specs.front());
        tables = encoder.solve(specs, stop);
        stats = encoder.stats();
    }
    std::vector<FoundPalette> found;
    found.reserve(specs.size());
    for (std::size_t i = 0; i < specs.size(); ++i)
        found.push_back({specs[i], std::move(tables[i])});
    return found;
}

} // namespace

PaletteCache::FamilyKey PaletteCache::familyKey(std::size_t layer, const PaletteSpec& spec,
                                                PaletteRounding rounding)
{
    return {layer, spec.axis, spec.channelScale, spec.fastMode, rounding};
}

std::shared_ptr<PaletteCache::Family> PaletteCache::family(const FamilyKey& key)
{
    auto& slot = m_families[key];
    if (!slot)
        slot = std::make_shared<Family>();
    return slot;
}

void PaletteCache::expect(std::size_t layer, const LayerInfo& info, const PaletteSpec& spec,
                          PaletteRounding rounding)
{
    const std::lock_guard lock(m_mutex);
    Member& member = family(familyKey(layer, spec, rounding))->members[{spec.bits, spec.groupSize}];
    member.expected = !member.palette;
    member.bytes = tableBytes(info, spec);
}

void PaletteCache::keepIn(std::unique_ptr<PaletteStore> store)
{
    const std::lock_guard lock(m_mutex);
    m_store = std::move(store);
}

std::shared_ptr<const FoundPalette> PaletteCache::hold(Member& member, FoundPalette found,
                                                       std::uint64_t bytes)
{
    member.bytes = bytes;
    member.expected = false;
    member.palette = std::make_shared<const FoundPalette>(std::move(found));
    m_heldBytes += bytes;
    return member.palette;
}

/// From the disk; null when it is not there.
std::shared_ptr<const FoundPalette> PaletteCache::takeStored(std::size_t layer, Family& family,
                                                             const LayerInfo& info,
                                                             const PaletteSpec& spec,
                                                             PaletteRounding rounding)
{
    if (!m_store || info.shape.size() <= static_cast<std::size_t>(spec.axis))
        return nullptr;
    auto stored = m_store->read({layer, spec, rounding}, info.shape[0],
                                info.shape[static_cast<std::size_t>(spec.axis)]);
    if (!stored)
        return nullptr;
    const std::uint64_t bytes = tableBytes(info, spec);
    makeRoom(bytes);
    const MemberKey key {spec.bits, spec.groupSize};
    hold(family.members[key], std::move(*stored), bytes);
    return take(family, key);
}

/// Null when not held.
std::shared_ptr<const FoundPalette> PaletteCache::take(Family& family, const MemberKey& key)
{
    const auto member = family.members.find(key);
    if (member == family.members.end() || !member->second.palette)
        return nullptr;
    member->second.lastUse = ++m_clock;
    return member->second.palette;
}

/// The specification asked for, first, and relatives that are expected. Tables found ahead of their
/// need are never given up, so no more are looked for than there is room for.
std::vector<PaletteSpec> PaletteCache::together(std::size_t layer, Family& family,
                                                const PaletteSpec& spec, PaletteRounding rounding,
                                                const LayerInfo& info)
{
    std::uint64_t waiting = 0;
    for (const auto& [key, other] : m_families)
        for (const auto& [memberKey, member] : other->members)
            if (member.palette && member.lastUse == 0)
                waiting += member.bytes;
    std::vector<PaletteSpec> specs {spec};
    std::uint64_t bytes = tableBytes(info, spec);
    for (auto& [key, member] : family.members) {
        const auto& [bits, groupSize] = key;
        if (!member.expected || (bits == spec.bits && groupSize == spec.groupSize)
            || waiting + bytes + member.bytes > m_budget)
            continue;
        PaletteSpec relative = spec;
        relative.bits = bits;
        relative.groupSize = groupSize;
        if (m_store && m_store->holds({layer, relative, rounding}))
            continue;
        specs.push_back(relative);
        bytes += member.bytes;
    }
    makeRoom(bytes);
    return specs;
}

/// Gives up the tables used longest ago until `bytes` more fit.
void PaletteCache::makeRoom(std::uint64_t bytes)
{
    while (m_heldBytes + bytes > m_budget) {
        Member* oldest = nullptr;
        for (auto& [key, other] : m_families)
            for (auto& [memberKey, member] : other->members)
                if (member.palette && member.lastUse != 0
                    && (oldest == nullptr || member.lastUse < oldest->lastUse))
                    oldest = &member;
        if (oldest == nullptr)
            return;
        oldest->palette.reset();
        oldest->lastUse = 0;
        m_heldBytes -= oldest->bytes;
        ++m_work.palettesEvicted;
    }
}

std::shared_ptr<const FoundPalette>
PaletteCache::find(std::size_t layer, std::span<const float> weights, const LayerInfo& info,
                   const PaletteSpec& spec, PaletteRounding rounding, const std::stop_token& stop)
{
    const MemberKey wanted {spec.bits, spec.groupSize};
    std::shared_ptr<Family> relatives;
    {
        const std::lock_guard lock(m_mutex);
        ++m_work.palettesAsked;
        relatives = family(familyKey(layer, spec, rounding));
        if (auto palette = take(*relatives, wanted))
            return palette;
    }
    std::unique_lock searching(relatives->searching, std::defer_lock);
    while (!searching.try_lock_for(std::chrono::milliseconds(50)))
        if (stop.stop_requested())
            throw Cancelled();
    std::vector<PaletteSpec> asked;
    {
        const std::lock_guard lock(m_mutex);
        if (auto palette = take(*relatives, wanted))
            return palette;
        if (auto palette = takeStored(layer, *relatives, info, spec, rounding))
            return palette;
        asked = together(layer, *relatives, spec, rounding, info);
    }
    PaletteStats stats;
    std::vector<FoundPalette> found = search(weights, info, asked, rounding, stop, stats);

    const std::lock_guard lock(m_mutex);
    note(stats, static_cast<std::int64_t>(found.size()));
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (m_store)
            m_store->append({layer, asked[i], rounding}, found[i]);
        hold(relatives->members[{asked[i].bits, asked[i].groupSize}], std::move(found[i]),
             tableBytes(info, asked[i]));
    }
    return take(*relatives, wanted);
}

void PaletteCache::note(const PaletteStats& stats, std::int64_t tables)
{
    ++m_work.paletteSearches;
    m_work.palettesFound += tables;
    m_work.countedWeights += stats.countedElements;
    m_work.mergedHistograms += stats.mergedHistograms;
    m_work.kmeansProblems += stats.kmeans.problems;
    m_work.kmeansPoints += stats.kmeans.points;
    m_work.kmeansProbes += stats.kmeans.probes;
}

bool PaletteCache::isBusy(std::size_t layer, const PaletteSpec& spec, PaletteRounding rounding)
{
    std::shared_ptr<Family> relatives;
    {
        const std::lock_guard lock(m_mutex);
        relatives = family(familyKey(layer, spec, rounding));
        const auto member = relatives->members.find({spec.bits, spec.groupSize});
        if (member != relatives->members.end() && member->second.palette)
            return false;
    }
    const std::unique_lock searching(relatives->searching, std::try_to_lock);
    return !searching.owns_lock();
}

WorkCounts PaletteCache::work() const
{
    const std::lock_guard lock(m_mutex);
    return m_work;
}

} // namespace bitfront
