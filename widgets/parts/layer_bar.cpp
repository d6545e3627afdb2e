// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/layer_bar.h"

#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QHelpEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>

namespace bitfront {

namespace {

constexpr int kInset = 16;
constexpr int kHeight = 10;

} // namespace

LayerBar::LayerBar(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("layerBar"));
    setAccessibleName(tr("Bytes by layer"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
}

QSize LayerBar::sizeHint() const
{
    return {uiPx(200), kHeight + 16};
}

void LayerBar::setLayers(const std::vector<LayerStorage>& layers)
{
    m_segments.clear();
    m_current = -1;
    double total = 0, sum = 0;
    for (const LayerStorage& layer : layers)
        total += double(layer.bits.total());
    for (const LayerStorage& layer : layers) {
        Segment segment;
        const double bits = double(layer.bits.total());
        segment.from = total > 0 ? sum / total : 0;
        segment.to = total > 0 ? (sum + bits) / total : 0;
        segment.kept = layer.kind == StorageKind::Untouched;
        segment.tip = tr("%1\n%2 KB, %3 % of the layers")
                          .arg(toQString(layer.layer), QLocale().toString(bits / 8192, 'f', 1),
                               QLocale().toString(total > 0 ? 100 * bits / total : 0, 'f', 1));
        sum += bits;
        m_segments.push_back(segment);
    }
    update();
}

void LayerBar::setCurrent(int layer)
{
    m_current = layer;
    update();
}

QRectF LayerBar::segment(std::size_t layer) const
{
    const double room = width() - 2 * kInset;
    const Segment& s = m_segments[layer];
    return {kInset + s.from * room, (height() - kHeight) / 2.0, (s.to - s.from) * room, kHeight};
}

int LayerBar::layerAt(const QPointF& position) const
{
    for (std::size_t i = 0; i < m_segments.size(); ++i)
        if (segment(i).adjusted(0, -4, 0, 4).contains(position))
            return static_cast<int>(i);
    return -1;
}

void LayerBar::paintEvent(QPaintEvent*)
{
    const Theme& t = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath round;
    round.addRoundedRect(QRectF(kInset, (height() - kHeight) / 2.0, width() - 2 * kInset, kHeight),
                         4, 4);
    painter.setClipPath(round);
    painter.setPen(Qt::NoPen);
    for (std::size_t i = 0; i < m_segments.size(); ++i) {
        const QColor full = m_segments[i].kept ? t.partUntouched : t.accentFill;
        const bool bright = m_current < 0 || m_current == static_cast<int>(i);
        QRectF box = segment(i);
        if (box.width() > 3) // a gap of the ground's colour parts neighbours
            box.setWidth(box.width() - 1);
        painter.fillRect(box, bright ? full : mixed(full, t.surface, 0.45));
    }
}

void LayerBar::mousePressEvent(QMouseEvent* event)
{
    const int layer = layerAt(event->position());
    if (layer >= 0)
        emit layerClicked(layer);
}

bool LayerBar::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto& help = *static_cast<QHelpEvent*>(event);
        const int layer = layerAt(help.pos());
        if (layer >= 0)
            QToolTip::showText(help.globalPos(), m_segments[static_cast<std::size_t>(layer)].tip,
                               this);
        else
            QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace bitfront
