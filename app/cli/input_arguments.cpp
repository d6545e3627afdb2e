// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/input_arguments.h"

#include "core/run/file_io.h"

#include <CLI/CLI.hpp>

namespace bitfront::cli {

InputOptions InputArguments::options() const
{
    InputOptions options;
    for (const std::string& text : bindings) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
            throw Error(ErrorCode::BadArgument, "“" + text + "” names no argument and tensor.",
                        "Write --bind ARGUMENT=NAME; NAME may be a number from 0.", text);
        options.bindings.push_back({text.substr(0, equals), text.substr(equals + 1)});
    }
    options.addBatch = addBatch;
    options.convertTypes = convertTypes;
    options.batchSize = batchSize;
    options.padToken = padToken;
    options.padMask = padMask;
    if (!images.empty()) {
        const bool isText = images.find('{') != std::string::npos;
        options.images =
            imageOptionsFromText(isText ? images : readFile(images), isText ? "--images" : images);
    }
    for (std::size_t i = 1; i < inputs.size(); ++i)
        options.moreFiles.push_back(inputs[i]);
    validate(options);
    return options;
}

void addInputArguments(CLI::App& command, InputArguments& arguments, bool required,
                       const std::string& what)
{
    auto* const inputs =
        command
            .add_option("--inputs", arguments.inputs,
                        what
                            + " (.pt, .npy, .npz, .safetensors, .json token ids, .wav, .png, .jpg, "
                              "or a folder of the last three); repeat for several pictures; "
                              "\"stored\": those that a .pt2 holds")
            ->allow_extra_args(false)
            ->type_name("FILE");
    if (required)
        inputs->required();
    command
        .add_option("--bind", arguments.bindings,
                    "Give the model's ARGUMENT the tensor NAME (or its number from 0); repeat")
        ->allow_extra_args(false)
        ->type_name("ARGUMENT=NAME");
    command.add_flag("--add-batch", arguments.addBatch,
                     "Give every input a first dimension of 1, the batch");
    command.add_flag("--convert-dtypes", arguments.convertTypes,
                     "Convert inputs of a type that the model refuses");
    command
        .add_option("--batch-size", arguments.batchSize,
                    "Samples per pass of the model (default: all at once)")
        ->check(CLI::Range(std::int64_t {1}, std::int64_t {1} << 40))
        ->type_name("N");
    command
        .add_option("--images", arguments.images,
                    "How pictures become a tensor, as JSON or a file of it: {\"resize\": 256, "
                    "\"crop\": 224, \"mean\": [...], \"std\": [...], \"channels\": \"rgb\"}")
        ->type_name("JSON");
    command
        .add_option("--pad-token", arguments.padToken,
                    "Fill up shorter lists of token ids with this id")
        ->type_name("ID");
    command
        .add_option("--pad-mask", arguments.padMask,
                    "Argument that gets 1 for tokens and 0 for what was filled up")
        ->type_name("ARGUMENT");
}

std::string remedyText(const Failure& failure)
{
    switch (failure.remedy) {
    case Remedy::AddBatch:
        return "To do that here: --add-batch.";
    case Remedy::ConvertTypes:
        return "To do that here: --convert-dtypes.";
    case Remedy::Bind:
        return "Or say which goes where: --bind ARGUMENT=NAME.";
    case Remedy::PadTokens:
        return "To do that here: --pad-token ID, and --pad-mask ARGUMENT for the mask.";
    case Remedy::PrepareImages:
        return "E.g. --images '{\"resize\": 256, \"crop\": 224}'.";
    case Remedy::None:
        break;
    }
    return {};
}

} // namespace bitfront::cli
