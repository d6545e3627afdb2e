// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing the five records that represent a group.
#include "core/plan/anchors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace bitfront {

namespace {

constexpr std::size_t kAnchors = 5;

/// A survivor as a candidate, with what decides between near-equal ones.
struct Candidate
{
    RecordId id = kNoRecord;
    double quality = 0, ratio = 0;
    double x = 0, y = 0; ///< ratio and quality normalised to 0…1 over the survivors
    std::size_t overrides = 0;
    std::int64_t scope = 0; ///< block or group size, larger is simpler
    std::string_view name;
    bool taken = false, covered = false; ///< chosen; prints like a chosen one
};

std::int64_t scopeOf(const CompressionSpec& spec)
{
    const auto whole = std::numeric_limits<std::int64_t>::max();
    if (const auto* quant = std::get_if<QuantConfig>(&spec))
        return quant->granularity == QuantGranularity::PerBlock ? quant->blockSize : whole;
    const auto size = std::get<PaletteConfig>(spec).groupSize;
    return size == 0 ? whole : size;
}

/// Layers that the configuration treats otherwise than it says on the label.
std::size_t overridesOf(const Measurement& measured)
{
    return static_cast<std::size_t>(
        std::count_if(measured.layers.begin(), measured.layers.end(),
                      [](const LayerStorage& layer) { return !layer.reason.empty(); }));
}

class Choice
{
public:
    Choice(std::vector<Candidate> candidates, Metric metric)
        : m_candidates(std::move(candidates))
        , m_nearQuality(metric == Metric::Iou ? 0.001 : 0.1)
    {
        normalise();
    }

    /// Takes the candidate of highest score, or the one preferred among those that print like it.
    /// Scores are pairs: the second decides between equal firsts.
    /// Covered candidates count only when all others are taken.
    template<typename Score>
    Candidate* take(Score score, bool coveredToo)
    {
        Candidate* best = nullptr;
        for (Candidate& entry : m_candidates) {
            if (entry.taken || (entry.covered && !coveredToo))
                continue;
            if (!best || score(entry) > score(*best)
                || (score(entry) == score(*best) && rank(entry) < rank(*best)))
                best = &entry;
        }
        if (!best)
            return nullptr;
        const Candidate top = *best;
        for (Candidate& entry : m_candidates)
            if (!entry.taken && (coveredToo || !entry.covered) && near(entry, top)
                && rank(entry) < rank(*best))
                best = &entry;
        best->taken = true;
        for (Candidate& entry : m_candidates)
            if (near(entry, *best))
                entry.covered = true;
        return best;
    }

    double highestRatio() const
    {
        double highest = 0;
        for (const Candidate& entry : m_candidates)
            highest = std::max(highest, entry.ratio);
        return highest;
    }

private:
    static std::tuple<std::size_t, std::int64_t, std::string_view> rank(const Candidate& entry)
    {
        return {entry.overrides, -entry.scope, entry.name};
    }

    bool near(const Candidate& a, const Candidate& b) const
    {
        constexpr double kNearRatio = 0.01;
        const bool alike =
            a.quality == b.quality || std::abs(a.quality - b.quality) < m_nearQuality;
        return alike && std::abs(a.ratio - b.ratio) < kNearRatio;
    }

    void normalise()
    {
        const double infinity = std::numeric_limits<double>::infinity();
        double lowQ = infinity, highQ = -infinity, lowR = infinity, highR = -infinity;
        for (const Candidate& entry : m_candidates) {
            lowR = std::min(lowR, entry.ratio);
            highR = std::max(highR, entry.ratio);
            if (std::isfinite(entry.quality)) {
                lowQ = std::min(lowQ, entry.quality);
                highQ = std::max(highQ, entry.quality);
            }
        }
        const auto scaled = [](double value, double low, double high) {
            return high > low ? (value - low) / (high - low) : 0.0;
        };
        for (Candidate& entry : m_candidates) {
            entry.x = scaled(entry.ratio, lowR, highR);
            // Identical outputs are better than any number: a little above the best one.
            entry.y = std::isfinite(entry.quality) ? scaled(entry.quality, lowQ, highQ) : 1.05;
        }
    }

    std::vector<Candidate> m_candidates;
    double m_nearQuality;
};

std::vector<Candidate> candidatesOf(std::span<const ResultRecord> records,
                                    const std::vector<AnalysedPoint>& points, GroupId group)
{
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i].config.group != group || !isSurvivor(points[i]))
            continue;
        Candidate entry;
        entry.id = static_cast<RecordId>(i);
        entry.quality = points[i].quality;
        entry.ratio = points[i].ratio;
        entry.overrides = overridesOf(*records[i].measurement());
        entry.scope = scopeOf(records[i].config.spec);
        entry.name = records[i].config.name;
        candidates.push_back(entry);
    }
    return candidates;
}

} // namespace

std::vector<Anchor> findAnchors(std::span<const ResultRecord> records,
                                const std::vector<AnalysedPoint>& points, GroupId group,
                                Metric metric)
{
    Choice choice(candidatesOf(records, points, group), metric);
    std::vector<Anchor> anchors;
    using Score = std::pair<double, double>;
    const auto byQuality = [](const Candidate& entry) {
        return Score {entry.quality, entry.ratio};
    };
    const Candidate* quality = choice.take(byQuality, false);
    if (!quality)
        return anchors;
    anchors.push_back({quality->id, "best quality"});
    const Candidate top = *quality;
    Candidate end = top;
    if (choice.highestRatio() > top.ratio) {
        const auto byRatio = [](const Candidate& entry) {
            return Score {entry.ratio, entry.quality};
        };
        end = *choice.take(byRatio, true);
        anchors.push_back({end.id, "best ratio"});
    } else {
        anchors.back().reason = "best quality and best ratio";
    }
    const double dx = end.x - top.x, dy = end.y - top.y, length = std::hypot(dx, dy);
    const auto distance = [&](const Candidate& entry) {
        const double px = entry.x - top.x, py = entry.y - top.y;
        return Score {length > 0 ? std::abs(dx * py - dy * px) / length : std::hypot(px, py), 0.0};
    };
    for (const bool coveredToo : {false, true})
        while (anchors.size() < kAnchors) {
            const Candidate* far = choice.take(distance, coveredToo);
            if (!far)
                break;
            anchors.push_back(
                {far->id,
                 end.id == top.id ? "far from the best" : "far from the line between them"});
        }
    return anchors;
}

} // namespace bitfront
