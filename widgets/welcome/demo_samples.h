// SPDX-License-Identifier: GPL-3.0-or-later
// Results of the demo sweep (resources/demo), by ascending ratio, as the welcome page draws them.
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
    {GroupId::Palette, true, true, 1.81, 63.2},
    {GroupId::Palette, true, true, 1.81, 63.0},
    {GroupId::PerChannel, true, false, 1.86, 55.3},
    {GroupId::PerChannel, true, false, 1.86, 54.5},
    {GroupId::PerChannel, true, false, 1.87, 58.8},
    {GroupId::PerChannel, true, false, 1.87, 55.3},
    {GroupId::Palette, true, true, 1.89, 61.6},
    {GroupId::Palette, true, true, 1.89, 61.5},
    {GroupId::Palette, false, true, 1.89, 59.0},
    {GroupId::Palette, true, true, 1.90, 58.9},
    {GroupId::Palette, false, true, 1.91, 57.9},
    {GroupId::PerChannel, true, false, 1.95, 55.1},
    {GroupId::PerChannel, true, false, 1.95, 54.3},
    {GroupId::PerChannel, true, true, 1.96, 57.6},
    {GroupId::PerChannel, true, false, 1.96, 54.6},
    {GroupId::PerChannel, true, false, 1.96, 54.7},
    {GroupId::PerChannel, false, false, 1.96, 53.6},
    {GroupId::PerChannel, true, true, 1.97, 55.3},
    {GroupId::PerChannel, false, false, 1.97, 49.7},
    {GroupId::PerChannel, false, true, 1.97, 53.0},
    {GroupId::Palette, true, false, 2.15, 48.5},
    {GroupId::Palette, true, false, 2.16, 48.5},
    {GroupId::Palette, true, false, 2.24, 47.7},
    {GroupId::Palette, true, false, 2.24, 47.8},
    {GroupId::Palette, false, false, 2.25, 46.8},
    {GroupId::Palette, true, false, 2.26, 46.8},
    {GroupId::Palette, false, true, 2.27, 48.9},
    {GroupId::Palette, false, false, 2.42, 44.9},
    {GroupId::Palette, false, true, 2.44, 47.7},
    {GroupId::Palette, false, false, 2.51, 42.3},
    {GroupId::Palette, false, true, 2.54, 44.7},
    {GroupId::Palette, false, false, 2.58, 42.5},
    {GroupId::Palette, false, true, 2.60, 43.7},
    {GroupId::PerBlock, true, true, 3.28, 35.4},
    {GroupId::PerBlock, true, false, 3.29, 32.0},
    {GroupId::PerBlock, true, false, 3.29, 34.3},
    {GroupId::PerBlock, true, false, 3.30, 33.0},
    {GroupId::Palette, false, false, 3.65, 31.6},
    {GroupId::Palette, false, false, 3.70, 32.8},
    {GroupId::PerBlock, false, false, 3.72, 30.5},
    {GroupId::PerBlock, true, true, 3.72, 35.1},
    {GroupId::PerBlock, true, false, 3.73, 31.8},
    {GroupId::PerBlock, true, true, 3.74, 33.7},
    {GroupId::PerBlock, true, false, 3.75, 32.6},
    {GroupId::Palette, false, false, 3.76, 31.9},
    {GroupId::PerBlock, false, false, 3.76, 29.2},
    {GroupId::PerBlock, false, false, 3.76, 31.1},
    {GroupId::PerBlock, true, true, 3.80, 33.6},
    {GroupId::Palette, false, false, 3.81, 30.5},
    {GroupId::Palette, false, false, 3.81, 29.9},
    {GroupId::PerBlock, false, false, 3.81, 30.9},
    {GroupId::PerBlock, true, true, 3.82, 32.3},
    {GroupId::PerBlock, false, false, 3.83, 29.6},
    {GroupId::PerBlock, false, true, 3.83, 31.2},
    {GroupId::PerChannel, false, false, 3.85, 29.2},
    {GroupId::PerBlock, false, false, 3.85, 29.2},
    {GroupId::Palette, false, false, 3.86, 28.8},
    {GroupId::PerChannel, false, false, 3.87, 29.3},
    {GroupId::PerBlock, false, false, 3.87, 29.3},
    {GroupId::PerChannel, false, false, 3.87, 29.3},
    {GroupId::PerBlock, false, true, 3.87, 29.3},
};

} // namespace bitfront
