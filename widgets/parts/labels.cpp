// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/labels.h"

#include "widgets/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QPainter>
#include <QPainterPath>

namespace bitfront {

QColor toneColor(Tone tone)
{
    const Theme& theme = Theme::current();
    switch (tone) {
    case Tone::Text:
        return theme.text;
    case Tone::Text2:
        return theme.text2;
    case Tone::Text3:
        return theme.text3;
    case Tone::Accent:
        return theme.accent;
    case Tone::Ok:
        return theme.ok;
    case Tone::Warn:
        return theme.warn;
    case Tone::Err:
        return theme.err;
    }
    return theme.text;
}

Label::Label(const QString& text, int px, int weight, Tone tone, QWidget* parent)
    : QLabel(text, parent)
    , m_tone(tone)
{
    setTextFormat(Qt::PlainText);
    setFont(uiFont(px, weight));
    recolour();
}

void Label::setTone(Tone tone)
{
    m_tone = tone;
    recolour();
}

void Label::setElided(bool elided)
{
    m_elided = elided;
    updateGeometry();
}

void Label::setWrapped(bool wrapped)
{
    setWordWrap(wrapped);
    setAlignment(Qt::AlignLeft | (wrapped ? Qt::AlignTop : Qt::AlignVCenter));
}

QSize Label::minimumSizeHint() const
{
    QSize size = QLabel::minimumSizeHint();
    if (m_elided)
        size.setWidth(qMin(size.width(), fontMetrics().averageCharWidth() * 4));
    return size;
}

void Label::recolour()
{
    QPalette colours = palette();
    const QColor wanted = toneColor(m_tone);
    if (colours.color(QPalette::WindowText) == wanted)
        return;
    colours.setColor(QPalette::WindowText, wanted);
    setPalette(colours);
}

void Label::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        recolour();
}

void Label::paintEvent(QPaintEvent* event)
{
    if (!m_elided) {
        QLabel::paintEvent(event);
        return;
    }
    QPainter painter(this);
    painter.setPen(toneColor(m_tone));
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width());
    const QString whole = shown == text() ? QString() : text();
    // Not over one that somebody else has set.
    if (toolTip().isEmpty() || toolTip() == m_wholeText) {
        setToolTip(whole);
        m_wholeText = whole;
    }
    painter.drawText(contentsRect(), int(alignment()), shown);
}

IconLabel::IconLabel(const QString& icon, Tone tone, int size, QWidget* parent)
    : QWidget(parent)
    , m_icon(icon)
    , m_tone(tone)
{
    setFixedSize(uiPx(size), uiPx(size));
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void IconLabel::setIcon(const QString& icon, Tone tone)
{
    m_icon = icon;
    m_tone = tone;
    update();
}

void IconLabel::paintEvent(QPaintEvent*)
{
    if (m_icon.isEmpty())
        return;
    QPainter painter(this);
    painter.drawPixmap(0, 0, tintedPixmap(m_icon, toneColor(m_tone), width(), devicePixelRatioF()));
}

HairLine::HairLine(Qt::Orientation orientation, QWidget* parent)
    : QWidget(parent)
{
    if (orientation == Qt::Horizontal)
        setFixedHeight(1);
    else
        setFixedWidth(1);
}

void HairLine::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), Theme::current().line);
}

Ground::Ground(Kind kind, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
{
}

void Ground::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    switch (m_kind) {
    case Kind::Window:
        painter.fillRect(rect(), theme.window);
        return;
    case Kind::Panel:
        painter.fillRect(rect(), theme.panel);
        return;
    case Kind::Surface:
        painter.fillRect(rect(), theme.surface);
        return;
    default:
        break;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(theme.line, 1);
    if (m_kind == Kind::Dashed) {
        pen = QPen(theme.lineStrong, 1.25);
        pen.setDashPattern({4, 4});
        painter.setBrush(Qt::NoBrush);
    } else {
        painter.setBrush(m_kind == Kind::Sheet ? theme.field : theme.surface);
    }
    painter.setPen(pen);
    const double radius = m_kind == Kind::Sheet ? 12 : 10;
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

KeyValueList::KeyValueList(QWidget* parent)
    : QWidget(parent)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 1);
}

void KeyValueList::setRows(const QList<KeyValue>& rows)
{
    auto* grid = static_cast<QGridLayout*>(layout());
    while (QLayoutItem* item = grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int line = 0;
    for (const auto& [key, value, tip] : rows) {
        auto* keyLabel = new Label(key, 13, 400, Tone::Text3);
        keyLabel->setMinimumWidth(uiPx(88));
        auto* valueLabel = new Label(value);
        valueLabel->setElided(true);
        // A long name takes the room that there is, and no other card's.
        valueLabel->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        valueLabel->setAccessibleName(key + QLatin1String(": ") + value);
        valueLabel->setAccessibleDescription(tip);
        for (Label* label : {keyLabel, valueLabel})
            label->setToolTip(tip);
        grid->addWidget(keyLabel, line, 0);
        grid->addWidget(valueLabel, line++, 1);
    }
}

} // namespace bitfront
