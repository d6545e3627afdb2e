// SPDX-License-Identifier: GPL-3.0-or-later
// Exact weighted 1-D k-means by Lagrangian relaxation: a price λ per cluster makes the number of
// clusters free and the optimum cheap to find; λ is moved until that number is the wanted one.
// Where no λ gives it, the neighbouring solutions confine every boundary to a window.
#include "core/kernels/kmeans1d.h"

#include "core/kernels/kmeans1d_accurate.h"
#include "core/kernels/kmeans1d_window.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace bitfront {

namespace {

constexpr int kMaxProbes = 14;
/// Rows per point up to which windows are solved instead of another pass.
constexpr double kWindowRows = 1.25;
/// Up to this many points × clusters the reference's own program costs next to nothing.
constexpr std::int64_t kSmallProblem = 1024;
/// Excess at which two partitions still count as equally good: rounding of the cost itself.
constexpr double kTieTolerance = 1e-11;
constexpr std::int32_t kPointsPerClusterForKeys = 8;
/// Rounding of the prefix sums, relative to Σ w·x², and the part of the optimum it may reach.
constexpr double kRounding = 0x1p-48, kDrownedBelow = 1e-9;
/// How many clusters away a boundary may have its tied places, with 2 … 8 and with fewer points
/// per cluster (tried against the reference on random problems).
constexpr std::int32_t kTiedReach = 2, kVeryTiedReach = 8;

/// Cube root to about 1e-4, enough for a first guess (exponent divided by 3, two Newton steps).
float roughCubeRoot(float x)
{
    float y = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x) / 3 + 709921077U);
    y = (2 * y + x / (y * y)) / 3;
    return (2 * y + x / (y * y)) / 3;
}

/// λ between two brackets, by interpolating the number of clusters on logarithmic axes.
double between(double lambdaMore, double more, double lambdaFewer, double fewer, double wanted)
{
    const double low = std::log(lambdaMore), high = std::log(lambdaFewer);
    const double t = (std::log(wanted) - std::log(more)) / (std::log(fewer) - std::log(more));
    const double lambda = std::exp(low + std::clamp(t, 0.1, 0.9) * (high - low));
    return lambda > lambdaMore && lambda < lambdaFewer ? lambda : (lambdaMore + lambdaFewer) / 2;
}

} // namespace

std::int64_t Kmeans1d::Windows::rows() const
{
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < low.size(); ++k)
        sum += high[k] - low[k] + 1;
    return sum;
}

KmeansStats& KmeansStats::operator+=(const KmeansStats& other)
{
    problems += other.problems;
    points += other.points;
    probes += other.probes;
    windowed += other.windowed;
    small += other.small;
    return *this;
}

SimdPath bestSimdPath()
{
    return detail::avx2LwsKernels() != nullptr ? SimdPath::Avx2 : SimdPath::Portable;
}

Kmeans1d::Kmeans1d(SimdPath path)
    : m_kernels(path == SimdPath::Avx2 ? detail::avx2LwsKernels() : nullptr)
{
    if (m_kernels == nullptr)
        m_kernels = &detail::portableLwsKernels();
}

void Kmeans1d::setPoints(std::span<const double> values, std::span<const double> weights,
                         std::span<const double> keys)
{
    m_values = values;
    m_weights = weights;
    m_keys = keys;
    m_sumsFilled = false;
    m_reference.reset(values, weights);
    m_state.resize(points());
}

void Kmeans1d::fillSums(bool fromKeys)
{
    if (m_sumsFilled && m_sumsFromKeys == fromKeys)
        return;
    m_sumsFilled = true;
    m_sumsFromKeys = fromKeys;
    const std::span<const double> x = fromKeys ? m_keys : m_values;
    const std::size_t n = x.size();

    // Centring on a point near the mean keeps the sums small, so that differences keep their
    // digits. It is exact on integer keys. Other values are also brought to a common size, by a
    // power of two.
    double total = 0, mean = 0;
    for (std::size_t i = 0; i < n; ++i) {
        total += m_weights[i];
        mean += m_weights[i] * x[i];
    }
    const double centre = *std::lower_bound(x.begin(), x.end() - 1, mean / total);
    int exponent = 0;
    if (!fromKeys)
        std::frexp(x.back() - x.front(), &exponent);
    const double scale = fromKeys ? 1.0 : std::ldexp(1.0, 20 - exponent);
    m_keyRange = (x.back() - x.front()) * scale;
    // A weight below the last digits of the total would vanish from the sums and divide by zero.
    const double floor = total * 0x1p-50;

    double mass = 0, moment = 0, square = 0;
    m_state.mass[0] = m_state.moments[0] = m_state.squares[0] = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double weight = std::max(m_weights[i], floor), key = (x[i] - centre) * scale;
        m_state.mass[i + 1] = mass += weight;
        m_state.moments[i + 1] = moment += weight * key;
        m_state.squares[i + 1] = square += weight * key * key;
    }
}

