// SPDX-License-Identifier: GPL-3.0-or-later
// One more result for a run that is there: a configuration that no plan holds.
#pragma once

#include "core/run/run_folder.h"

#include <filesystem>
#include <memory>
#include <stop_token>

namespace bitfront {

/// Measures `config` with the run's metrics and writes the record into the folder, whose lock it
/// takes. A name that another configuration has there gets a number; a configuration that was
/// measured already is not measured again, one that failed is. What fails is a record, too. The
/// state of the run stays as it is. Throws Cancelled, Error: FileNotWritable, InputMismatch when
/// model or inputs are not those of the run, and what createEvaluator() throws.
ResultRecord addResult(const std::filesystem::path& runFolder, Experiment& experiment,
                       CompressionConfig config, int threads, const std::stop_token& stop);

} // namespace bitfront
