// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a model's parameters, for those who store them.
#include "core/engine/torch/output_quality.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_tensors.h"
#include "core/engine/torch/torchscript_model.h"

#include <c10/core/InferenceMode.h>

namespace bitfront {

namespace {

ParameterValues valuesOf(const ParameterPlaces& places, const std::string& path)
{
    try {
        const c10::InferenceMode inference;
        const at::Tensor floats = toFloats(places.tensor);
        const std::span<const float> values = floatsOf(floats);
        return {dtypeName(places.tensor.scalar_type()), {values.begin(), values.end()}};
    } catch (...) {
        rethrowAsError({ErrorCode::Internal, "A parameter could not be read:", "", path});
    }
}

} // namespace

ParameterValues TorchScriptModel::layerValues(std::size_t index) const
{
    return valuesOf(m_layers.at(index), m_info.path);
}

ParameterValues TorchScriptModel::plainValues(std::size_t index) const
{
    return valuesOf(m_plain.at(index), m_info.path);
}

} // namespace bitfront
