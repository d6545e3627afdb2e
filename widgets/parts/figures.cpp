// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/figures.h"

#include "widgets/parts/number_text.h"
#include "widgets/theme.h"

#include <QPainter>

namespace bitfront {

Figure::Figure(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void Figure::setFigure(const QString& caption, const QString& value, const QString& unit)
{
    m_caption = caption;
    m_value = value;
    m_unit = unit;
    setAccessibleName(QStringList {caption, value, unit}.join(QLatin1Char(' ')).trimmed());
    update();
}

QSize Figure::sizeHint() const
{
    return {uiPx(130), uiPx(44)};
}

void Figure::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setFont(uiFont(11));
    painter.setPen(theme.text3);
    painter.drawText(QRect(0, 0, width(), uiPx(14)), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_caption, Qt::ElideRight, width()));
    const QFont large = uiFont(20, 600);
    painter.setFont(large);
    painter.setPen(theme.text);
    const double baseline = height() - uiPx(7);
    drawNumber(painter, 0, baseline, m_value);
    const double x = numberWidth(large, m_value);
    painter.setFont(uiFont(13));
    painter.setPen(theme.text2);
    painter.drawText(QPointF(x + 4, baseline), m_unit);
}

} // namespace bitfront
