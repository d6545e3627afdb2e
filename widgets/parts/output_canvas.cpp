// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/output_canvas.h"

#include "widgets/parts/bars.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace bitfront {

namespace {

constexpr int kInset = 16;
constexpr int kCaption = 22;
constexpr int kGap = 20;
constexpr int kErrorBins = 41;

QString numberText(double value)
{
    return QLocale().toString(value, 'g', 3).replace(QLatin1Char('-'), QChar(0x2212));
}

/// From black to white over [low, high].
QRgb grey(double value, double low, double high)
{
    const double share = high > low ? (value - low) / (high - low) : 0.5;
    const int level = std::isfinite(share) ? std::clamp(qRound(share * 255), 0, 255) : 0;
    return qRgb(level, level, level);
}

/// White for no change, blue for less, orange for more: told apart by the colour-blind.
QRgb signedColor(double value, double reach)
{
    const double share = reach > 0 ? std::clamp(value / reach, -1.0, 1.0) : 0;
    const QColor end = share < 0 ? QColor(0x00, 0x72, 0xB2) : QColor(0xD5, 0x5E, 0x00);
    return mixed(end, Qt::white, std::abs(share)).rgb();
}

} // namespace

OutputCanvas::OutputCanvas(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("outputCanvas"));
    setAccessibleName(tr("Output before and after compression"));
}

void OutputCanvas::setSample(const OutputView* view, std::int64_t sample, std::int64_t plane)
{
    m_view = view;
    m_sample = sample;
    m_plane = plane;
    for (QImage& picture : m_pictures)
        picture = {};
    if (m_view && m_view->form() != OutputForm::Line)
        makePictures();
    setAccessibleDescription(captions().join(QStringLiteral(", ")));
    update();
}

QSize OutputCanvas::sizeHint() const
{
    return {uiPx(560), uiPx(200)};
}

QSize OutputCanvas::minimumSizeHint() const
{
    return {uiPx(280), uiPx(120)};
}

void OutputCanvas::makePictures()
{
    const PictureShape shape = m_view->picture();
    const std::int64_t size = shape.width * shape.height;
    const auto offset =
        static_cast<std::size_t>(std::clamp<std::int64_t>(m_plane, 0, shape.planes - 1) * size);
    const auto plane = [&](std::span<const float> all) {
        return all.subspan(offset, static_cast<std::size_t>(size));
    };
    const std::span<const float> before = plane(m_view->baseline(m_sample));
    const std::span<const float> after = plane(m_view->compressed(m_sample));
    const bool mask = m_view->form() == OutputForm::Mask;
    // One scale for both, from the uncompressed one: otherwise a change of brightness hides.
    const auto [low, high] = mask ? std::pair(0.0, 1.0) : finiteRange(before);
    m_reach = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const double change = std::abs(double(after[i]) - before[i]);
        if (std::isfinite(change))
            m_reach = std::max(m_reach, change);
    }
    for (QImage& picture : m_pictures)
        picture = QImage(int(shape.width), int(shape.height), QImage::Format_RGB32);
    for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x) {
            const auto at = static_cast<std::size_t>(y * shape.width + x);
            m_pictures[0].setPixel(x, y, grey(before[at], low, high));
            m_pictures[1].setPixel(x, y, grey(after[at], low, high));
            m_pictures[2].setPixel(x, y, signedColor(double(after[at]) - before[at], m_reach));
        }
    }
}

QStringList OutputCanvas::captions() const
{
    if (!m_view)
        return {};
    if (m_view->form() == OutputForm::Line)
        return {tr("Uncompressed"), tr("Compressed"), tr("Errors")};
    const QString difference = m_view->form() == OutputForm::Mask
        ? tr("Disagreement %1 %")
              .arg(QLocale().toString(100 * m_view->disagreement(m_sample), 'f', 2))
        : tr("Difference, ±%1").arg(numberText(m_reach));
    return {tr("Uncompressed"), tr("Compressed"), difference};
}

