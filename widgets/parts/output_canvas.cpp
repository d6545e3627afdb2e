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
/// Of values that are no number: neither a grey nor between blue and orange.
constexpr QRgb kNotFinite = qRgb(0xCC, 0x79, 0xA7);

QString numberText(double value)
{
    return QLocale().toString(value, 'g', 3).replace(QLatin1Char('-'), QChar(0x2212));
}

/// From black to white over [low, high].
QRgb grey(double value, double low, double high)
{
    if (!std::isfinite(value))
        return kNotFinite;
    // Bounded before it is rounded: exploding outputs are beyond any integer.
    const double share = high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0.5;
    const int level = qRound(share * 255);
    return qRgb(level, level, level);
}

/// White for no change, blue for less, orange for more: told apart by the colour-blind.
class ChangeColors
{
public:
    explicit ChangeColors(double reach)
        : m_reach(reach)
    {
        for (int step = 0; step <= kSteps; ++step) {
            const double share = double(step) / kSteps;
            m_less[step] = mixed(QColor(0x00, 0x72, 0xB2), Qt::white, share).rgb();
            m_more[step] = mixed(QColor(0xD5, 0x5E, 0x00), Qt::white, share).rgb();
        }
    }
    QRgb operator()(double change) const
    {
        if (!std::isfinite(change))
            return kNotFinite;
        const double share = m_reach > 0 ? std::clamp(change / m_reach, -1.0, 1.0) : 0;
        const int step = qRound(std::abs(share) * kSteps);
        return share < 0 ? m_less[step] : m_more[step];
    }

private:
    static constexpr int kSteps = 255;
    double m_reach;
    QRgb m_less[kSteps + 1], m_more[kSteps + 1];
};

template<typename ColorOf>
QImage pictureOf(const SampleDrawing& drawing, const std::vector<float>& cells, ColorOf colorOf)
{
    QImage picture(int(drawing.width), int(drawing.height), QImage::Format_RGB32);
    const float* cell = cells.data();
    for (int y = 0; y < picture.height(); ++y) {
        auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
        for (int x = 0; x < picture.width(); ++x)
            line[x] = colorOf(double(*cell++));
    }
    return picture;
}

} // namespace

OutputCanvas::OutputCanvas(QWidget* parent)
    : QWidget(parent)
    , m_waiting(*this)
{
    setObjectName(QStringLiteral("outputCanvas"));
    setAccessibleName(tr("Output before and after compression"));
}

void OutputCanvas::setSample(std::shared_ptr<const OutputView> view,
                             std::shared_ptr<const SampleDrawing> drawing)
{
    m_view = std::move(view);
    m_drawing = std::move(drawing);
    if (m_view->form() != OutputForm::Line)
        makePictures();
    m_waiting.end();
    setAccessibleDescription(captions().join(QStringLiteral(", ")));
    update();
}

void OutputCanvas::clear()
{
    m_view.reset();
    m_drawing.reset();
    m_waiting.end();
    setAccessibleDescription({});
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
    const SampleDrawing& drawing = *m_drawing;
    const auto shade = [&drawing](double value) { return grey(value, drawing.low, drawing.high); };
    m_pictures[0] = pictureOf(drawing, drawing.before, shade);
    m_pictures[1] = pictureOf(drawing, drawing.after, shade);
    m_pictures[2] = pictureOf(drawing, drawing.change, ChangeColors(drawing.reach));
}

