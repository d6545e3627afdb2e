// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a plot scene on a QCustomPlot: axes and layers there, points and marks as items of ours.
// Serves the window and the export alike. Private to the plot: this header brings qcustomplot.h.
#pragma once

#include "widgets/plot_forecast.h"
#include "widgets/plot_labels.h"
#include "widgets/plot_scene.h"
#include "widgets/theme.h"

#include <qcustomplot.h>

#include <array>

namespace bitfront {

/// Heights and margins of the picture in logical pixels at the usual text size.
struct PlotMetrics
{
    static constexpr int kLeft = 48, kRight = 24, kBottom = 46, kTitle = 34, kLane = 28;
    static constexpr int kExportHeader = 62; ///< title and legend above an exported plot
};

/// Where coordinates are in pixels right now; taken once per pass over many points.
struct PlotProjection
{
    double xScale = 1, xShift = 0, yScale = 1, yShift = 0;
    bool logarithmic = false; ///< along the bottom
    QRectF area, identicalLane, failedLane; ///< lanes are null when there are none
    double queuePitch = 16; ///< between failures without a ratio

    QPointF pixel(double x, double quality) const;
    /// Centre of a marker; nothing when hidden, filtered out or zoomed out of sight.
    std::optional<QPointF> marker(const PlotPoint& point) const;
    /// The same for what is filtered out.
    std::optional<QPointF> ghost(const PlotPoint& point) const;

private:
    std::optional<QPointF> place(const PlotPoint& point) const;
};

/// Markers on top of each other, shown as a small number.
struct PlotStack
{
    QPointF at;
    int count = 0;
    QRectF badge;
};

/// What is drawn over the points because somebody pointed or chose.
struct PlotMarks
{
    RecordId current = kNoRecord;
    RecordId hovered = kNoRecord;
    std::vector<RecordId> selected;
    std::array<RecordId, 5> pins {kNoRecord, kNoRecord, kNoRecord, kNoRecord, kNoRecord};
    std::optional<QRectF> brush; ///< in plot coordinates, while it is drawn
    bool labels = true; ///< of the front; what is chosen or pinned keeps its label
    bool groupFronts = false; ///< a dashed front for each group
    std::optional<PlotForecast> forecast; ///< of the recipe that is being looked for
    bool focus = false;
};

class PlotCanvas
{
public:
    /// `plot` must outlive the canvas.
    PlotCanvas(QCustomPlot& plot, const Theme& theme, bool exporting = false);

    void setTheme(const Theme& theme);
    /// As many numbers along the axes as a picture of this size has room for; replot() shows it.
    void fitTicks(const QSize& size);
    /// The snapshot must outlive the canvas or the next call. Ranges follow it unless `keepRanges`.
    void setSnapshot(const ResultSnapshot* snapshot, const PlotView& view, bool keepRanges);
    /// What is chosen, hovered, pinned; replotMarks() shows it.
    PlotMarks& marks() { return m_marks; }
    const PlotMarks& marks() const { return m_marks; }
    /// Moves the target lines without a new scene.
    void setTargets(const std::optional<double>& quality, const std::optional<double>& x);
    /// Makes room for it in the ranges of an unzoomed plot; whether those changed.
    bool setForecast(const std::optional<PlotForecast>& forecast);
    void showHomeRanges();
    /// Repaints points and axes, or only rings and labels.
    void replot();
    void replotMarks();

    const Theme& theme() const { return m_theme; }
    const PlotScene& scene() const { return m_scene; }
    const ResultSnapshot* snapshot() const { return m_snapshot; }
    RecordId current() const { return m_marks.current; }
    RecordId hovered() const { return m_marks.hovered; }
    bool exporting() const { return m_exporting; }
    QCustomPlot& plot() const { return m_plot; }

    /// Where axes and grid are, without the lanes.
    QRectF area() const { return m_plot.axisRect()->rect(); }
    QRectF identicalLane() const; ///< null when there is none
    QRectF failedLane() const; ///< null when there is none
    PlotProjection projection() const;
    QPointF pixel(double x, double quality) const;
    /// As PlotProjection::marker(), for one point.
    std::optional<QPointF> marker(const PlotPoint& point) const;
    /// Centre of the fp16 star, if in sight.
    std::optional<QPointF> star() const;
    /// Visible records within `radius` of `position`, nearest first; the topmost first among
    /// equals.
    std::vector<RecordId> recordsAt(const QPointF& position, double radius) const;
    /// The front as axis-parallel segments in pixels; of some members only, or of all.
    std::vector<QLineF> frontLines() const { return steps(m_scene.front); }
    std::vector<QLineF> steps(const std::vector<RecordId>& front) const;
    /// Fronts of the groups by themselves, as steps.
    std::vector<std::pair<GroupId, std::vector<QLineF>>> groupFronts() const;
    /// Where markers cover each other, biggest first, at most 30: those with room for their number.
    std::vector<PlotStack> stacks() const;
    /// Where the letter of what is pinned stands: at the lower left of its marker.
    static QRectF pinBox(QPointF marker);
    /// The pills at the ends of the target lines; null where there is no line in sight.
    QRectF qualityHandle() const;
    QRectF ratioHandle() const;
    QString qualityTargetText() const;
    QString ratioTargetText() const;
    /// Where the predicted recipe is drawn, near the edge when it lies beyond.
    std::optional<QPointF> forecastAt() const;
    /// Where it lies from there: −1, 0 or 1 along each axis of the screen.
    QPoint forecastBeyond() const;
    QString forecastText() const;
    QString code(RecordId record) const;

    /// Chooses and places labels for what is drawn now.
    std::vector<PlacedLabel> labels() const;
    /// Boxes of all visible markers, for labels to keep off.
    std::vector<QRectF> markerBoxes() const;
    QRectF floorWords() const; ///< null when the floor is out of sight
    QRectF betterWords() const;
    QRectF starWords() const;

    static constexpr double kMarkerSize = 10, kRingRadius = 10.5, kKneeRadius = 11,
                            kForecastRadius = 10;

private:
    void setUpLayers();
    void layOut();
    std::vector<LabelWish> wishes() const;
    void addWords(LabelObstacles& obstacles) const;
    std::optional<QPointF> forecastPixel() const;
    bool makeRoom();

    QCustomPlot& m_plot;
    Theme m_theme;
    bool m_exporting;
    const ResultSnapshot* m_snapshot = nullptr;
    PlotScene m_scene;
    PlotRange m_homeXs, m_homeQualities; ///< of the scene, and the forecast within
    PlotMarks m_marks;
};

} // namespace bitfront
