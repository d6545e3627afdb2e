// SPDX-License-Identifier: GPL-3.0-or-later
// How the results are looked at: filter, what is hidden, axes, zoom, targets. A value, so that
// every change of it can be undone.
#pragma once

#include "core/plan/record_filter.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bitfront {

/// What runs along the bottom of the plot.
enum class PlotAxis
{
    Ratio, ///< compression ratio against fp16; right is smaller
    Size, ///< MiB
    Bits, ///< average bits per weight
    Time ///< seconds to compress and measure
};

/// A part of the picture. It means nothing on other axes, so it knows which ones it was taken on.
struct PlotZoom
{
    std::string axes; ///< PlotScene::axes of the picture
    double left = 0, right = 1, bottom = 0, top = 1; ///< in coordinates of the axes

    bool operator==(const PlotZoom&) const = default;
};

struct ViewState
{
    std::vector<FilterTerm> filter; ///< all must hold
    std::set<RecordId> hidden;
    std::set<GroupId> hiddenGroups;
    bool refinements = true;
    PlotAxis axis = PlotAxis::Ratio;
    bool logarithmic = false; ///< the axis along the bottom
    bool targetsShown = false;
    std::map<std::string, double> targetQuality; ///< by output: at least this good
    std::optional<double> targetRatio; ///< at least this small
    std::optional<PlotZoom> zoom; ///< empty: the whole picture

    bool operator==(const ViewState&) const = default;
};

/// Whether a record is seen, seen as context only, or not at all.
enum class Visibility : char
{
    Shown,
    Filtered, ///< does not match the filter: a ghost in the plot, no row in the table
    Hidden ///< hidden by hand or by the legend
};

} // namespace bitfront