std::vector<std::int32_t> Kmeans1d::solve(std::int32_t clusters)
{
    if (clusters >= points()) {
        std::vector<std::int32_t> starts(m_values.size());
        std::iota(starts.begin(), starts.end(), 0);
        return starts;
    }
    if (clusters <= 1)
        return {0};
    ++m_stats.problems;
    m_stats.points += points();
    // With few points per cluster many partitions tie on the grid of the keys. What tells them
    // apart is how the values were rounded to float, so there the values themselves count.
    fillSums(!m_keys.empty() && points() >= kPointsPerClusterForKeys * clusters);
    return referenceChoice(settled(solveExactly(clusters)));
}

/// Panter and Dite's high-resolution formula, λ = (∫ density^⅓)³ / (6 K³), on blocks of equally
/// many points, eight for each cluster. With few points per cluster blocks are single points, and a
/// correction applies that was fitted on real weights, thinned out.
double Kmeans1d::firstLambda(std::int32_t clusters) const
{
    constexpr std::int32_t kBlocksPerCluster = 8;
    const std::span<const double> x = m_sumsFromKeys ? m_keys : m_values;
    const auto n = static_cast<std::size_t>(points());
    const auto step =
        std::max<std::size_t>(1, n / static_cast<std::size_t>(kBlocksPerCluster * clusters));
    const double range = x.back() - x.front(), unit = m_keyRange / range;
    double sum = 0;
    for (std::size_t i = 0; i < n; i += step) {
        const std::size_t j = std::min(i + step, n);
        const double end = j < n ? x[j] : x.back() + range / static_cast<double>(n);
        const double width = (end - x[i]) * unit, weight = m_state.mass[j] - m_state.mass[i];
        sum += roughCubeRoot(static_cast<float>(std::clamp(weight * width * width, 1e-30, 1e30)));
    }
    const double k = clusters;
    const double correction =
        step > 1 ? 0 : std::min(0.08, 0.33 - 2.4 * k / static_cast<double>(n));
    return std::exp(correction) * std::pow(sum / k, 3) / 6;
}

std::vector<std::int32_t> Kmeans1d::solveExactly(std::int32_t clusters)
{
    Bracket more, fewer;
    double lambda = firstLambda(clusters);
    for (int probe = 0; probe < kMaxProbes; ++probe) {
        ++m_stats.probes;
        const std::int32_t found = detail::lwsPass(m_state, *m_kernels, lambda);
        if (found == clusters)
            return detail::lwsStarts(m_state);
        const double cost = m_state.price[m_values.size()] - lambda * found;
        Bracket& bracket = found > clusters ? more : fewer;
        bracket = {detail::lwsStarts(m_state), lambda, cost};
        // A λ that gives the wanted number may lie anywhere, or nowhere: the next pass is a gamble.
        // Windows between neighbouring solutions always end it, and cost as much as their rows.
        Windows windows = windowsBetween(clusters, more, fewer);
        if (windows.rows() <= kWindowRows * points())
            return solveWindowed(windows);
        if (more.starts.empty() || fewer.starts.empty()) {
            // Cost falls like K^-a, so λ = −dCost/dK like K^-(a+1), with a = λK / cost here.
            const double a = cost > 0 ? std::clamp(lambda * found / cost, 1.0, 6.0) : 6.0;
            lambda *= std::pow(static_cast<double>(found) / clusters, a + 1);
            continue;
        }
        if (fewer.lambda <= more.lambda * (1 + 1e-13))
            break;
        lambda = between(more.lambda, more.clusters(), fewer.lambda, fewer.clusters(), clusters);
    }
    return solveWindowed(windowsBetween(clusters, more, fewer));
}

std::vector<std::int32_t> Kmeans1d::solveWindowed(const Windows& windows)
{
    ++m_stats.windowed;
    return detail::solveInWindows(m_state, *m_kernels, windows.low, windows.high);
}

