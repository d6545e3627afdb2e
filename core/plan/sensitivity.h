// SPDX-License-Identifier: GPL-3.0-or-later
// What a sensitivity scan has found: the error of the outputs with one unit compressed, for every
// option of every unit; and what that predicts for whole recipes.
#pragma once

#include "core/plan/allocation.h"
#include "core/plan/result.h"
#include "core/plan/scan_space.h"

#include <optional>
#include <span>
#include <vector>

namespace bitfront {

/// The share of an output's energy that is wrong, which adds up over layers where qualities do not:
/// 10^(−dB/10) for psnr and snr, 1 − value for iou. Infinite for what is not finite.
double errorEnergy(Metric metric, double quality);
/// Inverse of errorEnergy(): +∞ for no error. Sums of errors may be larger than any output's can
/// be: such an IoU is 0; infinite errors come out as −∞ for every metric.
double qualityOfEnergy(Metric metric, double energy);

/// Error of each output; the scan's unit of account.
using ErrorEnergies = std::vector<double>;
/// Of the samples that formats are chosen by, where some are held out.
ErrorEnergies energiesOf(const std::vector<OutputQuality>& outputs);

struct Sensitivity
{
    std::vector<Metric> metrics; ///< of the outputs, as in Measurement::outputs
    std::vector<std::string> outputs {}; ///< their names
    /// What an error of each output counts in the sum that is minimised: as much as the scan's
    /// errors of the first output, so that none drowns the others. Empty: all alike.
    std::vector<double> weights {};
    /// Per unit and option; empty: not measured. Option 0, fp16, has none.
    std::vector<std::vector<ErrorEnergies>> cells;

    bool isMeasured(std::size_t unit, std::size_t option) const
    {
        return option == 0 || !cells[unit][option].empty();
    }
    /// One number to minimise: the weighted mean over the outputs.
    double total(const ErrorEnergies& energies) const;
    /// Of one output, or of all as total(); infinite where not measured.
    double cost(std::size_t unit, std::size_t option,
                std::optional<std::size_t> output = std::nullopt) const;
    /// Index of an output by name; 0 where there is none of that name.
    std::size_t indexOf(std::string_view output) const;
    /// Cells without a measurement.
    std::size_t missing() const;
    /// Quality of each output if the errors of the units add up.
    std::vector<double> predict(const ScanChoice& choice) const;
};
/// Sensitivity::weights: the geometric mean error of the first output over that of each, of all
/// cells that do it harm; 1 for outputs that nothing harms.
std::vector<double> balancedWeights(const Sensitivity& sensitivity);
/// Nothing measured yet.
Sensitivity emptySensitivity(const ScanSpace& space, std::vector<Metric> metrics);

/// Which options a recipe may use, per unit and option.
using AllowedOptions = std::vector<std::vector<bool>>;
AllowedOptions allOptions(const ScanSpace& space);

/// A layer that must keep to a format.
struct FormatLock
{
    std::string layer; ///< LayerInfo::name, * stands for any text
    std::string format; ///< "fp16", a key of a format, or bits: "8" allows codes of 8 bits, "8+" of
                        ///< 8 and more
    bool operator==(const FormatLock&) const = default;
};
/// "conv1=8+". Throws Error(BadArgument).
FormatLock parseLock(const std::string& text);
/// Throws Error(BadArgument) for a lock that names no layer, or leaves a unit without an option.
AllowedOptions applyLocks(const ScanSpace& space, const ModelInfo& model,
                          std::span<const FormatLock> locks);

/// Sizes and costs for the solver, by one output or by all; what is not allowed or not measured
/// costs infinitely much.
AllocationUnits allocationUnits(const ScanSpace& space, const Sensitivity& sensitivity,
                                const AllowedOptions& allowed,
                                std::optional<std::size_t> output = std::nullopt);

} // namespace bitfront
