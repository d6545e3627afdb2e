// SPDX-License-Identifier: GPL-3.0-or-later
// Buttons by their role in a page. One primary button per page.
#pragma once

#include <QString>

class QPushButton;

namespace bitfront {

enum class ButtonRole
{
    Primary,
    Neutral,
    Quiet,
    Link
};

/// A push button; `icon` names a file of resources/icons and may be empty.
QPushButton* makeButton(const QString& text, ButtonRole role, const QString& icon = {});

} // namespace bitfront
