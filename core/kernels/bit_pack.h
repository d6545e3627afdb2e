// SPDX-License-Identifier: GPL-3.0-or-later
// Codes of 1 to 8 bits to bytes and back. Code i occupies bits [i·width, (i+1)·width) of the
// stream; bit 0 of the stream is the least significant bit of byte 0. Unused bits of the last byte
// are zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bitfront {

/// Bytes that `count` codes of `width` bits take: ⌈count·width/8⌉.
std::size_t packedSize(std::size_t count, int width);

/// Packs codes, signed ones as two's complement of `width` bits. Throws std::invalid_argument when
/// width is not 1…8, std::out_of_range when a code fits neither [0, 2^width) nor [−2^(width−1), 0).
std::vector<std::uint8_t> packBits(std::span<const std::int16_t> codes, int width);
std::vector<std::uint8_t> packBits(std::span<const std::uint8_t> codes, int width);

/// The `count` codes packed in `bytes`; with `isSigned` the top bit of a code is its sign. Throws
/// std::invalid_argument when width is not 1…8 or `bytes` is not packedSize(count, width) long.
std::vector<std::int16_t> unpackBits(std::span<const std::uint8_t> bytes, std::size_t count,
                                     int width, bool isSigned);

} // namespace bitfront
