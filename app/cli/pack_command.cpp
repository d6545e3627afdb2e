// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli pack and unpack: one configuration of a run as a file with really packed codes, and
// that file as weights again.
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "core/base/number_text.h"
#include "core/engine/engine_loader.h"
#include "core/pack/packed_model.h"
#include "core/run/file_io.h"
#include "core/run/run_folder.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

namespace bitfront::cli {

namespace {

struct PackOptions
{
    std::string folder, config, model, out;
};

struct UnpackOptions
{
    std::string file, out;
};

const ResultRecord& findRecord(const RunContents& run, const PackOptions& options)
{
    const auto found = std::find_if(run.records.begin(), run.records.end(), [&](const auto& one) {
        return one.config.name == options.config;
    });
    if (found == run.records.end())
        throw Error(ErrorCode::BadArgument,
                    "The run has no configuration “" + options.config + "”.",
                    "bitfront-cli report " + options.folder + " --format json lists them all.",
                    options.config);
    if (found->measurement() == nullptr)
        throw Error(ErrorCode::BadArgument,
                    "The configuration failed in this run: " + found->failure()->message,
                    "Choose one that was measured.", options.config);
    return *found;
}

std::shared_ptr<const Model> openSameModel(const RunContents& run, const PackOptions& options)
{
    const std::string path = options.model.empty() ? run.header.model.path : options.model;
    const auto model = loadEngine()->openModel(path, {}, run.header.model.layerOptions);
    if (model->info().sha256 != run.header.model.sha256)
        throw Error(ErrorCode::BadArgument,
                    path + " is not the model of this run: its SHA-256 is another.",
                    "Name the unchanged file with --model.", path);
    return model;
}

void writeBytes(const std::string& path, const std::vector<std::uint8_t>& bytes)
{
    replaceFile(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void pack(const PackOptions& options)
{
    const RunContents run = readRun(options.folder);
    const ResultRecord& record = findRecord(run, options);
    const auto model = openSameModel(run, options);
    const Measurement& measured = *record.measurement();
    const PackedModel packed = packModel(*model, record.config.name, measured.layers);
    const std::vector<std::uint8_t> bytes = writePacked(packed);
    writeBytes(options.out, bytes);

    const std::uint64_t payload = packed.payloadBytes();
    std::cout << "Written  " << options.out << '\n'
              << "Payload  " << grouped(static_cast<std::int64_t>(payload))
              << " bytes: " << grouped(packed.exactBits()) << " bits as accounted ("
              << fixedText(measured.size.compressionRatio(), 2)
              << "x), every part rounded up to whole bytes\n"
              << "Header   " << grouped(static_cast<std::int64_t>(bytes.size() - payload))
              << " bytes, not counted\n";
    const auto rounded = std::count_if(packed.parameters.begin(), packed.parameters.end(),
                                       [](const auto& one) { return !one.exact; });
    if (rounded > 0)
        std::cout << "Rounding " << counted(rounded, "parameter")
                  << " with values, scales or tables rounded to 16 bits: unpacked weights differ "
                     "from the measured ones by that rounding\n";
}

void unpack(const UnpackOptions& options)
{
    const std::string text = readFile(options.file);
    const std::span<const std::uint8_t> bytes {reinterpret_cast<const std::uint8_t*>(text.data()),
                                               text.size()};
    try {
        const PackedModel packed = readPacked(bytes);
        const std::vector<RawTensor> weights = unpackWeights(packed);
        writeBytes(options.out,
                   writeSafetensors(weights,
                                    {{"format", "pt"},
                                     {"model", packed.modelFile},
                                     {"model_sha256", packed.modelSha256},
                                     {"config", packed.config}}));
        std::cout << "Written: " << options.out << " ("
                  << counted(static_cast<std::int64_t>(weights.size()), "parameter") << " of "
                  << packed.modelFile << " under " << packed.config << ")\n";
    } catch (const Error& error) {
        if (error.code() != ErrorCode::BadFormat)
            throw;
        const Failure& failure = error.failure();
        throw Error(failure.code, options.file + ": " + failure.message, failure.hint,
                    options.file);
    }
}

} // namespace

void addPackCommands(CLI::App& app, int& exitCode)
{
    auto packing = std::make_shared<PackOptions>();
    CLI::App* command = app.add_subcommand(
        "pack", "Write one configuration of a run as a file with really packed codes");
    command->add_option("DIR", packing->folder, "Run folder")->required();
    command->add_option("--config", packing->config, "Configuration of the run, by name")
        ->required()
        ->type_name("NAME");
    command->add_option("--out", packing->out, "File to write (.safetensors)")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--model", packing->model,
                     "Model file, if it is no longer where the run found it")
        ->type_name("FILE");
    command->callback([packing, &exitCode] {
        pack(*packing);
        exitCode = kOk;
    });

    auto unpacking = std::make_shared<UnpackOptions>();
    command = app.add_subcommand("unpack", "Write the weights that a packed file stands for");
    command->add_option("FILE", unpacking->file, "File that pack wrote")->required();
    command
        ->add_option("--out", unpacking->out,
                     "Weights by parameter name, in the model's own type (.safetensors)")
        ->required()
        ->type_name("FILE");
    command->callback([unpacking, &exitCode] {
        unpack(*unpacking);
        exitCode = kOk;
    });
}

} // namespace bitfront::cli
