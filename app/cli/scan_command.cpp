// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli scan and frontier: sensitivities of all layers, and recipes for several sizes.
#include "app/cli/commands.h"
#include "app/cli/consent.h"
#include "app/cli/console.h"
#include "app/cli/describe.h"
#include "app/cli/estimation.h"
#include "app/cli/progress.h"
#include "app/cli/run_header.h"
#include "app/cli/scan_support.h"
#include "core/run/headless_command.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct ScanCommandOptions
{
    SweepOptions sweep;
    ScanOptions scan;
    std::string out;
    bool yes = false;
    // Of frontier alone.
    std::vector<double> bits {3, 3.5, 4, 4.5, 5, 6, 8};
    std::vector<std::string> locks;
    int rounds = 2;
    bool noSweep = false;
};

std::vector<FormatLock> parseLocks(const std::vector<std::string>& texts)
{
    std::vector<FormatLock> locks;
    for (const std::string& text : texts)
        locks.push_back(parseLock(text));
    return locks;
}

struct Prepared
{
    Workload workload;
    Estimation estimation;
    RecipeRequest request;
    ScanHeader scan; ///< as the session will ask for it
    ScanSpace space;
};

/// The floors of a folder are those that its records were judged by.
void refuseOtherFloors(const ScanCommandOptions& options, RunHeader& header)
{
    if (!isSameWork(options.out, header))
        return;
    const auto known = readRun(options.out).header.metrics;
    const double asked = header.metrics.front().floor;
    if (options.sweep.metric.floor && known.front().floor != asked)
        throw Error(ErrorCode::BadArgument,
                    "The run in " + options.out + " judges by a floor of "
                        + shortNumber(known.front().floor) + ", not " + shortNumber(asked) + '.',
                    "Leave out --floor, or name another folder with --out.", options.out);
    header.metrics = known;
}

/// Opens and checks everything, says what is going to be done.
Prepared prepare(const ScanCommandOptions& options, const SweepPlan& plan,
                 const std::string& command)
{
    const auto asked = parseMetrics(options.sweep.metric);
    refuseUnwritable(options.out);
    Prepared prepared;
    prepared.workload = openWorkload(options.sweep.model, options.sweep.inputs.path(),
                                     options.sweep.inputs.options(), options.sweep.plan.layers);
    Experiment& experiment = *prepared.workload.experiment;
    const auto metrics = resolveMetrics(asked, options.sweep.metric.floor, experiment.outputs());
    const ScanSettings settings =
        scanSettings(options.scan, options.sweep.plan, experiment.model());
    prepared.space = makeScanSpace(experiment.model(), settings);
    applyLocks(prepared.space, experiment.model(), parseLocks(options.locks)); // refuses bad ones
    // First: everything measured from now on is to say both qualities.
    prepared.scan = prepareScan(experiment, metrics, settings, options.scan.heldOut);
    prepared.estimation =
        estimate(experiment, metrics, makePlan(options.sweep.plan), options.sweep.threads);
    prepared.estimation.time = estimateTime(plan, prepared.estimation.probe);
    RecipeRequest& request = prepared.request;
    request.experiment = prepared.workload.experiment;
    request.header =
        makeRunHeader(prepared.workload, metrics, plan, prepared.estimation.probe, options.out);
    refuseOtherFloors(options, request.header);
    request.header.commandLine.replace(0, std::string("bitfront-cli run").size(), command);
    request.header.commandLine += scanWords(options.scan);
    request.runFolder = options.out;
    request.settings = settings;
    request.heldOutShare = options.scan.heldOut;
    request.workers = prepared.estimation.threads.workers;
    request.threadsPerWorker = prepared.estimation.threads.threadsPerWorker;

    std::ostream& out = std::cout;
    printModel(out, experiment.model());
    printInputs(out, *prepared.workload.inputs);
    printMetrics(out, metrics, !asked.empty());
    return prepared;
}

/// Measurements that a folder to go on with holds already.
std::size_t missingCells(const Prepared& prepared)
{
    const auto choices = scanChoices(prepared.space, prepared.request.settings.method);
    if (!isSameWork(prepared.request.runFolder, prepared.request.header))
        return choices.size();
    std::optional<ScanContents> known;
    try {
        known = readScan(prepared.request.runFolder);
    } catch (const Error&) {
        known.reset(); // is moved aside when the scan begins
    }
    if (!known)
        return choices.size();
    return ChoiceMeasurer::missing(prepared.space, linesThatHold(*known, prepared.scan), choices);
}