QStringList OutputCanvas::captions() const
{
    if (!m_view)
        return {};
    if (m_view->form() == OutputForm::Line)
        return {tr("Uncompressed"), tr("Compressed"), tr("Errors")};
    const QString compressed = m_drawing->notFinite > 0
        ? tr("Compressed, %1 not finite").arg(QLocale().toString(m_drawing->notFinite))
        : tr("Compressed");
    const QString difference = m_view->form() == OutputForm::Mask
        ? tr("Disagreement %1 %").arg(QLocale().toString(100 * m_drawing->disagreement, 'f', 2))
        : tr("Difference, ±%1").arg(numberText(m_drawing->reach));
    return {tr("Uncompressed"), compressed, difference};
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

void OutputCanvas::paintScale(QPainter& painter, const QRectF& area) const
{
    const Theme& t = Theme::current();
    painter.setPen(QPen(t.grid, 1));
    for (const double y : {area.top(), area.center().y(), area.bottom()})
        painter.drawLine(QLineF(area.left(), y, area.right(), y));
    painter.setFont(uiFont(11));
    painter.setPen(t.text2);
    const auto tick = [&](double value, double y) {
        painter.drawText(QRectF(0, y - 8, area.left() - 8, 16), Qt::AlignRight | Qt::AlignVCenter,
                         numberText(value));
    };
    tick(m_drawing->high, area.top());
    tick(m_drawing->low, area.bottom());
    const QRectF foot(area.left(), area.bottom() + 4, area.width(), 16);
    painter.drawText(foot, Qt::AlignLeft | Qt::AlignTop, QStringLiteral("0"));
    painter.drawText(foot, Qt::AlignRight | Qt::AlignTop,
                     QString::number(m_view->baseline(m_drawing->sample).size() - 1));
}

void OutputCanvas::paintLines(QPainter& painter, const QRectF& area) const
{
    const Theme& t = Theme::current();
    const double low = m_drawing->low;
    const double height = m_drawing->high > low ? m_drawing->high - low : 1;
    const auto line = [&](const std::vector<ValueColumn>& columns) {
        QPolygonF points;
        const double last = double(std::max<std::size_t>(columns.size() - 1, 1));
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (std::isnan(columns[i].low))
                continue;
            const auto at = [&](double value) {
                return QPointF(area.left() + double(i) / last * area.width(),
                               area.bottom() - (value - low) / height * area.height());
            };
            points << at(columns[i].low);
            if (columns[i].high > columns[i].low) // many values in one column: all their range
                points << at(columns[i].high);
        }
        return points;
    };
    paintScale(painter, area);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(uncompressedColor(t), 3));
    painter.drawPolyline(line(m_drawing->lineBefore));
    const QPolygonF compressed = line(m_drawing->lineAfter);
    painter.setPen(QPen(t.accent, 1.2));
    painter.drawPolyline(compressed);
    if (m_drawing->lineAfter.size() <= 64) {
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
    const ValueBins& all = m_drawing->errors;
    painter.setFont(uiFont(11));
    painter.setPen(t.text2);
    painter.drawText(QPointF(area.left(), area.top() - 9), tr("Errors of this sample"));
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.accentFill);
    const double scale = area.height() / double(std::max<std::int64_t>(all.largest(), 1));
    const double width = area.width() / double(std::max<std::size_t>(all.counts.size(), 1));
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
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_view && m_view->form() != OutputForm::Line) {
        paintPictures(painter);
    } else if (m_view) {
        const QRectF lines = lineBox();
        paintLines(painter, lines);
        paintErrors(painter,
                    QRectF(lines.right() + kGap + 8, lines.top(),
                           width() - lines.right() - kGap - 8 - kInset, lines.height()));
    }
    m_waiting.paint(painter, rect());
}

/// Index into the sample's values, −1 beside them; `place` says where that is.
std::int64_t OutputCanvas::valueAt(const QPoint& position, QString& place) const
{
    const auto step = [](double offset, double room, std::int64_t count) {
        // A rectangle holds its far edges too: those are the last value's.
        return std::clamp<std::int64_t>(std::int64_t(offset / room * double(count)), 0, count - 1);
    };
    if (m_view->form() == OutputForm::Line) {
        const QRectF box = lineBox();
        const auto last = std::ssize(m_view->baseline(m_drawing->sample)) - 1;
        if (!box.adjusted(-4, -4, 4, 4).contains(position))
            return -1;
        const std::int64_t index = std::clamp<std::int64_t>(
            std::llround((position.x() - box.left()) / box.width() * double(last)), 0, last);
        place = tr("Value %1").arg(index);
        return index;
    }
    const PictureShape& shape = m_view->picture();
    for (int i = 0; i < 3; ++i) {
        const QRectF box = pictureBox(i);
        if (!box.contains(position))
            continue;
        const std::int64_t x = step(position.x() - box.left(), box.width(), shape.width);
        const std::int64_t y = step(position.y() - box.top(), box.height(), shape.height);
        place = tr("Row %1, column %2").arg(y).arg(x);
        return (m_drawing->plane * shape.height + y) * shape.width + x;
    }
    return -1;
}

/// The values under the mouse.
bool OutputCanvas::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || !m_view)
        return QWidget::event(event);
    const auto& help = *static_cast<QHelpEvent*>(event);
    QString place;
    const std::int64_t index = valueAt(help.pos(), place);
    if (index < 0) {
        QToolTip::hideText();
        return true;
    }
    const auto at = static_cast<std::size_t>(index);
    const double before = m_view->baseline(m_drawing->sample)[at];
    const double after = m_view->compressed(m_drawing->sample)[at];
    QToolTip::showText(
        help.globalPos(),
        tr("%1\nUncompressed %2\nCompressed %3\nError %4")
            .arg(place, numberText(before), numberText(after), numberText(after - before)),
        this);
    return true;
}

} // namespace bitfront
