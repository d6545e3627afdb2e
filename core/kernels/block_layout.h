// SPDX-License-Identifier: GPL-3.0-or-later
// How the blocks of a tensor lie in memory: a walk over contiguous rows, each a sequence of runs
// that belong to one block. Private to core/kernels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitfront::detail {

/// Block grid over a row-major tensor, reduced to as few axes as it takes: the last axis is made of
/// `blocksPerRow` runs of `runLength` values, the axes before it say which row of the grid a row is
/// in.
class BlockLayout
{
public:
    /// Throws std::invalid_argument when ranks differ, an extent is not positive or does not
    /// divide.
    BlockLayout(std::span<const std::int64_t> shape, std::span<const std::int64_t> blockShape);

    std::int64_t rows() const { return m_rows; }
    std::int64_t rowLength() const { return m_runLength * m_blocksPerRow; }
    std::int64_t runLength() const { return m_runLength; }
    std::int64_t blocksPerRow() const { return m_blocksPerRow; }
    std::int64_t blocks() const { return m_gridRows * m_blocksPerRow; }
    std::int64_t elements() const { return m_rows * rowLength(); }
    /// Row of the block grid that row `row` of the tensor lies in; its first block is that times
    /// blocksPerRow().
    std::int64_t gridRow(std::int64_t row) const;

private:
    struct Axis
    {
        std::int64_t extent;
        std::int64_t block;
    };
    std::vector<Axis> m_outer; ///< axes before the last, reduced
    std::int64_t m_rows = 1;
    std::int64_t m_gridRows = 1;
    std::int64_t m_runLength = 1;
    std::int64_t m_blocksPerRow = 1;
};

} // namespace bitfront::detail
