// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli run: estimate, confirm, sweep, report.
#include "app/cli/budget.h"
#include "app/cli/commands.h"
#include "app/cli/consent.h"
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
#include <set>

namespace bitfront::cli {

namespace fs = std::filesystem;

namespace {

struct RunOptions
{
    SweepOptions sweep;
    std::string out;
    std::string resume;
    std::string progress = "auto";
    BudgetOptions budget;
    bool yes = false;
    bool retryFailed = false;

    bool json() const { return progress == "json"; }
    /// With JSON progress stdout belongs to the program that reads it.
    std::ostream& human() const { return json() ? std::cerr : std::cout; }
};

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
    if (end.state == RunState::Failed)
        printError(end.failure);
    if (unwritten)
        printError(*unwritten);
    if (end.state == RunState::Stopped && end.budget != BudgetEnd::None) {
        out << budgetText(end, run) << '\n';
        return end.failed > 0 ? kPartial : kOk;
    }
    if (end.state == RunState::Stopped) {
        out << "Stopped; the results so far are kept.\n";
        return kStopped;
    }
    if (end.state == RunState::Failed)
        return end.done > end.failed ? kPartial : kBadInput;
    if (end.failed > 0)
        return kPartial;
    return unwritten ? kBadInput : kOk;
}

bool mayStart(const RunOptions& options, const std::string& question)
{
    return agreed(options.human(), options.yes, !options.json(), question);
}

/// From start to reports; returns the exit code.
int follow(const RunOptions& options, SweepRunner& runner, SweepWatch& watch,
           const MetricChoice& judged)
{
    if (!runner.movedAside().empty())
        options.human() << "Kept     the run that was there as " << runner.movedAside().string()
                        << std::endl;
    const auto printer = makeProgressPrinter(styleOf(options), judged);
    const SweepEnd end = watch.follow(runner, *printer);
    return conclude(options, end, runner.folder());
}

/// What only a resumed run can do without.
void requireArguments(const CLI::App& command)
{
    for (const std::string name : {"MODEL", "--inputs", "--out"})
        if (command.count(name) == 0)
            throw Error(ErrorCode::BadArgument, name + " is required.",
                        "See bitfront-cli run --help.");
}

int runSweep(const RunOptions& options)
{
    const SweepPlan plan = makePlan(options.sweep.plan);
    const auto asked = parseMetrics(options.sweep.metric);
    const SweepBudget budget = parseBudget(options.budget);
    refuseUnwritable(options.out);
    const Workload workload =
        openWorkload(options.sweep.model, options.sweep.inputs.path(),
                     options.sweep.inputs.options(), options.sweep.plan.layers);
    Experiment& experiment = *workload.experiment;
    const auto metrics = resolveMetrics(asked, options.sweep.metric.floor, experiment.outputs());
    const Estimation estimation = estimate(experiment, metrics, plan, options.sweep.threads);

    std::ostream& out = options.human();
    printModel(out, experiment.model());
    printInputs(out, *workload.inputs);
    printMetrics(out, metrics, !asked.empty());
    printDivisibility(out, checkDivisibility(experiment.model(), plan.configs), plan.indivisible);
    printEstimation(out, plan, estimation);
    out << "Writes   " << options.out
        << (isRunFolder(options.out) ? " (the run there is kept under another name)" : "")
        << std::endl;
    if (!mayStart(options, "Start the sweep?"))
        return kStopped;

    SweepWatch watch;
    SweepRunner runner(
        {workload.experiment,
         makeRunHeader(workload, metrics, plan, estimation.probe, options.out, budget), options.out,
         estimation.threads.workers, estimation.threads.threadsPerWorker, false, budget,
         timingFile()},
        watch);
    return follow(options, runner, watch, metrics.front());
}

/// The model and the inputs of a run, from where they were or where they are said to be now.
Workload reopenWorkload(const RunOptions& options, const RunHeader& header)
{
    const auto either = [](const std::string& said, const std::string& was) {
        return said.empty() ? was : said;
    };
    return openWorkload(either(options.sweep.model, header.model.path),
                        either(options.sweep.inputs.path(), header.inputsPath),
                        merged(header.inputOptions, options.sweep.inputs.options()),
                        header.model.layerOptions);
}

int resumeSweep(const RunOptions& options)
{
    const RunContents earlier = readRun(options.resume);
    const Workload workload = reopenWorkload(options, earlier.header);
    const ThreadBudget threads = threadBudget(workload.experiment->model(), options.sweep.threads);
    SweepWatch watch;
    SweepRequest request {workload.experiment,
                          {},
                          options.resume,
                          threads.workers,
                          threads.threadsPerWorker,
                          true,
                          parseBudget(options.budget)};
    SweepRunner runner(std::move(request), watch);
    if (options.retryFailed)
        for (const ResultRecord& record : earlier.records)
            if (record.failure())
                runner.retry(record.config.name);

    std::ostream& out = options.human();
    printModel(out, workload.experiment->model());
    printInputs(out, *workload.inputs);
    const SweepProgress progress = runner.progress();
    out << "Resumes  " << options.resume << ": " << progress.done << " of "
        << (runner.queue().empty() ? "" : "up to ") << progress.total << " results are there";
    if (runner.queue().empty())
        out << ", nothing is left to run";
    else
        out << ", the rest takes " << durationText(progress.remaining);
    out << std::endl;
    if (earlier.header.engineVersion != workload.engineVersion)
        out << "Note     measured with " << earlier.header.engineVersion << " so far, now with "
            << workload.engineVersion << ": the last digits may differ\n";
    if (!runner.queue().empty() && !mayStart(options, "Go on?"))
        return kStopped;
    return follow(options, runner, watch, earlier.header.metrics.front());
}

/// What a run already says and resuming must not change.
void excludeFromResume(CLI::App& command, CLI::Option& resume)
{
    static const std::set<std::string> kAllowed {
        "MODEL",    "--inputs",       "--threads",  "--yes",      "--progress", "--help",
        "--resume", "--retry-failed", "--max-time", "--max-runs", "--stop-at"};
    for (CLI::Option* option : command.get_options())
        if (!kAllowed.contains(option->get_name()))
            resume.excludes(option);
}

} // namespace

void addRunCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<RunOptions>();
    CLI::App* command = app.add_subcommand("run", "Sweep compression configurations of a model");
    addSweepOptions(*command, options->sweep);
    // Not with --resume: requireArguments() asks for them.
    command->get_option("MODEL")->required(false);
    command->get_option("--inputs")->required(false);
    command
        ->add_option("--out", options->out,
                     "Run folder to write; an earlier run there is kept "
                     "aside")
        ->type_name("DIR");
    addBudgetOptions(*command, options->budget);
    command->add_flag("--yes,-y", options->yes, "Start without asking");
    command
        ->add_option("--progress", options->progress,
                     "auto: a bar on a terminal, else lines; json: JSON lines on stdout")
        ->check(CLI::IsMember({"auto", "json"}))
        ->type_name("auto|json")
        ->capture_default_str();
    CLI::Option* resume =
        command
            ->add_option("--resume", options->resume,
                         "Go on with a run that ended early, with its model, inputs, metrics and "
                         "plan; what it has measured is not measured again. MODEL and --inputs say "
                         "where the files are now")
            ->type_name("DIR");
    command
        ->add_flag("--retry-failed", options->retryFailed,
                   "With --resume: try failed configurations again")
        ->needs(resume);
    excludeFromResume(*command, *resume);
    command->callback([options, command, &exitCode] {
        if (command->count("--resume") == 0)
            requireArguments(*command);
        exitCode = command->count("--resume") == 0 ? runSweep(*options) : resumeSweep(*options);
    });
}

} // namespace bitfront::cli
