// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli run: estimate, confirm, sweep, report.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/describe.h"
#include "app/cli/estimation.h"
#include "app/cli/plot_file.h"
#include "app/cli/progress.h"
#include "app/cli/report_files.h"
#include "app/cli/run_header.h"
#include "core/run/report.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <unistd.h>

namespace bitfront::cli {

namespace fs = std::filesystem;

namespace {

struct RunOptions
{
    SweepOptions sweep;
    std::string out;
    std::string progress = "auto";
    bool yes = false;

    bool json() const { return progress == "json"; }
    /// With JSON progress stdout belongs to the program that reads it.
    std::ostream& human() const { return json() ? std::cerr : std::cout; }
};

/// Finds out before minutes of work, not after, that the results have nowhere to go.
void refuseUnwritable(const fs::path& folder)
{
    if (folder.empty())
        throw Error(ErrorCode::BadArgument, "The run folder has no name.",
                    "Name one with --out, e.g. --out run.bitfront.");
    fs::path existing = fs::absolute(folder);
    std::error_code ignored;
    while (!fs::exists(existing, ignored) && existing.has_relative_path())
        existing = existing.parent_path();
    if (!fs::is_directory(existing, ignored))
        throw Error(ErrorCode::FileNotWritable,
                    "Cannot write to " + folder.string() + ": " + existing.string()
                        + " is not a folder.",
                    "Choose another folder with --out.", folder.string());
    if (access(existing.c_str(), W_OK | X_OK) != 0)
        throw Error(ErrorCode::FileNotWritable,
                    "Cannot write to " + folder.string() + ": " + existing.string()
                        + " is read-only.",
                    "Choose another folder with --out.", folder.string());
}

void refuseWithoutConsent(const RunOptions& options)
{
    if (!options.yes && (options.json() || !stdinIsTerminal()))
        throw Error(ErrorCode::BadArgument,
                    "There is no terminal to ask on whether the sweep should start.",
                    "Pass --yes to start it without asking; bitfront-cli estimate only estimates.");
}

ProgressStyle styleOf(const RunOptions& options)
{
    if (options.json())
        return ProgressStyle::Json;
    const char* terminal = std::getenv("TERM");
    const bool plain = terminal == nullptr || std::string_view(terminal) == "dumb";
    return stderrIsTerminal() && !plain ? ProgressStyle::Bar : ProgressStyle::Lines;
}

/// Tables and files; returns the exit code.
int conclude(const RunOptions& options, const SweepEnd& end, const fs::path& folder)
{
    std::ostream& out = options.human();
    const RunContents run = readRun(folder);
    std::optional<Failure> unwritten; // the results are safe all the same
    if (!run.records.empty()) {
        out << '\n' << textReport(run) << '\n';
        try {
            for (const fs::path& file : writeReports(run, folder))
                out << "Written: " << file.string() << '\n';
        } catch (const Error& error) {
            unwritten = error.failure();
        }
        if (!canDrawPlots())
            out << "No " << kPlotName
                << ": this build draws no pictures; report.html holds a plot.\n";
    }
    out << "Run folder: " << folder.string() << " (" << counted(end.done, "result") << ", "
        << end.failed << " failed, " << durationText({end.wallMs, end.wallMs}) << ")\n";
    if (unwritten)
        printError(*unwritten);
    if (end.state == RunState::Stopped) {
        out << "Stopped; the results so far are kept.\n";
        return kStopped;
    }
    if (end.state == RunState::Failed) {
        printError(end.failure);
        return end.done > end.failed ? kPartial : kBadInput;
    }
    if (end.failed > 0)
        return kPartial;
    return unwritten ? kBadInput : kOk;
}

int runSweep(const RunOptions& options)
{
    const SweepPlan plan = makePlan(options.sweep.plan);
    const auto asked = parseMetrics(options.sweep.metric);
    refuseUnwritable(options.out);
    const Workload workload = openWorkload(options.sweep.model, options.sweep.inputs);
    Experiment& experiment = *workload.experiment;
    const auto metrics = resolveMetrics(asked, options.sweep.metric.floor, experiment.outputs());
    const Estimation estimation = estimate(experiment, metrics, plan, options.sweep.threads);

    std::ostream& out = options.human();
    printModel(out, experiment.model());
    printInputs(out, *workload.inputs);
    printMetrics(out, metrics, !asked.empty());
    printDivisibility(out, checkDivisibility(experiment.model(), plan.configs), plan.indivisible);
    printEstimation(out, plan, estimation);
    out << "Writes   " << options.out << std::endl;
    refuseWithoutConsent(options);
    if (!options.yes && !confirm("Start the sweep?")) {
        out << "Not started.\n";
        return kStopped;
    }

    SweepWatch watch;
    SweepRunner runner(
        {workload.experiment, makeRunHeader(workload, metrics, plan, estimation.probe, options.out),
         options.out, estimation.threads.workers, estimation.threads.threadsPerWorker},
        watch);
    const auto printer = makeProgressPrinter(styleOf(options), metrics.front());
    const SweepEnd end = watch.follow(runner, *printer);
    return conclude(options, end, runner.folder());
}

} // namespace

void addRunCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<RunOptions>();
    CLI::App* command = app.add_subcommand("run", "Sweep compression configurations of a model");
    addSweepOptions(*command, options->sweep);
    command
        ->add_option("--out", options->out,
                     "Run folder to write; an earlier run there is kept "
                     "aside")
        ->required()
        ->type_name("DIR");
    command->add_flag("--yes,-y", options->yes, "Start without asking");
    command
        ->add_option("--progress", options->progress,
                     "auto: a bar on a terminal, else lines; json: JSON lines on stdout")
        ->check(CLI::IsMember({"auto", "json"}))
        ->type_name("auto|json")
        ->capture_default_str();
    command->callback([options, &exitCode] { exitCode = runSweep(*options); });
}

} // namespace bitfront::cli
