// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli plot: the scatter plot of a run as a file.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/plot_file.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct PlotOptions
{
    std::string folder, out;
    bool dark = false;
};

void plot(const PlotOptions& options)
{
    std::string suffix = std::filesystem::path(options.out).extension().string();
    std::ranges::transform(suffix, suffix.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (suffix != ".png" && suffix != ".svg" && suffix != ".pdf")
        throw Error(ErrorCode::BadArgument, "“" + options.out + "” is no kind of picture.",
                    "Use a name that ends in .png, .svg or .pdf.", options.out);
    drawPlot(readRun(options.folder), options.out, options.dark);
    std::cout << "Written: " << options.out << '\n';
}

} // namespace

void addPlotCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<PlotOptions>();
    CLI::App* command = app.add_subcommand("plot", "Draw quality against ratio of a run");
    command->add_option("DIR", options->folder, "Run folder")->required();
    command->add_option("--out", options->out, "Picture to write")
        ->required()
        ->type_name("FILE.png|.svg|.pdf");
    command->add_flag("--dark", options->dark, "Dark theme");
    command->callback([options, &exitCode] {
        plot(*options);
        exitCode = kOk;
    });
}

} // namespace bitfront::cli
