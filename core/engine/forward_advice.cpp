// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/forward_advice.h"

#include <algorithm>

namespace bitfront {

namespace {

bool isFloat(const std::string& dtype)
{
    return dtype.rfind("float", 0) == 0 || dtype.rfind("bfloat", 0) == 0;
}

bool mentions(const std::string& text, std::initializer_list<const char*> words)
{
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return text.find(word) != std::string::npos; });
}

std::string sentence(const std::string& reason)
{
    std::string text = " LibTorch says: " + reason;
    if (text.back() != '.')
        text += '.';
    return text;
}

std::string about(const InputTensor& input)
{
    return "Input “" + input.argument + "” is "
        + (input.shape.empty() ? std::string("a single number") : shapeText(input.shape));
}

std::string layerText(const LayerInfo& layer)
{
    std::string text = "(";
    if (!layer.module.empty())
        text.append(layer.module).append(": ");
    return text.append(layer.shortType()).append(")");
}

InputAdvice wrongType(const InputTensor& input, const std::string& dtype, const std::string& where,
                      const std::string& reason)
{
    return {Failure {ErrorCode::InputMismatch,
                     "Input “" + input.argument + "” is " + input.dtype + where + sentence(reason),
                     "Convert it to " + dtype + ", e.g. x.to(torch." + dtype + ").", input.argument,
                     Remedy::ConvertTypes},
            dtype};
}

/// float64 inputs for float32 weights and the like.
std::optional<InputAdvice> typeAdvice(const ModelInfo& model,
                                      const std::vector<InputTensor>& inputs,
                                      const std::string& reason)
{
    if (!mentions(reason,
                  {"dtype", "scalar type", "ScalarType", "Double", "Long", "Int", "Half", "type",
                   "not implemented for"}))
        return {};
    // Token ids of a wrong integer type, or floats where an embedding looks up.
    const bool isLookup = mentions(reason, {"indices", "embedding"});
    const std::string weights {name(model.layers.front().weightType)};
    for (const InputTensor& input : inputs) {
        const bool isIndex =
            model.layers.front().kind == LayerKind::Embedding && !isFloat(input.dtype);
        if (isFloat(input.dtype) && input.dtype != weights && !isLookup)
            return wrongType(input, weights, ", the model's weights are " + weights + '.', reason);
        if (!isFloat(input.dtype) && !isIndex && input.dtype != "bool"
            && mentions(reason, {"Float", "Half", "float", "not implemented for"}))
            return wrongType(input, weights, ", where the model expects " + weights + '.', reason);
    }
    if (isLookup || mentions(reason, {"Long", "index"}))
        for (const InputTensor& input : inputs)
            if (input.dtype != "int64")
                return wrongType(input, "int64", ", where the model expects int64.", reason);
    return {};
}

/// Compares the first input with what the first layer of the model takes.
std::optional<InputAdvice> shapeAdvice(const ModelInfo& model,
                                       const std::vector<InputTensor>& inputs,
                                       const std::string& reason)
{
    const LayerInfo& layer = model.layers.front();
    const InputTensor& input = inputs.front();
    const auto rank = static_cast<std::int64_t>(input.shape.size());
    const auto fail = [&](const std::string& text, const std::string& hint,
                          Remedy remedy = Remedy::None) {
        return InputAdvice {Failure {ErrorCode::InputMismatch,
                                     about(input) + "; " + text + sentence(reason), hint,
                                     input.argument, remedy},
                            ""};
    };
    if (layer.kind == LayerKind::Conv || layer.kind == LayerKind::ConvTranspose) {
        const auto expected = static_cast<std::int64_t>(layer.shape.size());
        if (rank != expected)
            return fail("the model's first layer " + layerText(layer) + " expects "
                            + std::to_string(expected) + " dimensions: batch, channels and "
                            + std::to_string(expected - 2) + " spatial.",
                        rank == expected - 1 ? "The batch dimension seems to be missing: give it "
                                               "one, e.g. x.unsqueeze(0)."
                                             : "Reshape it before saving.",
                        rank == expected - 1 ? Remedy::AddBatch : Remedy::None);
        const bool transposed = layer.kind == LayerKind::ConvTranspose;
        const std::int64_t channels = layer.shape[transposed ? 0 : 1];
        // Grouped convolutions store fewer input channels than they take.
        if (input.shape[1] % std::max<std::int64_t>(channels, 1) != 0 || input.shape[1] < channels)
            return fail("the model's first layer " + layerText(layer) + " expects "
                            + std::to_string(channels) + " channels in dimension 1.",
                        "Check the order of dimensions (batch × channels × height × width).");
    }
    if (layer.kind == LayerKind::Linear && rank > 0 && input.shape.back() != layer.shape[1]
        && isFloat(input.dtype))
        return fail("the model's first layer " + layerText(layer) + " expects "
                        + std::to_string(layer.shape[1]) + " features in the last dimension.",
                    "Check that the inputs belong to this model.");
    if (mentions(reason, {"shape", "size", "dimension", "broadcast", "D tensor", "-D"}))
        return InputAdvice {Failure {ErrorCode::InputMismatch,
                                     "The model cannot work with inputs of this shape ("
                                         + about(input) + ")." + sentence(reason),
                                     "Check shape and batch dimension of the inputs.",
                                     input.argument, Remedy::AddBatch},
                            ""};
    return {};
}

} // namespace

std::optional<InputAdvice> inputAdvice(const ModelInfo& model,
                                       const std::vector<InputTensor>& inputs,
                                       const std::string& reason)
{
    if (model.layers.empty() || inputs.empty() || reason.empty())
        return {};
    if (const auto advice = typeAdvice(model, inputs, reason))
        return advice;
    if (mentions(reason, {"index out of range"}))
        return InputAdvice {
            Failure {ErrorCode::InputMismatch,
                     "An input holds an index that the model has no entry for." + sentence(reason),
                     "Check the largest id in the inputs against the size of the embedding.",
                     inputs.front().argument},
            ""};
    return shapeAdvice(model, inputs, reason);
}

} // namespace bitfront
