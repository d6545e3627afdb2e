// SPDX-License-Identifier: GPL-3.0-or-later
// The title of a dock: its name, and a button that closes it (View brings it back).
#pragma once

#include "widgets/parts/labels.h"

class QAction;
class QDockWidget;
class QHBoxLayout;

namespace bitfront {

class DockTitle : public Ground
{
    Q_OBJECT

public:
    /// `kind` is the ground of the dock's content, so that title and content are one surface.
    DockTitle(QDockWidget* dock, Kind kind);
    /// A button for `action` left of the others, as an icon with the action's words as its tip.
    void addButton(QAction* action, const QString& icon);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

private:
    QHBoxLayout* m_row;
};

} // namespace bitfront
