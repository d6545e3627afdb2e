// SPDX-License-Identifier: GPL-3.0-or-later
// Reports of a run in every format, and the files that a finished run leaves in its folder.
#pragma once

#include "core/run/run_folder.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitfront::cli {

/// "text", "md", "html" or "json". `folder` is the run's: its plot is embedded or linked where
/// there is one; links are relative to `target` (the file the text will be written to; empty: the
/// run's folder).
std::string reportText(const RunContents& run, const std::filesystem::path& folder,
                       const std::string& format, const std::filesystem::path& target);
/// Writes the plot (in builds that can draw), report.md and report.html into the run's folder;
/// returns what it wrote. Throws Error(FileNotWritable).
std::vector<std::filesystem::path> writeReports(const RunContents& run,
                                                const std::filesystem::path& folder);

} // namespace bitfront::cli
