// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/experiment_data.h"

#include "core/engine/forward_advice.h"
#include "core/engine/torch/torch_errors.h"

#include <algorithm>

namespace bitfront {

namespace {

/// Memory for lookup tables: those of a whole sweep for small models, a fifth of the weights for
/// large ones.
std::uint64_t tableBudget(const ModelInfo& info)
{
    return std::max<std::uint64_t>(PaletteCache::kDefaultBudget, 2 * info.fp16Bytes() / 5);
}

} // namespace

ExperimentData::ExperimentData(std::shared_ptr<const TorchModel> opened,
                               std::shared_ptr<const TorchInputs> bound)
    : model(std::move(opened))
    , inputs(std::move(bound))
    , info(model->info())
    , palettes(tableBudget(info))
{
}

std::vector<NamedOutput> runExplained(Runnable& runnable, const ExperimentData& data)
{
    const TorchInputs& inputs = *data.inputs;
    const ModelInfo& info = data.info;
    ++data.forwardPasses;
    try {
        return runnable.run(inputs);
    } catch (...) {
        try {
            rethrowAsError({ErrorCode::ForwardFailed, "", "", info.path});
        } catch (const Error& error) {
            if (error.code() != ErrorCode::ForwardFailed)
                throw;
            if (const auto advice = inputAdvice(info, inputs.tensors(), error.failure().message))
                throw Error(*advice);
            throw Error(ErrorCode::ForwardFailed,
                        "The model's forward pass failed: " + error.failure().message,
                        "Run the model in Python with the same inputs to see where.", info.path);
        }
        throw;
    }
}

} // namespace bitfront
