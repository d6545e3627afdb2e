// SPDX-License-Identifier: GPL-3.0-or-later
// What a model looks like to a plan: its compressible weight tensors and everything else it stores.
#pragma once

#include "core/base/formats.h"
#include "core/plan/layer_kind.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitfront {

/// One compressible weight tensor, once, whoever shares it.
struct LayerInfo
{
    std::string name; ///< qualified module name, e.g. "layer1.conv1"; unique within the model.
                      ///< A weight not called "weight" appends its name ("attn.in_proj_weight")
    std::string module; ///< qualified name of the owning module, "" for the root
    std::string parameter; ///< parameter name in its module: "weight" or "in_proj_weight"
    std::string moduleType; ///< original class, e.g. "torch.nn.modules.conv.Conv2d"
    LayerKind kind = LayerKind::Linear;
    WeightType weightType = WeightType::Float32;
    std::vector<std::int64_t> shape; ///< as stored, e.g. [out, in, kh, kw]
    std::vector<std::string> tiedWith; ///< module names of further owners of the same tensor
    bool finite =
        true; ///< false once its values were seen to hold NaN or infinities: it stays as it is

    std::int64_t elements() const;
    /// Class name without its package: "Conv2d".
    std::string shortType() const;
    /// Whether outputs lie along axis 1 of the weight, inputs along axis 0.
    bool inputsFirst() const
    {
        return kind == LayerKind::ConvTranspose || kind == LayerKind::Matmul;
    }
    /// Axis of one scale per channel: 0, but 1 for transposed convolutions and matrix products.
    int channelAxis() const { return inputsFirst() ? 1 : 0; }
    /// Axis along which per-block quantization cuts blocks: the other one.
    int blockAxis() const { return inputsFirst() ? 0 : 1; }
    /// The reference sweep quantizes all but attention's packed input projection ...
    bool quantizable() const { return kind != LayerKind::AttentionInput; }
    /// ... and palettizes all but embeddings, which are only where that is asked. A tensor tied to
    /// an embedding counts by its first owner that is not an embedding.
    bool palettizable(bool embeddingsAsked = false) const
    {
        return embeddingsAsked || kind != LayerKind::Embedding;
    }
};

/// A parameter tensor that no configuration compresses: bias, norm weight, ...
struct PlainParameter
{
    std::string name; ///< qualified name, e.g. "bn1.weight"
    std::vector<std::int64_t> shape;
    std::int64_t elements = 0;
};

/// A module of the model that holds layers, in forward (registration) order: for submodule
/// boundaries.
struct ModuleInfo
{
    std::string name; ///< qualified name, "" for the root
    std::string type; ///< original class, e.g. "torch.nn.modules.container.Sequential"
};

/// One argument of forward().
struct ArgumentInfo
{
    std::string name;
    std::string type; ///< "Tensor", "Optional[Tensor]", "int", ...
    bool required = true;
    bool hasDefault = false; ///< left out, forward() has a value of its own for it
    /// What the file says about a tensor; empty where it says nothing (TorchScript).
    std::string dtype {}; ///< "float32"
    std::vector<std::string> shape {}; ///< "4", "s77", "s77 (2 to 16)"
};

/// What is known about a model before anything runs.
struct ModelInfo
{
    std::string path;
    std::string fileName; ///< last component of path
    std::string format; ///< "TorchScript" | "TorchScript (frozen)" | "torch.export program"
    std::string sha256; ///< of the file, lower-case hex
    std::uint64_t fileBytes = 0;
    LayerOptions layerOptions; ///< as they hold; more than asked for where nothing else is a layer
    /// Weights of recurrent layers, each once, whether they are among `layers` or plain parameters.
    int recurrentWeights = 0;
    std::vector<LayerInfo> layers; ///< in registration order
    std::vector<PlainParameter> plainParameters;
    std::vector<ModuleInfo> modules;
    std::vector<ArgumentInfo> arguments;
    /// What the user should know about this model, one sentence each ("was saved in training mode
    /// ...").
    std::vector<std::string> notes;

    /// Elements of all parameter tensors, each once. Buffers do not count.
    std::int64_t parameterCount() const;
    std::int64_t layerElements() const;
    std::int64_t plainElements() const;
    /// Size at 16 bits per parameter: the baseline of every ratio.
    std::uint64_t fp16Bytes() const { return static_cast<std::uint64_t>(parameterCount()) * 2; }
    const LayerInfo* layer(std::string_view layerName) const;
};

/// Whether both are of the same file with the same choice of layers, so that results of one are
/// results of the other.
bool isSameModel(const ModelInfo& a, const ModelInfo& b);

/// "64 × 32 × 3 × 3"
std::string shapeText(const std::vector<std::int64_t>& shape);

} // namespace bitfront
