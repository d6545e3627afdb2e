// SPDX-License-Identifier: GPL-3.0-or-later
// Icons of Qt's own dialogs and buttons: the file dialog where the desktop has none of its own, the
// button of a tool bar that is too narrow, message boxes.
#include "widgets/theme.h"
#include "widgets/theme_style.h"

namespace bitfront {

namespace {

struct StandardIcon
{
    const char* name = nullptr; ///< null: Qt's own
    IconTone tone = IconTone::Normal;
};

StandardIcon ownIcon(QStyle::StandardPixmap pixmap)
{
    switch (pixmap) {
    case QStyle::SP_DirIcon:
    case QStyle::SP_DirClosedIcon:
    case QStyle::SP_DirLinkIcon:
        return {"folder"};
    case QStyle::SP_DirOpenIcon:
    case QStyle::SP_DirLinkOpenIcon:
    case QStyle::SP_DialogOpenButton:
        return {"folder-open"};
    case QStyle::SP_FileIcon:
    case QStyle::SP_FileLinkIcon:
        return {"file"};
    case QStyle::SP_DirHomeIcon:
        return {"home"};
    case QStyle::SP_ComputerIcon:
    case QStyle::SP_DesktopIcon:
        return {"desktop"};
    case QStyle::SP_DriveHDIcon:
    case QStyle::SP_DriveFDIcon:
    case QStyle::SP_DriveCDIcon:
    case QStyle::SP_DriveDVDIcon:
    case QStyle::SP_DriveNetIcon:
        return {"drive"};
    case QStyle::SP_FileDialogNewFolder:
        return {"folder-plus"};
    case QStyle::SP_FileDialogBack:
    case QStyle::SP_ArrowBack:
    case QStyle::SP_ArrowLeft:
        return {"arrow-left"};
    case QStyle::SP_ArrowForward:
    case QStyle::SP_ArrowRight:
        return {"arrow-right"};
    case QStyle::SP_FileDialogToParent:
    case QStyle::SP_ArrowUp:
        return {"arrow-up"};
    case QStyle::SP_FileDialogListView:
        return {"list"};
    case QStyle::SP_FileDialogDetailedView:
        return {"rows"};
    case QStyle::SP_ToolBarHorizontalExtensionButton:
        return {"more"};
    case QStyle::SP_LineEditClearButton:
        return {"close"};
    case QStyle::SP_MessageBoxInformation:
    case QStyle::SP_MessageBoxQuestion:
        return {"info"};
    case QStyle::SP_MessageBoxWarning:
        return {"warning", IconTone::Warn};
    case QStyle::SP_MessageBoxCritical:
        return {"warning", IconTone::Err};
    default:
        return {};
    }
}

} // namespace

QIcon ThemeStyle::standardIcon(StandardPixmap pixmap, const QStyleOption* option,
                               const QWidget* widget) const
{
    const StandardIcon own = ownIcon(pixmap);
    return own.name ? themedIcon(QLatin1String(own.name), own.tone)
                    : QProxyStyle::standardIcon(pixmap, option, widget);
}

QPixmap ThemeStyle::standardPixmap(StandardPixmap pixmap, const QStyleOption* option,
                                   const QWidget* widget) const
{
    const StandardIcon own = ownIcon(pixmap);
    return own.name ? themedIcon(QLatin1String(own.name), own.tone).pixmap(uiPx(16), uiPx(16))
                    : QProxyStyle::standardPixmap(pixmap, option, widget);
}

} // namespace bitfront
