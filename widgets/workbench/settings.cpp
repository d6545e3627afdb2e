// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include <algorithm>

namespace bitfront {

namespace {

constexpr qsizetype kMaxRecent = 8;
constexpr QLatin1String kTheme("window/theme");
constexpr QLatin1String kGeometry("window/geometry");
constexpr QLatin1String kLayout("window/layout");
constexpr QLatin1String kLastFolder("files/lastFolder");
constexpr QLatin1String kRecent("recentRuns");

QList<RecentRun> readRecent(QSettings& store)
{
    QList<RecentRun> runs;
    const int count = store.beginReadArray(kRecent);
    for (int i = 0; i < count; ++i) {
        store.setArrayIndex(i);
        RecentRun run;
        run.folder = store.value(QStringLiteral("folder")).toString();
        run.when = store.value(QStringLiteral("when")).toDateTime();
        run.summary = store.value(QStringLiteral("summary")).toString();
        run.count = store.value(QStringLiteral("count")).toString();
        run.finished = store.value(QStringLiteral("finished"), true).toBool();
        runs.append(run);
    }
    store.endArray();
    return runs;
}

void writeRecent(QSettings& store, const QList<RecentRun>& runs)
{
    store.remove(kRecent);
    store.beginWriteArray(kRecent, static_cast<int>(runs.size()));
    for (int i = 0; i < runs.size(); ++i) {
        store.setArrayIndex(i);
        store.setValue(QStringLiteral("folder"), runs[i].folder);
        store.setValue(QStringLiteral("when"), runs[i].when);
        store.setValue(QStringLiteral("summary"), runs[i].summary);
        store.setValue(QStringLiteral("count"), runs[i].count);
        store.setValue(QStringLiteral("finished"), runs[i].finished);
    }
    store.endArray();
}

} // namespace

ThemeMode Settings::themeMode() const
{
    const QString text = m_store.value(kTheme).toString();
    if (text == QLatin1String("light"))
        return ThemeMode::Light;
    return text == QLatin1String("dark") ? ThemeMode::Dark : ThemeMode::System;
}

void Settings::setThemeMode(ThemeMode mode)
{
    const char* text = mode == ThemeMode::Light ? "light"
        : mode == ThemeMode::Dark               ? "dark"
                                                : "system";
    m_store.setValue(kTheme, QLatin1String(text));
}

QByteArray Settings::geometry() const
{
    return m_store.value(kGeometry).toByteArray();
}

void Settings::setGeometry(const QByteArray& geometry)
{
    m_store.setValue(kGeometry, geometry);
}

QByteArray Settings::layout() const
{
    return m_store.value(kLayout).toByteArray();
}

void Settings::setLayout(const QByteArray& layout)
{
    m_store.setValue(kLayout, layout);
}

QString Settings::lastFolder() const
{
    return m_store.value(kLastFolder, QDir::homePath()).toString();
}

void Settings::setLastFolder(const QString& folder)
{
    m_store.setValue(kLastFolder, folder);
}

QList<RecentRun> Settings::recentRuns() const
{
    QList<RecentRun> runs = readRecent(m_store);
    runs.removeIf([](const RecentRun& run) {
        return !QFileInfo::exists(run.folder + QStringLiteral("/run.json"));
    });
    return runs;
}

void Settings::addRecentRun(const RecentRun& run)
{
    QList<RecentRun> runs = readRecent(m_store);
    runs.removeIf([&run](const RecentRun& other) { return other.folder == run.folder; });
    runs.prepend(run);
    if (runs.size() > kMaxRecent)
        runs.resize(kMaxRecent);
    writeRecent(m_store, runs);
}

void Settings::clearRecentRuns()
{
    m_store.remove(kRecent);
}

} // namespace bitfront
