// SPDX-License-Identifier: GPL-3.0-or-later
// Double-double arithmetic and the cluster cost built on it.
#include "core/kernels/kmeans1d_accurate.h"

#include <algorithm>

namespace bitfront::detail {

namespace {

DoubleDouble twoSum(double a, double b)
{
    const double sum = a + b, part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

/// Upper 26 bits of a double, so that products of halves are exact (Veltkamp). Not std::fma, which
/// is a slow call on machines without the instruction.
double upperHalf(double a)
{
    const double shifted = a * 0x1.0000002p27;
    return shifted - (shifted - a);
}

DoubleDouble twoProduct(double a, double b)
{
    const double product = a * b;
    const double aHigh = upperHalf(a), aLow = a - aHigh;
    const double bHigh = upperHalf(b), bLow = b - bHigh;
    return {product, ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow};
}

DoubleDouble operator+(DoubleDouble a, DoubleDouble b)
{
    DoubleDouble sum = twoSum(a.high, b.high);
    const DoubleDouble low = twoSum(a.low, b.low);
    sum = twoSum(sum.high, sum.low + low.high);
    return twoSum(sum.high, sum.low + low.low);
}

DoubleDouble operator-(DoubleDouble a, DoubleDouble b)
{
    return a + DoubleDouble {-b.high, -b.low};
}

DoubleDouble operator*(DoubleDouble a, DoubleDouble b)
{
    const DoubleDouble product = twoProduct(a.high, b.high);
    return twoSum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

DoubleDouble operator/(DoubleDouble a, DoubleDouble b)
{
    const double first = a.high / b.high;
    const DoubleDouble rest = a - b * DoubleDouble {first, 0};
    return twoSum(first, rest.high / b.high);
}

} // namespace

AccurateCost::AccurateCost(std::span<const double> values, std::span<const double> weights)
    : m_mass(1)
    , m_moments(1)
    , m_squares(1)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        const DoubleDouble moment = twoProduct(weights[i], values[i]);
        m_mass.push_back(m_mass.back() + DoubleDouble {weights[i], 0});
        m_moments.push_back(m_moments.back() + moment);
        m_squares.push_back(m_squares.back() + moment * DoubleDouble {values[i], 0});
    }
}

double AccurateCost::operator()(std::int32_t first, std::int32_t last) const
{
    if (first >= last)
        return 0;
    const auto j = static_cast<std::size_t>(first), i = static_cast<std::size_t>(last) + 1;
    const DoubleDouble moment = m_moments[i] - m_moments[j];
    const DoubleDouble gain = moment * moment / (m_mass[i] - m_mass[j]);
    return std::max(0.0, (m_squares[i] - m_squares[j] - gain).high);
}

} // namespace bitfront::detail
