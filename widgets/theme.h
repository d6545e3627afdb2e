// SPDX-License-Identifier: GPL-3.0-or-later
// Every colour and font of the window, in one place, light and dark (tokens: docs/look.md).
#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

#include "core/plan/compression_config.h"

class QApplication;

namespace bitfront {

enum class ThemeMode { System, Light, Dark };

struct Theme
{
    bool dark = false;
    QColor window, panel, surface, field, hover, line, lineStrong, grid, track;
    QColor text, text2, text3, accent, accentFill, accentFillHover, accentSoft;
    QColor ok, warn, err;
    QColor partCodes, partTables, partUntouched; ///< size breakdown bar
    QColor failed;                               ///< outline of failed and below-floor points

    /// Okabe-Ito colour of a group's points in this theme.
    QColor group(GroupId group) const;

    static Theme light();
    static Theme darkTheme();
    /// The theme of the running application (light before applyTheme()).
    static const Theme& current();
};

/// Sets palette, style sheet and fonts of the application; widgets hear QEvent::PaletteChange.
void applyTheme(QApplication& application, ThemeMode mode);
/// What `System` means right now.
bool systemPrefersDark();

/// UI font at `px` logical pixels at 100 %, scaled with the user's system font. Weight 400, 500 or 600.
QFont uiFont(int px, int weight = 400);

/// Icon from resources/icons/<name>.svg, tinted for the current theme (disabled variant included).
QIcon themedIcon(const QString& name, int size = 16);
/// The same as a pixmap of one colour, for painting in delegates.
QPixmap tintedPixmap(const QString& name, const QColor& color, int size, qreal devicePixelRatio);

} // namespace bitfront
