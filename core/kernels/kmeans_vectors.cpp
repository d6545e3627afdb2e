// SPDX-License-Identifier: GPL-3.0-or-later
// Seeded k-means of short vectors.
#include "core/kernels/kmeans_vectors.h"

#include "core/base/error.h"

#include <algorithm>
#include <limits>
#include <random>

namespace bitfront::detail {

namespace {

constexpr int kMaxIterations = 300;
constexpr int kSwapIterations = 3;
constexpr double kMostSwaps = 400;
constexpr int kPatience = 120; ///< swaps in a row without a gain
constexpr double kSwapWork = 2e7; ///< distance terms of one pass × swaps: a second at most
constexpr double kMinimalGain = 1e-7; ///< relative; Lloyd's tail is long and earns nothing

class VectorSolver
{
public:
    VectorSolver(const VectorPoints& points, int clusters, std::uint64_t seed,
                 const std::stop_token& stop)
        : m_points(points)
        , m_clusters(static_cast<std::size_t>(clusters))
        , m_dim(static_cast<std::size_t>(points.dim))
        , m_count(static_cast<std::size_t>(points.count))
        , m_random(seed)
        , m_stop(stop)
    {
    }

    VectorClusters best()
    {
        // Small problems get more starts: they cost little, and there Lloyd is easily trapped.
        const double work = static_cast<double>(m_count) * static_cast<double>(m_clusters * m_dim);
        const int starts = static_cast<int>(std::clamp(4e6 / work, 5.0, 40.0));
        VectorClusters winner;
        winner.cost = std::numeric_limits<double>::infinity();
        for (int start = 0; start < starts; ++start) {
            VectorClusters found = seeded(start % 4 == 3);
            lloyd(found, kMaxIterations);
            exchange(found);
            if (found.cost < winner.cost)
                winner = std::move(found);
        }
        const int swaps = static_cast<int>(std::min(kMostSwaps, kSwapWork / work));
        int fruitless = 0;
        for (int swap = 0; swap < swaps && fruitless < kPatience && m_clusters < m_count; ++swap)
            fruitless = trySwap(winner) ? 0 : fruitless + 1;
        return winner;
    }

private:
    const double* point(std::size_t i) const { return m_points.values.data() + i * m_dim; }

    double distance(const double* a, const double* b) const
    {
        double sum = 0;
        for (std::size_t d = 0; d < m_dim; ++d)
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        return sum;
    }

    /// k-means++ (D² sampling), or the reference's start: always the vector farthest from all
    /// chosen.
    VectorClusters seeded(bool farthest)
    {
        VectorClusters result;
        result.labels.assign(m_count, 0);
        std::vector<double> nearest(m_count, std::numeric_limits<double>::infinity());
        std::size_t chosen = static_cast<std::size_t>(m_random() % m_count);
        for (std::size_t k = 0; k < m_clusters; ++k) {
            result.centroids.insert(result.centroids.end(), point(chosen), point(chosen) + m_dim);
            double total = 0;
            std::size_t far = 0;
            for (std::size_t i = 0; i < m_count; ++i) {
                nearest[i] = std::min(nearest[i], distance(point(i), point(chosen)));
                total += nearest[i] * m_points.weights[i];
                far = nearest[i] > nearest[far] ? i : far;
            }
            chosen = farthest ? far : drawn(nearest, total);
        }
        return result;
    }

    std::size_t drawn(const std::vector<double>& nearest, double total)
    {
        // 53 random bits by hand: standard distributions differ between libraries.
        double left = static_cast<double>(m_random() >> 11) * 0x1p-53 * total;
        for (std::size_t i = 0; i < m_count; ++i) {
            left -= nearest[i] * m_points.weights[i];
            if (left < 0)
                return i;
        }
        return m_count - 1;
    }

    /// One centroid goes elsewhere, a few rounds settle the rest; kept if that pays. Leaves the
    /// optima that starts and single moves are trapped in (random swap, Fränti 2018).
    bool trySwap(VectorClusters& winner)
    {
        std::vector<double> nearest(m_count);
        double total = 0;
        for (std::size_t i = 0; i < m_count; ++i) {
            nearest[i] = distance(point(i), winner.centroids.data() + winner.labels[i] * m_dim);
            total += nearest[i] * m_points.weights[i];
        }
        if (!(total > 0))
            return false;
        VectorClusters changed = winner;
        const double* target = point(drawn(nearest, total));
        std::copy(target, target + m_dim,
                  changed.centroids.data() + m_random() % m_clusters * m_dim);
        lloyd(changed, kSwapIterations);
        exchange(changed);
        if (!(changed.cost < winner.cost * (1 - 1e-12)))
            return false;
        winner = std::move(changed);
        return true;
    }

    void lloyd(VectorClusters& clusters, int iterations)
    {
        double before = std::numeric_limits<double>::infinity();
        for (int iteration = 0; iteration < iterations; ++iteration) {
            if (m_stop.stop_requested())
                throw Cancelled();
            clusters.cost = assign(clusters);
            if (clusters.cost >= before * (1 - kMinimalGain))
                break;
            before = clusters.cost;
            update(clusters);
        }
        update(clusters);
        clusters.cost = costOf(clusters);
    }

