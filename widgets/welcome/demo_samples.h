// SPDX-License-Identifier: GPL-3.0-or-later
// Results of the demo sweep as the welcome page draws them.
#pragma once

#include "core/plan/compression_config.h"

namespace bitfront {

struct DemoSample
{
    GroupId group;
    bool refinement;
    bool onFront;
    double ratio;
    double quality; ///< dB
};

inline constexpr DemoSample kDemoSamples[] = {
    {GroupId::PerChannel, false, true, 1.98, 53.2},
    {GroupId::Palette, false, true, 2.6, 46.0},
    {GroupId::PerBlock, false, true, 3.1, 33.0},
};

} // namespace bitfront
