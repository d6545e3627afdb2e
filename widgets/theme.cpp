// SPDX-License-Identifier: GPL-3.0-or-later
// Colour tokens, fonts and the switch between light and dark.
#include "widgets/theme.h"

#include "widgets/theme_focus.h"
#include "widgets/theme_style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontInfo>
#include <QPalette>
#include <QStyleHints>

#include <cmath>
#include <optional>

namespace bitfront {

namespace {

Theme& mutableTheme()
{
    static Theme theme = Theme::light();
    return theme;
}

QPalette paletteOf(const Theme& t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.panel);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::Button, t.field);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.onAccent);
    p.setColor(QPalette::Highlight, t.accentFill);
    p.setColor(QPalette::HighlightedText, t.onAccent);
    p.setColor(QPalette::PlaceholderText, t.text3);
    p.setColor(QPalette::Link, t.accent);
    p.setColor(QPalette::LinkVisited, t.accent);
    p.setColor(QPalette::ToolTipBase, t.text);
    p.setColor(QPalette::ToolTipText, t.surface);
    p.setColor(QPalette::Light, t.surface);
    p.setColor(QPalette::Midlight, t.hover);
    p.setColor(QPalette::Mid, t.line);
    p.setColor(QPalette::Dark, t.lineStrong);
    p.setColor(QPalette::Shadow, Qt::black);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, t.text3);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.line);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, t.text2);
    return p;
}

/// What the desktop said by itself, if it did.
std::optional<bool>& toldPreference()
{
    static std::optional<bool> told;
    return told;
}

#if QT_VERSION < QT_VERSION_CHECK(6, 5, 0)
bool isDark(const QPalette& p)
{
    return p.color(QPalette::WindowText).lightness() > p.color(QPalette::Window).lightness();
}

/// Below Qt 6.5 only the platform's palette tells, and only until we replace it.
bool& systemPalettePrefersDark()
{
    static bool dark = isDark(QGuiApplication::palette());
    return dark;
}
#endif

double linear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& c)
{
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

} // namespace

Theme Theme::light()
{
    Theme t;
    t.window = QColor(0xF6F6F8u);
    t.panel = QColor(0xFBFBFCu);
    t.surface = t.field = t.onAccent = QColor(0xFFFFFFu);
    t.hover = QColor(0xEFEFF3u);
    t.line = QColor(0xE4E5EAu);
    t.lineStrong = QColor(0xCDD0D7u);
    t.grid = QColor(0xEFF0F3u);
    t.track = QColor(0xE9EAEEu);
    t.text = QColor(0x1A1C20u);
    t.text2 = QColor(0x555B66u);
    t.text3 = QColor(0x6A707Bu);
    t.accent = QColor(0x4B4EC9u);
    t.accentFill = t.partCodes = QColor(0x5053D4u);
    t.accentFillHover = QColor(0x4447BDu);
    t.accentSoft = QColor(0xEDEDFBu);
    t.ok = QColor(0x17734Au);
    t.warn = QColor(0x8A5300u);
    t.err = QColor(0xB3261Eu);
    t.okSoft = QColor(0xE6F4ECu);
    t.warnSoft = QColor(0xFDF3E0u);
    t.errSoft = QColor(0xFCEBE9u);
    t.partTables = QColor(0xA3A5F0u);
    t.partUntouched = QColor(0x9AA0AAu);
    t.fp16 = QColor(0x000000u);
    t.failed = QColor(0x7F7F7Fu);
    return t;
}

