// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/list_row.h"

#include "widgets/parts/run_picture.h"
#include "widgets/theme.h"

#include <QPainter>

namespace bitfront {

namespace {

constexpr int kPadding = 9;
constexpr int kTextLeft = 28;
constexpr int kPictureWidth = 44;

} // namespace

ListRow::ListRow(QWidget* parent)
    : QAbstractButton(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    connect(this, &QAbstractButton::clicked, this, [this] {
        if (m_clickable)
            emit activated();
    });
}

void ListRow::setIcon(const QString& icon, Tone tone)
{
    m_icon = icon;
    m_tone = tone;
    update();
}

void ListRow::setTexts(const QString& name, const QString& subtitle, const QString& right)
{
    m_name = name;
    m_subtitle = subtitle;
    m_right = right;
    setAccessibleName(QStringList {name, subtitle, right}.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

void ListRow::setRightIcon(const QString& icon, Tone tone)
{
    m_rightIcon = icon;
    m_rightTone = tone;
    update();
}

void ListRow::setPicture(const QString& picture)
{
    m_picture = picture;
    update();
}

void ListRow::setCurrent(bool current)
{
    m_current = current;
    update();
}

void ListRow::setClickable(bool clickable)
{
    m_clickable = clickable;
    setFocusPolicy(clickable ? Qt::TabFocus : Qt::NoFocus);
    setCursor(clickable ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void ListRow::setInset(int inset)
{
    m_inset = inset;
    updateGeometry();
}

int ListRow::uiWidth()
{
    return uiPx(160);
}

QStringList ListRow::subtitleLines() const
{
    return m_subtitle.isEmpty() ? QStringList() : m_subtitle.split(QLatin1Char('\n'));
}

QSize ListRow::sizeHint() const
{
    const int lines = static_cast<int>(subtitleLines().size());
    return {uiPx(220), 2 * kPadding + uiPx(17) + lines * uiPx(15)};
}

void ListRow::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    if (m_current)
        painter.fillRect(rect(), theme.accentSoft);
    else if (m_clickable && (underMouse() || hasFocus()))
        painter.fillRect(rect(), theme.hover);
    if (hasFocus()) {
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
    const int side = uiPx(16);
    const int left = m_inset;
    int right = width() - m_inset;
    if (!m_picture.isEmpty()) {
        const QSize size(uiPx(kPictureWidth), height() - 2 * kPadding);
        right -= size.width();
        paintRunPicture(painter, QRectF(QPointF(right, kPadding), size), m_picture);
        right -= 10;
    }
    if (!m_icon.isEmpty())
        painter.drawPixmap(left, kPadding + 1,
                           tintedPixmap(m_icon, toneColor(m_tone), side, devicePixelRatioF()));
    int textRight = right;
    if (!m_rightIcon.isEmpty()) {
        painter.drawPixmap(
            right - side, kPadding + 1,
            tintedPixmap(m_rightIcon, toneColor(m_rightTone), side, devicePixelRatioF()));
        textRight -= side + 8;
    }
    const int x = left + uiPx(kTextLeft);
    if (!m_right.isEmpty()) {
        painter.setFont(uiFont(11));
        painter.setPen(theme.text2);
        const int width = painter.fontMetrics().horizontalAdvance(m_right);
        painter.drawText(QRect(right - width, kPadding, width, uiPx(17)), Qt::AlignVCenter,
                         m_right);
        textRight -= width + 8;
    }
    painter.setFont(uiFont(13, m_current ? 600 : 500));
    painter.setPen(theme.text);
    painter.drawText(QRect(x, kPadding, textRight - x, uiPx(17)), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_name, Qt::ElideRight, textRight - x));
    painter.setFont(uiFont(11));
    painter.setPen(m_current ? theme.text2 : theme.text3);
    int y = kPadding + uiPx(18);
    for (const QString& line : subtitleLines()) {
        painter.drawText(QRect(x, y, right - x, uiPx(15)), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(line, Qt::ElideRight, right - x));
        y += uiPx(15);
    }
}

} // namespace bitfront
