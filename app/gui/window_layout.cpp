// SPDX-License-Identifier: GPL-3.0-or-later
// Where the docks of the workbench are and how large: as the user left them, less where the window
// is too small for that, and again as they were when there is room.
#include "app/gui/main_window.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QDockWidget>
#include <QResizeEvent>
#include <QTimer>
#include <QToolBar>

#include <algorithm>

namespace bitfront {

namespace {

/// Windows narrower than these fold the project dock, then the detail dock away.
constexpr int kProjectNeeds = 1200;
constexpr int kDetailNeeds = 860;
constexpr int kSheetNeeds = 940; ///< the estimate's sheet and the project dock side by side
constexpr int kProjectWidth = 248;
constexpr int kDetailWidth = 336;
constexpr int kTableHeight = 284;

QList<int> usualSizes()
{
    return {uiPx(kProjectWidth), uiPx(kDetailWidth), uiPx(kTableHeight)};
}

} // namespace

QList<int> MainWindow::dockSizes() const
{
    return {m_projectDock->width(), m_detailDock->width(), m_tableDock->height()};
}

void MainWindow::showDocks()
{
    if (m_stage != Stage::Results) {
        m_folded.clear();
        m_projectDock->setVisible(m_stage == Stage::Estimate && width() >= uiPx(kSheetNeeds));
        m_tableDock->hide();
        m_detailDock->hide();
        if (m_stage == Stage::Estimate)
            resizeDocks({m_projectDock}, {usualSizes().front()}, Qt::Horizontal);
        return;
    }
    const QSize before = size();
    m_dockSizes = m_settings.dockSizes();
    const QByteArray layout = m_settings.layout();
    if (layout.isEmpty() || m_dockSizes.size() != 3 || !restoreState(layout))
        resetLayout();
    m_toolBar->setVisible(true);
    foldDocks();
    // Docks that were hidden have their place only after the next layout pass. All of them at once
    // may have been too much for the window, which then grew.
    QTimer::singleShot(0, this, [this, before] {
        if (size() != before && !isMaximized() && !isFullScreen())
            resize(before);
        fitDocks();
    });
}

void MainWindow::resetLayout()
{
    addDockWidget(Qt::LeftDockWidgetArea, m_projectDock);
    addDockWidget(Qt::RightDockWidgetArea, m_detailDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_tableDock);
    for (QDockWidget* dock : {m_projectDock, m_detailDock, m_tableDock}) {
        dock->setFloating(false);
        dock->setVisible(true);
    }
    m_folded.clear();
    m_dockSizes = usualSizes();
    foldDocks();
    QTimer::singleShot(0, this, &MainWindow::fitDocks);
}

void MainWindow::saveLayout()
{
    m_settings.setDockSizes(m_dockSizes);
    if (m_folded.isEmpty()) // otherwise it is not what the user wants
        m_settings.setLayout(saveState());
}

/// Folds away what the window is too narrow for, unfolds what it folded.
void MainWindow::foldDocks()
{
    if (m_stage != Stage::Results)
        return;
    const std::pair<QDockWidget*, int> kNeeds[] = {{m_projectDock, kProjectNeeds},
                                                   {m_detailDock, kDetailNeeds}};
    for (const auto& [dock, needs] : kNeeds) {
        const bool narrow = width() < uiPx(needs);
        if (narrow && !m_folded.contains(dock) && !dock->isHidden() && !dock->isFloating()) {
            m_folded << dock;
            dock->hide();
        } else if (!narrow && m_folded.removeOne(dock)) {
            dock->show();
        }
    }
}

/// Gives the docks the sizes the user wants, as far as the window has room; the table never takes
/// more than half of what it shares with the plot.
void MainWindow::fitDocks()
{
    if (m_stage != Stage::Results || m_dockSizes.size() != 3)
        return;
    const auto inPlace = [this](QDockWidget* dock, Qt::DockWidgetArea area) {
        return !dock->isHidden() && !dock->isFloating() && dockWidgetArea(dock) == area;
    };
    if (inPlace(m_projectDock, Qt::LeftDockWidgetArea))
        resizeDocks({m_projectDock}, {m_dockSizes[0]}, Qt::Horizontal);
    if (inPlace(m_detailDock, Qt::RightDockWidgetArea))
        resizeDocks({m_detailDock}, {m_dockSizes[1]}, Qt::Horizontal);
    if (inPlace(m_tableDock, Qt::BottomDockWidgetArea)) {
        const int most = (centralWidget()->height() + m_tableDock->height()) / 2;
        resizeDocks({m_tableDock}, {std::min(m_dockSizes[2], most)}, Qt::Vertical);
    }
}

bool MainWindow::event(QEvent* event)
{
    // A separator is dragged by mouse events of the window itself: only that changes what is
    // wanted.
    if (event->type() == QEvent::MouseButtonPress)
        m_pressedSizes = dockSizes();
    // The desktop went from light to dark or back.
    if (event->type() == QEvent::ThemeChange && m_settings.themeMode() == ThemeMode::System)
        QMetaObject::invokeMethod(
            this,
            [this] {
                rereadSystemPalette(*qApp);
                applyTheme(*qApp, m_settings.themeMode());
            },
            Qt::QueuedConnection);
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::MouseButtonRelease && m_stage == Stage::Results
        && m_dockSizes.size() == 3 && m_pressedSizes.size() == 3) {
        const QList<int> now = dockSizes();
        for (int i = 0; i < 3; ++i)
            if (now[i] != m_pressedSizes[i])
                m_dockSizes[i] = now[i];
        m_pressedSizes.clear();
    }
    return handled;
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    if (m_stage == Stage::Estimate)
        m_projectDock->setVisible(width() >= uiPx(kSheetNeeds));
    foldDocks();
    fitDocks();
}

} // namespace bitfront
