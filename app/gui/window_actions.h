// SPDX-License-Identifier: GPL-3.0-or-later
// The window's actions, known to its own source files only.
#pragma once

#include "app/gui/main_window.h"

#include <QList>

class QAction;
class QToolButton;

namespace bitfront {

struct MainWindow::Actions
{
    QAction* openModel = nullptr;
    QAction* openInputs = nullptr;
    QAction* openRun = nullptr;
    QAction* openDemo = nullptr;
    QAction* primary = nullptr; ///< estimate, start, run again: whatever comes next
    QAction* pause = nullptr; ///< pause and go on
    QAction* resume = nullptr; ///< of a run that ended early
    QAction* stop = nullptr;
    QAction* keepAwake = nullptr; ///< a setting
    QAction* sensitivity = nullptr;
    QAction* verify = nullptr; ///< the recipe that the slider stands at
    QAction* frontier = nullptr;
    QAction* cancelScan = nullptr; ///< of scans and recipes
    QAction* exportAll = nullptr;
    QAction* exportOne = nullptr;
    QAction* quit = nullptr;
    QAction* undo = nullptr;
    QAction* redo = nullptr;
    QAction* hide = nullptr;
    QAction* showHidden = nullptr;
    QAction* filter = nullptr;
    QAction* clearFilter = nullptr;
    QAction* pin = nullptr;
    QAction* compare = nullptr;
    QAction* duplicate = nullptr;
    QAction* clearSelection = nullptr;
    QAction* resetZoom = nullptr;
    QAction* resetLayout = nullptr;
    QAction* help = nullptr;
    QAction* exportHelp = nullptr;
    QAction* search = nullptr;
    QAction* shortcuts = nullptr;
    QAction* fullScreen = nullptr;
    QList<QAction*> goTo; ///< panels in the order of their numbers
    QToolButton* exportButton = nullptr;
    bool demoAvailable = false;
};

} // namespace bitfront
