// SPDX-License-Identifier: GPL-3.0-or-later
// A line of a short list: icon, name over a small subtitle, a count at the right. May be clickable.
#pragma once

#include "widgets/parts/labels.h"

#include <QAbstractButton>

namespace bitfront {

class ListRow : public QAbstractButton
{
    Q_OBJECT

public:
    explicit ListRow(QWidget* parent = nullptr);

    void setIcon(const QString& icon, Tone tone);
    void setTexts(const QString& name, const QString& subtitle, const QString& right = {});
    /// An icon at the right edge instead of a count.
    void setRightIcon(const QString& icon, Tone tone);
    /// A small picture at the right edge (see runPicture()), the count left of it.
    void setPicture(const QString& picture);
    void setCurrent(bool current);
    void setClickable(bool clickable);
    /// Space left and right of the texts.
    void setInset(int inset);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {uiWidth(), sizeHint().height()}; }

signals:
    void activated();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    static int uiWidth();
    QStringList subtitleLines() const;

    QString m_icon, m_name, m_subtitle, m_right, m_rightIcon, m_picture;
    Tone m_tone = Tone::Text2, m_rightTone = Tone::Ok;
    bool m_current = false;
    bool m_clickable = true;
    int m_inset = 0;
};

} // namespace bitfront