void printPlan(const ScanCommandOptions& options, const Prepared& prepared)
{
    const std::size_t missing = missingCells(prepared);
    printScanPlan(std::cout, prepared.space, prepared.scan, missing,
                  scanTime(prepared.space, missing, prepared.estimation.probe));
    const bool goesOn = isSameWork(prepared.request.runFolder, prepared.request.header);
    std::cout << "Writes   " << options.out << (goesOn ? " (goes on with the run there)" : "")
              << std::endl;
}

void scanWithProgress(RecipeSession& session, const std::stop_token& stop)
{
    CountPrinter printer("Scan");
    session.scan(stop, [&](std::size_t done, std::size_t total) { printer.show(done, total); });
}

int scan(const ScanCommandOptions& options)
{
    SweepPlan plan = makePlan(options.sweep.plan);
    plan.configs.clear(); // the folder holds a scan and recipes only
    const Prepared prepared = prepare(options, plan, "bitfront-cli scan");
    printPlan(options, prepared);
    if (!agreed(std::cout, options.yes, true, "Start the scan?"))
        return kStopped;
    const RecipeEnd end =
        follow(prepared.request, [&](RecipeSession& session, const std::stop_token& stop) {
            scanWithProgress(session, stop);
            printSensitivity(std::cout, session.measurer().space(), session.sensitivity(),
                             prepared.request.header.metrics.front().output);
        });
    const int code = concludeRecipes(std::cout, options.out, end);
    if (end.isWhole())
        std::cout << "Recipes: bitfront-cli recipe " << options.out << " --bits 4\n";
    return code;
}

/// The uniform sweep, or what is left of it. Returns how it ended.
SweepEnd sweep(const Prepared& prepared)
{
    const RecipeRequest& request = prepared.request;
    SweepWatch watch;
    SweepRequest wanted {request.experiment,       request.header,
                         request.runFolder,        request.workers,
                         request.threadsPerWorker, isSameWork(request.runFolder, request.header)};
    SweepRunner runner(std::move(wanted), watch);
    const auto printer =
        makeProgressPrinter(stderrIsTerminal() ? ProgressStyle::Bar : ProgressStyle::Lines,
                            request.header.metrics.front());
    return watch.follow(runner, *printer);
}

/// What is left to sweep, by the plan of the folder where it has one; empty for nothing.
std::optional<SweepPlan> sweepLeft(const Prepared& prepared, bool noSweep)
{
    const RecipeRequest& request = prepared.request;
    if (noSweep || request.header.plan.configs.empty())
        return std::nullopt;
    if (!isSameWork(request.runFolder, request.header))
        return request.header.plan;
    const RunContents run = readRun(request.runFolder);
    if (run.header.plan.configs.empty()) // made by a scan
        return request.header.plan;
    return run.state == RunState::Finished ? std::nullopt : std::optional(run.header.plan);
}

/// A folder's own sweep stays as it was planned, whatever is asked for now.
void sayWhatStays(const Prepared& prepared, const ScanCommandOptions& options)
{
    const RecipeRequest& request = prepared.request;
    if (options.noSweep || !isSameWork(request.runFolder, request.header))
        return;
    const SweepPlan known = readRun(request.runFolder).header.plan;
    if (!known.configs.empty() && !(known.configs == request.header.plan.configs))
        std::cout << "Sweep    that of the folder stays as it was planned ("
                  << counted(static_cast<std::int64_t>(known.configs.size()), "configuration")
                  << "); for others use another --out\n";
}

/// Returns how many there are.
int addRecipes(RecipeSession& session, const ScanCommandOptions& options,
               const std::stop_token& stop)
{
    session.lock(parseLocks(options.locks));
    int count = 0;
    std::vector<double> bits = options.bits;
    std::sort(bits.begin(), bits.end()); // so that more bits are never worse
    for (const double budget : bits) {
        CountPrinter printer("Recipe of " + shortNumber(budget) + " bits");
        try {
            const ResultRecord record = session.addRecipe(
                {RecipeTarget::Kind::Bits, budget}, options.rounds, stop,
                [&](int round, std::size_t done, std::size_t total) {
                    printer.setWhat("Recipe of " + shortNumber(budget) + " bits, round "
                                    + std::to_string(round) + ':');
                    printer.show(done, total);
                });
            printer.end();
            printRecipe(std::cout, record);
            ++count;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::BadArgument)
                throw;
            printer.end();
            std::cout << "At most " << shortNumber(budget) << " bits: " << error.failure().message
                      << '\n';
        }
    }
    return count;
}