Theme Theme::darkTheme()
{
    Theme t;
    t.dark = true;
    t.window = QColor(0x141618u);
    t.panel = QColor(0x181A1Du);
    t.surface = QColor(0x1B1E20u);
    t.field = QColor(0x1F2326u);
    t.onAccent = t.fp16 = QColor(0xFFFFFFu);
    t.hover = QColor(0x24282Cu);
    t.line = t.track = QColor(0x2B2F33u);
    t.lineStrong = QColor(0x41474Du);
    t.grid = QColor(0x24282Bu);
    t.text = QColor(0xECEDEFu);
    t.text2 = QColor(0xA9AFB8u);
    t.text3 = QColor(0x8C939Du);
    t.accent = QColor(0xA5A7FFu);
    t.accentFill = t.partCodes = QColor(0x5A5DDCu);
    t.accentFillHover = QColor(0x6467E0u);
    t.accentSoft = QColor(0x2A2B4Au);
    t.ok = QColor(0x5CC796u);
    t.warn = QColor(0xE9B35Cu);
    t.err = QColor(0xF2938Cu);
    t.okSoft = QColor(0x17332Au);
    t.warnSoft = QColor(0x352A15u);
    t.errSoft = QColor(0x3A2021u);
    t.partTables = QColor(0x9A9CF5u);
    t.partUntouched = QColor(0x666D76u);
    t.failed = QColor(0x8C8C8Cu);
    return t;
}

const Theme& Theme::current()
{
    return mutableTheme();
}

QColor Theme::group(GroupId id) const
{
    switch (id) {
    case GroupId::PerChannel:
        return dark ? QColor(0x56B4E9u) : QColor(0x0072B2u);
    case GroupId::PerBlock:
        return dark ? QColor(0xE69F00u) : QColor(0xD55E00u);
    case GroupId::Palette:
        return QColor(0x009E73u);
    case GroupId::Mixed:
        return QColor(0xCC79A7u);
    }
    return text2;
}

QColor mixed(const QColor& front, const QColor& back, double amount)
{
    const auto blend = [amount](double f, double b) {
        return float(f * amount + b * (1 - amount));
    };
    return QColor::fromRgbF(blend(front.redF(), back.redF()), blend(front.greenF(), back.greenF()),
                            blend(front.blueF(), back.blueF()));
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

void setSystemPrefersDark(std::optional<bool> dark)
{
    toldPreference() = dark;
}

bool systemPrefersDark()
{
    if (toldPreference())
        return *toldPreference();
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#else
    return systemPalettePrefersDark();
#endif
}

void rereadSystemPalette(QApplication& application)
{
#if QT_VERSION < QT_VERSION_CHECK(6, 5, 0)
    application.setPalette(QPalette()); // the platform's own
    systemPalettePrefersDark() = isDark(QGuiApplication::palette());
    application.setPalette(paletteOf(Theme::current()));
#else
    Q_UNUSED(application)
#endif
}

double uiScale()
{
    static const double scale = [] {
        const double px =
            QFontInfo(QFontDatabase::systemFont(QFontDatabase::GeneralFont)).pixelSize();
        // Desktops ship 12 to 16 px; the design's 13 px body is right for all of them.
        if (px > 16)
            return std::min(px / 14.5, 3.0);
        return px < 11 ? std::max(px / 12.0, 0.75) : 1.0;
    }();
    return scale;
}

int uiPx(int px)
{
    return qRound(px * uiScale());
}

QFont uiFont(int px, int weight)
{
    QFont font;
    font.setFamilies({QStringLiteral("Inter"), QStringLiteral("Noto Sans"),
                      QStringLiteral("Segoe UI"), QStringLiteral("Helvetica Neue"),
                      QStringLiteral("DejaVu Sans")});
    font.setPixelSize(uiPx(px));
    font.setWeight(QFont::Weight(weight));
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

void applyTheme(QApplication& application, ThemeMode mode)
{
    const bool dark = mode == ThemeMode::Dark || (mode == ThemeMode::System && systemPrefersDark());
    mutableTheme() = dark ? Theme::darkTheme() : Theme::light();
    if (application.style()->objectName() != QLatin1String(kStyleName))
        application.setStyle(new ThemeStyle);
    FocusRing::install(application);
    application.setFont(uiFont(13));
    application.setPalette(paletteOf(Theme::current()));
    application.setStyleSheet(styleSheetOf(Theme::current()));
}

} // namespace bitfront