/// Three boxes of equal size, as large as whole pixels allow.
QRectF OutputCanvas::pictureBox(int index) const
{
    const PictureShape shape = m_view->picture();
    const double room = (width() - 2.0 * kInset - 2 * kGap) / 3;
    const double high = height() - uiPx(kCaption) - 12.0;
    double scale = std::min(room / double(shape.width), high / double(shape.height));
    if (scale > 1)
        scale = std::floor(scale);
    const QSizeF size(double(shape.width) * scale, double(shape.height) * scale);
    return {QPointF(kInset + index * (std::max(size.width(), double(uiPx(120))) + kGap),
                    uiPx(kCaption)),
            size};
}

void OutputCanvas::paintPictures(QPainter& painter) const
{
    const Theme& t = Theme::current();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.setFont(uiFont(11));
    const QStringList words = captions();
    for (int i = 0; i < 3; ++i) {
        const QRectF box = pictureBox(i);
        painter.setPen(t.text2);
        painter.drawText(QPointF(box.left(), box.top() - 7), words[i]);
        painter.drawImage(box, m_pictures[i]);
        painter.setPen(QPen(t.line, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5));
    }
}

QRectF OutputCanvas::lineBox() const
{
    const double errors = std::min(uiPx(220), width() / 3);
    return QRectF(rect()).adjusted(kInset + uiPx(36), uiPx(kCaption), -errors - kInset - kGap, -24);
}

void OutputCanvas::paintLines(QPainter& painter, const QRectF& area) const
{
    const Theme& t = Theme::current();
    const std::span<const float> before = m_view->baseline(m_sample);
    const std::span<const float> after = m_view->compressed(m_sample);
    auto [low, high] = finiteRange(before, after);
    if (low == high)
        high = low + 1;
    const auto count = std::max<std::size_t>(before.size() - 1, 1);
    const auto line = [&](std::span<const float> values) {
        QPolygonF points;
        // A screen has fewer columns than a long output has values.
        const std::size_t step = std::max<std::size_t>(values.size() / 4000, 1);
        for (std::size_t i = 0; i < values.size(); i += step) {
            if (std::isfinite(values[i]))
                points << QPointF(area.left() + double(i) / double(count) * area.width(),
                                  area.bottom() - (values[i] - low) / (high - low) * area.height());
        }
        return points;
    };
    painter.setPen(QPen(t.grid, 1));
    for (const double y : {area.top(), area.center().y(), area.bottom()})
        painter.drawLine(QLineF(area.left(), y, area.right(), y));
    painter.setFont(uiFont(11));
    painter.setPen(t.text2);
    const auto tick = [&](double value, double y) {
        painter.drawText(QRectF(0, y - 8, area.left() - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                         numberText(value));
    };
    tick(high, area.top());
    tick(low, area.bottom());
    painter.drawText(QRectF(area.left(), area.bottom() + 4, area.width(), 16),
                     Qt::AlignLeft | Qt::AlignTop, QStringLiteral("0"));
    painter.drawText(QRectF(area.left(), area.bottom() + 4, area.width(), 16),
                     Qt::AlignRight | Qt::AlignTop, QString::number(before.size() - 1));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(uncompressedColor(t), 3));
    painter.drawPolyline(line(before));
    const QPolygonF compressed = line(after);
    painter.setPen(QPen(t.accent, 1.2));
    painter.drawPolyline(compressed);
    if (after.size() <= 64) {
        painter.setBrush(t.accent);
        for (const QPointF& point : compressed)
            painter.drawEllipse(point, 2, 2);
    }
    // Words in the colours of the lines, with a piece of each.
    double x = area.left();
    const auto word = [&](const QString& text, const QColor& color, double width) {
        painter.setPen(QPen(color, width));
        painter.drawLine(QLineF(x, area.top() - 13, x + 14, area.top() - 13));
        painter.setPen(t.text2);
        painter.drawText(QPointF(x + 20, area.top() - 9), text);
        x += 20 + painter.fontMetrics().horizontalAdvance(text) + 16;
    };
    word(tr("Uncompressed"), uncompressedColor(t), 3);
    word(tr("Compressed"), t.accent, 1.2);
}

