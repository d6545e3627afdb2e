// SPDX-License-Identifier: GPL-3.0-or-later
// The application style sheet, from the theme's tokens. Fonts stay out of it except in table
// headers: a sheet that names a font beats setFont().
#include "widgets/theme.h"
#include "widgets/theme_style.h"

#include <QRegularExpression>

namespace bitfront {

namespace {

// @name is a colour of the theme, #n# a length that scales with the text.
constexpr auto kButtons = R"(
QPushButton{border:1px solid @lineStrong;border-radius:6px;background:@field;color:@text;padding:0 12px;min-height:#30#px;}
QPushButton:hover{background:@hover;}
QPushButton:pressed{background:@track;}
QPushButton:checked{background:@accentSoft;border-color:@accent;}
QPushButton:focus{border:2px solid @accent;padding:0 11px;min-height:#28#px;}
QPushButton:disabled{border-color:@line;background:transparent;color:@text3;}
QPushButton::menu-indicator{width:0;height:0;}
QPushButton[role="primary"]{background:@accentFill;border-color:@accentFill;color:@onAccent;padding:0 16px;}
QPushButton[role="primary"]:hover{background:@accentFillHover;border-color:@accentFillHover;}
QPushButton[role="primary"]:pressed{background:@accentFill;}
QPushButton[role="primary"]:focus{border:2px solid @text;padding:0 15px;}
QPushButton[role="primary"]:disabled{background:@line;border-color:@line;color:@text2;}
QPushButton[role="quiet"]{border-color:transparent;background:transparent;color:@text2;padding:0 8px;}
QPushButton[role="quiet"]:hover{background:@hover;color:@text;}
QPushButton[role="quiet"]:pressed{background:@track;}
QPushButton[role="quiet"]:focus{border:2px solid @accent;padding:0 7px;}
QPushButton[role="quiet"]:disabled{color:@text3;}
QPushButton[role="link"]{border:0;border-radius:3px;background:transparent;color:@accent;padding:0;min-height:#20#px;}
QPushButton[role="link"]:hover{color:@text;}
QPushButton[role="link"]:focus{border:0;padding:0;min-height:#20#px;background:@accentSoft;}
QPushButton[role="link"]:disabled{color:@text3;}
QToolButton{border:1px solid transparent;border-radius:6px;background:transparent;color:@text;padding:5px;}
QToolButton:hover{background:@hover;}
QToolButton:pressed,QToolButton:checked{background:@track;}
QToolButton:focus{border:2px solid @accent;padding:4px;}
QToolButton:disabled{color:@text3;background:transparent;}
QToolButton::menu-indicator{image:none;width:0;height:0;}
QCheckBox,QRadioButton{background:transparent;color:@text;}
QCheckBox:disabled,QRadioButton:disabled{color:@text3;}
)";

constexpr auto kFields = R"(
QLineEdit,QSpinBox,QDoubleSpinBox{background:@field;border:1px solid @lineStrong;border-radius:6px;color:@text;padding:0 8px;min-height:#30#px;selection-background-color:@accentFill;selection-color:@onAccent;}
QLineEdit:hover,QSpinBox:hover,QDoubleSpinBox:hover{border-color:@text3;}
QLineEdit:focus,QSpinBox:focus,QDoubleSpinBox:focus{border:2px solid @accent;padding:0 7px;min-height:#28#px;}
QLineEdit:disabled,QSpinBox:disabled,QDoubleSpinBox:disabled{background:@window;border-color:@line;color:@text3;}
QLineEdit[invalid="true"],QDoubleSpinBox[invalid="true"]{border:2px solid @err;padding:0 7px;min-height:#28#px;}
QSpinBox::up-button,QSpinBox::down-button,QDoubleSpinBox::up-button,QDoubleSpinBox::down-button{border:0;width:0;}
QPlainTextEdit,QTextEdit,QTextBrowser{background:@surface;border:0;color:@text;selection-background-color:@accentFill;selection-color:@onAccent;}
QComboBox QAbstractItemView{background:@field;border:1px solid @lineStrong;padding:4px;outline:0;selection-background-color:@accentSoft;selection-color:@text;}
QComboBox QAbstractItemView::item{min-height:#28#px;padding:0 8px;border-radius:4px;}
QComboBox QAbstractItemView::item:selected{background:@accentSoft;color:@text;}
)";

constexpr auto kWindows = R"(
QToolTip{background:@text;color:@surface;border:0;padding:6px 8px;}
QMainWindow,QDialog,QMessageBox{background:@window;}
QMainWindow::separator{background:@line;width:1px;height:1px;}
QMainWindow::separator:hover{background:@accent;}
QMenuBar{background:@window;color:@text2;padding:0 8px;spacing:0;}
QMenuBar::item{background:transparent;padding:6px 8px;margin:6px 0;border-radius:6px;}
QMenuBar::item:selected,QMenuBar::item:pressed{background:@track;color:@text;}
QMenu{background:@field;border:1px solid @lineStrong;padding:5px;color:@text;}
QMenu::item{padding:6px 24px 6px 10px;border-radius:4px;min-height:#16#px;}
QMenu::item:selected{background:@accentSoft;}
QMenu::item:disabled{color:@text3;background:transparent;}
QMenu::icon{padding-left:8px;}
QMenu::separator{height:1px;background:@line;margin:5px 6px;}
QToolBar{background:@window;border:0;border-bottom:1px solid @line;padding:4px 16px 8px 4px;spacing:2px;}
QToolBar QToolButton{padding:6px 9px;}
QToolBar QToolButton:focus{padding:5px 8px;}
QToolBar::separator{background:@line;width:1px;margin:6px 10px;}
QStatusBar{background:@window;border-top:1px solid @line;color:@text2;}
QStatusBar::item{border:0;}
QDockWidget{color:@text;}
QSplitter::handle{background:@line;}
QSplitter::handle:horizontal{width:1px;}
QFileDialog QHeaderView::section{padding:7px 8px 0 8px;height:#21#px;}
QFrame[card="true"]{background:@surface;border:1px solid @line;border-radius:10px;}
QFrame[card="sheet"]{background:@field;border:1px solid @line;border-radius:12px;}
QFrame[hairline="true"]{background:@line;border:0;max-height:1px;min-height:1px;}
QFrame[hairline="vertical"]{background:@line;border:0;max-width:1px;min-width:1px;}
QScrollArea{background:transparent;border:0;}
)";

constexpr auto kViews = R"(
QTabWidget::pane{border:0;border-top:1px solid @line;}
QTabBar{background:transparent;border:0;}
QTabBar::tab{background:transparent;border:0;border-bottom:2px solid transparent;color:@text2;padding:0 2px;margin:0 16px 0 0;height:#34#px;}
QTabBar::tab:selected{color:@text;border-bottom-color:@accent;}
QTabBar::tab:hover{color:@text;}
QTabBar::tab:focus{border-bottom-color:@text;}
QTabBar::tab:disabled{color:@text3;}
QHeaderView{background:@surface;border:0;}
QHeaderView::section{background:@surface;border:0;border-bottom:1px solid @line;padding:0 8px;color:@text3;height:#28#px;font-size:#11#px;font-weight:500;}
QHeaderView::section:hover{color:@text;}
QTableView,QTreeView,QListView{background:@surface;alternate-background-color:@surface;border:0;outline:0;color:@text;selection-background-color:@accentSoft;selection-color:@text;}
QTreeView::item,QListView::item{min-height:#28#px;}
QTreeView::item:hover,QListView::item:hover{background:@hover;}
QTreeView::item:selected,QListView::item:selected{background:@accentSoft;color:@text;}
QTableCornerButton::section{background:@surface;border:0;}
QProgressBar{background:@track;border:0;border-radius:1px;max-height:3px;min-height:3px;color:transparent;}
QProgressBar::chunk{background:@accentFill;border-radius:1px;}
QScrollBar:vertical{background:transparent;width:10px;margin:0;}
QScrollBar::handle:vertical{background:@lineStrong;border-radius:3px;margin:2px 2px 2px 2px;min-height:32px;}
QScrollBar:horizontal{background:transparent;height:10px;margin:0;}
QScrollBar::handle:horizontal{background:@lineStrong;border-radius:3px;margin:2px 2px 2px 2px;min-width:32px;}
QScrollBar::handle:hover{background:@text3;}
QScrollBar::add-line,QScrollBar::sub-line{width:0;height:0;}
QScrollBar::add-page,QScrollBar::sub-page{background:transparent;}
)";

} // namespace

QString styleSheetOf(const Theme& t)
{
    QString sheet = QLatin1String(kButtons) + QLatin1String(kFields) + QLatin1String(kWindows)
        + QLatin1String(kViews);
    // Longest names first: "@text2" before "@text".
    const std::pair<const char*, QColor> colors[] = {
        {"@accentFillHover", t.accentFillHover},
        {"@accentFill", t.accentFill},
        {"@accentSoft", t.accentSoft},
        {"@onAccent", t.onAccent},
        {"@accent", t.accent},
        {"@lineStrong", t.lineStrong},
        {"@line", t.line},
        {"@window", t.window},
        {"@surface", t.surface},
        {"@field", t.field},
        {"@hover", t.hover},
        {"@track", t.track},
        {"@text2", t.text2},
        {"@text3", t.text3},
        {"@text", t.text},
        {"@err", t.err},
    };
    for (const auto& [name, color] : colors)
        sheet.replace(QLatin1String(name), color.name());
    static const QRegularExpression length(QStringLiteral("#(\\d{2})#px"));
    for (auto match = length.match(sheet); match.hasMatch(); match = length.match(sheet))
        sheet.replace(match.capturedStart(), match.capturedLength(),
                      QStringLiteral("%1px").arg(uiPx(match.captured(1).toInt())));
    return sheet;
}

} // namespace bitfront
