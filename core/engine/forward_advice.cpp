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

/// float64 inputs for float32 weights and the like.
std::optional<Failure> typeAdvice(const ModelInfo& model, const std::vector<InputTensor>& inputs,
                                  const std::string& reason)
{
    if (!mentions(reason,
                  {"dtype", "scalar type", "ScalarType", "Double", "Long", "Int", "Half", "type"}))
        return {};
    const std::string weights {name(model.layers.front().weightType)};
    for (const InputTensor& input : inputs) {
        const bool isIndex =
            model.layers.front().kind == LayerKind::Embedding && !isFloat(input.dtype);
        if (isFloat(input.dtype) && input.dtype != weights)
            return Failure {ErrorCode::InputMismatch,
                            "Input “" + input.argument + "” is " + input.dtype
                                + ", the model's weights are " + weights + '.' + sentence(reason),
                            "Convert it before saving, e.g. x."
                                + std::string(weights == "float16"        ? "half()"
                                                  : weights == "bfloat16" ? "bfloat16()"
                                                                          : "float()")
                                + " (NumPy: x.astype(numpy.float32)).",
                            input.argument};
        if (!isFloat(input.dtype) && !isIndex && input.dtype != "bool"
            && mentions(reason, {"Float", "Half", "float"}))
            return Failure {ErrorCode::InputMismatch,
                            "Input “" + input.argument + "” is " + input.dtype
                                + ", where the model expects " + weights + '.' + sentence(reason),
                            "Convert it before saving, e.g. x.float().", input.argument};
    }
    // Token ids of a wrong integer type, or floats where an embedding looks up.
    if (mentions(reason, {"indices", "Long", "index"}))
        for (const InputTensor& input : inputs)
            if (input.dtype != "int64")
                return Failure {ErrorCode::InputMismatch,
                                "Input “" + input.argument + "” is " + input.dtype
                                    + ", where the model expects int64." + sentence(reason),
                                "Convert it before saving: x.long().", input.argument};
    return {};
}

/// Compares the first input with what the first layer of the model takes.
std::optional<Failure> shapeAdvice(const ModelInfo& model, const std::vector<InputTensor>& inputs,
                                   const std::string& reason)
{
    const LayerInfo& layer = model.layers.front();
    const InputTensor& input = inputs.front();
    const auto rank = static_cast<std::int64_t>(input.shape.size());
    const auto fail = [&](const std::string& text, const std::string& hint) {
        return Failure {ErrorCode::InputMismatch, about(input) + "; " + text + sentence(reason),
                        hint, input.argument};
    };
    if (layer.kind == LayerKind::Conv || layer.kind == LayerKind::ConvTranspose) {
        const auto expected = static_cast<std::int64_t>(layer.shape.size());
        if (rank != expected)
            return fail("the model's first layer " + layerText(layer) + " expects "
                            + std::to_string(expected) + " dimensions: batch, channels and "
                            + std::to_string(expected - 2) + " spatial.",
                        rank == expected - 1 ? "The batch dimension seems to be missing: save "
                                               "x.unsqueeze(0)."
                                             : "Reshape it before saving.");
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
        return Failure {ErrorCode::InputMismatch,
                        "The model cannot work with inputs of this shape (" + about(input) + ")."
                            + sentence(reason),
                        "Check shape and batch dimension of the inputs.", input.argument};
    return {};
}

} // namespace

std::optional<Failure> inputAdvice(const ModelInfo& model, const std::vector<InputTensor>& inputs,
                                   const std::string& reason)
{
    if (model.layers.empty() || inputs.empty() || reason.empty())
        return {};
    if (const auto failure = typeAdvice(model, inputs, reason))
        return failure;
    if (mentions(reason, {"index out of range"}))
        return Failure {ErrorCode::InputMismatch,
                        "An input holds an index that the model has no entry for."
                            + sentence(reason),
                        "Check the largest id in the inputs against the size of the embedding.",
                        inputs.front().argument};
    return shapeAdvice(model, inputs, reason);
}

} // namespace bitfront
