// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli: the same engine and the same run folders as the window, for scripts and servers.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "core/engine/engine_loader.h"

#include <CLI/CLI.hpp>
#include <iostream>

namespace {

using namespace bitfront;

void printVersion()
{
    std::cout << "bitfront-cli " << BITFRONT_VERSION << '\n';
    std::cout << "engine: " << loadEngine()->version() << '\n';
}

int run(int argc, char** argv)
{
    CLI::App app("Sweeps weight-compression configurations of a PyTorch model and shows quality "
                 "against compression ratio.",
                 "bitfront-cli");
    int exitCode = cli::kOk;
    cli::addInspectCommand(app, exitCode);
    cli::addForwardCommand(app, exitCode);
    cli::addEstimateCommand(app, exitCode);
    cli::addRunCommand(app, exitCode);
    cli::addScanCommands(app, exitCode);
    cli::addRecipeCommand(app, exitCode);
    cli::addReportCommand(app, exitCode);
    cli::addPlotCommand(app, exitCode);
    cli::addPackCommands(app, exitCode);
    bool version = false;
    app.add_flag("--version", version, "Print the versions of the program and of its engine");
    app.footer("Exit codes: 0 done, 2 bad input, 3 some configurations failed, 130 stopped.");
    try {
        app.parse(argc, argv);
        if (version)
            printVersion();
        else if (app.get_subcommands().empty())
            std::cout << app.help();
    } catch (const CLI::ParseError& problem) {
        if (problem.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return app.exit(problem);
        const auto chosen = app.get_subcommands();
        const std::string command = chosen.empty() ? "" : ' ' + chosen.front()->get_name();
        cli::printError({ErrorCode::BadArgument, std::string(problem.what()) + '.',
                         "See bitfront-cli" + command + " --help.", ""});
        return cli::kBadInput;
    }
    return exitCode;
}

} // namespace

int main(int argc, char** argv)
{
    bitfront::cli::exitOnInterrupt();
    try {
        const int exitCode = run(argc, argv);
        // A report that did not fit on the disk must not look like a success; one whose reader has
        // seen enough (report | head) is one.
        if (!std::cout.flush() && !bitfront::cli::readerLeft())
            throw bitfront::Error(bitfront::ErrorCode::FileNotWritable,
                                  "Not all of the output could be written.",
                                  "Check the disk or program that it goes to.");
        return exitCode;
    } catch (const bitfront::Error& error) {
        bitfront::cli::printError(error.failure());
    } catch (const std::bad_alloc&) {
        bitfront::cli::printError({bitfront::ErrorCode::OutOfMemory, "There is not enough memory.",
                                   "Use fewer --threads or a machine with more memory.", ""});
    } catch (const std::exception& error) {
        bitfront::cli::printError({bitfront::ErrorCode::Internal,
                                   std::string("Something unexpected: ") + error.what() + '.',
                                   "Please report this.", ""});
    }
    return bitfront::cli::kBadInput;
}
