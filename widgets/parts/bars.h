// SPDX-License-Identifier: GPL-3.0-or-later
// Bars: bits of a layer, progress of a group, and what a compressed model is made of.
#pragma once

#include <QColor>
#include <QList>
#include <QWidget>

class QPainter;

namespace bitfront {

struct Theme;

/// Draws a rounded track filled to `fraction` (0…1), vertically centred in `area`.
void paintBar(QPainter& painter, const QRectF& area, double fraction, const QColor& fill,
              double height = 6);
/// Draws the bits of a layer as a 44 x 6 track whose right end is at `right`: bits of 16; grey when
/// the layer is kept at 16 bits.
void paintBitBar(QPainter& painter, double right, double middle, double bits, bool kept);
inline constexpr int kBitBarWidth = 44;
/// Of what is uncompressed, in histograms and lines: quiet, and still seen.
QColor uncompressedColor(const Theme& theme);
/// Draws the ring of a running job, filled clockwise to `fraction`.
void paintProgressRing(QPainter& painter, QPointF centre, double fraction);

/// Thin bar of progress, 0…1.
class ProgressBar : public QWidget
{
    Q_OBJECT

public:
    /// `width` 0: as wide as there is room.
    explicit ProgressBar(int height = 3, int width = 0, QWidget* parent = nullptr);
    void setFraction(double fraction);
    /// Grey instead of the accent: for bars that repeat what another bar already says.
    void setMuted(bool muted);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_fraction = 0;
    bool m_muted = false;
};

/// Size by part, with a legend beneath: "Codes 91 %   Tables 8 %   16-bit 1 %".
class SizeBreakdown : public QWidget
{
    Q_OBJECT

public:
    explicit SizeBreakdown(QWidget* parent = nullptr);
    /// Bits by part; parts of 0 bits are left out. `sideName` is "Scales" or "Tables".
    void setParts(double codeBits, double sideBits, double untouchedBits, const QString& sideName);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Part
    {
        QString name;
        double share = 0;
        QColor (*color)() = nullptr;
    };
    QList<Part> m_parts;
};

} // namespace bitfront
