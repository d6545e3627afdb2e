// SPDX-License-Identifier: GPL-3.0-or-later
// What is seen while files hover over the window: a frame and a line that says what can be dropped.
#pragma once

#include <QWidget>

namespace bitfront {

/// Covers its parent, lets the mouse through, hidden until asked for.
class DropHint : public QWidget
{
    Q_OBJECT

public:
    explicit DropHint(QWidget* parent);
    void showOver(const QRect& area);

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace bitfront
