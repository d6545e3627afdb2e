// SPDX-License-Identifier: GPL-3.0-or-later
// Two results side by side: what differs between them, in numbers and layer by layer; and whether
// two runs may be compared at all.
#pragma once

#include "core/plan/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitfront {

/// One layer in both results.
struct LayerDelta
{
    std::string layer;
    const LayerStorage* a = nullptr; ///< points into the compared records
    const LayerStorage* b = nullptr;
    std::int64_t bits() const; ///< stored bits of b minus those of a
    bool differs() const;
};

/// Quality of one output in both results.
struct QualityDelta
{
    OutputQuality a, b;
};

struct Comparison
{
    double sizeShare = 1; ///< size of a as a share of b's
    std::vector<QualityDelta> qualities; ///< outputs that both have, judged the same way
    std::vector<LayerDelta> layers; ///< biggest difference of size first, then by model order
    int differing = 0; ///< layers that are stored differently
};

/// Both records must be measured. They must outlive the result.
Comparison compareResults(const ResultRecord& a, const ResultRecord& b);

/// What two runs were made of.
struct RunIdentity
{
    std::string modelName, modelSha256, inputsSha256;
    std::vector<MetricChoice> metrics;
};

/// Why results of two runs must not be compared, in one sentence; empty: they may be.
std::string incomparableReason(const RunIdentity& a, const RunIdentity& b);

} // namespace bitfront
