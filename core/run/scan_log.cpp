// SPDX-License-Identifier: GPL-3.0-or-later
// scan.jsonl as text and back.
#include "core/run/scan_log.h"

#include "core/plan/json.h"
#include "core/plan/json_fields.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace bitfront {

using detail::read;
using detail::readNamed;
using detail::readOr;
using detail::text;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

constexpr int kScanVersion = 1;

json settingsJson(const ScanSettings& settings)
{
    json formats = json::array();
    for (const CompressionSpec& format : settings.formats)
        formats.push_back(formatKey(format));
    return {{"formats", formats},
            {"ties", settings.ties},
            {"indivisible", text(settings.indivisible)},
            {"palette_options", settings.palette},
            {"method", text(settings.method)}};
}

ScanSettings settingsFrom(const json& in)
{
    ScanSettings settings;
    settings.formats = formatsFromKeys(read<std::vector<std::string>>(in, "formats"));
    settings.ties = readOr(in, "ties", settings.ties);
    settings.indivisible = readNamed(in, "indivisible", indivisiblePolicyFromName);
    settings.palette = read<PaletteOptions>(in, "palette_options");
    settings.method = readNamed(in, "method", scanMethodFromName);
    return settings;
}

json headerJson(const ScanHeader& header)
{
    return {{"scan_version", kScanVersion},
            {"created_at", header.createdAt},
            {"bitfront_version", header.bitfrontVersion},
            {"engine_version", header.engineVersion},
            {"model_sha256", header.modelSha256},
            {"inputs_sha256", header.inputsSha256},
            {"metrics", header.metrics},
            {"settings", settingsJson(header.settings)},
            {"held_out_share", numberToJson(header.heldOutShare)},
            {"split",
             {{"total", header.split.total},
              {"held_out", header.split.heldOut},
              {"by_batch", header.split.byBatch},
              {"reason", header.split.reason}}}};
}

ScanHeader headerFrom(const json& in)
{
    if (read<int>(in, "scan_version") > kScanVersion)
        throw Error(ErrorCode::BadFormat, "This scan was written by a newer Bitfront.",
                    "Open it with that version, or scan again.");
    ScanHeader header;
    header.createdAt = readOr<std::string>(in, "created_at", {});
    header.bitfrontVersion = readOr<std::string>(in, "bitfront_version", {});
    header.engineVersion = readOr<std::string>(in, "engine_version", {});
    header.modelSha256 = read<std::string>(in, "model_sha256");
    header.inputsSha256 = read<std::string>(in, "inputs_sha256");
    header.metrics = read<std::vector<MetricChoice>>(in, "metrics");
    header.settings = settingsFrom(read<json>(in, "settings"));
    header.heldOutShare = read<double>(in, "held_out_share");
    const auto split = read<json>(in, "split");
    header.split.total = read<std::int64_t>(split, "total");
    header.split.heldOut = read<std::int64_t>(split, "held_out");
    header.split.byBatch = read<bool>(split, "by_batch");
    header.split.reason = readOr<std::string>(split, "reason", {});
    return header;
}

json lineJson(const ScanLine& line)
{
    json errors = json::object();
    for (const auto& [layer, error] : line.weightErrorsDb)
        errors[layer] = numberToJson(error);
    json out = {{"formats", line.formats}, {"time_taken", numberToJson(line.timeMs)}};
    if (line.failure)
        out["error"] = *line.failure;
    else
        out["output_quality_metrics"] = line.outputs;
    if (!errors.empty())
        out["weight_errors_db"] = errors;
    return out;
}

ScanLine lineFrom(const json& in)
{
    ScanLine line;
    line.formats = read<std::map<std::string, std::string>>(in, "formats");
    line.timeMs = readOr<double>(in, "time_taken", 0);
    if (in.contains("error"))
        line.failure = read<Failure>(in, "error");
    else
        line.outputs = read<std::vector<OutputQuality>>(in, "output_quality_metrics");
    if (in.contains("weight_errors_db"))
        for (const auto& [layer, error] : in.at("weight_errors_db").items())
            line.weightErrorsDb[layer] = numberFromJson(error);
    return line;
}

