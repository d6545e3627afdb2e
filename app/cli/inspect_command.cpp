// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli inspect: what a model file holds, and with inputs what it computes.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/describe.h"
#include "core/plan/json.h"

#include <nlohmann/json.hpp>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct InspectOptions
{
    std::string model;
    InputArguments inputs;
    LayerOptions layers;
    bool json = false;
};

nlohmann::json inspectJson(const Workload& workload, const ModelInfo& model,
                           const std::vector<DivisibilityNote>& notes)
{
    nlohmann::json json {{"schema", "bitfront-inspect"},
                         {"schema_version", 1},
                         {"model", model},
                         {"divisibility", divisibilityJson(notes)}};
    if (workload.experiment) {
        json["inputs"] = inputsJson(*workload.inputs);
        json["outputs"] = outputsJson(workload.experiment->outputs());
    }
    return json;
}

void inspect(const InspectOptions& options)
{
    const Workload workload = openWorkload(options.model, options.inputs.path(),
                                           options.inputs.options(), options.layers);
    const ModelInfo& model =
        workload.experiment ? workload.experiment->model() : workload.model->info();
    const auto notes = checkDivisibility(model, baseConfigurations());
    if (options.json) {
        printJson(std::cout, inspectJson(workload, model, notes));
        return;
    }
    printModel(std::cout, model);
    if (workload.experiment) {
        printInputs(std::cout, *workload.inputs);
        printOutputs(std::cout, workload.experiment->outputs());
    } else {
        for (const ArgumentInfo& argument : model.arguments)
            std::cout << "Argument " << argument.name << ": " << argument.type
                      << (argument.required ? "" : " (optional)") << '\n';
    }
    std::cout << '\n';
    printLayers(std::cout, model);
    std::cout << '\n';
    printDivisibility(std::cout, notes, IndivisiblePolicy::Nearest);
}

} // namespace

void addInspectCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<InspectOptions>();
    CLI::App* command = app.add_subcommand("inspect", "Show what a model file holds");
    command->add_option("MODEL", options->model, "Model file (.pt, .pt2)")->required();
    addInputArguments(*command, options->inputs, false, "Reference inputs: runs the model once");
    addLayerOptions(*command, options->layers);
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &exitCode] {
        inspect(*options);
        exitCode = kOk;
    });
}

} // namespace bitfront::cli
