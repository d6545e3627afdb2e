// SPDX-License-Identifier: GPL-3.0-or-later
// Quality against compression ratio: the picture that answers the user's question. Click a point to
// select its record. Draws a snapshot; computes nothing about it.
#pragma once

#include <QWidget>
#include <set>

#include "widgets/result_snapshot.h"
#include "widgets/theme.h"

namespace bitfront {

class ScatterPlot : public QWidget
{
    Q_OBJECT

public:
    explicit ScatterPlot(QWidget* parent = nullptr);
    ~ScatterPlot() override;

    /// Replaces what is shown; selection and zoom stay where they still make sense. May be null.
    void setSnapshot(SnapshotPtr snapshot);
    void setCurrent(RecordId record);
    RecordId current() const;

    /// Legend toggles: hidden groups and refinements are neither drawn nor clickable.
    void setGroupVisible(GroupId group, bool visible);
    void setRefinementsVisible(bool visible);

    /// Shown in the middle while there is nothing to draw.
    void setEmptyText(const QString& text);

    /// Centre of a record's marker in widget coordinates; null point when it is not drawn.
    QPointF markerPosition(RecordId record) const;
    /// Record whose marker is nearest to `position` within 12 px, else kNoRecord.
    RecordId recordAt(const QPointF& position) const;

public slots:
    void resetZoom();

signals:
    void recordClicked(int record);       ///< kNoRecord for a click on empty ground
    void recordActivated(int record);     ///< double click or Enter

protected:
    bool event(QEvent* event) override;

private:
    struct Impl;
    Impl* m_impl; ///< owned by Qt's parent chain through the plot it wraps
};

/// Draws a snapshot to a file, legend and labels included: PNG (scale × pixels), SVG or PDF by suffix.
/// Returns an empty string, or why it could not be written. Needs a QGuiApplication (offscreen will do).
QString exportPlot(const ResultSnapshot& snapshot, const QString& file, const Theme& theme,
                   QSize size = {1200, 800}, double scale = 2.0);

} // namespace bitfront
