// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of bitfront-cli. Each function adds one to the parser; when it is chosen, its work
// runs inside parse() and leaves the exit code in `exitCode`. Work throws Error for bad input.
#pragma once

namespace CLI {
class App;
}

namespace bitfront::cli {

void addInspectCommand(CLI::App& app, int& exitCode);
void addForwardCommand(CLI::App& app, int& exitCode);
void addEstimateCommand(CLI::App& app, int& exitCode);
void addRunCommand(CLI::App& app, int& exitCode);
void addReportCommand(CLI::App& app, int& exitCode);
void addPlotCommand(CLI::App& app, int& exitCode);
void addScanCommands(CLI::App& app, int& exitCode); ///< scan and frontier
void addRecipeCommand(CLI::App& app, int& exitCode);
void addPackCommands(CLI::App& app, int& exitCode); ///< pack and unpack

} // namespace bitfront::cli
