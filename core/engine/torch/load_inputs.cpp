// SPDX-License-Identifier: GPL-3.0-or-later
// From a file of inputs to arguments of a model.
#include "core/base/printable.h"
#include "core/engine/files/about_file.h"
#include "core/engine/forward_advice.h"
#include "core/engine/inputs/input_nesting.h"
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_model.h"
#include "core/engine/torch/torch_scope.h"

namespace bitfront {

namespace {

/// What the model itself says when it runs decides, not a guess from names: each failure that
/// speaks of a type converts one argument. Anything else is left for the run that matters.
void convertRefused(TorchInputs& inputs, const TorchModel& model)
{
    const std::size_t tries = 2 * model.info().arguments.size();
    for (std::size_t i = 0; i < tries; ++i) {
        try {
            const TorchScope scope;
            model.createRunnable(StateHandling::Fresh)->run(inputs);
            return;
        } catch (...) {
            try {
                rethrowAsError({ErrorCode::ForwardFailed, "", "", ""});
            } catch (const Error& error) {
                const auto advice =
                    inputAdvice(model.info(), inputs.tensors(), error.failure().message);
                if (!advice || advice->failure.remedy != Remedy::ConvertTypes
                    || !inputs.convert(advice->failure.context, advice->dtype))
                    return;
            }
        }
    }
}

/// Types that the model file states need no trying.
void convertStated(TorchInputs& inputs, const ModelInfo& info)
{
    for (const ArgumentInfo& argument : info.arguments)
        if (!argument.dtype.empty())
            inputs.convert(argument.name, argument.dtype);
}

InputFile readAny(const std::filesystem::path& path, const TorchModel* model,
                  const InputOptions& options)
{
    if (model != nullptr && path == kStoredInputs)
        return model->storedInputs(options);
    InputFile file = readInputFile(path, options);
    if (model != nullptr)
        for (InputBatch& batch : file.batches)
            fitNesting(batch.values, model->info().arguments);
    return file;
}

/// Example inputs are part of the model file.
std::filesystem::path fileOf(const std::filesystem::path& inputs, const Model& model)
{
    return inputs == kStoredInputs ? std::filesystem::path(model.info().path) : inputs;
}

} // namespace

std::shared_ptr<const ReferenceData>
loadTorchInputs(const std::filesystem::path& path, const Model& model, const InputOptions& options)
{
    try {
        const auto* const torchModel = dynamic_cast<const TorchModel*>(&model);
        auto inputs = std::make_shared<TorchInputs>(readAny(path, torchModel, options),
                                                    path.string(), model.info().arguments);
        if (inputs->options().convertTypes && torchModel != nullptr) {
            convertStated(*inputs, model.info());
            convertRefused(*inputs, *torchModel);
        }
        return inputs;
    } catch (const Error& error) {
        throw Error(aboutFile(error.failure(), fileOf(path, model)));
    } catch (...) {
        rethrowAsError({ErrorCode::BadFormat, "The inputs could not be read:", "", path.string()});
    }
}

namespace {

InputFile readNamed(const std::filesystem::path& path, const InputOptions& options)
{
    try {
        return readInputFile(path, options);
    } catch (const Error& error) {
        throw Error(aboutFile(error.failure(), path));
    }
}

} // namespace

std::vector<InputTensor> listTorchInputs(const std::filesystem::path& path,
                                         const InputOptions& options)
{
    std::vector<InputTensor> list;
    const InputFile file = readNamed(path, options);
    for (const NamedValue& one : file.batches.front().values) {
        InputTensor input;
        input.name = printable(one.name);
        if (one.value.kind == DataValue::Kind::Tensor) {
            input.dtype = name(one.value.tensor.dtype);
            input.shape = one.value.tensor.shape;
        } else {
            input.dtype = one.value.kindText();
        }
        list.push_back(std::move(input));
    }
    return list;
}

} // namespace bitfront