std::string lineText(const json& value)
{
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// scan.jsonl → the first free scan.jsonl.N
void moveAside(const fs::path& path)
{
    std::error_code error;
    for (int number = 1;; ++number) {
        const fs::path aside = path.string() + "." + std::to_string(number);
        if (fs::exists(fs::symlink_status(aside, error)))
            continue;
        fs::rename(path, aside, error);
        if (error)
            throw writeError(path, error.value());
        return flushFolder(path.parent_path());
    }
}

} // namespace

bool isSameScan(const ScanHeader& a, const ScanHeader& b)
{
    const auto core = [](ScanHeader header) {
        header.createdAt.clear();
        header.bitfrontVersion.clear();
        header.engineVersion.clear();
        for (MetricChoice& metric : header.metrics)
            metric.floor = 0; // says what is good enough, changes no measurement
        return lineText(headerJson(header));
    };
    return core(a) == core(b);
}

namespace {

/// Whether one layer in one format comes to the same in both scans.
bool measuresAlike(ScanHeader a, const ScanHeader& b)
{
    a.settings.formats = b.settings.formats;
    a.settings.ties = b.settings.ties;
    a.settings.method = b.settings.method;
    return isSameScan(a, b);
}

} // namespace

std::vector<ScanLine> linesThatHold(const ScanContents& known, const ScanHeader& header)
{
    if (isSameScan(known.header, header))
        return known.lines;
    std::vector<ScanLine> lines;
    if (measuresAlike(known.header, header))
        std::copy_if(known.lines.begin(), known.lines.end(), std::back_inserter(lines),
                     [](const ScanLine& line) { return line.isOfScan() && !line.failure; });
    return lines;
}

bool ScanLine::isOfScan() const
{
    return std::all_of(formats.begin(), formats.end(),
                       [this](const auto& unit) { return unit.second == formats.begin()->second; });
}

std::optional<ScanContents> readScan(const fs::path& runFolder, ScanLines wanted)
{
    const fs::path path = runFolder / kScanFileName;
    std::error_code error;
    if (!fs::exists(path, error))
        return std::nullopt;
    const std::string content = readFile(path);
    std::string_view rest = content;
    ScanContents scan;
    for (int number = 1; !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (number == 1) {
            if (end == std::string_view::npos)
                return std::nullopt; // its writer died at once
            try {
                scan.header = headerFrom(parseJson(line, kScanFileName));
            } catch (const Error& wrong) {
                throw Error(
                    ErrorCode::BadFormat,
                    "The scan in " + path.string() + " cannot be read: " + wrong.failure().message,
                    "Scan again: what is there is then kept under another name.", path.string());
            }
            continue;
        }
        try {
            ScanLine read = lineFrom(parseJson(line, kScanFileName));
            if (!read.failure && read.outputs.size() != scan.header.metrics.size())
                throw Error(ErrorCode::BadFormat, "A measurement of other outputs.");
            if (wanted == ScanLines::All || read.isOfScan())
                scan.lines.push_back(std::move(read));
        } catch (const Error&) {
            scan.warnings.push_back(
                end == std::string_view::npos
                    ? "The last line of scan.jsonl was cut off and was left out."
                    : "scan.jsonl line " + std::to_string(number)
                        + " is damaged and was left out.");
        }
    }
    return content.empty() ? std::nullopt : std::optional(std::move(scan));
}

ScanWriter::ScanWriter(const fs::path& runFolder, const ScanHeader& header,
                       std::vector<ScanLine>& earlier)
{
    const fs::path path = runFolder / kScanFileName;
    std::error_code error;
    earlier.clear();
    if (fs::exists(path, error)) {
        std::optional<ScanContents> known;
        try {
            known = readScan(runFolder);
        } catch (const Error&) {
            known.reset(); // not a scan that could be gone on with
        }
        if (known)
            earlier = linesThatHold(*known, header);
        if (known && isSameScan(known->header, header)) {
            m_file = LineFile::reopen(path);
            return;
        }
        moveAside(path);
    }
    m_file = LineFile(path);
    std::string text = lineText(headerJson(header));
    for (const ScanLine& line : earlier)
        text += '\n' + lineText(lineJson(line));
    m_file.append(text); // at once: all or nothing
}

void ScanWriter::append(const ScanLine& line)
{
    m_file.append(lineText(lineJson(line)));
}

} // namespace bitfront
