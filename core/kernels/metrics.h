// SPDX-License-Identifier: GPL-3.0-or-later
// Output quality against a reference: PSNR, SNR and IoU, each as the reference computes it
// (absolute epsilon) and scale-free.
#pragma once

#include "core/base/formats.h"

#include <span>

namespace bitfront {

struct MetricValue
{
    /// quality_metrics.py: float32 sums, absolute epsilon; NaN for NaN outputs, but IoU counts NaN
    /// as outside of the mask.
    double reference = 0;
    /// No epsilon: 10·log10(max(r²) / mean((o−r)²)) and the like. +∞ when o equals r bit for bit or
    /// has no error; 1.0 for IoU, also when both masks are empty. All metrics: NaN when a value is
    /// NaN, −∞ when one is infinite and o is not r.
    double exact = 0;
};

/// `outputs` and `reference` of equal length; an empty pair gives identical (+∞; IoU 1).
MetricValue measure(Metric metric, std::span<const float> outputs,
                    std::span<const float> reference);

/// WeightError::decibels() of a whole tensor at once.
double relativeErrorDb(std::span<const float> weights, std::span<const float> changed);

} // namespace bitfront
