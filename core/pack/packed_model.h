// SPDX-License-Identifier: GPL-3.0-or-later
// A compressed model as a file: codes and indices at their bit width, side tables at 16 bits, all
// else at 16 bits. The proof that the sizes shown are real: the payload is the size account, each
// part rounded up to whole bytes. The format is described in docs/formats.md.
#pragma once

#include "core/engine/engine.h"
#include "core/engine/files/tensor_file.h"
#include "core/plan/layer_storage.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace bitfront {

/// One parameter tensor and the tensors of the file that hold it.
struct PackedParameter
{
    std::string name; ///< "conv1.weight"
    std::string dtype; ///< the model's own: "float32", "bfloat16", ...
    std::vector<std::int64_t> shape;
    std::vector<std::string> tiedWith; ///< further modules that own it
    StorageKind kind = StorageKind::Untouched;
    CompressionSpec spec; ///< meaningless when untouched
    std::vector<std::int64_t> blockShape; ///< scope of one scale; quantized only
    StorageBits bits; ///< exact, as accounted
    /// Untouched: <name>. Quantized: <name>.codes, .scales and, if asymmetric, .zero_points.
    /// Palettized: <name>.indices, .tables and, if there are any, .channel_scales.
    std::vector<RawTensor> parts;
    /// Whether unpacking gives the values that the engine evaluated to the last bit: 16 bits held
    /// them all. Not known to a file that was read: true.
    bool exact = true;
};

struct PackedModel
{
    std::string modelFile, modelSha256, config; ///< where it comes from
    std::vector<PackedParameter> parameters;

    std::int64_t exactBits() const; ///< equals SizeAccount::totalBits()
    std::uint64_t payloadBytes() const; ///< data of the file, header not counted
};

/// Packs every parameter of a model. `layers` is a Measurement's, or planStorage()'s. Throws
/// Error(BadArgument) when they are not those of this model, Cancelled when stopped.
PackedModel packModel(const Model& model, const std::string& configName,
                      const std::vector<LayerStorage>& layers, const std::stop_token& stop = {});

/// The bytes of the file, and back: write(read(bytes)) == bytes for any file written here.
/// readPacked() throws Error(BadFormat) for everything that is not complete and consistent.
std::vector<std::uint8_t> writePacked(const PackedModel& packed);
PackedModel readPacked(std::span<const std::uint8_t> bytes);

/// The weights that a packed model stands for, by parameter name, in the model's own type (float32
/// for types other than float32, float16 and bfloat16): codes × stored scale, table entry × stored
/// channel scale, or the 16-bit value.
std::vector<RawTensor> unpackWeights(const PackedModel& packed);

/// What `parameter` must hold by its shape and specification: its bits, and the tensors of the
/// file.
struct PartLayout
{
    std::string name;
    DType dtype = DType::UInt8; ///< Float16 stands for BFloat16 too
    std::vector<std::int64_t> shape;
};
StorageBits storedBits(const PackedParameter& parameter);
std::vector<PartLayout> partLayout(const PackedParameter& parameter);

} // namespace bitfront
