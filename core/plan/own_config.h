// SPDX-License-Identifier: GPL-3.0-or-later
// Configurations beyond the 31 of the base sweep, by value or by canonical name. Records, reports,
// recipes and packed files treat them like any other.
#pragma once

#include "core/plan/compression_config.h"

#include <optional>
#include <string>
#include <string_view>

namespace bitfront {

/// Largest block and group size that a configuration may ask for, in elements and channels.
inline constexpr std::int64_t kMostPerBlock = 65536;

/// The inverse of canonicalName(): "perblock_bs64_int4_symmetric", "palette_grouped_gs2_3bit_pcs0".
/// Empty for any other text, refinements' names too.
std::optional<CompressionSpec> specFromName(std::string_view name);

/// Why a specification cannot be run, as a sentence; empty when it can.
std::string specProblem(const CompressionSpec& spec);

/// The group whose reports and refinements it takes part in: per-tensor and per-channel
/// quantization in 1a, per-block in 1b, palettes in 2.
GroupId groupOf(const CompressionSpec& spec);

/// A configuration of the sweep with its canonical name. Throws Error(BadArgument) where
/// specProblem() has something to say.
CompressionConfig makeConfiguration(const CompressionSpec& spec,
                                    IndivisiblePolicy policy = IndivisiblePolicy::Nearest,
                                    PaletteOptions palette = {});

} // namespace bitfront
