// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/parts/buttons.h"

#include "widgets/theme.h"

#include <QPushButton>
#include <QVariant>

namespace bitfront {

namespace {

const char* roleName(ButtonRole role)
{
    switch (role) {
    case ButtonRole::Primary:
        return "primary";
    case ButtonRole::Quiet:
        return "quiet";
    case ButtonRole::Link:
        return "link";
    case ButtonRole::Neutral:
        break;
    }
    return "";
}

} // namespace

QPushButton* makeButton(const QString& text, ButtonRole role, const QString& icon)
{
    auto* button = new QPushButton(text);
    button->setProperty("role", QLatin1String(roleName(role)));
    button->setFont(uiFont(13, 500));
    button->setCursor(role == ButtonRole::Link ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (!icon.isEmpty()) {
        button->setIcon(
            buttonIcon(icon, role == ButtonRole::Primary ? IconTone::OnAccent : IconTone::Normal));
        button->setIconSize(buttonIconSize());
    }
    return button;
}

} // namespace bitfront