/// Optimal boundaries interlace (Aggarwal, Schieber, Tokuyama 1994): boundary k lies between those
/// numbered k and k + (more − clusters) of a finer solution, likewise for a coarser one. An empty
/// bracket bounds nothing.
Kmeans1d::Windows Kmeans1d::windowsBetween(std::int32_t clusters, const Bracket& more,
                                           const Bracket& fewer) const
{
    const std::int32_t n = points();
    Windows windows;
    windows.low.reserve(static_cast<std::size_t>(clusters) + 1);
    windows.high.reserve(static_cast<std::size_t>(clusters) + 1);
    bool consistent = true;
    const auto boundary = [n](const Bracket& b, std::int32_t k) {
        return k >= b.clusters() ? n : b.starts[static_cast<std::size_t>(k)];
    };
    for (std::int32_t k = 0; k <= clusters; ++k) {
        std::int32_t from = k == clusters ? n : k, to = k == 0 ? 0 : n - (clusters - k);
        if (!more.starts.empty()) {
            from = std::max(from, boundary(more, k));
            to = std::min(to, boundary(more, k + more.clusters() - clusters));
        }
        if (!fewer.starts.empty()) {
            const std::int32_t gap = clusters - fewer.clusters();
            if (k >= gap)
                from = std::max(from, boundary(fewer, k - gap));
            if (k <= fewer.clusters())
                to = std::min(to, boundary(fewer, k));
        }
        consistent = consistent && from <= to;
        windows.low.push_back(from);
        windows.high.push_back(to);
    }
    if (consistent)
        return windows;
    for (std::int32_t k = 1; k < clusters; ++k) { // rounding among ties: all the room there is
        windows.low[static_cast<std::size_t>(k)] = k;
        windows.high[static_cast<std::size_t>(k)] = n - (clusters - k);
    }
    windows.low.front() = windows.high.front() = 0;
    windows.low.back() = windows.high.back() = n;
    return windows;
}

/// Starts within reach of those given. Where ties abound, one pair of neighbours merged and another
/// split apart moves every boundary in between to the place of the next one.
Kmeans1d::Windows Kmeans1d::windowsAround(std::span<const std::int32_t> starts) const
{
    const auto clusters = static_cast<std::int32_t>(starts.size());
    const bool tied = points() < kPointsPerClusterForKeys * clusters;
    const std::int32_t reach = !tied ? 0 : points() < 2 * clusters ? kVeryTiedReach : kTiedReach;
    Windows windows;
    windows.low.reserve(starts.size());
    windows.high.reserve(starts.size());
    windows.low.push_back(0);
    windows.high.push_back(0);
    for (std::int32_t k = 1; k < clusters; ++k) {
        const auto before = static_cast<std::size_t>(std::max(k - reach, 0));
        const auto after = static_cast<std::size_t>(k + reach);
        const std::int32_t end = after < starts.size() ? starts[after] : points();
        windows.low.push_back(std::max(starts[before] - 1, k));
        windows.high.push_back(std::min(end + 1, points() - (clusters - k)));
    }
    return windows;
}

/// Repeats the choice of boundaries in higher precision where the squared error is so small a part
/// of the sums it is computed from that rounding may have decided. Integer keys have no such
/// rounding.
std::vector<std::int32_t> Kmeans1d::settled(std::vector<std::int32_t> starts) const
{
    const double clusters = static_cast<double>(starts.size());
    if (m_sumsFromKeys || points() >= kPointsPerClusterForKeys * clusters)
        return starts;
    const double range = m_values.back() - m_values.front();
    const double spread = m_state.squares[m_values.size()] * std::pow(range / m_keyRange, 2);
    if (kRounding * spread < kDrownedBelow * cost(starts))
        return starts;
    const Windows windows = windowsAround(starts);
    const detail::AccurateCost accurate(m_values, m_weights);
    return detail::windowSearch(accurate, windows.low, windows.high);
}

/// The reference's partition where it is as good as the optimum: small problems as a whole, else
/// among the partitions nearby.
std::vector<std::int32_t> Kmeans1d::referenceChoice(std::vector<std::int32_t> starts)
{
    const auto clusters = static_cast<std::int32_t>(starts.size());
    std::vector<std::int32_t> choice;
    if (std::int64_t {points()} * clusters <= kSmallProblem) {
        ++m_stats.small;
        choice = detail::matrixSearch(m_reference, clusters);
    } else {
        const Windows windows = windowsAround(starts);
        choice = detail::windowSearch(m_reference, windows.low, windows.high);
    }
    if (choice == starts || choice.size() != starts.size())
        return starts;
    return cost(choice) <= cost(starts) * (1 + kTieTolerance) ? choice : starts;
}

std::vector<double> Kmeans1d::centroids(std::span<const std::int32_t> starts) const
{
    return m_reference.centroids(starts, *m_kernels);
}

double Kmeans1d::cost(std::span<const std::int32_t> starts) const
{
    const std::vector<double> means = centroids(starts);
    double total = 0;
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const auto end =
            k + 1 < starts.size() ? static_cast<std::size_t>(starts[k + 1]) : m_values.size();
        for (auto i = static_cast<std::size_t>(starts[k]); i < end; ++i)
            total += m_weights[i] * (m_values[i] - means[k]) * (m_values[i] - means[k]);
    }
    return total;
}

} // namespace bitfront
