// SPDX-License-Identifier: GPL-3.0-or-later
// Text, icons, hairlines and surfaces in the theme's colours. They follow a switch of theme by
// themselves.
#pragma once

#include <QFrame>
#include <QLabel>
#include <QList>
#include <QWidget>

namespace bitfront {

/// Colour of a text or icon, by meaning.
enum class Tone
{
    Text,
    Text2,
    Text3,
    Accent,
    Ok,
    Warn,
    Err
};
QColor toneColor(Tone tone);

/// A label of the theme. Plain text; elides at the right where told to, with the whole in the
/// tooltip.
class Label : public QLabel
{
    Q_OBJECT

public:
    explicit Label(const QString& text = {}, int px = 13, int weight = 400, Tone tone = Tone::Text,
                   QWidget* parent = nullptr);

    void setTone(Tone tone);
    void setElided(bool elided);
    void setWrapped(bool wrapped);
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void recolour();
    Tone m_tone;
    bool m_elided = false;
    QString m_wholeText; ///< the tooltip this label gave itself
};

/// An icon of the theme as a widget.
class IconLabel : public QWidget
{
    Q_OBJECT

public:
    explicit IconLabel(const QString& icon, Tone tone = Tone::Text2, int size = 16,
                       QWidget* parent = nullptr);
    void setIcon(const QString& icon, Tone tone);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_icon;
    Tone m_tone;
};

/// One-pixel separator.
class HairLine : public QWidget
{
    Q_OBJECT

public:
    explicit HairLine(Qt::Orientation orientation = Qt::Horizontal, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;
};

/// A filled ground: a page, a panel, or a card with rounded border.
class Ground : public QWidget
{
    Q_OBJECT

public:
    enum class Kind
    {
        Window,
        Panel,
        Surface,
        Card,
        Sheet,
        Dashed
    };
    explicit Ground(Kind kind, QWidget* parent = nullptr);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Kind m_kind;
};

/// A line of a KeyValueList.
struct KeyValue
{
    QString key, value;
    QString tip {}; ///< what the key means, where that needs words
};

/// Two columns: what in text3, its value in text; values elide.
class KeyValueList : public QWidget
{
    Q_OBJECT

public:
    explicit KeyValueList(QWidget* parent = nullptr);
    void setRows(const QList<KeyValue>& rows);
};

} // namespace bitfront
