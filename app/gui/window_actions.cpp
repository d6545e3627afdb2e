// SPDX-License-Identifier: GPL-3.0-or-later
// Actions, menus and the toolbar of the window, and when each of them can be used.
#include "app/gui/window_actions.h"

#include "app/gui/main_window.h"
#include "widgets/dialogs/help_dialogs.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/plot_legend.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/results_panel.h"
#include "widgets/parts/labels.h"
#include "widgets/results/filter_bar.h"
#include "widgets/scatter_plot.h"
#include "widgets/setup/setup_page.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QActionGroup>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

namespace bitfront {

namespace {

QAction* makeAction(QWidget* owner, const QString& name, const QString& text,
                    const QString& icon = {}, const QKeySequence& key = {})
{
    auto* action = new QAction(text, owner);
    action->setObjectName(name);
    if (!icon.isEmpty())
        action->setIcon(buttonIcon(icon));
    if (!key.isEmpty()) {
        action->setShortcut(key);
        action->setToolTip(QString(text).remove(QLatin1Char('&'))
                           + QStringLiteral(" (%1)").arg(key.toString(QKeySequence::NativeText)));
    }
    owner->addAction(action);
    return action;
}

} // namespace

void MainWindow::buildActions()
{
    m_actions = std::make_unique<Actions>();
    Actions& a = *m_actions;
    a.openModel = makeAction(this, QStringLiteral("actionOpenModel"), tr("&Open model"),
                             QStringLiteral("folder-open"), QKeySequence(tr("Ctrl+O")));
    a.openInputs = makeAction(this, QStringLiteral("actionOpenInputs"), tr("&Inputs"),
                              QStringLiteral("image"), QKeySequence(tr("Ctrl+I")));
    a.openRun = makeAction(this, QStringLiteral("actionOpenRun"), tr("Open &run folder…"));
    a.openDemo = makeAction(this, QStringLiteral("actionOpenDemo"), tr("Open the &demo"));
    a.primary = makeAction(this, QStringLiteral("actionPrimary"), tr("Estimate and start"),
                           QStringLiteral("play"), QKeySequence(Qt::Key_F5));
    a.pause = makeAction(this, QStringLiteral("actionPause"), tr("&Pause"), QStringLiteral("pause"),
                         QKeySequence(Qt::Key_F6));
    a.resume = makeAction(this, QStringLiteral("actionResume"), tr("Res&ume"),
                          QStringLiteral("play"), QKeySequence(Qt::Key_F7));
    a.stop = makeAction(this, QStringLiteral("actionStop"), tr("&Stop"), QStringLiteral("stop"),
                        QKeySequence(Qt::SHIFT | Qt::Key_F5));
    a.keepAwake = makeAction(this, QStringLiteral("actionKeepAwake"),
                             tr("&Keep the computer awake while a sweep runs"));
    a.keepAwake->setCheckable(true);
    a.keepAwake->setChecked(m_settings.keepsAwake());
    a.exportAll = makeAction(this, QStringLiteral("actionExport"), tr("&Export report"),
                             QStringLiteral("export"), QKeySequence(tr("Ctrl+E")));
    a.exportOne = makeAction(this, QStringLiteral("actionExportAs"), tr("Export &as…"), {},
                             QKeySequence(tr("Ctrl+Shift+E")));
    a.quit =
        makeAction(this, QStringLiteral("actionQuit"), tr("&Quit"), {}, QKeySequence(tr("Ctrl+Q")));
    buildEditActions();
    a.clearSelection = makeAction(this, QStringLiteral("actionClearSelection"),
                                  tr("&Clear selection"), {}, QKeySequence(Qt::Key_Escape));
    a.resetZoom = makeAction(this, QStringLiteral("actionResetZoom"), tr("Reset &zoom"), {},
                             QKeySequence(tr("Ctrl+0")));
    a.resetLayout = makeAction(this, QStringLiteral("actionResetLayout"), tr("Reset &layout"));
    a.help =
        makeAction(this, QStringLiteral("actionHelp"), tr("&Help"), {}, QKeySequence(Qt::Key_F1));
    a.exportHelp =
        makeAction(this, QStringLiteral("actionExportHelp"), tr("How to e&xport a model"));

    connect(a.openModel, &QAction::triggered, this, &MainWindow::chooseModel);
    connect(a.openInputs, &QAction::triggered, this, &MainWindow::chooseInputs);
    connect(a.openRun, &QAction::triggered, this, &MainWindow::chooseRun);
    connect(a.openDemo, &QAction::triggered, this, &MainWindow::openDemo);
    connect(a.primary, &QAction::triggered, this, &MainWindow::primaryAction);
    connect(a.pause, &QAction::triggered, this, [this] { m_run.setPaused(!m_run.isPaused()); });
    connect(a.resume, &QAction::triggered, this, &MainWindow::resumeRun);
    connect(a.stop, &QAction::triggered, &m_run, &RunController::stop);
    connect(a.keepAwake, &QAction::toggled, this, [this](bool on) {
        m_settings.setKeepsAwake(on);
        updateAwake();
    });
    connect(a.exportAll, &QAction::triggered, this, &MainWindow::exportAll);
    connect(a.exportOne, &QAction::triggered, this, &MainWindow::exportOne);
    connect(a.quit, &QAction::triggered, this, &QWidget::close);
    connect(a.clearSelection, &QAction::triggered, this, [this] {
        if (m_stage == Stage::Estimate)
            cancelEstimate();
        else
            escape();
    });
    connect(a.resetZoom, &QAction::triggered, &m_plot->plot(), &ScatterPlot::resetZoom);
    connect(a.resetLayout, &QAction::triggered, this, &MainWindow::resetLayout);
    connect(a.help, &QAction::triggered, this, &MainWindow::showHelp);
    connect(a.exportHelp, &QAction::triggered, this, &MainWindow::showExportHelp);
    buildScanActions();
    buildCommandActions();
}

/// Undoable changes of what is looked at.
void MainWindow::buildEditActions()
{
    Actions& a = *m_actions;
    QUndoStack& undo = m_selection.undoStack();
    a.undo = undo.createUndoAction(this, tr("&Undo"));
    a.undo->setObjectName(QStringLiteral("actionUndo"));
    a.undo->setShortcut(QKeySequence(tr("Ctrl+Z")));
    a.redo = undo.createRedoAction(this, tr("&Redo"));
    a.redo->setObjectName(QStringLiteral("actionRedo"));
    a.redo->setShortcut(QKeySequence(tr("Ctrl+Shift+Z")));
    addActions({a.undo, a.redo});
    a.filter = makeAction(this, QStringLiteral("actionFilter"), tr("&Filter…"), {},
                          QKeySequence(tr("Ctrl+F")));
    a.clearFilter = makeAction(this, QStringLiteral("actionClearFilter"), tr("Clear f&ilter"));
    a.hide = makeAction(this, QStringLiteral("actionHide"), tr("&Hide selected"), {},
                        QKeySequence(tr("Ctrl+H")));
    a.showHidden = makeAction(this, QStringLiteral("actionShowHidden"), tr("&Show hidden"));
    a.pin = makeAction(this, QStringLiteral("actionPin"), tr("&Pin"), QStringLiteral("pin"),
                       QKeySequence(tr("Ctrl+P")));
    a.compare = makeAction(this, QStringLiteral("actionCompare"), tr("&Compare"),
                           QStringLiteral("compare"), QKeySequence(tr("Ctrl+D")));
    a.duplicate = makeAction(this, QStringLiteral("actionDuplicate"), tr("&Duplicate and change…"),
                             {}, QKeySequence(tr("Ctrl+Shift+D")));
    connect(a.duplicate, &QAction::triggered, this, &MainWindow::duplicateCurrent);
    connect(a.compare, &QAction::triggered, this, &MainWindow::showComparison);
    auto* title = static_cast<DockTitle*>(m_detailDock->titleBarWidget());
    title->addButton(a.compare, QStringLiteral("compare"));
    title->addButton(a.pin, QStringLiteral("pin"));
    connect(a.filter, &QAction::triggered, this, [this] {
        m_tableDock->show();
        m_table->showPage(0);
        m_table->filter().setFocus(Qt::ShortcutFocusReason);
    });
    connect(a.clearFilter, &QAction::triggered, &m_selection, &Selection::clearFilter);
    connect(a.hide, &QAction::triggered, this,
            [this] { m_selection.hide(m_selection.selected()); });
    connect(a.showHidden, &QAction::triggered, &m_selection, &Selection::showHidden);
    connect(a.pin, &QAction::triggered, this,
            [this] { m_selection.togglePin(m_selection.current()); });
}

/// First the selection, then the filter; never the run.
void MainWindow::escape()
{
    if (m_selection.current() != kNoRecord)
        m_selection.setCurrent(kNoRecord);
    else if (!m_selection.view().filter.empty())
        m_selection.clearFilter();
}

void MainWindow::buildMenus()
{
    Actions& a = *m_actions;
    menuBar()->setNativeMenuBar(true);
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addActions({a.openModel, a.openInputs, a.openRun, a.openDemo});
    file->addSeparator();
    file->addActions({a.exportAll, a.exportOne});
    file->addSeparator();
    file->addAction(a.quit);
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    edit->addActions({a.undo, a.redo});
    edit->addSeparator();
    edit->addActions({a.filter, a.clearFilter});
    edit->addSeparator();
    edit->addActions({a.hide, a.showHidden, a.pin, a.compare, a.duplicate});
    edit->addSeparator();
    edit->addAction(a.clearSelection);
    QMenu* view = menuBar()->addMenu(tr("&View"));
    QMenu* theme = view->addMenu(tr("&Theme"));
    auto* modes = new QActionGroup(this);
    const std::pair<ThemeMode, QString> kModes[] = {{ThemeMode::System, tr("&System")},
                                                    {ThemeMode::Light, tr("&Light")},
                                                    {ThemeMode::Dark, tr("&Dark")}};
    for (const auto& [mode, text] : kModes) {
        QAction* action = theme->addAction(text);
        action->setObjectName(QStringLiteral("theme%1").arg(static_cast<int>(mode)));
        action->setCheckable(true);
        action->setChecked(m_settings.themeMode() == mode);
        modes->addAction(action);
        connect(action, &QAction::triggered, this, [this, chosen = mode] { setThemeMode(chosen); });
    }
    view->addSeparator();
    for (QDockWidget* dock : {m_projectDock, m_tableDock, m_detailDock})
        view->addAction(dock->toggleViewAction());
    view->addSeparator();
    view->addMenu(m_plot->legend().menu());
    QMenu* goTo = view->addMenu(tr("&Go to"));
    goTo->addActions(a.goTo);
    view->addActions({a.resetZoom, a.resetLayout, a.fullScreen});
    QMenu* run = menuBar()->addMenu(tr("&Run"));
    run->addActions({a.primary, a.resume, a.pause, a.stop});
    run->addSeparator();
    run->addActions({a.sensitivity, a.verify, a.frontier, a.cancelScan});
    run->addSeparator();
    run->addAction(a.keepAwake);
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    help->addActions({a.search, a.shortcuts});
    help->addSeparator();
    help->addActions({a.help, a.exportHelp});
    buildSearchButton();
}

void MainWindow::buildToolBar()
{
    Actions& a = *m_actions;
    m_toolBar = addToolBar(tr("Main"));
    m_toolBar->setObjectName(QStringLiteral("toolBar"));
    m_toolBar->setMovable(false);
    m_toolBar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_toolBar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_toolBar->setIconSize(buttonIconSize());
    m_toolBar->addActions({a.openModel, a.openInputs});
    m_toolBar->addSeparator();
    m_toolBar->addActions({a.resume, a.primary, a.pause, a.stop});
    m_toolBar->addSeparator();
    auto* exportButton = new QToolButton;
    exportButton->setObjectName(QStringLiteral("exportButton"));
    exportButton->setText(tr("Export"));
    exportButton->setIcon(buttonIcon(QStringLiteral("export")));
    exportButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    exportButton->setPopupMode(QToolButton::InstantPopup);
    exportButton->setToolTip(tr("Report and plot as files"));
    auto* exportMenu = new QMenu(exportButton);
    exportMenu->addActions({a.exportAll, a.exportOne});
    exportButton->setMenu(exportMenu);
    m_toolBar->addAction(a.compare);
    m_toolBar->addWidget(exportButton);
    a.exportButton = exportButton;
    const QList<QToolButton*> buttons = m_toolBar->findChildren<QToolButton*>();
    for (QToolButton* button : buttons)
        button->setFont(uiFont(13, 500));
    auto* space = new QWidget;
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_toolBar->addWidget(space);
    auto* outputs = new QWidget;
    auto* across = new QHBoxLayout(outputs);
    across->setContentsMargins(0, 0, uiPx(12), 0);
    across->setSpacing(10);
    m_outputLabel = new Label(tr("Output"), 13, 500);
    m_output = new QComboBox;
    m_output->setObjectName(QStringLiteral("outputCombo"));
    m_output->setAccessibleName(tr("Output that judges"));
    m_output->setToolTip(tr("The output whose quality ranks the results"));
    m_output->setFont(uiFont(13, 500));
    m_output->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_output->setMaximumWidth(uiPx(260)); // or a long name would push it off the bar
    m_outputLabel->setBuddy(m_output);
    across->addWidget(m_outputLabel);
    across->addWidget(m_output);
    m_toolBar->addWidget(outputs);
    connect(m_output, &QComboBox::activated, this, &MainWindow::chooseOutput);
}

void MainWindow::updateActions()
{
    Actions& a = *m_actions;
    const bool running = m_run.isRunning();
    const bool results = m_run.snapshot() && !m_run.snapshot()->records.empty();
    a.openModel->setEnabled(!running);
    a.openInputs->setEnabled(!running && m_setup.model() != nullptr);
    a.openRun->setEnabled(!running && !m_scan.isWorking());
    a.openDemo->setEnabled(!running && !m_scan.isWorking());
    const bool recipes = m_stage == Stage::Results && m_scan.view() && m_scan.view()->isComplete()
        && !m_scan.isWorking() && m_scan.obstacle().isEmpty();
    a.sensitivity->setEnabled(m_stage == Stage::Results);
    a.verify->setEnabled(recipes && m_scan.forecast().recipe);
    a.frontier->setEnabled(recipes);
    a.cancelScan->setEnabled(m_scan.isWorking());
    a.openDemo->setVisible(m_actions->demoAvailable);
    a.stop->setEnabled(running && !m_run.isStopping());
    a.stop->setText(m_run.isStopping() ? tr("Stopping…") : tr("&Stop"));
    const bool paused = m_run.isPaused();
    a.pause->setVisible(running);
    a.pause->setEnabled(running && !m_run.isStopping());
    a.pause->setText(paused ? tr("Go &on") : tr("&Pause"));
    a.pause->setIcon(buttonIcon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    const bool resumable = m_stage == Stage::Results && m_run.canResume();
    a.resume->setVisible(resumable);
    a.resume->setEnabled(resumable && !m_reopening);
    const bool again = m_stage == Stage::Results && !running;
    a.primary->setText(again                            ? tr("Run again")
                           : m_stage == Stage::Estimate ? tr("Start")
                                                        : tr("Estimate"));
    a.primary->setIcon(buttonIcon(again ? QStringLiteral("refresh") : QStringLiteral("play")));
    switch (m_stage) {
    case Stage::Welcome:
        a.primary->setEnabled(false);
        break;
    case Stage::Setup:
        a.primary->setEnabled(m_setup.missing().isEmpty());
        break;
    case Stage::Estimate:
        a.primary->setEnabled(m_setup.probe().has_value() && m_setup.plan().count() > 0);
        break;
    case Stage::Results:
        a.primary->setEnabled(!running);
        break;
    }
    a.primary->setVisible(!running);
    a.exportAll->setEnabled(m_stage == Stage::Results && results);
    a.exportOne->setEnabled(m_stage == Stage::Results && results);
    a.exportButton->setEnabled(m_stage == Stage::Results && results);
    const bool chosen = m_selection.current() != kNoRecord;
    const bool filtered = !m_selection.view().filter.empty();
    a.clearSelection->setEnabled(m_stage == Stage::Estimate || chosen || filtered);
    a.filter->setEnabled(m_stage == Stage::Results && results);
    a.clearFilter->setEnabled(filtered);
    a.hide->setEnabled(chosen);
    a.showHidden->setEnabled(!m_selection.view().hidden.empty());
    a.pin->setEnabled(chosen);
    a.duplicate->setEnabled(chosen && m_stage == Stage::Results);
    a.compare->setEnabled(m_stage == Stage::Results && results);
    a.pin->setText(m_selection.pinLetter(m_selection.current()) != 0 ? tr("Un&pin") : tr("&Pin"));
    a.resetZoom->setEnabled(m_stage == Stage::Results);
    a.resetLayout->setEnabled(m_stage == Stage::Results);
    for (QAction* action : a.goTo)
        action->setEnabled(m_stage == Stage::Results);
    for (QDockWidget* dock : {m_projectDock, m_tableDock, m_detailDock})
        dock->toggleViewAction()->setEnabled(m_stage == Stage::Results);
}

void MainWindow::updateOutputs()
{
    std::vector<MetricChoice> choices;
    int current = 0;
    if (m_stage == Stage::Results && m_run.hasRun()) {
        choices = m_run.header().metrics;
        current = static_cast<int>(m_run.judged());
    } else {
        choices = m_setup.metrics();
    }
    m_output->clear();
    for (const MetricChoice& choice : choices)
        m_output->addItem(toQString(choice.output) + QStringLiteral(" · ")
                              + metricTitle(choice.metric),
                          toQString(choice.output));
    m_output->setCurrentIndex(choices.empty() ? -1 : current);
    m_output->setVisible(!choices.empty());
    m_outputLabel->setVisible(!choices.empty());
    m_output->parentWidget()->adjustSize();
}

void MainWindow::chooseOutput(int index)
{
    if (m_stage == Stage::Results && m_run.hasRun()) {
        m_run.setJudged(static_cast<std::size_t>(std::max(index, 0)));
        return;
    }
    const std::string output = m_output->itemData(index).toString().toStdString();
    const auto& outputs = m_setup.outputs();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].info.name == output)
            m_setup.setPrimaryOutput(i);
    }
}

void MainWindow::setThemeMode(ThemeMode mode)
{
    m_settings.setThemeMode(mode);
    applyTheme(*qApp, mode);
}

void MainWindow::showHelp()
{
    auto* dialog = new HelpDialog(this);
    dialog->show();
}

void MainWindow::showExportHelp()
{
    auto* dialog = new ExportSnippetDialog(this);
    dialog->show();
}

} // namespace bitfront
