// SPDX-License-Identifier: GPL-3.0-or-later
// Finds palette tables: weights become dense ranks of their distinct rounded values, groups become
// histograms over those ranks, and exact k-means turns a histogram into a table.
#include "core/kernels/palettize.h"

#include "core/base/error.h"
#include "core/base/palette_bits.h"
#include "core/kernels/palettize_codes.h"
#include "core/kernels/palettize_groups.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace bitfront {

namespace {

using detail::GroupLayout;

PaletteTables emptyTables(const GroupLayout& layout, const PaletteSpec& spec)
{
    PaletteTables tables;
    tables.groups = layout.groups();
    tables.entries = 1 << spec.bits;
    const auto groups = static_cast<std::size_t>(tables.groups);
    const auto entries = static_cast<std::size_t>(tables.entries);
    tables.lut.resize(groups * entries);
    tables.boundaries.resize(groups * (entries - 1));
    tables.rawGroups.resize(groups);
    return tables;
}

} // namespace

PaletteStats& PaletteStats::operator+=(const PaletteStats& other)
{
    countedElements += other.countedElements;
    mergedHistograms += other.mergedHistograms;
    kmeans += other.kmeans;
    return *this;
}

struct PaletteEncoder::State
{
    std::span<const float> weights, sensitivities;
    std::vector<std::int64_t> shape;
    WeightType type = WeightType::Float32;
    PaletteSpec common;
    GroupLayout whole;
    std::vector<float> scales;
    detail::RankedWeights ranked; ///< empty in exact mode
    Kmeans1d kmeans;
    detail::GroupPoints points;
    PaletteStats stats;

    State(std::span<const std::int64_t> weightShape, int axis)
        : shape(weightShape.begin(), weightShape.end())
        , whole(weightShape, axis, 0)
    {
    }

    /// Groups of one size, solved by walking their histograms.
    struct Level
    {
        GroupLayout layout;
        int child = -1; ///< level whose histograms add up to this one's, or −1
        bool isChild = false;
        bool dense = true;
        std::vector<std::size_t> specs; ///< positions of the specs with this group size
        std::vector<std::uint32_t> counts;
    };

    bool coded() const { return common.fastMode || type == WeightType::Float16; }
    std::vector<Level> makeLevels(std::span<const PaletteSpec> specs) const;
    void countLevel(std::vector<Level>& levels, int level, std::int64_t group,
                    std::span<const PaletteSpec> specs, std::vector<PaletteTables>& tables,
                    const std::stop_token& stop);
    void gather(Level& level, std::int64_t group);
    void solvePoints(std::int64_t group, PaletteTables& tables);
};

std::vector<PaletteEncoder::State::Level>
PaletteEncoder::State::makeLevels(std::span<const PaletteSpec> specs) const
{
    std::vector<Level> levels;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        const PaletteSpec& spec = specs[i];
        if (!isPaletteWidth(spec.bits))
            throw std::invalid_argument("a palette has 1, 2, 3, 4, 6 or 8 bits");
        if (spec.axis != common.axis || spec.channelScale != common.channelScale
            || spec.fastMode != common.fastMode)
            throw std::invalid_argument("specs solved together may differ in bits and groups only");
        const GroupLayout layout(shape, spec.axis, spec.groupSize);
        auto known = std::find_if(levels.begin(), levels.end(), [&](const Level& level) {
            return level.layout.groups() == layout.groups();
        });
        if (known == levels.end())
            known =
                levels.insert(levels.end(), Level {.layout = layout, .specs = {}, .counts = {}});
        known->specs.push_back(i);
    }
    std::sort(levels.begin(), levels.end(),
              [](const Level& a, const Level& b) { return a.layout.groups() > b.layout.groups(); });
    const auto ranks = static_cast<std::int64_t>(ranked.values.size());
    for (std::size_t i = 0; i < levels.size(); ++i) {
        levels[i].dense = !sensitivities.empty() || levels[i].layout.groupElements() * 8 >= ranks;
        if (!coded() || !sensitivities.empty() || !levels[i].dense)
            continue;
        for (std::size_t j = i; j-- > 0 && levels[i].child < 0;) {
            if (levels[j].isChild || !levels[j].dense
                || levels[j].layout.groups() % levels[i].layout.groups() != 0)
                continue;
            levels[i].child = static_cast<int>(j);
            levels[j].isChild = true;
        }
    }
    return levels;
}

void PaletteEncoder::State::gather(Level& level, std::int64_t group)
{
    stats.countedElements += level.layout.groupElements();
    if (!sensitivities.empty())
        points.sumSensitivities(ranked, level.layout, group, sensitivities);
    else if (level.dense)
        detail::countRanks(ranked, level.layout, group, level.counts);
    else
        points.sortRanks(ranked, level.layout, group);
}

