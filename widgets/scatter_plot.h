// SPDX-License-Identifier: GPL-3.0-or-later
// Quality against compression ratio: the picture that answers the user's question. Click a point to
// select its record. Draws a snapshot; computes nothing about it.
#pragma once

#include "widgets/plot_forecast.h"
#include "widgets/plot_scene.h"
#include "widgets/theme.h"

#include <QWidget>

#include <array>
#include <memory>
#include <optional>
#include <vector>

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
    /// All chosen records; they get a ring each.
    void setSelected(const std::vector<RecordId>& records);
    /// Pinned records by letter; kNoRecord where a letter is free.
    void setPins(const std::array<RecordId, 5>& pins);

    /// What is visible, the axis along the bottom, the targets. What is filtered out stays as a
    /// ghost, what is hidden goes; neither can be clicked.
    void setView(const PlotView& view);
    const PlotView& view() const;
    /// Empty: the whole picture. A zoom that was taken on other axes counts as empty.
    void setZoom(const std::optional<PlotZoom>& zoom);
    std::optional<PlotZoom> zoom() const;
    /// A hollow diamond where a recipe is expected; empty: none.
    void setForecast(const std::optional<PlotForecast>& forecast);
    const std::optional<PlotForecast>& forecast() const;
    void setLabelsShown(bool shown);
    void setGroupFrontsShown(bool shown);

    /// Shown in the middle while there is nothing to draw.
    void setEmptyText(const QString& text);

    /// Centre of a record's marker in widget coordinates; null point when it is not drawn.
    QPointF markerPosition(RecordId record) const;
    /// Record whose marker is nearest to `position` within 12 px, else kNoRecord.
    RecordId recordAt(const QPointF& position) const;
    /// All records whose markers lie on top of each other at `position`, nearest first.
    std::vector<RecordId> recordsAt(const QPointF& position) const;

    /// Boxes of what is drawn, in widget coordinates: labels keep off markers and each other.
    std::vector<QRectF> labelRects() const;
    std::vector<QRectF> markerRects() const;
    std::vector<QRectF> badgeRects() const;
    /// The pills at the target lines; null without one.
    QRectF qualityTargetRect() const;
    QRectF ratioTargetRect() const;

    QSize sizeHint() const override { return {720, 440}; }
    QSize minimumSizeHint() const override { return {260, 96}; }

public slots:
    void resetZoom();
    void zoomIn();
    void zoomOut();

signals:
    /// A click, or a key that moves along the points; kNoRecord for a click on empty ground or
    /// Escape.
    void recordClicked(int record);
    void recordActivated(int record); ///< double click or Enter
    void recordToggled(int record); ///< Ctrl+click: into or out of the selection
    void pinRequested(int record); ///< P
    void compareRequested(int record); ///< C
    /// A rectangle was drawn, in coordinates of the axes. `add`: with Ctrl, to select what is in
    /// it; otherwise to filter by it. `records`: those in it, by quality.
    void areaChosen(const bitfront::PlotZoom& area, const std::vector<int>& records, bool add);
    void zoomChanged(const std::optional<bitfront::PlotZoom>& zoom);
    void qualityTargetMoved(double quality);
    void ratioTargetMoved(double ratio);

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Impl;
    void scheduleReplot();
    void scheduleFrame();
    void refresh(bool keepZoom);
    void zoomAt(const QPointF& position, double factor, Qt::Orientations axes);
    void hover(const QPointF& position);
    void endHover();
    void pressMouse(const QMouseEvent& mouse);
    void moveMouse(const QMouseEvent& mouse);
    void releaseMouse(const QMouseEvent& mouse);
    void panTo(const QPointF& position);
    void dragTarget(const QPointF& position);
    void finishBrush(bool add);
    void cancelDrag();
    void turnWheel(const QWheelEvent& wheel);
    void click(const QPointF& position, Qt::KeyboardModifiers modifiers);
    bool moveByKey(int key);
    bool actByKey(int key);
    void choose(RecordId record);
    void cycle(int step);
    void tellZoom();
    void showMarks();
    void placeEmptyText();
    void describe();

    std::unique_ptr<Impl> m_impl;
};

/// Draws a snapshot to a file, title, legend and labels included: PNG (scale × pixels), SVG or PDF
/// by suffix. An existing file is replaced as a whole or not at all. Returns an empty string, or
/// why it could not be written. Needs a QGuiApplication (offscreen will do).
QString exportPlot(const ResultSnapshot& snapshot, const QString& file, const Theme& theme,
                   QSize size = {1200, 800}, double scale = 2.0);

} // namespace bitfront
