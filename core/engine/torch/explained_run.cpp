// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/torch/explained_run.h"

#include "core/engine/forward_advice.h"
#include "core/engine/torch/torch_errors.h"

namespace bitfront {

namespace {

std::vector<NamedOutput> runOne(Runnable& runnable, const TorchInputs& inputs,
                                const ModelInfo& info)
{
    try {
        return runnable.run(inputs);
    } catch (...) {
        try {
            rethrowAsError({ErrorCode::ForwardFailed, "", "", info.path});
        } catch (const Error& error) {
            if (error.code() != ErrorCode::ForwardFailed)
                throw;
            if (const auto advice = inputAdvice(info, inputs.tensors(), error.failure().message))
                throw Error(advice->failure);
            throw Error(ErrorCode::ForwardFailed,
                        "The model's forward pass failed: " + error.failure().message,
                        "Run the model in Python with the same inputs to see where.", info.path);
        }
        throw;
    }
}

} // namespace

std::vector<NamedOutput> runExplained(Runnable& runnable, const TorchInputs& inputs,
                                      const ModelInfo& info)
{
    std::vector<std::vector<NamedOutput>> batches;
    for (std::size_t i = 0; i < inputs.batches(); ++i)
        batches.push_back(runOne(runnable, inputs.batch(i), info));
    return joinBatches(batches);
}

} // namespace bitfront
