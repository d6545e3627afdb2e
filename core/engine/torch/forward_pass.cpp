// SPDX-License-Identifier: GPL-3.0-or-later
// One pass of the uncompressed model, its outputs as they are.
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/explained_run.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_scope.h"
#include "core/engine/torch/torch_tensors.h"

#include <cstring>

namespace bitfront {

namespace {

/// A repeatable order of sums; as the baseline of an experiment.
constexpr int kForwardThreads = 1;

RawTensor toRaw(const NamedOutput& output)
{
    at::Tensor tensor = output.tensor.detach();
    if (tensor.is_quantized())
        tensor = tensor.dequantize();
    if (tensor.layout() != at::kStrided)
        tensor = tensor.to_dense();
    tensor = tensor.to(at::kCPU).resolve_conj().resolve_neg().contiguous();
    const std::optional<DType> type = storedType(tensor.scalar_type());
    if (!type)
        throw Error(ErrorCode::UnsupportedModel,
                    "Output “" + output.name + "” is of type " + dtypeName(tensor.scalar_type())
                        + ", which no safetensors file can hold.",
                    "Convert it at the end of the model's forward().", output.name);
    RawTensor raw {output.name, *type, tensor.sizes().vec(), {}};
    raw.data.resize(static_cast<std::size_t>(tensor.nbytes()));
    if (!raw.data.empty())
        std::memcpy(raw.data.data(), tensor.const_data_ptr(), raw.data.size());
    return raw;
}

} // namespace

std::vector<RawTensor> runForward(const Model& model, const ReferenceData& inputs)
{
    const auto* const torchModel = dynamic_cast<const TorchModel*>(&model);
    const auto* const torchInputs = dynamic_cast<const TorchInputs*>(&inputs);
    if (torchModel == nullptr || torchInputs == nullptr)
        throw Error(ErrorCode::Internal, "Model or inputs were not opened by this engine.");
    try {
        const TorchScope scope(kForwardThreads);
        const auto runnable = torchModel->createRunnable(StateHandling::Fresh);
        std::vector<RawTensor> outputs;
        for (const NamedOutput& output : runExplained(*runnable, *torchInputs, model.info()))
            outputs.push_back(toRaw(output));
        if (outputs.empty())
            throw Error(ErrorCode::UnsupportedModel, "The model returned no tensor.",
                        "Export a model whose forward() returns its outputs.", model.info().path);
        return outputs;
    } catch (...) {
        rethrowAsError({ErrorCode::Internal, "The model could not be run:", "", model.info().path});
    }
}

} // namespace bitfront
