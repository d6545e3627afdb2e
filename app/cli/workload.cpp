// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/workload.h"

#include "core/engine/engine_loader.h"
#include "core/plan/json.h"
#include "core/run/headless_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <thread>

namespace bitfront::cli {

void addPlanOptions(CLI::App& command, PlanOptions& options)
{
    command
        .add_option("--groups", options.groups,
                    "Groups to run: 1a per-channel, 1b per-block quantization, 2 palettization")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("1a,1b,2");
    command.add_option("--configs", options.configs, "Base configurations to run, by name")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    command.add_flag("--no-refine", options.noRefine,
                     "Leave out the refinements of the best configurations");
    command
        .add_option(
            "--indivisible", options.indivisible,
            "Layers that a block or group size does not divide: the nearest size that does, "
            "per-channel, or kept at fp16")
        ->type_name("nearest|per-channel|skip")
        ->capture_default_str();
    command
        .add_option("--palette-rounding", options.paletteRounding,
                    "reference: palettes of weights rounded to 4 decimals, as coreai-opt; "
                    "automatic: unrounded where that rounding would lose a layer of small weights")
        ->check(CLI::IsMember({"automatic", "reference"}))
        ->type_name("automatic|reference")
        ->capture_default_str();
    command.add_flag("--palettize-embeddings", options.palettizeEmbeddings,
                     "Palettize embedding tables too (coreai-opt's sweep leaves them)");
    addLayerOptions(command, options.layers);
}

void addLayerOptions(CLI::App& command, LayerOptions& options)
{
    command.add_flag("--recurrent", options.recurrent,
                     "Compress the weights of LSTM, GRU and RNN too (coreai-opt leaves them)");
}

SweepPlan makePlan(const PlanOptions& options)
{
    std::vector<GroupId> groups;
    for (const std::string& key : options.groups) {
        const auto group = groupFromKey(key);
        if (!group)
            throw Error(ErrorCode::BadArgument, "There is no group “" + key + "”.",
                        "Groups are 1a, 1b and 2.", key);
        groups.push_back(*group);
    }
    const auto policy = indivisiblePolicyFromName(options.indivisible);
    if (!policy)
        throw Error(ErrorCode::BadArgument,
                    "“" + options.indivisible + "” is no way to treat indivisible layers.",
                    "Use nearest, per-channel or skip.", options.indivisible);
    const auto rounding = paletteRoundingFromName(options.paletteRounding);
    return bitfront::makePlan(
        groups, options.configs, !options.noRefine, *policy,
        {rounding.value_or(PaletteRounding::Automatic), options.palettizeEmbeddings});
}

void addMetricOptions(CLI::App& command, MetricOptions& options)
{
    command
        .add_option("--metric", options.metrics,
                    "How to judge an output; repeat for more outputs, the first one ranks. "
                    "Without it: psnr for every output")
        ->allow_extra_args(false)
        ->type_name("OUTPUT=psnr|snr|iou");
    command
        .add_option("--floor", options.floor,
                    "Quality of the ranking output below which a result is set aside "
                    "(default: 10 dB, 0.1 for iou)")
        ->type_name("VALUE");
}

std::vector<MetricChoice> parseMetrics(const MetricOptions& options)
{
    if (options.floor && std::isnan(*options.floor))
        throw Error(ErrorCode::BadArgument, "The value of --floor is no number.",
                    "Give a quality, or leave it out for the default.");
    if (options.floor && std::fabs(*options.floor) > kMaxFloor)
        throw Error(ErrorCode::BadArgument, "The value of --floor is no quality: too large.",
                    "Give one between -1000000 and 1000000.");
    std::vector<MetricChoice> choices;
    for (const std::string& text : options.metrics) {
        const std::size_t equals = text.rfind('=');
        const auto metric = equals == std::string::npos
            ? std::nullopt
            : metricFromName(std::string_view(text).substr(equals + 1));
        if (!metric || equals == 0)
            throw Error(ErrorCode::BadArgument, "“" + text + "” names no output and metric.",
                        "Write OUTPUT=psnr, OUTPUT=snr or OUTPUT=iou.", text);
        const std::string output = text.substr(0, equals);
        const bool again = std::any_of(choices.begin(), choices.end(),
                                       [&](const auto& choice) { return choice.output == output; });
        if (again)
            throw Error(ErrorCode::BadArgument, "Output “" + output + "” has two metrics.",
                        "Name every output once.", output);
        choices.push_back({output, *metric, defaultFloor(*metric)});
    }
    return choices;
}

namespace {

std::string namesOf(const std::vector<OutputInfo>& outputs)
{
    std::string names;
    for (const OutputInfo& output : outputs)
        names += (names.empty() ? "" : ", ") + output.name;
    return names;
}

void refuseUnfit(const MetricChoice& choice, const std::vector<OutputInfo>& outputs)
{
    const auto output = std::find_if(outputs.begin(), outputs.end(),
                                     [&](const auto& one) { return one.name == choice.output; });
    if (output == outputs.end())
        throw Error(ErrorCode::MetricUnfit, "The model has no output “" + choice.output + "”.",
                    "Its outputs are: " + namesOf(outputs) + '.', choice.output);
    const std::string reason = metricUnfitReason(*output, choice.metric);
    if (!reason.empty())
        throw Error(ErrorCode::MetricUnfit, reason,
                    "Set it with --metric " + shellWord(choice.output + "=METRIC")
                        + " (psnr, snr or iou).",
                    choice.output);
}

/// The default. Throws Error(MetricUnfit) when psnr can judge no output.
std::vector<MetricChoice> psnrWherePossible(const std::vector<OutputInfo>& outputs)
{
    std::vector<MetricChoice> choices;
    std::string reason;
    for (const OutputInfo& output : outputs) {
        const std::string unfit = metricUnfitReason(output, Metric::Psnr);
        if (unfit.empty())
            choices.push_back({output.name, Metric::Psnr, defaultFloor(Metric::Psnr)});
        else
            reason = unfit;
    }
    if (choices.empty())
        throw Error(ErrorCode::MetricUnfit, "psnr can judge none of the outputs. " + reason,
                    "Choose metrics with --metric OUTPUT=snr or OUTPUT=iou; the outputs are: "
                        + namesOf(outputs) + '.');
    return choices;
}

} // namespace

std::vector<MetricChoice> resolveMetrics(std::vector<MetricChoice> asked,
                                         std::optional<double> floor,
                                         const std::vector<OutputInfo>& outputs)
{
    if (asked.empty())
        asked = psnrWherePossible(outputs);
    for (const MetricChoice& choice : asked)
        refuseUnfit(choice, outputs);
    if (floor)
        asked.front().floor = *floor;
    return asked;
}

void addSweepOptions(CLI::App& command, SweepOptions& options)
{
    command.add_option("MODEL", options.model, "Model file (.pt, .pt2)")->required();
    addInputArguments(command, options.inputs, true, "Reference inputs");
    addMetricOptions(command, options.metric);
    addPlanOptions(command, options.plan);
    command.add_option("--threads", options.threads, "Threads in all (default: all cores)")
        ->check(CLI::Range(1, 4096))
        ->type_name("N");
}

ThreadBudget threadBudget(const ModelInfo& model, std::optional<int> threads)
{
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return defaultThreads(model, threads.value_or(cores));
}

Workload openWorkload(const std::filesystem::path& model, const std::filesystem::path& inputs,
                      const InputOptions& options, const LayerOptions& layers)
{
    Workload workload;
    const std::shared_ptr<Engine> engine = loadEngine();
    workload.engineVersion = engine->version();
    workload.model = engine->openModel(model, {}, layers);
    if (!inputs.empty()) {
        workload.inputs = engine->loadInputs(inputs, *workload.model, options);
        workload.experiment = engine->createExperiment(workload.model, workload.inputs);
    }
    return workload;
}

} // namespace bitfront::cli
