// SPDX-License-Identifier: GPL-3.0-or-later
// run.json as text and back (docs/formats.md). Lines of results.jsonl are core/plan/json.h's.
#pragma once

#include "core/run/run_folder.h"

#include <string>
#include <string_view>

namespace bitfront {

/// Version of the run folder's format that this program writes; it reads all up to this.
inline constexpr int kRunSchemaVersion = 1;

/// "running", "finished", "stopped", "failed".
std::string_view name(RunState state);

std::string runJsonText(const RunHeader& header, RunState state, double wallMs);
/// Fills header, state and wallMs. Throws Error(BadFormat): not JSON, not a run, of a newer
/// version.
void parseRunJson(const std::string& text, const std::string& path, RunContents& run);

} // namespace bitfront
