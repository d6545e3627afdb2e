// SPDX-License-Identifier: GPL-3.0-or-later
// The error of changed weights, summed while they are still in the processor's cache.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace bitfront {

/// Sums over the pieces of one tensor, whatever their order and length. Results depend on how the
/// tensor was cut into pieces in the last digits only, and not on the machine.
class WeightError
{
public:
    /// Equally long.
    void add(std::span<const float> weights, std::span<const float> changed);

    /// 10·log10(Σ(changed−weights)²/Σweights²): −∞ when equal, +∞ when weights are all zero and
    /// changed or infinite, NaN for NaN.
    double decibels() const;

private:
    static constexpr std::size_t kLanes = 8;
    std::array<double, kLanes> m_error {}, m_signal {};
    bool m_different = false;
};

} // namespace bitfront
