// SPDX-License-Identifier: GPL-3.0-or-later
// What the window asks of the desktop around it: a notice while it is not in front, not to fall
// asleep while a sweep runs, light or dark colours. The base class is a desktop that does nothing.
#pragma once

#include <QString>

#include <functional>

namespace bitfront {

class Desktop
{
public:
    virtual ~Desktop() = default;
    /// Shows a notice and returns at once; `show` is called when the user asks to see more.
    virtual void notify(const QString& title, const QString& text, std::function<void()> show);
    /// Keeps the computer awake until it is called with false or this object dies. What cannot be
    /// done is written to the log, never shown.
    virtual void keepAwake(bool awake);
    /// From now on says when it learns whether the desktop prefers dark colours, and of every
    /// change; nothing where the desktop does not say.
    virtual void followColors(std::function<void(bool dark)> changed);
};

} // namespace bitfront
