// SPDX-License-Identifier: GPL-3.0-or-later
// What the window asks of the desktop around it: a notice while it is not in front, and not to fall
// asleep while a sweep runs. The base class is a desktop that can do neither.
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
};

} // namespace bitfront
