// SPDX-License-Identifier: GPL-3.0-or-later
// Output quality against a reference: PSNR, SNR and IoU, each as the reference computes it
// (absolute epsilon) and scale-free.
#pragma once

#include "core/base/formats.h"

#include <span>

namespace bitfront {

struct MetricValue
{
    double reference =
        0; ///< quality_metrics.py: float32 sums, absolute epsilon; NaN for NaN outputs
    /// No epsilon: 10·log10(max(r²) / mean((o−r)²)) and the like. +∞ when o equals r bit for bit or
    /// has no error; NaN for NaN outputs, −∞ for infinite ones. IoU: as the reference, 1.0 when
    /// both empty.
    double exact = 0;
};

/// `outputs` and `reference` of equal length; an empty pair gives identical (+∞; IoU 1).
MetricValue measure(Metric metric, std::span<const float> outputs,
                    std::span<const float> reference);

/// WeightError::decibels() of a whole tensor at once.
double relativeErrorDb(std::span<const float> weights, std::span<const float> changed);

} // namespace bitfront
