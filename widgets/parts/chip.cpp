// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/chip.h"

#include "widgets/parts/marker.h"
#include "widgets/theme.h"

#include <QPainter>

namespace bitfront {

namespace {
constexpr int kInset = 10;
constexpr int kMarkerRoom = 17;
constexpr int kCrossRoom = 17;
} // namespace

Chip::Chip(const QString& text, Kind kind, QWidget* parent)
    : QAbstractButton(parent)
    , m_kind(kind)
{
    setText(text);
    setFont(uiFont(11, 500));
    setAccessibleName(text);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
    if (kind == Kind::Filter) {
        setFocusPolicy(Qt::StrongFocus);
        setToolTip(tr("Remove this filter"));
    }
}

Chip* Chip::legend(const QString& text, GroupId group, QWidget* parent)
{
    auto* chip = new Chip(text, Kind::Outline, parent);
    chip->setMarker(group, false);
    chip->setCheckable(true);
    chip->setChecked(true);
    chip->setFocusPolicy(Qt::StrongFocus);
    chip->setToolTip(tr("Show or hide these results"));
    return chip;
}

Chip* Chip::refinementLegend(const QString& text, QWidget* parent)
{
    Chip* chip = legend(text, GroupId::PerChannel, parent);
    chip->m_mark = Mark::Ring;
    return chip;
}

void Chip::setMarker(GroupId group, bool hollow)
{
    m_mark = Mark::Group;
    m_group = group;
    m_hollow = hollow;
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const int width = fontMetrics().horizontalAdvance(text()) + 2 * kInset + 2
        + (m_mark == Mark::None ? 0 : uiPx(kMarkerRoom)) + (hasCross() ? uiPx(kCrossRoom) : 0);
    return {width, uiPx(24)};
}

void Chip::paintMark(QPainter& painter, QPointF centre, const QColor& ground) const
{
    const Theme& t = Theme::current();
    if (m_mark == Mark::Group && !off()) {
        paintMarker(painter, m_group, centre, m_hollow, ground, 9);
        return;
    }
    painter.setPen(QPen(off() ? t.text3 : t.text2, 1.5));
    painter.setBrush(Qt::NoBrush);
    if (m_mark == Mark::Ring) {
        painter.drawEllipse(centre, 4.0, 4.0);
    } else { // a dash instead of the shape: hidden must not look like a hollow marker
        painter.drawLine(centre - QPointF(4, 0), centre + QPointF(4, 0));
    }
}

void Chip::paintEvent(QPaintEvent*)
{
    const Theme& t = Theme::current();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const bool clickable = m_kind == Kind::Filter || isCheckable();
    const bool soft = m_kind != Kind::Outline;
    const QColor ground = soft      ? t.accentSoft
        : clickable && underMouse() ? t.hover
        : off()                     ? QColor(Qt::transparent)
                                    : t.surface;
    const QColor border = hasFocus() ? t.accent
        : soft                       ? ground
        : isCheckable() && !off()    ? t.lineStrong
                                     : t.line;
    const double half = hasFocus() ? 1 : 0.5;
    const QRectF pill = QRectF(rect()).adjusted(half, half, -half, -half);
    p.setPen(QPen(border, 2 * half));
    p.setBrush(ground);
    p.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);

    int left = kInset + 1;
    if (m_mark != Mark::None) {
        paintMark(p, QPointF(left + 5, height() / 2.0), ground);
        left += uiPx(kMarkerRoom);
    }
    p.setPen(soft ? t.accent : off() ? t.text3 : t.text);
    p.drawText(QRect(left, 0, width() - left, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    if (hasCross()) {
        const int side = uiPx(12);
        p.drawPixmap(width() - kInset - side + 2, (height() - side) / 2,
                     tintedPixmap(QStringLiteral("close"), t.accent, side, devicePixelRatioF()));
    }
}

} // namespace bitfront
