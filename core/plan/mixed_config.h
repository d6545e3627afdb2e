// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed configurations made of measured ones: a result with one layer stored otherwise, and names
// that are free in a run.
#pragma once

#include "core/plan/layer_info.h"
#include "core/plan/result.h"

#include <span>
#include <string>

namespace bitfront {

/// How a layer is to be kept.
enum class KeptFormat
{
    EightBits, ///< int8 per channel; an 8-bit palette where a layer cannot be quantized
    Half ///< fp16
};

/// The configuration of a measured record with `layer` kept, all else as it was really stored
/// there. Its name says both: "mixed_p4_g8,_conv1_at_8_bits". Throws Error(BadArgument) when the
/// record has no such layer, the layer can have no 8-bit format, or it has that format already.
CompressionConfig withLayerKept(const ModelInfo& model, const ResultRecord& record,
                                const std::string& layer, KeptFormat format);

/// All but the name.
bool isSameRecipe(const CompressionConfig& a, const CompressionConfig& b);
/// `wanted`, or with a number behind it where another configuration of that name is known. One of
/// the same formats keeps its name.
std::string freeName(std::span<const ResultRecord> known, const std::string& wanted,
                     const CompressionConfig& config);

} // namespace bitfront
