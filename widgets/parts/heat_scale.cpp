// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/heat_scale.h"

#include "widgets/theme.h"

#include <QLinearGradient>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace bitfront {

namespace {

struct Stop
{
    double at;
    QRgb color;
};
/// Four of the 256 colours of cividis (Nuñez, Anderton and Renslow 2018), straight lines between.
constexpr std::array<Stop, 4> kCividis {{{0, qRgb(0x00, 0x22, 0x4E)},
                                         {63.0 / 255, qRgb(0x42, 0x4E, 0x6C)},
                                         {191.0 / 255, qRgb(0xBB, 0xAD, 0x6D)},
                                         {1, qRgb(0xFE, 0xE8, 0x38)}}};

constexpr int kBarWidth = 96;

} // namespace

QColor heatColor(double share)
{
    share = std::clamp(share, 0.0, 1.0);
    std::size_t next = 1;
    while (next + 1 < kCividis.size() && share > kCividis[next].at)
        ++next;
    const Stop& a = kCividis[next - 1];
    const Stop& b = kCividis[next];
    return mixed(QColor(b.color), QColor(a.color), (share - a.at) / (b.at - a.at));
}

QColor heatTextColor(const QColor& ground)
{
    return contrastRatio(Qt::white, ground) >= contrastRatio(Qt::black, ground) ? Qt::white
                                                                                : Qt::black;
}

double HeatRange::share(double value) const
{
    if (std::isinf(value))
        return value > 0 ? 1 : 0;
    return high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 1;
}

HeatLegend::HeatLegend(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void HeatLegend::setEnds(const QString& low, const QString& high)
{
    m_low = low;
    m_high = high;
    setAccessibleName(tr("Colours from %1, dark, to %2, bright").arg(low, high));
    updateGeometry();
    update();
}

QSize HeatLegend::sizeHint() const
{
    const QFontMetrics metrics(uiFont(11));
    return {metrics.horizontalAdvance(m_low) + metrics.horizontalAdvance(m_high)
                + uiPx(kBarWidth + 14),
            std::max(metrics.height(), uiPx(16))};
}

void HeatLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(uiFont(11));
    painter.setPen(Theme::current().text2);
    const int lowWidth = painter.fontMetrics().horizontalAdvance(m_low);
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, m_low);
    painter.drawText(rect(), Qt::AlignRight | Qt::AlignVCenter, m_high);
    const double thick = uiPx(8);
    const QRectF bar(lowWidth + uiPx(7), (height() - thick) / 2, uiPx(kBarWidth), thick);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    for (const Stop& stop : kCividis)
        gradient.setColorAt(stop.at, QColor(stop.color));
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawRoundedRect(bar, 3, 3);
}

} // namespace bitfront