void OutputCanvas::paintErrors(QPainter& painter, const QRectF& area) const
{
    const Theme& t = Theme::current();
    const ValueBins all = m_view->errors(m_sample, kErrorBins);
    painter.setFont(uiFont(11));
    painter.setPen(t.text2);
    painter.drawText(QPointF(area.left(), area.top() - 9), tr("Errors of this sample"));
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.accentFill);
    const double scale = area.height() / double(std::max<std::int64_t>(all.largest(), 1));
    const double width = area.width() / kErrorBins;
    for (std::size_t i = 0; i < all.counts.size(); ++i) {
        if (all.counts[i] > 0) {
            const double height = std::max(double(all.counts[i]) * scale, 1.0);
            painter.drawRect(QRectF(area.left() + double(i) * width, area.bottom() - height,
                                    std::max(width - 1, 1.0), height));
        }
    }
    painter.setPen(QPen(t.lineStrong, 1));
    painter.drawLine(QLineF(area.left(), area.bottom(), area.right(), area.bottom()));
    painter.setPen(t.text2);
    const QRectF foot(area.left(), area.bottom() + 4, area.width(), 16);
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignTop, numberText(all.low));
    painter.drawText(foot, Qt::AlignHCenter | Qt::AlignTop, QStringLiteral("0"));
    painter.drawText(foot, Qt::AlignRight | Qt::AlignTop, numberText(all.high));
}

void OutputCanvas::paintEvent(QPaintEvent*)
{
    if (!m_view)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_view->form() != OutputForm::Line) {
        paintPictures(painter);
        return;
    }
    const QRectF lines = lineBox();
    paintLines(painter, lines);
    paintErrors(painter,
                QRectF(lines.right() + kGap + 8, lines.top(),
                       width() - lines.right() - kGap - 8 - kInset, lines.height()));
}

/// The values under the mouse.
bool OutputCanvas::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || !m_view)
        return QWidget::event(event);
    const auto& help = *static_cast<QHelpEvent*>(event);
    std::int64_t index = -1;
    QString place;
    if (m_view->form() == OutputForm::Line) {
        const QRectF box = lineBox();
        const auto last = static_cast<std::int64_t>(m_view->baseline(m_sample).size()) - 1;
        if (box.adjusted(-4, -4, 4, 4).contains(help.pos()))
            index = std::clamp<std::int64_t>(
                std::llround((help.pos().x() - box.left()) / box.width() * double(last)), 0, last);
        place = tr("Value %1").arg(index);
    } else {
        const PictureShape shape = m_view->picture();
        for (int i = 0; i < 3; ++i) {
            const QRectF box = pictureBox(i);
            if (!box.contains(help.pos()))
                continue;
            const auto x = static_cast<std::int64_t>((help.pos().x() - box.left()) / box.width()
                                                     * double(shape.width));
            const auto y = static_cast<std::int64_t>((help.pos().y() - box.top()) / box.height()
                                                     * double(shape.height));
            index = (std::clamp<std::int64_t>(m_plane, 0, shape.planes - 1) * shape.height + y)
                    * shape.width
                + x;
            place = tr("Row %1, column %2").arg(y).arg(x);
        }
    }
    if (index < 0) {
        QToolTip::hideText();
        return true;
    }
    const double before = m_view->baseline(m_sample)[static_cast<std::size_t>(index)];
    const double after = m_view->compressed(m_sample)[static_cast<std::size_t>(index)];
    QToolTip::showText(
        help.globalPos(),
        tr("%1\nUncompressed %2\nCompressed %3\nError %4")
            .arg(place, numberText(before), numberText(after), numberText(after - before)),
        this);
    return true;
}

} // namespace bitfront
