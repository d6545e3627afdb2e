// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a run folder: one flushed line per record, configuration files, run.json replaced
// atomically.
#include "core/plan/json.h"
#include "core/plan/recipe.h"
#include "core/run/file_io.h"
#include "core/run/run_folder.h"
#include "core/run/run_json.h"
#include "core/run/scan_log.h"

#include <cerrno>
#include <cstdio>
#include <set>
#include <system_error>
#include <utility>

namespace bitfront {
namespace {

namespace fs = std::filesystem;

/// Longest file name made from a configuration's name, in bytes; file systems allow 255.
constexpr std::size_t kMaxNameBytes = 180;

/// What is in the folder besides debris.
enum class FolderContent
{
    Empty,
    Run,
    Foreign
};

/// A lock file, or what a writer that died before its run.json left behind: nothing of value.
bool isDebris(const fs::path& path)
{
    const std::string name = path.filename().string();
    std::error_code error;
    if (name == "results.jsonl" || name == "configs")
        return fs::is_empty(path, error) && !error;
    return name == kLockName || name.rfind(".run.json.", 0) == 0; // replaceFile() in between
}

FolderContent lookInto(const fs::path& folder)
{
    if (isRunFolder(folder))
        return FolderContent::Run;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (!isDebris(entry->path()))
            return FolderContent::Foreign;
    if (error)
        throw writeError(folder, error.value());
    return FolderContent::Empty;
}

Error foreignFolder(const fs::path& folder)
{
    return Error(ErrorCode::FileNotWritable,
                 "The folder " + folder.string() + " is not empty and holds no Bitfront run.",
                 "Choose an empty or a new folder, so that nothing of yours is touched.",
                 folder.string());
}

/// Renames the run to the first free "<folder>.N" and returns that.
fs::path moveAside(const fs::path& folder, FolderLock& lock)
{
    for (int number = 1;; ++number) {
        const fs::path aside = folder.string() + "." + std::to_string(number);
        std::error_code error;
        if (fs::exists(fs::symlink_status(aside, error)))
            continue;
        if (std::rename(folder.c_str(), aside.c_str()) != 0) {
            const int cause = errno;
            if (cause == ENOTEMPTY || cause == EEXIST)
                continue;
            throw Error(ErrorCode::FileNotWritable,
                        "The folder " + folder.string()
                            + " holds an earlier run that cannot be moved to " + aside.string()
                            + ": " + causeText(cause) + ".",
                        "Move it yourself or choose another folder.", folder.string());
        }
        lock.folderMoved(aside);
        lock.release();
        flushFolder(folder.parent_path());
        return aside;
    }
}

/// An empty folder that nobody else writes. Says in `aside` where a run that was there went.
FolderLock claim(const fs::path& folder, fs::path& aside)
{
    for (;;) {
        makeFolders(folder);
        if (lookInto(folder) == FolderContent::Foreign)
            throw foreignFolder(folder);
        FolderLock lock(folder);
        // Looked at again under the lock: someone may have finished a run here in between.
        const FolderContent content = lookInto(folder);
        if (content == FolderContent::Empty) {
            std::error_code ignored;
            fs::remove(folder / "results.jsonl", ignored);
            return lock;
        }
        if (content == FolderContent::Foreign)
            throw foreignFolder(folder);
        aside = moveAside(folder, lock);
    }
}

/// Absolute and without a trailing slash.
fs::path absoluteFolder(const fs::path& folder)
{
    std::error_code error;
    const fs::path absolute = fs::weakly_canonical(fs::absolute(folder, error), error);
    if (error)
        throw writeError(folder, error.value());
    return absolute.has_filename() ? absolute : absolute.parent_path();
}

/// A file name that is the configuration's name where that is harmless.
std::string fileStem(const std::string& name)
{
    std::string stem;
    for (const char c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || (c >= '0' && c <= '9') || c == '_' || c == '-' || (c == '.' && !stem.empty());
        stem += plain ? c : '_';
    }
    return stem.substr(0, kMaxNameBytes);
}

/// With what was really done, where that is known.
std::vector<RecipeFile> recipesOf(const ModelInfo& model, const ResultRecord& record)
{
    const Measurement* measured = record.measurement();
    return recipeFiles(model, record.config,
                       measured && measured->layers.size() == model.layers.size()
                           ? measured->layers
                           : planStorage(model, record.config));
}

/// "configs/name.palettes.yaml" of "configs/name.yaml".
fs::path withSuffix(fs::path path, const std::string& suffix)
{
    return path.replace_filename(path.stem().string() + suffix + ".yaml");
}

} // namespace

struct RunWriter::Impl
{
    fs::path folder, movedAside;
    RunHeader header;
    FolderLock lock;
    LineFile results;
    double earlierWallMs = 0; ///< of a resumed run
    std::set<std::string> fileNames; ///< within configs/

