// SPDX-License-Identifier: GPL-3.0-or-later
// Lookup tables of a model's layers, found once and shared by everyone who measures it. Tables that
// a sweep will ask for are found together: bit widths and group sizes share one histogram.
#pragma once

#include "core/engine/palette_store.h"
#include "core/engine/work_counts.h"
#include "core/kernels/palettize.h"
#include "core/plan/compression_config.h"
#include "core/plan/layer_info.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <tuple>

namespace bitfront {

/// Thread-safe. A table that another thread is looking for is waited for, not looked for twice.
class PaletteCache
{
public:
    static constexpr std::uint64_t kDefaultBudget = std::uint64_t {64} << 20;

    /// `budgetBytes` bounds the tables held, but for those of a single search.
    explicit PaletteCache(std::uint64_t budgetBytes = kDefaultBudget)
        : m_budget(budgetBytes)
    {
    }

    /// Tables are taken from this store and put into it from now on.
    void keepIn(std::unique_ptr<PaletteStore> store);

    /// Says that a table will be asked for: it is then found together with its relatives, unless it
    /// is held already.
    void expect(std::size_t layer, const LayerInfo& info, const PaletteSpec& spec,
                PaletteRounding rounding);

    /// Tables of `weights`, which `layer` identifies. Throws what findPalette() throws; a failed or
    /// cancelled search leaves nothing behind.
    std::shared_ptr<const FoundPalette> find(std::size_t layer, std::span<const float> weights,
                                             const LayerInfo& info, const PaletteSpec& spec,
                                             PaletteRounding rounding, const std::stop_token& stop);

    /// Whether find() would wait for another thread now: a good moment to see to another layer.
    bool isBusy(std::size_t layer, const PaletteSpec& spec, PaletteRounding rounding);

    /// All but the forward passes.
    WorkCounts work() const;

private:
    /// What of a specification the tables of one encoder have in common.
    using FamilyKey = std::tuple<std::size_t, int, bool, bool, PaletteRounding>;
    /// Bits and group size.
    using MemberKey = std::pair<int, std::int64_t>;

    struct Member
    {
        std::shared_ptr<const FoundPalette> palette;
        std::uint64_t bytes = 0;
        std::uint64_t lastUse = 0; ///< 0 = not used since it was found
        bool expected = false;
    };
    struct Family
    {
        std::timed_mutex searching; ///< held while tables of the family are looked for
        std::map<MemberKey, Member> members; ///< guarded by the cache's mutex
    };

    static FamilyKey familyKey(std::size_t layer, const PaletteSpec& spec,
                               PaletteRounding rounding);
    std::shared_ptr<Family> family(const FamilyKey& key);
    std::shared_ptr<const FoundPalette> take(Family& family, const MemberKey& key);
    std::vector<PaletteSpec> together(std::size_t layer, Family& family, const PaletteSpec& spec,
                                      PaletteRounding rounding, const LayerInfo& info);
    std::shared_ptr<const FoundPalette> takeStored(std::size_t layer, Family& family,
                                                   const LayerInfo& info, const PaletteSpec& spec,
                                                   PaletteRounding rounding);
    std::shared_ptr<const FoundPalette> hold(Member& member, FoundPalette found,
                                             std::uint64_t bytes);
    void makeRoom(std::uint64_t bytes);
    void note(const PaletteStats& stats, std::int64_t tables);

    const std::uint64_t m_budget;
    mutable std::mutex m_mutex;
    std::map<FamilyKey, std::shared_ptr<Family>> m_families;
    std::uint64_t m_heldBytes = 0, m_clock = 0;
    WorkCounts m_work;
    std::unique_ptr<PaletteStore> m_store; ///< may be null; guarded by m_mutex
};

} // namespace bitfront
