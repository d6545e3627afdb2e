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
constexpr QLatin1String kDockSizes("window/dockSizes");
constexpr QLatin1String kKeepsAwake("run/keepsAwake");
constexpr QLatin1String kLastFolder("files/lastFolder");
constexpr QLatin1String kOwnConfigurations("plan/ownConfigurations");
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
        run.picture = store.value(QStringLiteral("picture")).toString();
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
        store.setValue(QStringLiteral("picture"), runs[i].picture);
    }
    store.endArray();
}

bool isGone(const RecentRun& run)
{
    return !QFileInfo::exists(run.folder + QStringLiteral("/run.json"));
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

QList<int> Settings::dockSizes() const
{
    QList<int> sizes;
    const QStringList words = m_store.value(kDockSizes).toStringList();
    for (const QString& word : words)
        sizes << word.toInt();
    return sizes;
}

void Settings::setDockSizes(const QList<int>& sizes)
{
    QStringList words;
    for (const int size : sizes)
        words << QString::number(size);
    m_store.setValue(kDockSizes, words);
}

bool Settings::keepsAwake() const
{
    return m_store.value(kKeepsAwake, true).toBool();
}

void Settings::setKeepsAwake(bool keeps)
{
    m_store.setValue(kKeepsAwake, keeps);
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
    runs.removeIf(isGone);
    return runs;
}

void Settings::addRecentRun(const RecentRun& run)
{
    QList<RecentRun> runs = readRecent(m_store);
    runs.removeIf([&run](const RecentRun& other) { return other.folder == run.folder; });
    runs.removeIf(isGone); // those take no place of others
    runs.prepend(run);
    if (runs.size() > kMaxRecent)
        runs.resize(kMaxRecent);
    writeRecent(m_store, runs);
}

void Settings::moveRecentRun(const QString& from, const QString& to)
{
    QList<RecentRun> runs = readRecent(m_store);
    for (RecentRun& run : runs) {
        if (run.folder == from)
            run.folder = to;
    }
    writeRecent(m_store, runs);
}

void Settings::removeRecentRun(const QString& folder)
{
    QList<RecentRun> runs = readRecent(m_store);
    runs.removeIf([&folder](const RecentRun& run) { return run.folder == folder; });
    writeRecent(m_store, runs);
}

QStringList Settings::ownConfigurations() const
{
    return m_store.value(kOwnConfigurations).toStringList();
}

void Settings::setOwnConfigurations(const QStringList& names)
{
    m_store.setValue(kOwnConfigurations, names);
}

void Settings::clearRecentRuns()
{
    m_store.remove(kRecent);
}

} // namespace bitfront
