// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers between sessions, typed. Wraps a QSettings that the caller provides.
#pragma once

#include "widgets/theme.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

class QSettings;

namespace bitfront {

/// One line of the recent list.
struct RecentRun
{
    QString folder;
    QDateTime when;
    QString summary; ///< "finished · best balance 50.6 dB at 2.44×"
    QString count; ///< "61 results", "26 of 61"
    bool finished = true;
};

class Settings
{
public:
    /// The QSettings must outlive this object.
    explicit Settings(QSettings& store)
        : m_store(store)
    {
    }

    ThemeMode themeMode() const;
    void setThemeMode(ThemeMode mode);
    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    QByteArray layout() const; ///< QMainWindow::saveState() of the workbench page
    void setLayout(const QByteArray& layout);
    QString lastFolder() const;
    void setLastFolder(const QString& folder);

    /// Newest first, at most eight; runs whose folder is gone are left out.
    QList<RecentRun> recentRuns() const;
    /// Puts the run first; one entry per folder.
    void addRecentRun(const RecentRun& run);
    void clearRecentRuns();

private:
    QSettings& m_store;
};

} // namespace bitfront
