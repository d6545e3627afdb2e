// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/message_banner.h"

#include "widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace bitfront {

namespace {

QString defaultIcon(MessageBanner::Kind kind)
{
    switch (kind) {
    case MessageBanner::Kind::Info:
        return QStringLiteral("info");
    case MessageBanner::Kind::Ok:
        return QStringLiteral("check-circle");
    case MessageBanner::Kind::Warning:
    case MessageBanner::Kind::Error:
        break;
    }
    return QStringLiteral("warning");
}

QColor softColor(const Theme& t, MessageBanner::Kind kind)
{
    switch (kind) {
    case MessageBanner::Kind::Info:
        return t.accentSoft;
    case MessageBanner::Kind::Ok:
        return t.okSoft;
    case MessageBanner::Kind::Warning:
        return t.warnSoft;
    case MessageBanner::Kind::Error:
        break;
    }
    return t.errSoft;
}

QColor strongColor(const Theme& t, MessageBanner::Kind kind)
{
    switch (kind) {
    case MessageBanner::Kind::Info:
        return t.accent;
    case MessageBanner::Kind::Ok:
        return t.ok;
    case MessageBanner::Kind::Warning:
        return t.warn;
    case MessageBanner::Kind::Error:
        break;
    }
    return t.err;
}

} // namespace

MessageBanner::MessageBanner(QWidget* parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_buttons(new QHBoxLayout)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 8, 8);
    row->setSpacing(12);
    m_text->setFont(uiFont(13, 500));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setMinimumHeight(uiPx(32));
    m_buttons->setSpacing(8);
    row->addWidget(m_icon, 0, Qt::AlignVCenter);
    row->addWidget(m_text, 1);
    row->addLayout(m_buttons);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    hide();
}

void MessageBanner::showMessage(Kind kind, const QString& text, const QString& icon)
{
    while (QLayoutItem* item = m_buttons->takeAt(0)) {
        // A button may be the one whose click brought us here.
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    m_kind = kind;
    m_iconName = icon.isEmpty() ? defaultIcon(kind) : icon;
    m_text->setText(text);
    setAccessibleName(text);
    recolour();
    show();
}

QPushButton* MessageBanner::addButton(const QString& text, const QString& role)
{
    auto* button = new QPushButton(text, this);
    button->setProperty("role", role);
    button->setFont(uiFont(13, 500));
    m_buttons->addWidget(button);
    return button;
}

QString MessageBanner::message() const
{
    return m_text->text();
}

void MessageBanner::recolour()
{
    if (m_iconName.isEmpty())
        return;
    m_icon->setPixmap(tintedPixmap(m_iconName, strongColor(Theme::current(), m_kind), uiPx(16),
                                   devicePixelRatioF()));
    update();
}

void MessageBanner::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        recolour();
    QFrame::changeEvent(event);
}

void MessageBanner::paintEvent(QPaintEvent*)
{
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    p.setBrush(softColor(Theme::current(), m_kind));
    p.drawRoundedRect(rect(), 8, 8);
}

} // namespace bitfront
