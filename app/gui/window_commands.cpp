// SPDX-License-Identifier: GPL-3.0-or-later
// How one finds one's way without the mouse: the search of commands, the list of keys, panels by
// number, full screen.
#include "app/gui/main_window.h"
#include "app/gui/window_actions.h"
#include "widgets/dialogs/command_search.h"
#include "widgets/dialogs/help_dialogs.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/layers_page.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/project_panel.h"
#include "widgets/panels/results_panel.h"
#include "widgets/results/results_view.h"
#include "widgets/scatter_plot.h"
#include "widgets/theme.h"
#include "widgets/workbench/text.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>

namespace bitfront {

namespace {

/// "&Open model" → "Open model", also with "&&".
QString plainText(const QString& text)
{
    QString plain;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) == QLatin1Char('&') && ++i >= text.size())
            break;
        plain += text.at(i);
    }
    return plain.remove(QStringLiteral("…"));
}

/// What the menu offers now, submenus included, in its order.
void collect(const QMenu* menu, const QString& where, QList<Command>& commands)
{
    const QList<QAction*> actions = menu->actions();
    for (QAction* action : actions) {
        if (action->menu())
            collect(action->menu(), where + QStringLiteral(" › ") + plainText(action->text()),
                    commands);
        else if (!action->isSeparator() && action->isVisible() && action->isEnabled())
            commands << Command {plainText(action->text()), where,
                                 action->shortcut().toString(QKeySequence::NativeText),
                                 [action] { action->trigger(); }, false};
    }
}

/// The first widget inside that takes the focus by Tab.
QWidget* firstFocus(QWidget* inside)
{
    if (inside->focusPolicy() & Qt::TabFocus)
        return inside;
    for (QWidget* next = inside->nextInFocusChain(); next && next != inside;
         next = next->nextInFocusChain())
        if (inside->isAncestorOf(next) && (next->focusPolicy() & Qt::TabFocus)
            && next->isVisibleTo(inside) && next->isEnabled())
            return next;
    return inside;
}

} // namespace

void MainWindow::buildCommandActions()
{
    Actions& a = *m_actions;
    const auto make = [this](const QString& name, const QString& text, const QString& keys) {
        auto* action = new QAction(text, this);
        action->setObjectName(name);
        action->setShortcut(QKeySequence(keys));
        addAction(action);
        return action;
    };
    a.search = make(QStringLiteral("actionSearch"), tr("Search &commands…"), tr("Ctrl+K"));
    a.shortcuts = make(QStringLiteral("actionShortcuts"), tr("&Keyboard shortcuts"), tr("Ctrl+?"));
    a.fullScreen = make(QStringLiteral("actionFullScreen"), tr("&Full screen"), tr("F11"));
    a.fullScreen->setCheckable(true);
    connect(a.search, &QAction::triggered, this, &MainWindow::searchCommands);
    connect(a.shortcuts, &QAction::triggered, this, &MainWindow::showShortcuts);
    connect(a.fullScreen, &QAction::toggled, this, [this](bool on) {
        setWindowState(on ? windowState() | Qt::WindowFullScreen
                          : windowState() & ~Qt::WindowFullScreen);
    });
    const std::pair<QString, std::function<QWidget*()>> kPanels[] = {
        {tr("&Project"), [this] { return static_cast<QWidget*>(m_project); }},
        {tr("P&lot"), [this] { return static_cast<QWidget*>(&m_plot->plot()); }},
        {tr("&Table"), [this] { return static_cast<QWidget*>(&m_table->view()); }},
        {tr("&Detail"), [this] { return static_cast<QWidget*>(m_detail); }}};
    for (const auto& [text, panel] : kPanels) {
        const int number = static_cast<int>(a.goTo.size()) + 1;
        QAction* action = make(QStringLiteral("actionGoTo%1").arg(number), text,
                               QStringLiteral("Ctrl+%1").arg(number));
        connect(action, &QAction::triggered, this, [this, panel = panel] {
            if (panel() == &m_table->view())
                m_table->showPage(0);
            goTo(panel());
        });
        a.goTo << action;
    }
    for (int page = 1; page < m_table->pages(); ++page) {
        const int number = static_cast<int>(a.goTo.size()) + 1;
        QAction* action = make(QStringLiteral("actionGoTo%1").arg(number), m_table->pageTitle(page),
                               QStringLiteral("Ctrl+%1").arg(number));
        connect(action, &QAction::triggered, this, [this, page] {
            m_table->showPage(page);
            goTo(m_table->pageAt(page));
        });
        a.goTo << action;
    }
}

/// Shows what holds the panel and gives it the focus.
void MainWindow::goTo(QWidget* panel)
{
    for (QDockWidget* dock : {m_projectDock, m_tableDock, m_detailDock}) {
        if (!dock->isAncestorOf(panel))
            continue;
        dock->show();
        dock->raise();
    }
    panel->setFocus(Qt::ShortcutFocusReason); // it may pass it on to a part of it
    if (focusWidget() == panel)
        firstFocus(panel)->setFocus(Qt::ShortcutFocusReason);
}

void MainWindow::buildSearchButton()
{
    auto* corner = new QWidget;
    auto* across = new QHBoxLayout(corner);
    across->setContentsMargins(0, 6, 16, 6);
    auto* button =
        new SearchButton(m_actions->search->shortcut().toString(QKeySequence::NativeText));
    button->setObjectName(QStringLiteral("searchButton"));
    button->setToolTip(tr("Everything one can do here, and results by name"));
    connect(button, &QAbstractButton::clicked, m_actions->search, &QAction::trigger);
    across->addWidget(button);
    menuBar()->setCornerWidget(corner);
}

void MainWindow::searchCommands()
{
    QList<Command> commands;
    const QList<QAction*> menus = menuBar()->actions();
    for (const QAction* menu : menus)
        if (menu->menu() && menu->isVisible())
            collect(menu->menu(), plainText(menu->text()), commands);
    if (m_stage == Stage::Results && m_run.snapshot()) {
        RecordId id = 0;
        for (const ResultRecord& record : m_run.snapshot()->records) {
            commands << Command {toQString(title(record.config)),
                                 tr("Result"),
                                 {},
                                 [this, id] { m_selection.setCurrent(id); },
                                 true};
            ++id;
        }
    }
    if (!m_search)
        m_search = new CommandSearch(this);
    m_search->open(std::move(commands));
}

void MainWindow::showShortcuts()
{
    QList<Command> commands;
    const QList<QAction*> own = actions();
    for (const QAction* action : own)
        if (!action->shortcut().isEmpty() && !action->text().isEmpty())
            commands << Command {plainText(action->text()),
                                 {},
                                 action->shortcut().toString(QKeySequence::NativeText),
                                 {},
                                 false};
    auto* dialog = new ShortcutDialog(commands, this);
    dialog->show();
}

} // namespace bitfront
