// SPDX-License-Identifier: GPL-3.0-or-later
// A run as text: box-drawn tables in the reference's format, Markdown, a self-contained HTML page,
// JSON.
#pragma once

#include "core/run/run_folder.h"

#include <string>

namespace bitfront {

/// The tables alone: one per group, five representatives each, skipped layers named; plus the best
/// picks of the whole front.
std::string textReport(const RunContents& run);
/// Links the plot as `plotFile` (relative) unless empty.
std::string markdownReport(const RunContents& run, const std::string& plotFile);
/// One file without any outside reference; `plotPng`, the content of a PNG file, is embedded when
/// not empty, else the plot is drawn as inline SVG.
std::string htmlReport(const RunContents& run, const std::string& plotPng);
/// The documented stable form (docs/formats.md).
std::string jsonReport(const RunContents& run);

} // namespace bitfront
