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
    QString picture {}; ///< see runPicture()
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
    /// How large the docks are meant to be (see DockSizes); empty before the first run.
    QList<int> dockSizes() const;
    void setDockSizes(const QList<int>& sizes);
    bool keepsAwake() const; ///< whether the computer may not fall asleep during a sweep
    void setKeepsAwake(bool keeps);
    QString lastFolder() const;
    void setLastFolder(const QString& folder);

    /// Newest first, at most eight; runs whose folder is gone are left out.
    QList<RecentRun> recentRuns() const;
    /// Puts the run first; one entry per folder.
    void addRecentRun(const RecentRun& run);
    /// The run of a folder is in another one now.
    void moveRecentRun(const QString& from, const QString& to);
    void removeRecentRun(const QString& folder);
    void clearRecentRuns();
    /// Canonical names of the user's own configurations, in the order they were made.
    QStringList ownConfigurations() const;
    void setOwnConfigurations(const QStringList& names);

private:
    QSettings& m_store;
};

} // namespace bitfront
