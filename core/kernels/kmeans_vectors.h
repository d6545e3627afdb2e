// SPDX-License-Identifier: GPL-3.0-or-later
// K-means of short vectors: seeded starts, Lloyd iterations, single moves that still pay, swaps.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace bitfront::detail {

/// Points to cluster: `count` vectors of `dim` values, one positive weight each.
struct VectorPoints
{
    std::int32_t count = 0;
    int dim = 1;
    std::vector<double> values; ///< count × dim
    std::vector<double> weights; ///< count
};

struct VectorClusters
{
    std::vector<double> centroids; ///< clusters × dim
    std::vector<std::uint8_t> labels; ///< count
    double cost = 0; ///< weighted squared error
};

/// At most 256 clusters, at most `count`. Deterministic for a seed. Throws Cancelled when stopped
/// (checked per iteration).
VectorClusters clusterVectors(const VectorPoints& points, int clusters, std::uint64_t seed,
                              const std::stop_token& stop);

} // namespace bitfront::detail
