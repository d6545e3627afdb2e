// SPDX-License-Identifier: GPL-3.0-or-later
// scan.jsonl of a run folder: what a sensitivity scan is of, then one whole line for every
// measurement, on the disk before anybody is told. Documented in docs/formats.md.
#pragma once

#include "core/engine/engine.h"
#include "core/plan/result.h"
#include "core/plan/sensitivity.h"
#include "core/run/file_io.h"

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitfront {

/// Name of the file within a run folder.
inline constexpr const char* kScanFileName = "scan.jsonl";

/// The first line: measurements are used again only for the same of all this.
struct ScanHeader
{
    std::string createdAt; ///< ISO 8601, UTC
    std::string bitfrontVersion, engineVersion;
    std::string modelSha256, inputsSha256;
    std::vector<MetricChoice> metrics;
    ScanSettings settings;
    double heldOutShare = 0.25; ///< as asked for
    SampleSplit split; ///< as it could be done
};
/// All but the time, the versions and the floors.
bool isSameScan(const ScanHeader& a, const ScanHeader& b);

/// One measurement.
struct ScanLine
{
    /// Format key by unit; units that are not named stay as they are. One unit in the scan itself,
    /// many in the search for recipes.
    std::map<std::string, std::string> formats;
    std::vector<OutputQuality> outputs; ///< empty when it failed
    std::optional<Failure> failure;
    /// By layer (LayerStorage::weightErrorDb); only of what a probed scan extrapolates from.
    std::map<std::string, double> weightErrorsDb;
    double timeMs = 0;

    /// Whether all units that are compressed have one format, as in every line of a scan. Lines of
    /// the search for recipes are many and have several.
    bool isOfScan() const;
};

struct ScanContents
{
    ScanHeader header;
    std::vector<ScanLine> lines;
    std::vector<std::string> warnings; ///< damaged lines
};
/// Which lines are wanted.
enum class ScanLines
{
    OfScan, ///< ScanLine::isOfScan(): what is known about the layers
    All
};
/// Reads scan.jsonl of a run folder, tolerating a torn last line; empty when there is none. Throws
/// Error: FileNotReadable, BadFormat (of its first line).
std::optional<ScanContents> readScan(const std::filesystem::path& runFolder,
                                     ScanLines wanted = ScanLines::All);

/// What a scan of `header` can go on with: all lines of the same scan; where only formats, ties or
/// method differ, those of single layers that did not fail. Else nothing.
std::vector<ScanLine> linesThatHold(const ScanContents& known, const ScanHeader& header);

/// What the lines say about each option of each unit; probed scans are completed by the change of
/// the weights. Failed options are infinitely bad.
Sensitivity sensitivityOf(const ScanSpace& space, ScanMethod method,
                          std::span<const ScanLine> lines);

/// The one writer of scan.jsonl; whoever has it holds the run folder's lock.
class ScanWriter
{
public:
    /// Goes on with the folder's scan if it is the same; else begins anew, and the other scan is
    /// renamed to scan.jsonl.1 and so on. linesThatHold() are in `earlier` then. Throws
    /// Error(FileNotWritable).
    ScanWriter(const std::filesystem::path& runFolder, const ScanHeader& header,
               std::vector<ScanLine>& earlier);
    /// On the disk when it returns. Throws Error(FileNotWritable); nothing partial stays behind.
    void append(const ScanLine& line);

private:
    LineFile m_file;
};

} // namespace bitfront
