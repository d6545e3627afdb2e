// SPDX-License-Identifier: GPL-3.0-or-later
// What several points are together: fronts of single groups, and markers that cover each other.
#include "widgets/plot_canvas.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace bitfront {

namespace {

constexpr double kStackReach = 3; ///< markers this near to each other look like one
constexpr std::size_t kMostBadges = 30;
/// With more points than this a picture is a cloud, and badges would cover it.
constexpr std::size_t kMostPoints = 600;

struct Place
{
    QPointF at;
    bool taken = false;
};

std::int64_t cellOf(QPointF at, int dx = 0, int dy = 0)
{
    const auto x = static_cast<std::int64_t>(std::floor(at.x() / kStackReach)) + dx;
    const auto y = static_cast<std::int64_t>(std::floor(at.y() / kStackReach)) + dy;
    return x * 1'000'003 + y;
}

QRectF badgeBeside(QPointF at, int count)
{
    const QFontMetricsF metrics(uiFont(10, 600));
    const double height = metrics.height();
    const double width = std::max(metrics.horizontalAdvance(QString::number(count)) + 8, height);
    return {at.x() + 4, at.y() - 4 - height, width, height};
}

} // namespace

std::vector<std::pair<GroupId, std::vector<QLineF>>> PlotCanvas::groupFronts() const
{
    std::vector<std::pair<GroupId, std::vector<QLineF>>> fronts;
    for (const GroupId group : kGroups) {
        std::vector<RecordId> members;
        for (const PlotPoint& point : m_scene.points) {
            if (point.group == group && point.visible && point.lane != PlotLane::Failed
                && !point.belowFloor)
                members.push_back(point.id);
        }
        const auto qualityOf = [](const PlotPoint& point) {
            return point.lane == PlotLane::Identical ? std::numeric_limits<double>::infinity()
                                                     : point.quality;
        };
        std::ranges::sort(members, [&](RecordId a, RecordId b) {
            const PlotPoint &p = *m_scene.find(a), &q = *m_scene.find(b);
            return std::pair(-p.ratio, -qualityOf(p)) < std::pair(-q.ratio, -qualityOf(q));
        });
        std::vector<RecordId> front; // from the smallest: each must be better than all smaller ones
        for (const RecordId id : members) {
            if (front.empty()
                || qualityOf(*m_scene.find(id)) > qualityOf(*m_scene.find(front.back())))
                front.push_back(id);
        }
        std::ranges::reverse(front);
        if (front.size() > 1)
            fronts.emplace_back(group, steps(front));
    }
    return fronts;
}

std::vector<PlotStack> PlotCanvas::stacks() const
{
    const PlotProjection now = projection();
    std::vector<Place> places;
    for (const PlotPoint& point : m_scene.points) {
        if (const auto at = now.marker(point))
            places.push_back({*at});
    }
    if (places.size() > kMostPoints)
        return {};
    std::unordered_multimap<std::int64_t, std::size_t> cells;
    for (std::size_t i = 0; i < places.size(); ++i)
        cells.emplace(cellOf(places[i].at), i);
    std::vector<PlotStack> found;
    for (Place& place : places) {
        if (place.taken)
            continue;
        int count = 0;
        for (int dx = -1; dx <= 1; ++dx) {
            for (int dy = -1; dy <= 1; ++dy) {
                const auto [from, to] = cells.equal_range(cellOf(place.at, dx, dy));
                for (auto it = from; it != to; ++it) {
                    Place& other = places[it->second];
                    if (!other.taken && QLineF(other.at, place.at).length() <= kStackReach) {
                        other.taken = true;
                        ++count;
                    }
                }
            }
        }
        if (count > 1)
            found.push_back({place.at, count, badgeBeside(place.at, count)});
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &PlotStack::count);
    // Badges next to each other must not cover one another; the bigger one stays.
    std::vector<PlotStack> kept;
    for (const PlotStack& stack : found) {
        const auto covers = [&](const PlotStack& other) {
            return other.badge.adjusted(-1, -1, 1, 1).intersects(stack.badge);
        };
        if (kept.size() < kMostBadges && std::ranges::none_of(kept, covers))
            kept.push_back(stack);
    }
    return kept;
}

} // namespace bitfront
