// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli recipe: the best recipe of a scanned folder for one size or one quality.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/scan_support.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct RecipeOptions
{
    std::string folder;
    std::optional<double> bits, megabytes, ratio, quality;
    std::vector<std::string> locks;
    std::string output; ///< whose quality is meant
    std::string model, inputs; ///< where the files are now
    std::optional<int> threads;
    int rounds = 2;
};

RecipeTarget targetOf(const RecipeOptions& options)
{
    if (options.bits)
        return {RecipeTarget::Kind::Bits, *options.bits};
    if (options.megabytes)
        return {RecipeTarget::Kind::Megabytes, *options.megabytes};
    if (options.ratio)
        return {RecipeTarget::Kind::Ratio, *options.ratio};
    if (options.quality)
        return {RecipeTarget::Kind::Quality, *options.quality, options.output};
    throw Error(ErrorCode::BadArgument, "There is no target.",
                "Give one of --bits, --mb, --ratio and --min-quality.");
}

/// The session that the folder's scan was made in, opened again.
RecipeRequest reopen(const RecipeOptions& options)
{
    const RunContents run = readRun(options.folder);
    const auto known = readScan(options.folder);
    if (!known)
        throw Error(ErrorCode::BadArgument,
                    "The folder " + options.folder + " holds no sensitivity scan.",
                    "Make one: bitfront-cli scan MODEL --inputs FILE --out DIR.", options.folder);
    const auto either = [](const std::string& said, const std::string& was) {
        return said.empty() ? was : said;
    };
    for (const auto& [path, option] :
         {std::pair(either(options.model, run.header.model.path), "--model"),
          std::pair(either(options.inputs, run.header.inputsPath), "--inputs")})
        if (path != kStoredInputs && !std::filesystem::exists(path))
            throw Error(ErrorCode::FileNotReadable, path + " is not there any more.",
                        std::string("Say where it is now with ") + option + " FILE.", path);
    const Workload workload = openWorkload(either(options.model, run.header.model.path),
                                           either(options.inputs, run.header.inputsPath),
                                           run.header.inputOptions, run.header.model.layerOptions);
    RecipeRequest request;
    request.experiment = workload.experiment;
    request.header = run.header;
    request.runFolder = options.folder;
    request.settings = known->header.settings;
    request.heldOutShare = known->header.heldOutShare;
    request.mustExist = true;
    request.retryFailed = false;
    const ThreadBudget threads = threadBudget(workload.experiment->model(), options.threads);
    request.workers = threads.workers;
    request.threadsPerWorker = threads.threadsPerWorker;
    // Recipes of another model or other inputs would be compared as if they were of these.
    const ModelInfo& model = workload.experiment->model();
    if (model.sha256 != run.header.model.sha256
        || workload.inputs->sha256() != run.header.inputsSha256)
        throw Error(ErrorCode::InputMismatch,
                    "The folder was made with another model or other inputs than " + model.path
                        + " and " + workload.inputs->path() + " hold now.",
                    "Restore the files, or scan into another folder.", options.folder);
    return request;
}

/// Before anything is opened.
void refuseUnknownOutput(const RunHeader& header, const RecipeTarget& target)
{
    const std::string& wanted =
        target.output.empty() ? header.metrics.front().output : target.output;
    std::string names;
    for (const MetricChoice& metric : header.metrics)
        names += (names.empty() ? "" : ", ") + metric.output;
    if (std::none_of(header.metrics.begin(), header.metrics.end(),
                     [&](const MetricChoice& metric) { return metric.output == wanted; }))
        throw Error(ErrorCode::BadArgument, "The run judges no output “" + wanted + "”.",
                    "It judges " + names + '.', wanted);
}

int recipe(const RecipeOptions& options)
{
    const RecipeTarget target = targetOf(options);
    validate(target);
    std::vector<FormatLock> locks;
    for (const std::string& lock : options.locks)
        locks.push_back(parseLock(lock));
    const RecipeRequest request = reopen(options);
    if (options.quality)
        refuseUnknownOutput(request.header, target);
    const RecipeEnd end = follow(request, [&](RecipeSession& session, const std::stop_token& stop) {
        // Refused before hours of scanning.
        applyLocks(session.measurer().space(), request.experiment->model(), locks);
        CountPrinter printer("Scan");
        session.scan(stop, [&](std::size_t done, std::size_t total) { printer.show(done, total); });
        session.lock(locks);
        const ResultRecord record = session.addRecipe(
            target, options.rounds, stop, [&](int round, std::size_t done, std::size_t total) {
                printer.setWhat("Round " + std::to_string(round) + ':');
                printer.show(done, total);
            });
        printer.end();
        printRecipe(std::cout, record);
        for (const LayerFormat& format : record.config.formats)
            std::cout << "  " << format.layer << ": " << formatTitle(format.spec) << '\n';
    });
    return concludeRecipes(std::cout, request.runFolder, end);
}

} // namespace

void addRecipeCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<RecipeOptions>();
    CLI::App* command = app.add_subcommand(
        "recipe", "Find the best mixed recipe of a scanned folder for a size or a quality");
    command->add_option("DIR", options->folder, "Run folder of scan or frontier")->required();
    CLI::Option_group* target = command->add_option_group("Target");
    target->add_option("--bits", options->bits, "At most so many bits per parameter on average")
        ->type_name("X");
    target->add_option("--mb", options->megabytes, "At most so many MiB")->type_name("X");
    target->add_option("--ratio", options->ratio, "At least so many times smaller than fp16")
        ->type_name("X");
    target
        ->add_option("--min-quality", options->quality,
                     "The smallest with at least this quality of the ranking output")
        ->type_name("X");
    target->require_option(1);
    command
        ->add_option("--output", options->output, "The output that --min-quality is about instead")
        ->needs("--min-quality")
        ->type_name("NAME");
    command->add_option("--refine", options->rounds, "Most refinement rounds")
        ->check(CLI::Range(0, 20))
        ->capture_default_str();
    command->add_option("--lock", options->locks, "LAYER=fp16, LAYER=8, LAYER=8+ or LAYER=FORMAT")
        ->allow_extra_args(false)
        ->type_name("LAYER=FORMAT");
    command->add_option("--model", options->model, "Where the model file is now")
        ->type_name("FILE");
    command->add_option("--inputs", options->inputs, "Where the inputs are now")->type_name("FILE");
    command->add_option("--threads", options->threads, "Threads in all (default: all cores)")
        ->check(CLI::Range(1, 4096))
        ->type_name("N");
    command->callback([options, &exitCode] { exitCode = recipe(*options); });
}

} // namespace bitfront::cli
