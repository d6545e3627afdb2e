// SPDX-License-Identifier: GPL-3.0-or-later
// The sensitivity scan: the error of the outputs with one unit compressed, for every option.
#pragma once

#include "core/plan/sensitivity.h"
#include "core/plan/sweep_plan.h"
#include "core/scan/choice_measurer.h"

#include <stop_token>
#include <vector>

namespace bitfront {

/// What a scan measures. Measured: every option of every unit alone. Probed: three options of every
/// unit alone, and every format on all units at once for the change that it makes to the weights.
std::vector<ScanChoice> scanChoices(const ScanSpace& space, ScanMethod method);

/// Measures what is missing; all of it is in the scan file then. Throws what measure() throws.
Sensitivity runScan(ChoiceMeasurer& measurer, const std::stop_token& stop,
                    const ChoiceMeasurer::Progress& progress = {});

/// Of `cells` measurements of one unit each, as fast as the probe.
TimeRange scanTime(const ScanSpace& space, std::size_t cells, const ProbeTimes& probe);

/// How the samples are parted for a scan that keeps `share` of them out, and the header that says
/// so; to be called before the measurer is made.
ScanHeader prepareScan(Experiment& experiment, const std::vector<MetricChoice>& metrics,
                       const ScanSettings& settings, double share);

} // namespace bitfront
