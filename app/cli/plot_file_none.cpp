// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for plot_file.cpp in builds without the window (BITFRONT_GUI=OFF).
#include "app/cli/plot_file.h"

namespace bitfront::cli {

bool canDrawPlots()
{
    return false;
}

void drawPlot(const RunContents&, const std::filesystem::path& file, bool)
{
    throw Error(ErrorCode::BadArgument, "This build cannot draw: it was built without the window.",
                "Build with BITFRONT_GUI=ON, or use bitfront-cli report --format html, which draws "
                "its own plot.",
                file.string());
}

} // namespace bitfront::cli
