// SPDX-License-Identifier: GPL-3.0-or-later
// One function per kind of golden case: runs the project's code on it and judges the result.
#pragma once

#include "core/plan/compression_config.h"
#include "tests/support/golden.h"

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
Verdict checkQuantization(Golden& golden, const nlohmann::json& entry);
Verdict checkPalette(Golden& golden, const nlohmann::json& entry);
Verdict checkPruning(Golden& golden, const nlohmann::json& entry);

/// Within 1e-4 dB.
Verdict checkMetric(Golden& golden, const nlohmann::json& entry, Metric metric);
/// The figure of the reference's size script.
Verdict checkReferenceSize(const nlohmann::json& entry);
/// An eager record: which weights change, PSNR within 0.02 dB, the reference's size figures.
Verdict checkEndToEnd(Golden& golden, const nlohmann::json& record);
/// A jointly compressed model: one verdict per site, by node, and one for the output.
std::vector<std::pair<std::string, Verdict>> checkJoint(Golden& golden,
                                                        const nlohmann::json& entry);

} // namespace bitfront::test
