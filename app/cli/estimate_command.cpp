// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli estimate: how long a sweep would take, without running it.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/describe.h"
#include "app/cli/estimation.h"
#include "core/plan/json.h"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct EstimateOptions
{
    SweepOptions sweep;
    bool json = false;
};

void runEstimate(const EstimateOptions& options)
{
    const SweepPlan plan = makePlan(options.sweep.plan);
    const auto asked = parseMetrics(options.sweep.metric);
    const Workload workload =
        openWorkload(options.sweep.model, options.sweep.inputs.path(),
                     options.sweep.inputs.options(), options.sweep.plan.layers);
    const auto metrics =
        resolveMetrics(asked, options.sweep.metric.floor, workload.experiment->outputs());
    const Estimation estimation =
        estimate(*workload.experiment, metrics, plan, options.sweep.threads);
    const ModelInfo& model = workload.experiment->model();
    const auto notes = checkDivisibility(model, plan.configs);
    if (options.json) {
        nlohmann::json json = estimationJson(plan, estimation);
        json["schema"] = "bitfront-estimate";
        json["schema_version"] = 1;
        json["model"] = model.path;
        json["metrics"] = metrics;
        json["divisibility"] = divisibilityJson(notes);
        printJson(std::cout, json);
        return;
    }
    printModel(std::cout, model);
    printInputs(std::cout, *workload.inputs);
    printMetrics(std::cout, metrics, !asked.empty());
    printDivisibility(std::cout, notes, plan.indivisible);
    printEstimation(std::cout, plan, estimation);
}

} // namespace

void addEstimateCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<EstimateOptions>();
    CLI::App* command = app.add_subcommand("estimate", "Say how long a sweep would take");
    addSweepOptions(*command, options->sweep);
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &exitCode] {
        runEstimate(*options);
        exitCode = kOk;
    });
}

} // namespace bitfront::cli