    double assign(VectorClusters& clusters) const
    {
        double cost = 0;
        for (std::size_t i = 0; i < m_count; ++i) {
            double best = std::numeric_limits<double>::infinity();
            for (std::size_t k = 0; k < m_clusters; ++k) {
                const double d = distance(point(i), clusters.centroids.data() + k * m_dim);
                if (d < best) {
                    best = d;
                    clusters.labels[i] = static_cast<std::uint8_t>(k);
                }
            }
            cost += best * m_points.weights[i];
        }
        return cost;
    }

    /// Weighted means; a cluster without points takes over the costliest point.
    void update(VectorClusters& clusters)
    {
        m_sums.assign(m_clusters * m_dim, 0);
        m_mass.assign(m_clusters, 0);
        for (std::size_t i = 0; i < m_count; ++i)
            shift(clusters.labels[i], i, 1);
        for (std::size_t k = 0; k < m_clusters; ++k) {
            if (m_mass[k] == 0)
                rescue(clusters, k);
        }
        for (std::size_t k = 0; k < m_clusters; ++k)
            settle(clusters, k);
    }

    /// Adds (sign 1) or removes (−1) a point from the running sums of a cluster.
    void shift(std::size_t cluster, std::size_t i, int sign)
    {
        const double weight = sign * m_points.weights[i];
        m_mass[cluster] += weight;
        for (std::size_t d = 0; d < m_dim; ++d)
            m_sums[cluster * m_dim + d] += weight * point(i)[d];
    }

    void settle(VectorClusters& clusters, std::size_t cluster) const
    {
        for (std::size_t d = 0; m_mass[cluster] > 0 && d < m_dim; ++d)
            clusters.centroids[cluster * m_dim + d] = m_sums[cluster * m_dim + d] / m_mass[cluster];
    }

    void rescue(VectorClusters& clusters, std::size_t cluster)
    {
        std::size_t worst = m_count;
        double most = 0;
        for (std::size_t i = 0; i < m_count; ++i) {
            const double d = m_points.weights[i]
                * distance(point(i), clusters.centroids.data() + clusters.labels[i] * m_dim);
            if (d > most && m_mass[clusters.labels[i]] > m_points.weights[i]) {
                most = d;
                worst = i;
            }
        }
        if (worst == m_count)
            return;
        shift(clusters.labels[worst], worst, -1);
        shift(cluster, worst, 1);
        clusters.labels[worst] = static_cast<std::uint8_t>(cluster);
        settle(clusters, cluster); // so that the next rescue does not take the same point
    }

    /// Hartigan's rule: moving a point also moves two means. Finds gains that Lloyd cannot see.
    void exchange(VectorClusters& clusters)
    {
        std::vector<std::int32_t> sizes(m_clusters, 0);
        for (const std::uint8_t label : clusters.labels)
            ++sizes[label];
        for (int round = 0; round < kMaxIterations; ++round) {
            if (m_stop.stop_requested())
                throw Cancelled();
            std::size_t moves = 0;
            for (std::size_t i = 0; i < m_count; ++i)
                moves += moveIfBetter(clusters, sizes, i) ? 1 : 0;
            if (moves * 1000 < m_count && (moves == 0 || m_count > 20000))
                break;
        }
        update(clusters);
        clusters.cost = costOf(clusters);
    }

    bool moveIfBetter(VectorClusters& clusters, std::vector<std::int32_t>& sizes, std::size_t i)
    {
        const std::size_t from = clusters.labels[i];
        if (sizes[from] <= 1)
            return false;
        const double weight = m_points.weights[i];
        const double left = m_mass[from] - weight;
        if (!(left > 0))
            return false;
        const double here = distance(point(i), clusters.centroids.data() + from * m_dim);
        const double gain = here * m_mass[from] / left;
        double best = gain * (1 - 1e-12);
        std::size_t to = from;
        for (std::size_t k = 0; k < m_clusters; ++k) {
            if (k == from)
                continue;
            const double d = distance(point(i), clusters.centroids.data() + k * m_dim);
            const double loss = m_mass[k] > 0 ? d * m_mass[k] / (m_mass[k] + weight) : 0;
            if (loss < best) {
                best = loss;
                to = k;
            }
        }
        if (to == from)
            return false;
        shift(from, i, -1);
        shift(to, i, 1);
        --sizes[from];
        ++sizes[to];
        settle(clusters, from);
        settle(clusters, to);
        clusters.labels[i] = static_cast<std::uint8_t>(to);
        return true;
    }

    double costOf(const VectorClusters& clusters) const
    {
        double cost = 0;
        for (std::size_t i = 0; i < m_count; ++i)
            cost += m_points.weights[i]
                * distance(point(i), clusters.centroids.data() + clusters.labels[i] * m_dim);
        return cost;
    }

    const VectorPoints& m_points;
    std::size_t m_clusters, m_dim, m_count;
    std::mt19937_64 m_random;
    std::stop_token m_stop;
    std::vector<double> m_sums, m_mass;
};

} // namespace

VectorClusters clusterVectors(const VectorPoints& points, int clusters, std::uint64_t seed,
                              const std::stop_token& stop)
{
    return VectorSolver(points, std::min(clusters, points.count), seed, stop).best();
}

} // namespace bitfront::detail
