// SPDX-License-Identifier: GPL-3.0-or-later
// One field that finds everything one can do: commands with their keys, and results by name.
#pragma once

#include <QAbstractButton>
#include <QFrame>
#include <QList>

#include <functional>

class QLineEdit;
class QListWidget;

namespace bitfront {

/// Something the search can find and do.
struct Command
{
    QString title; ///< "Export report"
    QString where; ///< "File", "Results"
    QString key; ///< in the platform's words; may be empty
    std::function<void()> run;
    bool onlyTyped = false; ///< not listed before something is typed
};

/// A sheet over the top of its parent: a field over what fits it. Enter does the marked one.
class CommandSearch : public QFrame
{
    Q_OBJECT

public:
    explicit CommandSearch(QWidget* parent);
    /// Shows itself with these to choose from.
    void open(QList<Command> commands);
    QStringList found() const; ///< titles, as listed

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    void list();
    void runMarked();
    void leave();

    QLineEdit* m_field;
    QListWidget* m_list;
    QList<Command> m_commands;
    QList<int> m_shown; ///< of m_commands, by row
    QWidget* m_before = nullptr; ///< had the focus
};

/// Looks like a search field and opens the search.
class SearchButton : public QAbstractButton
{
    Q_OBJECT

public:
    explicit SearchButton(const QString& key, QWidget* parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_key;
};

} // namespace bitfront
