// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report_files.h"

#include "app/cli/plot_file.h"
#include "core/run/file_io.h"
#include "core/run/report.h"

namespace bitfront::cli {

namespace fs = std::filesystem;

namespace {

/// Whether the picture was drawn after the last result: one of an earlier stop shows other results
/// than the tables beside it.
bool isUpToDate(const fs::path& plot, const fs::path& results)
{
    std::error_code missing;
    return fs::is_regular_file(plot, missing)
        && fs::last_write_time(plot, missing) >= fs::last_write_time(results, missing) && !missing;
}

} // namespace

std::string reportText(const RunContents& run, const fs::path& folder, const std::string& format,
                       const fs::path& target)
{
    if (format == "json")
        return jsonReport(run);
    if (format == "text")
        return textReport(run);
    const fs::path plot = folder / kPlotName;
    const bool drawn = isUpToDate(plot, folder / "results.jsonl");
    if (format == "html")
        return htmlReport(run, drawn ? readFile(plot) : std::string());
    const fs::path from = target.empty() ? folder : fs::absolute(target).parent_path();
    return markdownReport(run, drawn ? fs::proximate(plot, from).generic_string() : std::string());
}

std::vector<fs::path> writeReports(const RunContents& run, const fs::path& folder)
{
    std::vector<fs::path> written;
    if (canDrawPlots()) {
        drawPlot(run, folder / kPlotName, false);
        written.push_back(folder / kPlotName);
    }
    for (const std::string format : {"md", "html"}) {
        const fs::path file = folder / ("report." + format);
        replaceFile(file, reportText(run, folder, format, file));
        written.push_back(file);
    }
    return written;
}

} // namespace bitfront::cli
