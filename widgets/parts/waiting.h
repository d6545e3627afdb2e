// SPDX-License-Identifier: GPL-3.0-or-later
// Over a picture whose successor is being computed: pales it and says so, after a moment, so that
// nothing flickers where the answer comes at once.
#pragma once

#include <QString>
#include <QTimer>

class QPainter;
class QRectF;
class QWidget;

namespace bitfront {

class Waiting
{
public:
    explicit Waiting(QWidget& owner);
    /// The owner's next paintEvent() after a moment is to call paint().
    void begin(const QString& words);
    void end();
    bool isShown() const { return m_shown; }
    const QString& words() const { return m_words; } ///< empty when nothing is waited for
    /// Call last, over what the owner painted.
    void paint(QPainter& painter, const QRectF& area) const;

private:
    QWidget& m_owner;
    QTimer m_delay;
    QString m_words;
    bool m_shown = false;
};

} // namespace bitfront
