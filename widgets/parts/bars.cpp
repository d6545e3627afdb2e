// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/bars.h"

#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

QString percent(double share)
{
    if (share > 0 && share < 0.005)
        return QStringLiteral("<1 %");
    return QStringLiteral("%1 %").arg(qRound(100 * share));
}

} // namespace

void paintBar(QPainter& painter, const QRectF& area, double fraction, const QColor& fill,
              double height)
{
    const QRectF track(area.left(), area.center().y() - height / 2, area.width(), height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::current().track);
    painter.drawRoundedRect(track, height / 2, height / 2);
    const double width = track.width() * std::clamp(fraction, 0.0, 1.0);
    if (width > 0) {
        painter.setBrush(fill);
        painter.drawRoundedRect(QRectF(track.topLeft(), QSizeF(std::max(width, height), height)),
                                height / 2, height / 2);
    }
    painter.restore();
}

void paintBitBar(QPainter& painter, double right, double middle, double bits, bool kept)
{
    const Theme& t = Theme::current();
    paintBar(painter, QRectF(right - kBitBarWidth, middle - 3, kBitBarWidth, 6), bits / 16,
             kept ? t.partUntouched : t.accentFill);
}

QColor uncompressedColor(const Theme& theme)
{
    return mixed(theme.text3, theme.surface, 0.8);
}

void paintProgressRing(QPainter& painter, QPointF centre, double fraction)
{
    const Theme& t = Theme::current();
    const QRectF ring(centre.x() - 5, centre.y() - 5, 10, 10);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.lineStrong, 1.6));
    painter.drawEllipse(ring);
    painter.setPen(QPen(t.accent, 1.8, Qt::SolidLine, Qt::RoundCap));
    painter.drawArc(ring, 90 * 16, -qRound(360 * 16 * std::clamp(fraction, 0.03, 1.0)));
    painter.restore();
}

ProgressBar::ProgressBar(int height, int width, QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(height);
    if (width > 0)
        setFixedWidth(width);
}

void ProgressBar::setFraction(double fraction)
{
    if (fraction == m_fraction)
        return;
    m_fraction = fraction;
    setAccessibleDescription(percent(fraction));
    update();
}

void ProgressBar::setMuted(bool muted)
{
    m_muted = muted;
    update();
}

QSize ProgressBar::sizeHint() const
{
    return {56, height()};
}

void ProgressBar::paintEvent(QPaintEvent*)
{
    const Theme& t = Theme::current();
    QPainter painter(this);
    paintBar(painter, rect(), m_fraction, m_muted ? t.text3 : t.accentFill, height());
}

SizeBreakdown::SizeBreakdown(QWidget* parent)
    : QWidget(parent)
{
    setFont(uiFont(11));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Size by part"));
}

void SizeBreakdown::setParts(double codeBits, double sideBits, double untouchedBits,
                             const QString& sideName)
{
    const double total = codeBits + sideBits + untouchedBits;
    m_parts.clear();
    if (total > 0) {
        m_parts = {
            {tr("Codes"), codeBits / total, [] { return Theme::current().partCodes; }},
            {sideName, sideBits / total, [] { return Theme::current().partTables; }},
            {tr("16-bit"), untouchedBits / total, [] { return Theme::current().partUntouched; }}};
        m_parts.removeIf([](const Part& part) { return part.share <= 0; });
    }
    QStringList words;
    for (const Part& part : std::as_const(m_parts))
        words << part.name + QLatin1Char(' ') + percent(part.share);
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    setToolTip(words.join(QStringLiteral(" · ")));
    update();
}

QSize SizeBreakdown::sizeHint() const
{
    return {240, 8 + 9 + fontMetrics().height()};
}

void SizeBreakdown::paintEvent(QPaintEvent*)
{
    const Theme& t = Theme::current();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF bar(0, 0, width(), 8);
    QPainterPath clip;
    clip.addRoundedRect(bar, 4, 4);
    p.setClipPath(clip);
    p.fillRect(bar, t.track);
    double x = 0;
    for (const Part& part : std::as_const(m_parts)) {
        const double w = part.share * width();
        p.fillRect(QRectF(x, 0, std::max(1.0, w - 1), 8), part.color());
        x += w;
    }
    p.setClipping(false);
    const QFontMetricsF metrics(font());
    const double base = 17 + metrics.ascent();
    x = 0;
    for (const Part& part : std::as_const(m_parts)) {
        p.setPen(Qt::NoPen);
        p.setBrush(part.color());
        p.drawRoundedRect(QRectF(x, base - metrics.capHeight() / 2 - 4, 8, 8), 2, 2);
        p.setFont(font());
        p.setPen(t.text2);
        p.drawText(QPointF(x + 14, base), part.name);
        x += 14 + metrics.horizontalAdvance(part.name) + 6;
        const QFont strong = uiFont(11, 500);
        p.setFont(strong);
        p.setPen(t.text);
        p.drawText(QPointF(x, base), percent(part.share));
        x += QFontMetricsF(strong).horizontalAdvance(percent(part.share)) + 18;
    }
}

} // namespace bitfront
