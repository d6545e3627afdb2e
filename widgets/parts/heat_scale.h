// SPDX-License-Identifier: GPL-3.0-or-later
// The colours of heatmaps: cividis, which people with any colour vision see as one scale from dark
// to bright, with text that can be read on each of them.
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>

namespace bitfront {

/// Of 0 (worst, dark) … 1 (best, bright); beyond is clamped.
QColor heatColor(double share);
/// Black or white, whichever contrasts more: at least 4.5 : 1 on any heatColor().
QColor heatTextColor(const QColor& ground);

/// Values that a scale goes from and to.
struct HeatRange
{
    double low = 0, high = 1;

    double share(double value) const; ///< 0 … 1; ±∞ are the ends
    bool operator==(const HeatRange&) const = default;
};

/// The scale with its ends: "12 ▇▇▇▇ 60 dB".
class HeatLegend : public QWidget
{
    Q_OBJECT

public:
    explicit HeatLegend(QWidget* parent = nullptr);
    void setEnds(const QString& low, const QString& high);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_low, m_high;
};

} // namespace bitfront