void PaletteEncoder::State::countLevel(std::vector<Level>& levels, int index, std::int64_t group,
                                       std::span<const PaletteSpec> specs,
                                       std::vector<PaletteTables>& tables,
                                       const std::stop_token& stop)
{
    if (stop.stop_requested())
        throw Cancelled();
    Level& level = levels[static_cast<std::size_t>(index)];
    bool raw = !coded();
    if (!raw && level.child >= 0) {
        Level& child = levels[static_cast<std::size_t>(level.child)];
        const std::int64_t parts = child.layout.groups() / level.layout.groups();
        level.counts.assign(ranked.values.size(), 0);
        for (std::int64_t part = 0; part < parts; ++part) {
            countLevel(levels, level.child, group * parts + part, specs, tables, stop);
            for (std::size_t r = 0; r < level.counts.size(); ++r)
                level.counts[r] += child.counts[r];
            ++stats.mergedHistograms;
        }
    } else if (!raw) {
        gather(level, group);
    }
    if (!raw) {
        if (level.dense && sensitivities.empty())
            points.takeCounts(ranked, level.counts);
        raw = points.containsHuge();
    }
    if (raw) {
        stats.countedElements += level.layout.groupElements();
        points.sortRaw(weights, scales, type, level.layout, group, sensitivities);
    }
    kmeans.setPoints(points.values, points.weights, points.keys);
    for (const std::size_t i : level.specs) {
        tables[i].rawGroups[static_cast<std::size_t>(group)] = raw ? 1 : 0;
        solvePoints(group, tables[i]);
    }
}

void PaletteEncoder::State::solvePoints(std::int64_t group, PaletteTables& tables)
{
    const auto g = static_cast<std::size_t>(group);
    const auto entries = static_cast<std::size_t>(tables.entries);
    const std::vector<std::int32_t> starts = kmeans.solve(tables.entries);
    std::vector<double> centroids = kmeans.centroids(starts);
    const std::size_t used = starts.size();
    std::size_t first = 0; // used entry: the reference leaves zeros before it in raw groups
    if (tables.rawGroups[g] != 0) {
        first = std::min(entries, points.rawElements()) - used;
        const std::vector<double> oneByOne = points.rawCentroids(starts);
        for (std::size_t k = 0; k < used; ++k)
            if (std::isfinite(oneByOne[k]))
                centroids[k] = oneByOne[k];
    }
    float* lut = tables.lut.data() + g * entries;
    float* boundaries = tables.boundaries.data() + g * (entries - 1);
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    for (std::size_t k = 0; k < entries; ++k) {
        const bool before = k < first, after = k >= first + used;
        const double centroid = before ? 0.0 : centroids[after ? used - 1 : k - first];
        lut[k] = detail::roundToType(static_cast<float>(centroid), type);
        if (k == 0)
            continue;
        if (k <= first)
            boundaries[k - 1] = -kInfinity;
        else if (after)
            boundaries[k - 1] = kInfinity;
        else
            boundaries[k - 1] =
                static_cast<float>(points.values[static_cast<std::size_t>(starts[k - first])]);
    }
}

PaletteEncoder::PaletteEncoder(std::span<const float> weights, std::span<const std::int64_t> shape,
                               WeightType type, const PaletteSpec& spec,
                               std::span<const float> sensitivities)
    : m_state(std::make_unique<State>(shape, spec.axis))
{
    State& state = *m_state;
    const auto elements = static_cast<std::size_t>(state.whole.slices() * state.whole.sliceSize());
    if (weights.size() != elements || (!sensitivities.empty() && sensitivities.size() != elements))
        throw std::invalid_argument("sizes of weights or sensitivities do not match the shape");
    if (elements > std::numeric_limits<std::uint32_t>::max())
        throw std::invalid_argument("a palettized weight has at most 2^32 - 1 elements");
    state.weights = weights;
    state.sensitivities = sensitivities;
    state.type = type;
    state.common = spec;
    if (!std::all_of(sensitivities.begin(), sensitivities.end(),
                     [](float s) { return s > 0 && std::isfinite(s); }))
        throw std::invalid_argument("sensitivities must be positive and finite");
    if (spec.channelScale) {
        state.scales.resize(static_cast<std::size_t>(state.whole.slices()));
        detail::findChannelScales(weights, state.whole, state.scales);
    }
    if (state.coded())
        state.ranked = detail::rankWeights(weights, state.scales, type, spec.fastMode, state.whole);
    else if (!std::all_of(weights.begin(), weights.end(), [](float w) { return std::isfinite(w); }))
        throw std::invalid_argument("a weight is not finite");
}

PaletteEncoder::~PaletteEncoder() = default;
PaletteEncoder::PaletteEncoder(PaletteEncoder&&) noexcept = default;
PaletteEncoder& PaletteEncoder::operator=(PaletteEncoder&&) noexcept = default;

std::vector<PaletteTables> PaletteEncoder::solve(std::span<const PaletteSpec> specs,
                                                 const std::stop_token& stop)
{
    State& state = *m_state;
    std::vector<State::Level> levels = state.makeLevels(specs);
    std::vector<PaletteTables> tables;
    tables.reserve(specs.size());
    for (const PaletteSpec& spec : specs) {
        tables.push_back(emptyTables(GroupLayout(state.shape, spec.axis, spec.groupSize), spec));
        tables.back().channelScales = state.scales;
    }
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (levels[i].isChild)
            continue;
        for (std::int64_t group = 0; group < levels[i].layout.groups(); ++group)
            state.countLevel(levels, static_cast<int>(i), group, specs, tables, stop);
    }
    state.stats.kmeans = state.kmeans.stats();
    return tables;
}

const PaletteStats& PaletteEncoder::stats() const
{
    return m_state->stats;
}

PaletteTables findPalette(std::span<const float> weights, std::span<const std::int64_t> shape,
                          WeightType type, const PaletteSpec& spec, const std::stop_token& stop)
{
    PaletteEncoder encoder(weights, shape, type, spec);
    return std::move(encoder.solve({&spec, 1}, stop).front());
}

} // namespace bitfront
