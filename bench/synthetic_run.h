// SPDX-License-Identifier: GPL-3.0-or-later
// A run folder of any size without a model: what reading, tables and plots are measured on.
#pragma once

#include "core/run/run_folder.h"

#include <filesystem>

namespace bitfront::bench {

/// A finished run of `records` records: the 31 base configurations, then refinements that each keep
/// another choice of layers. Sizes are accounted as those of real runs, qualities are invented but
/// plausible. The model is an encoder of `blocks` blocks of six linear layers behind an embedding;
/// one block makes records as long as the demo's. The same arguments give the same run.
RunContents syntheticRun(int records, int blocks = 1);

/// Writes it with all its files; an earlier folder there is replaced. Throws Error or
/// std::filesystem::filesystem_error.
void writeSyntheticRun(const std::filesystem::path& folder, int records, int blocks = 1);

} // namespace bitfront::bench
