// SPDX-License-Identifier: GPL-3.0-or-later
// The scatter plot as a file, drawn by the window's own code without a window.
#pragma once

#include "core/run/run_folder.h"

#include <filesystem>

namespace bitfront::cli {

inline constexpr const char* kPlotName = "compression_exploration.png";

/// Whether this build can draw: it cannot when it was built without the window.
bool canDrawPlots();
/// PNG, SVG or PDF by suffix. Throws Error: BadArgument for another suffix or a build that cannot
/// draw, FileNotWritable. Main thread only.
void drawPlot(const RunContents& run, const std::filesystem::path& file, bool dark);

} // namespace bitfront::cli
