// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a model's parameters, for those who store them.
#include "core/engine/torch/torch_model.h"

#include "core/engine/torch/output_quality.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_tensors.h"

#include <c10/core/InferenceMode.h>

namespace bitfront {

namespace {

ParameterValues valuesOf(const at::Tensor& tensor, const std::string& path)
{
    try {
        const c10::InferenceMode inference;
        const at::Tensor floats = toFloats(tensor);
        const std::span<const float> values = floatsOf(floats);
        return {dtypeName(tensor.scalar_type()), {values.begin(), values.end()}};
    } catch (...) {
        rethrowAsError({ErrorCode::Internal, "A parameter could not be read:", "", path});
    }
}

} // namespace

ParameterValues TorchModel::layerValues(std::size_t index) const
{
    return valuesOf(layerTensor(index), m_info.path);
}

ParameterValues TorchModel::plainValues(std::size_t index) const
{
    return valuesOf(plainTensor(index), m_info.path);
}

InputFile TorchModel::storedInputs(const InputOptions&) const
{
    throw Error(ErrorCode::BadArgument, "The model file holds no example inputs.",
                "Give a file of inputs. (torch.export.save of PyTorch 2.9 and newer stores the "
                "arguments that the model was exported with.)");
}

} // namespace bitfront
