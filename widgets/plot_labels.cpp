// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_labels.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

/// Directions from the point to the label in order of preference: above-right reads best beside a
/// falling front, then right, above, left, and below last, where the dominated points are.
struct Direction
{
    double x, y;
};
constexpr Direction kDirections[] = {{0.8, -0.7}, {1, 0},       {0.45, -1}, {0, -1},
                                     {-0.45, -1}, {-0.8, -0.7}, {-1, 0},    {0.8, 0.7},
                                     {-0.8, 0.7}, {0.3, 1},     {-0.3, 1}};
constexpr double kLeaders[] = {0, 14, 30, 48};
constexpr double kGap = 3;

bool crosses(const QRectF& rect, const QLineF& line)
{
    const double left = std::min(line.x1(), line.x2()), right = std::max(line.x1(), line.x2());
    const double top = std::min(line.y1(), line.y2()), bottom = std::max(line.y1(), line.y2());
    return right >= rect.left() && left <= rect.right() && bottom >= rect.top()
        && top <= rect.bottom();
}

/// Whether a slanted segment passes through `rect` (sampled: leaders are at most 60 px long).
bool passesThrough(const QRectF& rect, const QLineF& line)
{
    const int steps = std::max(2, static_cast<int>(line.length() / 2));
    for (int i = 0; i <= steps; ++i) {
        if (rect.contains(line.pointAt(static_cast<double>(i) / steps)))
            return true;
    }
    return false;
}

/// Box of a label of `size` beside `anchor`, at `distance` from it.
QRectF boxAt(const QPointF& anchor, const Direction& d, double distance, const QSizeF& size)
{
    const double length = std::hypot(d.x, d.y);
    const QPointF edge = anchor + QPointF(d.x, d.y) / length * distance;
    // The side of the box that faces the point touches `edge`.
    const double x = edge.x()
        + (d.x > 0.5        ? 0
               : d.x < -0.5 ? -size.width()
                            : (d.x - 1) * size.width() / 2);
    const double y = edge.y() + (d.y > 0.5 ? 0 : d.y < -0.5 ? -size.height() : -size.height() / 2);
    return {QPointF(x, y), size};
}

class Placer
{
public:
    explicit Placer(const LabelObstacles& obstacles)
        : m_all(obstacles)
    {
    }

    /// Only what is near can be in the way: keeps 10,000 markers cheap.
    void lookAround(const QPointF& anchor, double reach)
    {
        const QRectF area(anchor.x() - reach, anchor.y() - reach, 2 * reach, 2 * reach);
        m_boxes.clear();
        m_lines.clear();
        std::ranges::copy_if(m_all.boxes, std::back_inserter(m_boxes),
                             [&](const QRectF& box) { return box.intersects(area); });
        std::ranges::copy_if(m_all.lines, std::back_inserter(m_lines),
                             [&](const QLineF& line) { return crosses(area, line); });
    }

    bool free(const QRectF& box) const
    {
        const auto hits = [&](const QRectF& other) { return other.intersects(box); };
        return m_all.bounds.contains(box) && std::ranges::none_of(m_boxes, hits)
            && std::ranges::none_of(m_labels, hits)
            && std::ranges::none_of(m_lines, [&](const QLineF& l) { return crosses(box, l); });
    }

    bool freeLeader(const QLineF& leader) const
    {
        const auto hits = [&](const QRectF& other) { return passesThrough(other, leader); };
        return std::ranges::none_of(m_boxes, hits) && std::ranges::none_of(m_labels, hits);
    }

    void take(const QRectF& box) { m_labels.push_back(box); }

private:
    const LabelObstacles& m_all;
    std::vector<QRectF> m_boxes, m_labels;
    std::vector<QLineF> m_lines;
};

bool place(PlacedLabel& label, const LabelWish& wish, const QSizeF& size, const Placer& placer)
{
    for (const double leader : kLeaders) {
        for (const Direction& direction : kDirections) {
            const double distance = wish.clearance + kGap + leader;
            const QRectF box = boxAt(wish.anchor, direction, distance, size);
            if (!placer.free(box))
                continue;
            label.rect = box;
            label.leader = {};
            if (leader > 0) {
                const QPointF unit =
                    QPointF(direction.x, direction.y) / std::hypot(direction.x, direction.y);
                label.leader = {wish.anchor + unit * (wish.clearance + 2),
                                wish.anchor + unit * (distance - 1)};
                if (!placer.freeLeader(label.leader))
                    continue;
            }
            return true;
        }
    }
    return false;
}

} // namespace

std::vector<PlacedLabel> placeLabels(const std::vector<LabelWish>& wishes,
                                     const LabelObstacles& obstacles, const QFont& font,
                                     const QFont& strongFont, int maximum)
{
    const QFontMetricsF plain(font), strong(strongFont);
    std::vector<PlacedLabel> placed;
    std::vector<QPointF> anchors;
    Placer placer(obstacles);
    for (const LabelWish& wish : wishes) {
        if (static_cast<int>(placed.size()) >= maximum)
            break;
        const auto tooNear = [&](const QPointF& other) {
            return QLineF(other, wish.anchor).length() < kLabelSpacing;
        };
        if (!wish.strong && std::ranges::any_of(anchors, tooNear))
            continue;
        const QFontMetricsF& metrics = wish.strong ? strong : plain;
        const QSizeF size(metrics.horizontalAdvance(wish.text) + 2, metrics.height());
        placer.lookAround(wish.anchor, wish.clearance + kGap + kLeaders[3] + size.width());
        PlacedLabel label {wish.record, {}, wish.text, wish.strong, {}};
        if (!place(label, wish, size, placer))
            continue;
        placer.take(label.rect.adjusted(-4, -1, 4, 1));
        anchors.push_back(wish.anchor);
        placed.push_back(label);
    }
    return placed;
}

} // namespace bitfront
