// SPDX-License-Identifier: GPL-3.0-or-later
// Weights before compression above, after it below, and between them the grid or the table they
// were moved to.
#pragma once

#include "core/inspect/layer_view.h"
#include "widgets/parts/waiting.h"

#include <QWidget>

namespace bitfront {

class WeightHistogram : public QWidget
{
    Q_OBJECT

public:
    explicit WeightHistogram(QWidget* parent = nullptr);
    void setHistogram(LayerHistogram histogram);
    /// A second one, drawn as an outline over the first: for comparisons.
    void setOverlay(LayerHistogram histogram);
    void clear();
    /// What is shown is about to be replaced; ends with the next histogram, or when cleared.
    void waitFor(const QString& words) { m_waiting.begin(words); }
    const Waiting& waiting() const { return m_waiting; }
    bool isEmpty() const { return m_histogram.before.counts.empty(); }
    const LayerHistogram& histogram() const { return m_histogram; }
    /// What stands at the left of the two halves.
    void setWords(const QString& above, const QString& below);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF ground() const;
    double xOf(double value) const;
    void paintHalf(QPainter& painter, const ValueBins& bins, bool up, const QColor& fill) const;
    void paintOutline(QPainter& painter, const ValueBins& bins, bool up) const;
    void paintLevels(QPainter& painter) const;
    void paintWords(QPainter& painter) const;

    LayerHistogram m_histogram, m_overlay;
    QString m_above, m_below;
    Waiting m_waiting;
};

} // namespace bitfront
