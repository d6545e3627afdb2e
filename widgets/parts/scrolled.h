// SPDX-License-Identifier: GPL-3.0-or-later
// A page that scrolls where there is too little room for it.
#pragma once

#include <QScrollArea>

namespace bitfront {

/// Looks like the page alone: no frame, no ground of its own, no stop for the Tab key. Takes the
/// page.
inline QScrollArea* scrolled(QWidget* page)
{
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    page->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    return scroll;
}

} // namespace bitfront