    /// "configs/<name>.yaml", numbered when two names fall together.
    std::string newConfigPath(const std::string& name)
    {
        const std::string stem = fileStem(name);
        std::string candidate = stem;
        for (int number = 2; !fileNames.insert(candidate).second; ++number)
            candidate = stem + "_" + std::to_string(number);
        return "configs/" + candidate + ".yaml";
    }
    void forgetConfigPath(const std::string& path)
    {
        std::error_code ignored;
        fs::remove(folder / path, ignored);
        fs::remove(folder / withSuffix(path, ".palettes"), ignored);
        fileNames.erase(fs::path(path).stem().string());
    }
};

RunWriter::RunWriter()
    : m_impl(std::make_unique<Impl>())
{
}

RunWriter::RunWriter(RunWriter&&) noexcept = default;

RunWriter RunWriter::resume(fs::path folder, RunContents& earlier)
{
    RunWriter writer;
    Impl& impl = *writer.m_impl;
    impl.folder = absoluteFolder(folder);
    readRun(impl.folder); // before a lock file is left in a folder that is no run
    impl.lock = FolderLock(impl.folder);
    impl.results = LineFile::reopen(impl.folder / "results.jsonl");
    earlier = readRun(impl.folder); // again: only under the lock is it final
    impl.header = earlier.header;
    for (const ResultRecord& record : earlier.records)
        impl.fileNames.insert(fs::path(record.configPath).stem().string());
    impl.earlierWallMs = earlier.wallMs;
    makeFolders(impl.folder / "configs");
    return writer;
}

void RunWriter::setPlan(const SweepPlan& plan, const std::string& commandLine)
{
    m_impl->header.plan = plan;
    m_impl->header.commandLine = commandLine;
}

void RunWriter::begin()
{
    replaceFile(m_impl->folder / "run.json",
                runJsonText(m_impl->header, RunState::Running, m_impl->earlierWallMs));
}

RunWriter::RunWriter(fs::path folder, const RunHeader& header)
    : m_impl(std::make_unique<Impl>())
{
    const fs::path absolute = absoluteFolder(folder);
    m_impl->folder = absolute;
    m_impl->header = header;
    m_impl->lock = claim(absolute, m_impl->movedAside);
    makeFolders(absolute / "configs");
    m_impl->results = LineFile(absolute / "results.jsonl");
    // Last: what has a run.json is a run, complete with all its files.
    replaceFile(absolute / "run.json", runJsonText(header, RunState::Running, 0));
}

RunWriter::~RunWriter() = default;

const fs::path& RunWriter::folder() const
{
    return m_impl->folder;
}

const fs::path& RunWriter::movedAside() const
{
    return m_impl->movedAside;
}

void RunWriter::append(ResultRecord& record)
{
    record.configPath = m_impl->newConfigPath(record.config.name);
    try {
        for (const RecipeFile& file : recipesOf(m_impl->header.model, record))
            replaceFile(m_impl->folder / withSuffix(record.configPath, file.suffix), file.text);
        m_impl->results.append(recordLine(record, &m_impl->header.model));
    } catch (...) {
        m_impl->forgetConfigPath(record.configPath);
        record.configPath.clear();
        throw;
    }
}

void RunWriter::finish(RunState state, double wallMs)
{
    replaceFile(m_impl->folder / "run.json", runJsonText(m_impl->header, state, wallMs));
    std::error_code ignored;
    if (state == RunState::Finished && !fs::exists(m_impl->folder / kScanFileName, ignored))
        fs::remove(m_impl->folder / kTablesFileName, ignored);
    m_impl->results.close();
    m_impl->lock.release();
}

} // namespace bitfront
