// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunController that reads run folders: opened, followed while another process writes,
// and the recipes in them.
#include "core/run/file_io.h"
#include "widgets/workbench/run_store.h"
#include "widgets/workbench/text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace bitfront {

namespace {

/// A record's configuration. Only files that a run has of its own are read, whatever a record of
/// unknown origin names. Palettes of a mixed one have a file beside it and come first.
QList<ConfigFile> readRecipe(const QString& folder, const std::string& relative, bool mixed)
{
    const std::filesystem::path path(relative);
    if (path.parent_path() != "configs" || path.extension() != ".yaml")
        return {};
    std::vector<std::filesystem::path> paths {path};
    std::filesystem::path palettes = path;
    palettes.replace_extension(".palettes.yaml");
    std::error_code ignored;
    if (mixed && std::filesystem::exists(toPath(folder) / palettes, ignored))
        paths.insert(paths.begin(), palettes);
    QList<ConfigFile> files;
    for (const auto& one : paths)
        try {
            files.append({QString::fromStdString(one.filename().string()),
                          QString::fromStdString(readFile(toPath(folder) / one))});
        } catch (const Error&) { // as if it were missing
        }
    return files;
}

/// What grows while another process works in a run folder: results of a sweep, and of a scan.
QStringList growingFiles(const QString& folder)
{
    return {folder + QStringLiteral("/results.jsonl"), folder + QStringLiteral("/scan.jsonl")};
}

std::vector<qint64> growingSizes(const QString& folder)
{
    std::vector<qint64> sizes;
    for (const QString& file : growingFiles(folder))
        sizes.push_back(QFileInfo(file).size());
    return sizes;
}

} // namespace

void RunController::openRun(const QString& folder)
{
    if (isRunning())
        return;
    const quint64 generation = ++m_openGeneration;
    m_queue.run(
        this,
        [this, folder, generation](const std::stop_token&) -> BackgroundQueue::Completion {
            // Before it is read: a writer that ends in between leaves a whole run behind.
            const bool written = isFolderLocked(toPath(folder));
            auto run = std::make_shared<RunContents>(readRun(toPath(folder)));
            return [this, folder, generation, run, written] {
                if (generation != m_openGeneration || isRunning())
                    return;
                ++m_generation;
                stopFollowing();
                m_following = written;
                m_state = run->state == RunState::Running ? RunState::Stopped : run->state;
                m_wallMs = run->wallMs;
                m_warnings = run->warnings;
                auto store = std::make_shared<Store>();
                store->records = std::move(run->records);
                adoptRun(std::move(run->header), folder, std::move(store));
                buildSnapshot();
                if (m_following)
                    follow();
            };
        },
        [this, generation](const Failure& failure) {
            if (generation == m_openGeneration)
                emit openFailed(errorText(Task::OpenRun, failure));
        });
}

void RunController::addRecord(const ResultRecord& record)
{
    if (!m_store)
        return;
    m_queue.run(
        this,
        [this, record, store = m_store,
         generation = m_generation](const std::stop_token&) -> BackgroundQueue::Completion {
            {
                const std::lock_guard lock(store->mutex);
                const auto known = std::ranges::find_if(store->records, [&](const auto& other) {
                    return other.config.name == record.config.name;
                });
                if (known != store->records.end())
                    *known = record;
                else
                    store->records.push_back(record);
            }
            return [this, generation] {
                if (generation == m_generation)
                    scheduleSnapshot();
            };
        },
        [](const Failure&) {});
}

void RunController::follow()
{
    m_followedSizes.clear();
    m_watcher.addPaths(growingFiles(m_folder));
    m_followTimer.start();
}

void RunController::stopFollowing()
{
    m_following = false;
    m_followTimer.stop();
    if (!m_watcher.files().isEmpty())
        m_watcher.removePaths(m_watcher.files());
}

/// Reads again what another process has written in the meantime.
void RunController::readFollowed()
{
    if (!m_following || m_readingFollowed)
        return;
    m_readingFollowed = true;
    m_queue.run(
        this,
        [this, folder = m_folder, sizes = m_followedSizes,
         generation = m_generation](const std::stop_token&) -> BackgroundQueue::Completion {
            const bool written = isFolderLocked(toPath(folder));
            const std::vector<qint64> now = growingSizes(folder);
            const bool changed = now != sizes || !written;
            auto run = std::make_shared<RunContents>();
            if (changed)
                *run = readRun(toPath(folder));
            const bool scanned = sizes.empty() || now.back() != sizes.back();
            return [this, written, changed, scanned, now, run, generation] {
                m_readingFollowed = false;
                if (generation != m_generation || !m_following)
                    return;
                m_followedSizes = now;
                if (!written) {
                    stopFollowing();
                    m_state = run->state == RunState::Running ? RunState::Stopped : run->state;
                    m_wallMs = run->wallMs;
                }
                if (!changed)
                    return;
                m_warnings = run->warnings;
                // Another store: the one so far may be locked by whoever copies it.
                m_store = std::make_shared<Store>();
                m_store->records = std::move(run->records);
                scheduleSnapshot();
                if (scanned)
                    emit scanFollowed();
            };
        },
        [this](const Failure&) { m_readingFollowed = false; }); // tried again in a moment
}

void RunController::requestRecipe(int record)
{
    if (!m_snapshot || record < 0 || record >= static_cast<int>(m_snapshot->records.size()))
        return;
    const ResultRecord& entry = m_snapshot->records[static_cast<std::size_t>(record)];
    m_queue.run(
        this,
        [this, record, relative = entry.configPath, mixed = entry.config.isMixed(),
         folder = m_folder,
         generation = m_generation](const std::stop_token&) -> BackgroundQueue::Completion {
            const QList<ConfigFile> files = readRecipe(folder, relative, mixed);
            return [this, record, files, generation] {
                if (generation == m_generation)
                    emit recipeLoaded(record, files);
            };
        },
        [](const Failure&) {});
}

} // namespace bitfront
