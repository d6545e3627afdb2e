// SPDX-License-Identifier: GPL-3.0-or-later
// How one layer is stored under one configuration: the decision, before any number is computed. It
// is the single answer to "what happens to this layer", used by the pre-flight list, the
// compressor, the size account and the layer table.
#pragma once

#include "core/plan/compression_config.h"
#include "core/plan/layer_info.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bitfront {

enum class StorageKind
{
    Untouched,
    Quantized,
    Palettized
};
std::string_view name(StorageKind kind); ///< "untouched", "quantized", "palettized"

/// Exact bits of one stored layer, by part. Sums are exact: no rounding to bytes.
struct StorageBits
{
    std::int64_t codes = 0; ///< codes or palette indices; 16 per element when untouched
    std::int64_t scales = 0; ///< quantization scales, fp16 (8 bits each for 4-bit floats)
    std::int64_t zeroPoints = 0; ///< at the width of a code, asymmetric only
    std::int64_t tables = 0; ///< fp16 lookup tables
    std::int64_t channelScales = 0; ///< fp16 per-channel scales of a palette

    std::int64_t total() const { return codes + scales + zeroPoints + tables + channelScales; }
    StorageBits& operator+=(const StorageBits& other);
    bool operator==(const StorageBits&) const = default;
};

/// The decision for one layer.
struct LayerStorage
{
    std::string layer; ///< LayerInfo::name
    std::int64_t elements = 0;
    StorageKind kind = StorageKind::Untouched;
    CompressionSpec spec; ///< what is really done, fallback applied; meaningless when Untouched
    int bitsPerCode = 16;
    StorageBits bits;
    std::string reason; ///< why untouched or why not as configured; empty when as configured
    /// The palette was searched among the weights themselves: the reference's rounding to 4
    /// decimals would have lost more than the palette does. Set once measured; no fallback.
    bool exactPalette = false;
    /// 10·log10(Σ(w'−w)²/Σw²) in dB, −∞ when identical; set once measured.
    std::optional<double> weightErrorDb;

    double bitsPerWeight() const;
    /// "per-channel", "block 32", "per-tensor", "group 8", "group 8 + channel scale", "fp16".
    std::string granularityText() const;
    /// What else a reader should know, one sentence without a full stop; empty mostly.
    std::string note() const;
    bool operator==(const LayerStorage&) const = default;
};

/// Decides the storage of every layer of the model, in the model's order.
std::vector<LayerStorage> planStorage(const ModelInfo& model, const CompressionConfig& config);

/// Sizes of a whole compressed model (numerics, section 7.2): side tables fp16, every parameter
/// tensor once, untouched ones at 16 bits, buffers excluded.
struct SizeAccount
{
    StorageBits compressed; ///< sum over layers that are not untouched
    std::int64_t untouchedBits = 0; ///< layers kept at fp16 plus all plain parameters
    std::int64_t totalElements = 0;
    int compressedLayers = 0;
    int totalLayers = 0;

    std::int64_t totalBits() const { return compressed.total() + untouchedBits; }
    double averageBits() const; ///< per parameter, side tables included
    double compressionRatio() const; ///< 16 / averageBits(): against fp16
    double megabytes() const; ///< MiB (2^20 bytes)
    bool operator==(const SizeAccount&) const = default;
};

SizeAccount accountSize(const ModelInfo& model, const std::vector<LayerStorage>& layers);

/// One line of the divisibility pre-check: a layer that some configured sizes do not divide.
struct DivisibilityNote
{
    std::string layer;
    std::string axisText; ///< "16 input channels", "10 output channels"
    std::vector<std::int64_t> blockSizes; ///< block sizes of the plan that do not divide
    std::vector<std::int64_t> groupSizes; ///< palette group sizes of the plan that do not divide
};

/// Layers that do not divide, over all given configurations, before anything runs.
std::vector<DivisibilityNote> checkDivisibility(const ModelInfo& model,
                                                const std::vector<CompressionConfig>& configs);

} // namespace bitfront
