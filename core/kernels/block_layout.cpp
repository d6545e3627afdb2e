// SPDX-License-Identifier: GPL-3.0-or-later
// Merging of axes: most granularities turn out to be plain consecutive runs.
#include "core/kernels/block_layout.h"

#include "core/kernels/quantize.h"

#include <stdexcept>

namespace bitfront {

bool divides(std::span<const std::int64_t> shape, std::span<const std::int64_t> blockShape)
{
    if (shape.size() != blockShape.size())
        return false;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (blockShape[axis] < 1 || shape[axis] % blockShape[axis] != 0)
            return false;
    return true;
}

namespace detail {

BlockLayout::BlockLayout(std::span<const std::int64_t> shape,
                         std::span<const std::int64_t> blockShape)
{
    if (!divides(shape, blockShape))
        throw std::invalid_argument("the block shape does not divide the weight's shape");
    std::vector<Axis> axes;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const Axis axis {shape[i], blockShape[i]};
        // An axis wholly inside the block extends the run of the one before it; one whose
        // predecessor is cut into single slices just continues the sequence of blocks.
        if (!axes.empty() && axis.block == axis.extent)
            axes.back() = {axes.back().extent * axis.extent, axes.back().block * axis.block};
        else if (!axes.empty() && axes.back().block == 1)
            axes.back() = {axes.back().extent * axis.extent, axis.block};
        else
            axes.push_back(axis);
    }
    if (axes.empty()) // a scalar is one block of one value
        return;
    m_runLength = axes.back().block;
    m_blocksPerRow = axes.back().extent / axes.back().block;
    axes.pop_back();
    for (const Axis& axis : axes) {
        m_rows *= axis.extent;
        m_gridRows *= axis.extent / axis.block;
    }
    m_outer = std::move(axes);
}

std::int64_t BlockLayout::gridRow(std::int64_t row) const
{
    std::int64_t result = 0;
    std::int64_t stride = 1;
    for (std::size_t i = m_outer.size(); i-- > 0;) {
        result += row % m_outer[i].extent / m_outer[i].block * stride;
        row /= m_outer[i].extent;
        stride *= m_outer[i].extent / m_outer[i].block;
    }
    return result;
}

} // namespace detail
} // namespace bitfront
