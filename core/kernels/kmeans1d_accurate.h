// SPDX-License-Identifier: GPL-3.0-or-later
// Cost of a run of points in twice the precision of double, for problems whose optimum is so small
// that it drowns in the rounding of ordinary prefix sums.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront::detail {

/// An unevaluated sum of two doubles (Dekker, Knuth): about 106 bits.
struct DoubleDouble
{
    double high = 0, low = 0;
};

/// Squared error of points first..last around their mean, like ReferenceCost but without its
/// rounding.
class AccurateCost
{
public:
    AccurateCost(std::span<const double> values, std::span<const double> weights);

    std::int32_t size() const { return static_cast<std::int32_t>(m_mass.size()) - 1; }
    double operator()(std::int32_t first, std::int32_t last) const;

private:
    std::vector<DoubleDouble> m_mass, m_moments, m_squares; ///< prefix sums with a leading 0
};

} // namespace bitfront::detail
