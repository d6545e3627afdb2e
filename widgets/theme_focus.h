// SPDX-License-Identifier: GPL-3.0-or-later
// Shows where the keyboard is in lists, tables and texts: they have no frame whose colour could say
// so, and their current row need not be in sight.
#pragma once

#include <QObject>
#include <QPointer>

class QAbstractScrollArea;
class QApplication;
class QWidget;

namespace bitfront {

/// Draws a ring over the scrolling widget that got the focus by a key; clicks draw none.
class FocusRing : public QObject
{
    Q_OBJECT

public:
    /// One for the whole application; further calls do nothing.
    static void install(QApplication& application);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    explicit FocusRing(QApplication& application);
    void show(QAbstractScrollArea& area);
    void hide();

    QPointer<QAbstractScrollArea> m_area; ///< that was shown last
    QPointer<QWidget> m_ring; ///< belongs to m_area
};

} // namespace bitfront
