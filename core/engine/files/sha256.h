// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 of a file's bytes: the fingerprint that ties a run to its model and inputs.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace bitfront {

/// Lower-case hexadecimal digest, 64 characters (FIPS 180-4). Uses the processor's instructions for
/// it unless it has none or `portable` is set.
std::string sha256Hex(std::span<const std::uint8_t> bytes, bool portable = false);

} // namespace bitfront
