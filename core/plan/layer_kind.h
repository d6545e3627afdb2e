// SPDX-License-Identifier: GPL-3.0-or-later
// What weights are used for, and which uses make a weight a layer.
#pragma once

#include <optional>
#include <string_view>

namespace bitfront {

/// What a weight is used for; decides axes and what may be done to it (numerics: "What gets
/// compressed").
enum class LayerKind
{
    Linear,
    Conv,
    ConvTranspose,
    Embedding,
    AttentionInput,
    Matmul, ///< a parameter called "weight" on the right of a matrix product: [in, out]
    Recurrent ///< input, hidden or projection weight of an LSTM, GRU or RNN, gates stacked: [out,
              ///< in]. A layer only where LayerOptions asks for it
};

/// "linear", "conv", "conv_transpose", "embedding", "attention_input", "matmul", "recurrent".
std::string_view name(LayerKind kind);
std::optional<LayerKind> layerKindFromName(std::string_view text);

/// Which weights of a model count as layers beyond those that the reference's sweep compresses.
struct LayerOptions
{
    bool recurrent = false; ///< weights of LSTM, GRU and RNN layers and cells

    bool operator==(const LayerOptions&) const = default;
};

} // namespace bitfront
