// SPDX-License-Identifier: GPL-3.0-or-later
// One function per kind of golden case: runs the project's code on it and judges the result.
#pragma once

#include "core/plan/compression_config.h"
#include "tests/support/golden.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitfront::test {

enum class Outcome
{
    BitEqual, ///< everything stored for the case agrees to the last bit
    WithinTolerance, ///< as close as the specification asks, or a tie decided another way
    Failed
};

struct Verdict
{
    Outcome outcome = Outcome::Failed;
    std::string reason; ///< why it failed
};

inline Verdict bitEqual()
{
    return {Outcome::BitEqual, {}};
}
inline Verdict withinTolerance()
{
    return {Outcome::WithinTolerance, {}};
}
inline Verdict failed(std::string reason)
{
    return {Outcome::Failed, std::move(reason)};
}

/// A case of "cases", of any kind ("quant", "palett", "prune"). Exceptions become failures.
Verdict checkTensorCase(Golden& golden, const nlohmann::json& entry);
/// The program's own decision about the layer and its blocks: "", or how it differs from the
/// reference's. Not asked about configurations that no sweep can state.
std::string checkDecision(const nlohmann::json& entry);
/// The configuration in the words of a sweep, where a sweep can say it.
std::optional<CompressionSpec> sweepSpec(const nlohmann::json& config);
Verdict checkQuantization(Golden& golden, const nlohmann::json& entry);
Verdict checkPalette(Golden& golden, const nlohmann::json& entry);
Verdict checkPruning(Golden& golden, const nlohmann::json& entry);

/// Within 1e-4 dB.
Verdict checkMetric(Golden& golden, const nlohmann::json& entry, Metric metric);
/// The figure of the reference's size script.
Verdict checkReferenceSize(const nlohmann::json& entry);
/// Decibels by which the PSNR of a whole model may differ from the stored one.
inline constexpr double kPsnrTolerance = 0.02;
/// An end-to-end record of either mode: which weights change, PSNR within the tolerance, the
/// reference's size figures, the stored output.
Verdict checkEndToEnd(Golden& golden, const nlohmann::json& record);
/// A jointly compressed model: one verdict per palettized weight, one per site, by node, and one
/// for the output.
std::vector<std::pair<std::string, Verdict>> checkJoint(Golden& golden,
                                                        const nlohmann::json& entry);

} // namespace bitfront::test
