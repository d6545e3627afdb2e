// SPDX-License-Identifier: GPL-3.0-or-later
// Every colour and font of the window, in one place, light and dark (tokens: docs/look.md).
#pragma once

#include "core/plan/compression_config.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

#include <optional>

class QApplication;

namespace bitfront {

enum class ThemeMode
{
    System,
    Light,
    Dark
};

struct Theme
{
    bool dark = false;
    QColor window, panel, surface, field, hover, line, lineStrong, grid, track;
    QColor text, text2, text3, accent, accentFill, accentFillHover, accentSoft;
    QColor onAccent; ///< text and icons on accentFill
    QColor ok, warn, err;
    QColor okSoft, warnSoft, errSoft; ///< soft fills of message banners
    QColor partCodes, partTables, partUntouched; ///< size breakdown bar
    QColor fp16; ///< the reference star
    QColor failed; ///< outline of failed and below-floor points

    /// Okabe-Ito colour of a group's points in this theme.
    QColor group(GroupId group) const;

    static Theme light();
    static Theme darkTheme();
    /// The theme of the running application (light before applyTheme()).
    static const Theme& current();
};

/// `front` over `back` with opacity `amount`: an opaque colour that does not darken where it
/// overlaps.
QColor mixed(const QColor& front, const QColor& back, double amount);
/// WCAG 2.1 contrast ratio of two opaque colours, 1…21.
double contrastRatio(const QColor& a, const QColor& b);

/// Sets palette, style sheet and fonts of the application; widgets hear QEvent::PaletteChange.
void applyTheme(QApplication& application, ThemeMode mode);
/// What `System` means right now.
bool systemPrefersDark();
/// What the desktop says about it, where it does; before that its palette counts.
void setSystemPrefersDark(std::optional<bool> dark);
/// To be called when the platform's theme has changed; applyTheme() follows.
void rereadSystemPalette(QApplication& application);

/// Factor by which the user's system font is larger (or smaller) than usual; 1 for the usual sizes.
double uiScale();
/// A length of `px` logical pixels at the usual text size, scaled like the text it holds.
int uiPx(int px);
/// UI font at `px` logical pixels at 100 %, scaled with the user's system font. Weight 400, 500 or
/// 600.
QFont uiFont(int px, int weight = 400);

/// Colour an icon takes from the theme.
enum class IconTone
{
    Normal,
    Text,
    Accent,
    OnAccent,
    Ok,
    Warn,
    Err
};
QColor toneColor(const Theme& theme, IconTone tone);

/// Icon from resources/icons/<name>.svg, tinted when painted: follows theme changes by itself, with
/// a disabled variant, crisp at any scale.
QIcon themedIcon(const QString& name, IconTone tone = IconTone::Normal);
/// An icon in front of a button's text. Needs buttonIconSize(), which is 6 px wider than high:
/// style sheets have no icon spacing.
QIcon buttonIcon(const QString& name, IconTone tone = IconTone::Normal);
QSize buttonIconSize();
/// An icon that paints at the right of that size: for chevrons behind the text.
QIcon trailingIcon(const QString& name, IconTone tone = IconTone::Normal);
/// The same as a pixmap of one colour, for painting in delegates. `size` in logical pixels.
QPixmap tintedPixmap(const QString& name, const QColor& color, int size, qreal devicePixelRatio);
/// The product's mark, in its own colours.
QIcon applicationIcon();

} // namespace bitfront
