// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/drop_hint.h"

#include "widgets/theme.h"

#include <QPainter>

namespace bitfront {

DropHint::DropHint(QWidget* parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAccessibleName(tr("Drop files here"));
    hide();
}

void DropHint::showOver(const QRect& area)
{
    setGeometry(area);
    raise();
    show();
}

void DropHint::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double inset = uiPx(6);
    const QRectF frame = QRectF(rect()).adjusted(inset, inset, -inset, -inset);
    QColor veil = theme.accentSoft;
    veil.setAlphaF(0.45F);
    painter.setPen(QPen(theme.accent, 2));
    painter.setBrush(veil);
    painter.drawRoundedRect(frame, 8, 8);

    painter.setFont(uiFont(14, 600));
    const QString text = tr("Drop a model, its inputs, both, or a run folder");
    const QSizeF words = painter.fontMetrics().size(Qt::TextSingleLine, text);
    QRectF pill(QPointF(), words + QSizeF(uiPx(36), uiPx(20)));
    pill.moveCenter(frame.center());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accentFill);
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
    painter.setPen(theme.onAccent);
    painter.drawText(pill, Qt::AlignCenter, text);
}

} // namespace bitfront
