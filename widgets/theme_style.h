// SPDX-License-Identifier: GPL-3.0-or-later
// How the theme reaches the controls: a style sheet for boxes and colours, and a style for what a
// style sheet can only do with image files: check marks, arrows, focus rings.
#pragma once

#include <QProxyStyle>

namespace bitfront {

struct Theme;

inline constexpr char kStyleName[] = "bitfront";

class ThemeStyle : public QProxyStyle
{
    Q_OBJECT

public:
    ThemeStyle();

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                            QPainter* painter, const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option,
                    const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                         SubControl subControl, const QWidget* widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    /// What Qt's own dialogs show (the file dialog where the desktop has none) in the theme's
    /// icons.
    QIcon standardIcon(StandardPixmap pixmap, const QStyleOption* option,
                       const QWidget* widget) const override;
    QPixmap standardPixmap(StandardPixmap pixmap, const QStyleOption* option,
                           const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returnData) const override;
};

/// The application style sheet. Buttons take their looks from the dynamic property "role":
/// "primary", "quiet", "link", "tool"; none means neutral.
QString styleSheetOf(const Theme& theme);

} // namespace bitfront