/// What only frontier has, as words of a command line.
std::string frontierWords(const ScanCommandOptions& options)
{
    std::string words = options.noSweep ? " --no-sweep" : "";
    for (const std::string& lock : options.locks)
        words += " --lock " + shellWord(lock);
    words += " --refine " + std::to_string(options.rounds) + " --bits ";
    for (std::size_t i = 0; i < options.bits.size(); ++i)
        words += (i > 0 ? "," : "") + shortNumber(options.bits[i]);
    return words;
}

int frontier(const ScanCommandOptions& options)
{
    for (const double budget : options.bits)
        validate({RecipeTarget::Kind::Bits, budget});
    SweepPlan plan = makePlan(options.sweep.plan);
    if (options.noSweep)
        plan.configs.clear();
    Prepared prepared = prepare(options, plan, "bitfront-cli frontier");
    prepared.request.header.commandLine += frontierWords(options);
    const std::optional<SweepPlan> sweeps = sweepLeft(prepared, options.noSweep);
    sayWhatStays(prepared, options);
    if (sweeps)
        printEstimation(std::cout, *sweeps, prepared.estimation);
    printPlan(options, prepared);
    std::cout << "Recipes  " << options.bits.size() << " sizes, up to " << options.rounds
              << " refinement rounds each\n";
    if (!agreed(std::cout, options.yes, true, "Start?"))
        return kStopped;
    SweepEnd end;
    if (sweeps)
        end = sweep(prepared);
    if (end.state == RunState::Failed) {
        printError(end.failure);
        return end.done > end.failed ? kPartial : kBadInput;
    }
    RecipeEnd found {end.state == RunState::Stopped, {}};
    int recipes = 0;
    if (!found.stopped)
        found = follow(prepared.request, [&](RecipeSession& session, const std::stop_token& stop) {
            scanWithProgress(session, stop);
            recipes = addRecipes(session, options, stop);
        });
    const int code = concludeRecipes(std::cout, options.out, found);
    return code == kOk && recipes == 0 ? kPartial : code; // none of the sizes can be reached
}

CLI::App* addCommon(CLI::App& app, const std::string& name, const std::string& what,
                    ScanCommandOptions& options)
{
    CLI::App* command = app.add_subcommand(name, what);
    addSweepOptions(*command, options.sweep);
    addScanOptions(*command, options.scan);
    command
        ->add_option("--out", options.out,
                     "Run folder to write; a run of the same model, inputs and metrics there is "
                     "gone on with, any other is kept aside")
        ->required()
        ->type_name("DIR");
    command->add_flag("--yes,-y", options.yes, "Start without asking");
    return command;
}

} // namespace

void addScanCommands(CLI::App& app, int& exitCode)
{
    auto scanOptions = std::make_shared<ScanCommandOptions>();
    addCommon(app, "scan", "Measure how much each layer's compression costs", *scanOptions)
        ->callback([scanOptions, &exitCode] { exitCode = scan(*scanOptions); });

    auto options = std::make_shared<ScanCommandOptions>();
    CLI::App* command = addCommon(
        app, "frontier", "Sweep, scan, and find the best mixed recipe for several sizes", *options);
    command->add_option("--bits", options->bits, "Average bits of the recipes")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("B,...")
        ->capture_default_str();
    command->add_option("--refine", options->rounds, "Refinement rounds for each recipe")
        ->check(CLI::Range(0, 20))
        ->capture_default_str();
    command->add_option("--lock", options->locks, "LAYER=fp16, LAYER=8, LAYER=8+ or LAYER=FORMAT")
        ->allow_extra_args(false)
        ->type_name("LAYER=FORMAT");
    command->add_flag("--no-sweep", options->noSweep, "Leave out the uniform sweep");
    command->callback([options, &exitCode] { exitCode = frontier(*options); });
}

} // namespace bitfront::cli
