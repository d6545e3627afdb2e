// SPDX-License-Identifier: GPL-3.0-or-later
// One sample of an output, reduced to what a screen can show: however large the output is, drawing
// it takes no time.
#pragma once

#include "core/inspect/output_view.h"

#include <stop_token>
#include <vector>

namespace bitfront {

/// Most cells of a picture along one axis, and most columns of a line.
inline constexpr std::int64_t kMostCells = 768;
inline constexpr std::int64_t kMostColumns = 2048;

/// Neighbouring values of a line: all of them lie between these. NaN where none is finite.
struct ValueColumn
{
    float low = 0, high = 0;
};

struct SampleDrawing
{
    std::int64_t sample = 0, plane = 0;

    // Pictures and masks: cells in row-major order, one per pixel where there is room for them. A
    // cell of several pixels is their mean, in `change` the largest of them by amount. NaN in
    // `after` where one of its pixels is not finite, in `change` where one is so before or after.
    std::int64_t width = 0, height = 0;
    std::vector<float> before, after, change;
    std::int64_t notFinite = 0; ///< of the compressed pixels
    double reach = 0; ///< largest finite change of a pixel, by amount
    double disagreement = 0; ///< of a mask: OutputView::disagreement()

    // Lines: columns in order, one per value where there is room for them.
    std::vector<ValueColumn> lineBefore, lineAfter;
    ValueBins errors; ///< of the sample

    /// Range of the values: of both lines, or of the uncompressed picture, as both pictures share
    /// its scale (otherwise a change of brightness hides). 0…1 for masks.
    double low = 0, high = 0;
};

/// `plane` counts from 0 and is clamped. Throws Cancelled when stopped.
SampleDrawing drawSample(const OutputView& view, std::int64_t sample, std::int64_t plane,
                         const std::stop_token& stop = {});

} // namespace bitfront
