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

QSizeF badgeSize(int count)
{
    const QFontMetricsF metrics(uiFont(10, 600));
    const double height = metrics.height();
    return {std::max(metrics.horizontalAdvance(QString::number(count)) + 8, height), height};
}

QRectF boxAround(QPointF at, double radius)
{
    return {at.x() - radius, at.y() - radius, 2 * radius, 2 * radius};
}

/// The first place around a stack, `gap` from its centre, where its number covers nothing; null
/// where there is none.
QRectF freePlace(const PlotStack& stack, double gap, const QRectF& area,
                 const std::vector<QRectF>& taken)
{
    const QSizeF size = badgeSize(stack.count);
    const double left = stack.at.x() - gap - size.width(), right = stack.at.x() + gap;
    const double above = stack.at.y() - gap - size.height(), below = stack.at.y() + gap;
    const double middle = stack.at.x() - size.width() / 2;
    const double beside = stack.at.y() - size.height() / 2;
    for (const QPointF& corner :
         {QPointF(right, above), QPointF(left, above), QPointF(right, beside),
          QPointF(right, below), QPointF(left, below), QPointF(left, beside),
          QPointF(middle, above), QPointF(middle, below)}) {
        const QRectF badge(corner, size);
        if (area.contains(badge) && std::ranges::none_of(taken, [&](const QRectF& box) {
                return box.intersects(badge);
            }))
            return badge;
    }
    return {};
}

} // namespace

QRectF PlotCanvas::pinBox(QPointF marker)
{
    const double side = QFontMetricsF(uiFont(10, 600)).height();
    return {marker.x() - kMarkerSize / 2 - side, marker.y() + kMarkerSize / 2, side, side};
}

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
            found.push_back({place.at, count, {}});
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &PlotStack::count);
    // Numbers cover neither markers nor one another; the bigger ones come first, and one that finds
    // no place is left out.
    std::vector<QRectF> taken;
    for (const Place& place : places)
        taken.push_back(boxAround(place.at, kMarkerSize / 2));
    const PlotPoint* knee = m_scene.find(m_scene.knee);
    const auto ring = knee ? marker(*knee) : std::nullopt;
    if (ring)
        taken.push_back(boxAround(*ring, kKneeRadius));
    for (const RecordId id : m_marks.pins) {
        const PlotPoint* pinned = m_scene.find(id);
        if (const auto at = pinned ? marker(*pinned) : std::nullopt)
            taken.push_back(pinBox(*at));
    }
    std::vector<PlotStack> kept;
    for (PlotStack& stack : found) {
        const bool ringed = ring && QLineF(stack.at, *ring).length() <= kStackReach;
        stack.badge = freePlace(stack, (ringed ? kKneeRadius + kStackReach : kMarkerSize / 2) + 0.5,
                                area(), taken);
        if (kept.size() >= kMostBadges || stack.badge.isNull())
            continue;
        taken.push_back(stack.badge.adjusted(-1, -1, 1, 1));
        kept.push_back(stack);
    }
    return kept;
}

} // namespace bitfront
