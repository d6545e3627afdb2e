// SPDX-License-Identifier: GPL-3.0-or-later
// Where the plot expects a recipe that nobody has measured.
#pragma once

namespace bitfront {

struct PlotForecast
{
    double ratio = 0; ///< compression ratio
    double quality = 0; ///< of the judged output; may be infinite

    bool operator==(const PlotForecast&) const = default;
};

} // namespace bitfront
