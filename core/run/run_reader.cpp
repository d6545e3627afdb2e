// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a run folder back, whatever a crash or a full disk did to its last line.
#include "core/plan/json.h"
#include "core/run/file_io.h"
#include "core/run/run_folder.h"
#include "core/run/run_json.h"

#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace bitfront {
namespace {

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

/// False when the line is no record.
bool readRecord(std::string_view line, RecordList& records)
{
    try {
        records.add(recordFromLine(line));
        return true;
    } catch (const Error&) {
        return false;
    }
}

void readRecords(std::string_view text, RunContents& run)
{
    RecordList records(run.records);
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        const bool torn = end == std::string_view::npos;
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(torn ? text.size() : end + 1);
        if (line.find_first_not_of(" \t\r") == std::string_view::npos || readRecord(line, records))
            continue;
        run.warnings.push_back(torn ? "The last line of results.jsonl was cut off and was left out."
                                    : "results.jsonl line " + std::to_string(number)
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
    if (run.state == RunState::Running && !isFolderLocked(folder))
        run.warnings.push_back(
            "This run was interrupted before it ended; its finished results are complete.");
    return run;
}

} // namespace bitfront
