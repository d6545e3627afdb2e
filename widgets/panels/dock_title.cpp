// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/dock_title.h"

#include "widgets/theme.h"

#include <QAction>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QToolButton>

namespace bitfront {

namespace {

constexpr int kHeight = 44;

} // namespace

DockTitle::DockTitle(QDockWidget* dock, Kind kind)
    : Ground(kind, dock)
{
    auto* across = m_row = new QHBoxLayout(this);
    across->setContentsMargins(16, 0, 10, 0);
    across->addWidget(new Label(dock->windowTitle(), 13, 600), 1);
    auto* close = new QToolButton;
    close->setIcon(themedIcon(QStringLiteral("close")));
    close->setFixedSize(uiPx(28), uiPx(28));
    close->setFocusPolicy(Qt::TabFocus);
    close->setToolTip(DockTitle::tr("Hide this panel (the View menu shows it again)"));
    close->setAccessibleName(DockTitle::tr("Hide %1").arg(dock->windowTitle()));
    connect(close, &QToolButton::clicked, dock, &QWidget::hide);
    across->addWidget(close);
}

void DockTitle::addButton(QAction* action, const QString& icon)
{
    auto* button = new QToolButton;
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    button->setIcon(themedIcon(icon));
    button->setFixedSize(uiPx(28), uiPx(28));
    button->setFocusPolicy(Qt::TabFocus);
    const auto follow = [button, action] {
        const QString text = action->text().remove(QLatin1Char('&'));
        button->setToolTip(text);
        button->setAccessibleName(text);
        button->setEnabled(action->isEnabled());
    };
    connect(action, &QAction::changed, button, follow);
    connect(button, &QToolButton::clicked, action, &QAction::trigger);
    follow();
    m_row->insertWidget(1, button);
}

QSize DockTitle::sizeHint() const
{
    return {uiPx(120), uiPx(kHeight)};
}

QSize DockTitle::minimumSizeHint() const
{
    return sizeHint();
}

} // namespace bitfront
