// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli forward: runs a model once and writes its outputs, for scripts that compare them.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/input_arguments.h"
#include "core/engine/engine_loader.h"
#include "core/engine/files/tensor_file.h"
#include "core/run/file_io.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct ForwardOptions
{
    std::string model, out;
    InputArguments inputs;
};

void forward(const ForwardOptions& options)
{
    const InputOptions inputOptions = options.inputs.options();
    const std::shared_ptr<Engine> engine = loadEngine();
    const auto model = engine->openModel(options.model);
    const auto inputs = engine->loadInputs(options.inputs.path(), *model, inputOptions);
    for (const std::string& note : inputs->notes())
        std::cerr << "note: " << note << '\n';
    const std::vector<RawTensor> outputs = engine->forward(*model, *inputs);
    const std::vector<std::uint8_t> bytes =
        writeSafetensors(outputs,
                         {{"format", "pt"},
                          {"model", model->info().fileName},
                          {"model_sha256", model->info().sha256},
                          {"inputs_sha256", inputs->sha256()},
                          {"engine", engine->version()}});
    replaceFile(options.out, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    for (const RawTensor& output : outputs)
        std::cout << output.name << ": "
                  << (output.shape.empty() ? std::string("scalar") : shapeText(output.shape)) << ' '
                  << name(output.dtype) << '\n';
    std::cout << "Written " << options.out << '\n';
}

} // namespace

void addForwardCommand(CLI::App& app, int& exitCode)
{
    auto options = std::make_shared<ForwardOptions>();
    CLI::App* command =
        app.add_subcommand("forward", "Run a model once and write its outputs as safetensors");
    command->add_option("MODEL", options->model, "Model file (.pt, .pt2)")->required();
    addInputArguments(*command, options->inputs, true, "Inputs");
    command->add_option("--out", options->out, "File to write")
        ->required()
        ->type_name("FILE.safetensors");
    command->callback([options, &exitCode] {
        forward(*options);
        exitCode = kOk;
    });
}

} // namespace bitfront::cli
