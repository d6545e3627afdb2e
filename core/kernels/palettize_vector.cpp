// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts a weight into vectors along axis 0 and clusters them group by group.
#include "core/kernels/palettize_vector.h"

#include "core/base/error.h"
#include "core/kernels/kmeans_vectors.h"
#include "core/kernels/palettize_codes.h"

#include <cmath>
#include <stdexcept>

namespace bitfront {

namespace {

/// Where vectors lie: vector v of a group starts at offset(v) and goes on one slice further each.
class VectorLayout
{
public:
    VectorLayout(std::span<const std::int64_t> shape, const VectorPaletteSpec& spec)
        : m_groups(shape, spec.base.axis, spec.base.groupSize)
        , m_axis(spec.base.axis)
        , m_dim(spec.clusterDim)
    {
        const std::int64_t rows =
            m_axis == 0 ? m_groups.slices() / m_groups.groups() : m_groups.slices();
        if (m_dim < 1 || rows % m_dim != 0)
            throw std::invalid_argument("clusterDim does not divide the channels of a group");
        m_columns = m_axis == 0 ? m_groups.sliceSize() : m_groups.sliceSize() / m_groups.groups();
        m_stacks = rows / m_dim;
    }

    std::int64_t groups() const { return m_groups.groups(); }
    std::int64_t slices() const { return m_groups.slices(); }
    std::int64_t sliceSize() const { return m_groups.sliceSize(); }
    std::int64_t vectorsPerGroup() const { return m_stacks * m_columns; }

    /// Slice of the first component of vector v (counted along rows of vectors) of a group.
    std::int64_t slice(std::int64_t group, std::int64_t v) const
    {
        return (m_axis == 0 ? group * m_stacks : 0) * m_dim + v / m_columns * m_dim;
    }
    std::int64_t column(std::int64_t group, std::int64_t v) const
    {
        return (m_axis == 0 ? 0 : group * m_columns) + v % m_columns;
    }

private:
    detail::GroupLayout m_groups;
    int m_axis, m_dim;
    std::int64_t m_columns = 0, m_stacks = 0;
};

std::size_t index(std::int64_t value)
{
    return static_cast<std::size_t>(value);
}

void fillPoints(detail::VectorPoints& points, std::span<const float> weights,
                std::span<const float> sensitivities, std::span<const float> scales,
                WeightType type, const VectorLayout& layout, std::int64_t group)
{
    const auto dim = static_cast<std::int64_t>(points.dim);
    for (std::int64_t v = 0; v < layout.vectorsPerGroup(); ++v) {
        double mass = sensitivities.empty() ? 1 : 0;
        for (std::int64_t d = 0; d < dim; ++d) {
            const std::size_t slice = index(layout.slice(group, v) + d);
            const std::size_t at =
                slice * index(layout.sliceSize()) + index(layout.column(group, v));
            const float scale = scales.empty() ? 1.0F : scales[slice];
            points.values[index(v * dim + d)] = detail::roundToType(weights[at] / scale, type);
            if (!sensitivities.empty())
                mass += sensitivities[at];
        }
        points.weights[index(v)] = mass;
    }
}

} // namespace

VectorPalette findVectorPalette(std::span<const float> weights, std::span<const std::int64_t> shape,
                                WeightType type, const VectorPaletteSpec& spec,
                                std::span<const float> sensitivities, const std::stop_token& stop)
{
    const VectorLayout layout(shape, spec);
    if (spec.base.bits < 1 || spec.base.bits > 8)
        throw std::invalid_argument("a palette has 1 to 8 bits");
    const std::size_t elements = index(layout.slices() * layout.sliceSize());
    if (weights.size() != elements || (!sensitivities.empty() && sensitivities.size() != elements))
        throw std::invalid_argument("sizes of weights or sensitivities do not match the shape");
    for (const float weight : weights)
        if (!std::isfinite(weight))
            throw std::invalid_argument("a weight is not finite");
    if (layout.vectorsPerGroup() > INT32_MAX)
        throw std::invalid_argument("too many vectors in one group");

    VectorPalette palette;
    palette.groups = layout.groups();
    palette.entries = 1 << spec.base.bits;
    palette.clusterDim = spec.clusterDim;
    palette.indices.resize(elements / index(spec.clusterDim));
    if (spec.base.channelScale) {
        palette.channelScales.resize(index(layout.slices()));
        detail::findChannelScales(weights, detail::GroupLayout(shape, 0, 0), palette.channelScales);
    }
    detail::VectorPoints points;
    points.count = static_cast<std::int32_t>(layout.vectorsPerGroup());
    points.dim = spec.clusterDim;
    points.values.resize(index(layout.vectorsPerGroup() * spec.clusterDim));
    points.weights.resize(index(layout.vectorsPerGroup()));
    for (std::int64_t group = 0; group < layout.groups(); ++group) {
        fillPoints(points, weights, sensitivities, palette.channelScales, type, layout, group);
        const detail::VectorClusters found = detail::clusterVectors(
            points, palette.entries, spec.seed + static_cast<std::uint64_t>(group), stop);
        palette.squaredError += found.cost;
        const std::size_t dim = index(spec.clusterDim);
        const std::size_t used = found.centroids.size() / dim;
        for (std::size_t k = 0; k < index(palette.entries); ++k)
            for (std::size_t d = 0; d < dim; ++d)
                palette.lut.push_back(detail::roundToType(
                    static_cast<float>(found.centroids[std::min(k, used - 1) * dim + d]), type));
        for (std::int64_t v = 0; v < layout.vectorsPerGroup(); ++v) {
            const std::int64_t row = layout.slice(group, v) / spec.clusterDim;
            palette.indices[index(row * layout.sliceSize() + layout.column(group, v))] =
                found.labels[index(v)];
        }
    }
    return palette;
}

void applyVectorPalette(const VectorPalette& palette, std::span<const std::int64_t> shape,
                        WeightType type, const VectorPaletteSpec& spec, std::span<float> out)
{
    const VectorLayout layout(shape, spec);
    const std::size_t elements = index(layout.slices() * layout.sliceSize());
    const std::size_t dim = index(spec.clusterDim), entries = index(palette.entries);
    const bool scaled = spec.base.channelScale;
    if (out.size() != elements || palette.indices.size() * dim != elements
        || palette.lut.size() != index(layout.groups()) * entries * dim
        || palette.channelScales.size() != (scaled ? index(layout.slices()) : 0))
        throw std::invalid_argument("vector palette does not match the weight");
    for (std::int64_t group = 0; group < layout.groups(); ++group) {
        for (std::int64_t v = 0; v < layout.vectorsPerGroup(); ++v) {
            const std::int64_t first = layout.slice(group, v);
            const std::size_t column = index(layout.column(group, v));
            const std::size_t size = index(layout.sliceSize());
            const std::size_t entry =
                palette.indices[index(first / spec.clusterDim) * size + column];
            for (std::size_t d = 0; d < dim; ++d) {
                const float value = palette.lut[(index(group) * entries + entry) * dim + d];
                const std::size_t slice = index(first) + d;
                out[slice * size + column] = scaled
                    ? detail::roundToType(value * palette.channelScales[slice], type)
                    : value;
            }
        }
    }
}

} // namespace bitfront
