// SPDX-License-Identifier: GPL-3.0-or-later
// A run on disk. results.jsonl holds one whole line per finished configuration, on the disk before
// anybody is told; run.json says what was asked; configs/ states every configuration completely.
#pragma once

#include "core/engine/engine.h"
#include "core/plan/result.h"
#include "core/plan/sweep_plan.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bitfront {

/// Everything about a run that is known before its first result (run.json).
struct RunHeader
{
    std::string createdAt; ///< ISO 8601, UTC
    std::string bitfrontVersion, engineVersion;
    ModelInfo model;
    std::string inputsPath, inputsSha256;
    std::vector<InputTensor> inputs;
    InputOptions inputOptions; ///< how they were read and bound
    std::vector<OutputInfo> outputs;
    std::vector<MetricChoice> metrics; ///< first = primary: ranks and refines
    std::vector<OutputQuality> fp16Quality;
    SweepPlan plan;
    ProbeTimes probe;
    std::string commandLine; ///< the headless command that does the same
};

/// How a run ended, written to run.json when it does.
enum class RunState
{
    Running,
    Finished,
    Stopped,
    Failed
};

struct ScanContents;

/// A run as read back.
struct RunContents
{
    RunHeader header;
    RunState state = RunState::Running;
    double wallMs = 0;
    std::vector<ResultRecord> records;
    std::vector<std::string> warnings; ///< e.g. "results.jsonl line 7 is damaged and was left out"
    std::shared_ptr<const ScanContents> scan; ///< core/run/scan_log.h; null when there is none
};

/// Reads a run folder, tolerating a torn last line. Of several records of one configuration (it was
/// tried again) the newest counts, in the place of the first. Throws Error: FileNotReadable,
/// BadFormat.
RunContents readRun(const std::filesystem::path& folder);
/// Whether the folder looks like a run (holds run.json).
bool isRunFolder(const std::filesystem::path& folder);

/// Lookup tables, kept in a run folder until the run is finished, and longer where there is a scan:
/// see Experiment::keepTables().
inline constexpr const char* kTablesFileName = "tables.bin";

/// The one writer of a run folder.
class RunWriter
{
public:
    /// Creates the folder (parents too) and writes run.json. An existing finished run there is
    /// moved aside to "<folder>.1" and so on, never overwritten.
    /// Throws Error(FileNotWritable) with the cause.
    RunWriter(std::filesystem::path folder, const RunHeader& header);
    /// Goes on with a run that ended before its time: takes its lock, cuts off a torn last line,
    /// reads what is there into `earlier`. Its header stays as it is, its state until begin().
    /// Throws Error: FileNotReadable, BadFormat, FileNotWritable (also when another process writes
    /// it).
    static RunWriter resume(std::filesystem::path folder, RunContents& earlier);
    ~RunWriter();
    RunWriter(RunWriter&&) noexcept;

    /// Gives a resumed run that holds no sweep, a scan only, the plan of one; begin() writes it.
    void setPlan(const SweepPlan& plan, const std::string& commandLine);
    /// A resumed run says "running" from here on. Throws Error(FileNotWritable).
    void begin();

    const std::filesystem::path& folder() const;
    /// Where the finished run that was in the folder went; empty when there was none.
    const std::filesystem::path& movedAside() const;
    /// Writes the configuration's file, then appends one line and flushes it to the disk.
    /// Sets record.configPath. Throws Error(FileNotWritable); nothing partial stays behind.
    void append(ResultRecord& record);
    void finish(RunState state, double wallMs);

private:
    RunWriter();
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace bitfront
