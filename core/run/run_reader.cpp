// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a run folder back, whatever a crash or a full disk did to its last line.
#include "core/plan/json.h"
#include "core/run/file_io.h"
#include "core/run/run_folder.h"
#include "core/run/run_json.h"
#include "core/run/scan_log.h"

#include <algorithm>
#include <future>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

namespace bitfront {
namespace {

/// The folder's scan; one that cannot be read is no reason not to show the run.
void readScanOf(const std::filesystem::path& folder, RunContents& run)
{
    try {
        if (auto scan = readScan(folder, ScanLines::OfScan)) {
            run.warnings.insert(run.warnings.end(), scan->warnings.begin(), scan->warnings.end());
            run.scan = std::make_shared<const ScanContents>(std::move(*scan));
        }
    } catch (const Error& error) {
        run.warnings.push_back("scan.jsonl was left out: " + error.failure().message);
    }
}

/// Records by configuration: a later one of the same name takes the place of the earlier.
class RecordList
{
public:
    explicit RecordList(std::vector<ResultRecord>& records)
        : m_records(records)
    {
    }
    void add(ResultRecord record)
    {
        const auto [known, isNew] = m_places.try_emplace(record.config.name, m_records.size());
        if (isNew)
            m_records.push_back(std::move(record));
        else
            m_records[known->second] = std::move(record);
    }

private:
    std::vector<ResultRecord>& m_records;
    std::unordered_map<std::string, std::size_t> m_places;
};

/// One line of results.jsonl and what it holds.
struct Line
{
    std::string_view text;
    int number = 0;
    bool torn = false;
    std::optional<ResultRecord> record; ///< none when the line is no record
};

std::vector<Line> splitLines(std::string_view text)
{
    std::vector<Line> lines;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const bool torn = end == std::string_view::npos;
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(torn ? text.size() : end + 1);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos)
            lines.push_back({line, number, torn, {}});
    }
    return lines;
}

void parse(std::span<Line> lines)
{
    for (Line& line : lines) {
        try {
            line.record = recordFromLine(line.text);
        } catch (const Error&) {
            line.record.reset();
        }
    }
}

/// Lines do not depend on each other, and parsing is most of what opening a large run costs: on
/// several threads from some hundred lines on.
void parseTogether(std::span<Line> lines)
{
    constexpr std::size_t kLinesPerThread = 256, kMostThreads = 8;
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const std::size_t threads =
        std::clamp<std::size_t>(lines.size() / kLinesPerThread, 1, std::min(cores, kMostThreads));
    std::vector<std::future<void>> parts;
    for (std::size_t i = 1; i < threads; ++i) {
        const std::size_t from = lines.size() * i / threads, to = lines.size() * (i + 1) / threads;
        parts.push_back(std::async(std::launch::async, parse, lines.subspan(from, to - from)));
    }
    parse(lines.first(lines.size() / threads));
    for (std::future<void>& part : parts)
        part.get();
}

/// Whether a record tells as many outputs as the run judges: its readers count on that.
bool isOfRun(const ResultRecord& record, const RunHeader& header)
{
    const Measurement* measured = record.measurement();
    return !measured || measured->outputs.size() == header.metrics.size();
}

void readRecords(std::string_view text, RunContents& run)
{
    std::vector<Line> lines = splitLines(text);
    parseTogether(lines);
    RecordList records(run.records);
    for (Line& line : lines) {
        if (line.record && isOfRun(*line.record, run.header))
            records.add(std::move(*line.record));
        else
            run.warnings.push_back(
                line.torn ? "The last line of results.jsonl was cut off and was left out."
                          : "results.jsonl line " + std::to_string(line.number)
                        + " is damaged and was left out.");
    }
}

} // namespace

bool isRunFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    return std::filesystem::is_regular_file(folder / "run.json", error);
}

RunContents readRun(const std::filesystem::path& folder)
{
    std::error_code error;
    if (std::filesystem::is_directory(folder, error)
        && !std::filesystem::exists(folder / "run.json", error) && !error)
        throw Error(ErrorCode::BadFormat,
                    "The folder " + folder.string() + " holds no run: there is no run.json in it.",
                    "Open a folder that `bitfront-cli run` or the window wrote.", folder.string());
    RunContents run;
    const std::filesystem::path runFile = folder / "run.json";
    parseRunJson(readFile(runFile), runFile.string(), run);
    readRecords(readFile(folder / "results.jsonl"), run);
    readScanOf(folder, run);
    if (run.state == RunState::Running && !isFolderLocked(folder))
        run.warnings.push_back(
            "This run was interrupted before it ended; its finished results are complete.");
    return run;
}

} // namespace bitfront
