// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/weight_histogram.h"

#include "widgets/parts/bars.h"
#include "widgets/theme.h"

#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr int kInset = 16;
constexpr int kFoot = 20; ///< for the numbers under the ground
constexpr std::size_t kMostLines = 32; ///< more levels than this are ticks

QString valueText(double value)
{
    return QLocale().toString(value, 'g', 3).replace(QLatin1Char('-'), QChar(0x2212));
}

} // namespace

WeightHistogram::WeightHistogram(QWidget* parent)
    : QWidget(parent)
    , m_above(tr("before"))
    , m_below(tr("after"))
    , m_waiting(*this)
{
    setAccessibleName(tr("Weights before and after compression"));
}

void WeightHistogram::setHistogram(LayerHistogram histogram)
{
    m_histogram = std::move(histogram);
    m_overlay = {};
    m_waiting.end();
    setAccessibleDescription(
        tr("Weights from %1 to %2, %3 levels")
            .arg(valueText(m_histogram.before.low), valueText(m_histogram.before.high))
            .arg(m_histogram.levels.size()));
    update();
}

void WeightHistogram::setOverlay(LayerHistogram histogram)
{
    m_overlay = std::move(histogram);
    update();
}

void WeightHistogram::clear()
{
    m_histogram = {};
    m_overlay = {};
    m_waiting.end();
    update();
}

void WeightHistogram::setWords(const QString& above, const QString& below)
{
    m_above = above;
    m_below = below;
    update();
}

QSize WeightHistogram::sizeHint() const
{
    return {uiPx(300), uiPx(150)};
}

QSize WeightHistogram::minimumSizeHint() const
{
    return {uiPx(160), uiPx(110)};
}

QRectF WeightHistogram::ground() const
{
    return QRectF(rect()).adjusted(kInset, 4, -kInset, -uiPx(kFoot));
}

double WeightHistogram::xOf(double value) const
{
    const ValueBins& bins = m_histogram.before;
    const QRectF area = ground();
    return area.left() + (value - bins.low) / (bins.high - bins.low) * area.width();
}

void WeightHistogram::paintHalf(QPainter& painter, const ValueBins& bins, bool up,
                                const QColor& fill) const
{
    const QRectF area = ground();
    const double middle = area.center().y(), reach = area.height() / 2 - 3;
    const double scale = reach / double(std::max<std::int64_t>(bins.largest(), 1));
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    for (std::size_t i = 0; i < bins.counts.size(); ++i) {
        if (bins.counts[i] == 0)
            continue;
        const double from = xOf(bins.low + double(i) * bins.width());
        const double to = xOf(bins.low + double(i + 1) * bins.width());
        const double height = std::max(double(bins.counts[i]) * scale, 1.0);
        painter.drawRect(QRectF(from, up ? middle - 1 - height : middle + 1,
                                std::max(to - from - 0.5, 1.0), height));
    }
}

void WeightHistogram::paintOutline(QPainter& painter, const ValueBins& bins, bool up) const
{
    const QRectF area = ground();
    const double middle = area.center().y(), reach = area.height() / 2 - 3;
    const double scale = reach / double(std::max<std::int64_t>(bins.largest(), 1));
    QPainterPath path(QPointF(xOf(bins.low), middle));
    for (std::size_t i = 0; i < bins.counts.size(); ++i) {
        const double height = double(bins.counts[i]) * scale;
        const double y = up ? middle - 1 - height : middle + 1 + height;
        path.lineTo(xOf(bins.low + double(i) * bins.width()), y);
        path.lineTo(xOf(bins.low + double(i + 1) * bins.width()), y);
    }
    painter.setPen(QPen(Theme::current().text, 1.2));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
}

void WeightHistogram::paintLevels(QPainter& painter) const
{
    const Theme& t = Theme::current();
    const QRectF area = ground();
    const bool lines = m_histogram.levels.size() <= kMostLines;
    painter.setPen(QPen(lines ? mixed(t.accent, t.surface, 0.55) : t.accent, 1));
    for (const double level : m_histogram.levels) {
        const double x = xOf(level);
        if (x < area.left() - 1 || x > area.right() + 1)
            continue;
        if (lines)
            painter.drawLine(QLineF(x, area.top(), x, area.bottom()));
        else
            painter.drawLine(QLineF(x, area.bottom() - 5, x, area.bottom()));
    }
}

void WeightHistogram::paintWords(QPainter& painter) const
{
    const Theme& t = Theme::current();
    const QRectF area = ground();
    painter.setFont(uiFont(11));
    const double line = painter.fontMetrics().height();
    const auto word = [&](const QString& text, double y) {
        const QRectF box(area.left(), y, painter.fontMetrics().horizontalAdvance(text) + 4, line);
        painter.fillRect(box, t.surface);
        painter.setPen(t.text2);
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, text);
    };
    word(m_above, area.top());
    word(m_below, area.bottom() - line);
    painter.setPen(t.text2);
    const QRectF foot(area.left(), area.bottom() + 2, area.width(), uiPx(kFoot) - 2);
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignVCenter, valueText(m_histogram.before.low));
    painter.drawText(foot, Qt::AlignRight | Qt::AlignVCenter, valueText(m_histogram.before.high));
    const double zero = xOf(0);
    if (zero > area.left() + uiPx(60) && zero < area.right() - uiPx(60))
        painter.drawText(QRectF(zero - 20, foot.top(), 40, foot.height()), Qt::AlignCenter,
                         QStringLiteral("0"));
}

void WeightHistogram::paintEvent(QPaintEvent*)
{
    if (isEmpty())
        return;
    const Theme& t = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = ground();
    paintLevels(painter);
    paintHalf(painter, m_histogram.before, true, uncompressedColor(t));
    paintHalf(painter, m_histogram.after, false, t.accentFill);
    if (!m_overlay.before.counts.empty()) {
        paintOutline(painter, m_overlay.before, true);
        paintOutline(painter, m_overlay.after, false);
    }
    painter.setPen(QPen(t.lineStrong, 1));
    const double middle = std::floor(area.center().y()) + 0.5;
    painter.drawLine(QLineF(area.left(), middle, area.right(), middle));
    paintWords(painter);
    m_waiting.paint(painter, rect());
}

bool WeightHistogram::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && !isEmpty()) {
        const auto& help = *static_cast<QHelpEvent*>(event);
        const ValueBins& bins = m_histogram.before;
        const QRectF area = ground();
        const double share = (help.pos().x() - area.left()) / area.width();
        const auto bin =
            static_cast<std::ptrdiff_t>(std::floor(share * double(bins.counts.size())));
        if (bin >= 0 && bin < std::ssize(bins.counts)) {
            const auto index = static_cast<std::size_t>(bin);
            const double from = bins.low + double(bin) * bins.width();
            QToolTip::showText(help.globalPos(),
                               tr("%1 to %2\n%3: %4 weights\n%5: %6 weights")
                                   .arg(valueText(from), valueText(from + bins.width()), m_above)
                                   .arg(bins.counts[index])
                                   .arg(m_below)
                                   .arg(m_histogram.after.counts[index]),
                               this);
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace bitfront
