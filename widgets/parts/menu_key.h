// SPDX-License-Identifier: GPL-3.0-or-later
// The keys that open the menu of what is marked.
#pragma once

#include <QKeyEvent>

namespace bitfront {

/// The menu key, or Shift+F10 on keyboards without one: Qt opens nothing for the latter.
inline bool isMenuKey(const QKeyEvent& key)
{
    const auto modifiers = key.modifiers() & ~Qt::KeypadModifier;
    return key.key() == Qt::Key_Menu ? modifiers == Qt::NoModifier
                                     : key.key() == Qt::Key_F10 && modifiers == Qt::ShiftModifier;
}

} // namespace bitfront
