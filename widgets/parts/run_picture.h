// SPDX-License-Identifier: GPL-3.0-or-later
// A run as a stamp-sized scatter plot: kept as a short text in the list of runs, so that nothing
// has to be read to draw it.
#pragma once

#include <QRectF>
#include <QString>

class QPainter;

namespace bitfront {

struct ResultSnapshot;

/// At most 80 points, those of the front first; empty where nothing was measured.
QString runPicture(const ResultSnapshot& snapshot);
/// Draws such a text into `area`: points in the colours of their groups, the front as a line.
/// Texts that are no pictures draw nothing.
void paintRunPicture(QPainter& painter, const QRectF& area, const QString& picture);

} // namespace bitfront
