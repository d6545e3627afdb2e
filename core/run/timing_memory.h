// SPDX-License-Identifier: GPL-3.0-or-later
// How long sweeps really took on this machine, against what was estimated: estimates learn from it.
#pragma once

#include "core/plan/sweep_plan.h"

#include <filesystem>

namespace bitfront {

/// $BITFRONT_CACHE_DIR, else $XDG_CACHE_HOME/bitfront, else ~/.cache/bitfront, and in it
/// timings.json. Empty where there is no home.
std::filesystem::path timingFile();

/// What earlier sweeps say: the true time lay between `low` and `high` times the median.
struct Calibration
{
    double low = 0.8, high = 1.4; ///< as estimateTime() has it, without any earlier sweep
    int sweeps = 0; ///< that it rests on
};

/// Of this machine. A file that is missing or damaged says nothing; never throws.
Calibration readCalibration(const std::filesystem::path& file) noexcept;

/// Adds one sweep: its time over predictedMs(). Factors that cannot be are left out; what cannot be
/// written is forgotten. Never throws.
void rememberTiming(const std::filesystem::path& file, double factor) noexcept;

/// The estimate with the range that earlier sweeps suggest.
TimeEstimate calibrated(const TimeEstimate& estimate, const Calibration& calibration);

} // namespace bitfront
