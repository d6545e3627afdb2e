// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/waiting.h"

#include "widgets/theme.h"

#include <QPainter>
#include <QWidget>

namespace bitfront {

namespace {

constexpr int kDelayMs = 150;

} // namespace

Waiting::Waiting(QWidget& owner)
    : m_owner(owner)
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    QObject::connect(&m_delay, &QTimer::timeout, &owner, [this] {
        m_shown = true;
        m_owner.update();
    });
}

void Waiting::begin(const QString& words)
{
    m_words = words;
    if (m_shown)
        m_owner.update();
    else if (!m_delay.isActive())
        m_delay.start();
}

void Waiting::end()
{
    m_delay.stop();
    m_words.clear();
    if (m_shown)
        m_owner.update();
    m_shown = false;
}

void Waiting::paint(QPainter& painter, const QRectF& area) const
{
    if (!m_shown)
        return;
    const Theme& theme = Theme::current();
    QColor veil = theme.surface;
    veil.setAlphaF(0.8F);
    painter.fillRect(area, veil);
    painter.setFont(uiFont(13));
    painter.setPen(theme.text2);
    painter.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, m_words);
}

} // namespace bitfront
