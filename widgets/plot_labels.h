// SPDX-License-Identifier: GPL-3.0-or-later
// Where labels of points go: greedy by priority, never over a marker, another label or the front.
#pragma once

#include <QFont>
#include <QLineF>
#include <QRectF>
#include <QString>

#include <vector>

namespace bitfront {

/// A label somebody would like to see, most important first.
struct LabelWish
{
    int record = -1;
    QPointF anchor;
    double clearance = 8; ///< radius around the anchor that the label stays out of
    QString text;
    bool strong = false; ///< in the strong font; also exempt from the distance to other labels
};

struct PlacedLabel
{
    int record = -1;
    QRectF rect;
    QString text;
    bool strong = false;
    QLineF leader; ///< null when the label stands beside its point
};

/// What labels must not cover, in pixels.
struct LabelObstacles
{
    QRectF bounds;
    std::vector<QRectF> boxes; ///< markers, rings, other words
    std::vector<QLineF> lines; ///< axis-parallel segments of the front
};

inline constexpr int kMaxLabels = 8;
/// Labels of ordinary points keep this many pixels from each other's points.
inline constexpr double kLabelSpacing = 58;

/// Tries 11 directions beside each point, then leaders of 14, 30 and 48 px; a wish without room is
/// dropped.
std::vector<PlacedLabel> placeLabels(const std::vector<LabelWish>& wishes,
                                     const LabelObstacles& obstacles, const QFont& font,
                                     const QFont& strongFont, int maximum = kMaxLabels);

} // namespace bitfront
