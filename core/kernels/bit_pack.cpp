// SPDX-License-Identifier: GPL-3.0-or-later
// A bit stream through a small accumulator: no width needs a case of its own.
#include "core/kernels/bit_pack.h"

#include <limits>
#include <stdexcept>

namespace bitfront {

namespace {

void checkWidth(int width)
{
    if (width < 1 || width > 8)
        throw std::invalid_argument("packed codes have 1 to 8 bits");
}

template<typename Code>
std::vector<std::uint8_t> pack(std::span<const Code> codes, int width)
{
    std::vector<std::uint8_t> bytes;
    bytes.reserve(packedSize(codes.size(), width));
    const int limit = 1 << width;
    std::uint32_t pending = 0;
    int pendingBits = 0;
    for (const Code code : codes) {
        if (code >= limit || code < -limit / 2)
            throw std::out_of_range("a code does not fit its bit width");
        pending |= (static_cast<std::uint32_t>(code) & static_cast<std::uint32_t>(limit - 1))
            << pendingBits;
        pendingBits += width;
        if (pendingBits >= 8) {
            bytes.push_back(static_cast<std::uint8_t>(pending & 0xffU));
            pending >>= 8;
            pendingBits -= 8;
        }
    }
    if (pendingBits > 0)
        bytes.push_back(static_cast<std::uint8_t>(pending));
    return bytes;
}

} // namespace

std::size_t packedSize(std::size_t count, int width)
{
    checkWidth(width);
    const auto bits = static_cast<std::size_t>(width);
    return count / 8 * bits + (count % 8 * bits + 7) / 8;
}

std::vector<std::uint8_t> packBits(std::span<const std::int16_t> codes, int width)
{
    checkWidth(width);
    return pack(codes, width);
}

std::vector<std::uint8_t> packBits(std::span<const std::uint8_t> codes, int width)
{
    checkWidth(width);
    return pack(codes, width);
}

std::vector<std::int16_t> unpackBits(std::span<const std::uint8_t> bytes, std::size_t count,
                                     int width, bool isSigned)
{
    // Checked before multiplying: a count from a damaged file must not wrap around.
    checkWidth(width);
    if (count > std::numeric_limits<std::size_t>::max() / 8
        || bytes.size() != packedSize(count, width))
        throw std::invalid_argument("the packed bytes do not hold that many codes");
    std::vector<std::int16_t> codes;
    codes.reserve(count);
    const int limit = 1 << width;
    std::uint32_t pending = 0;
    int pendingBits = 0;
    std::size_t next = 0;
    while (codes.size() < count) {
        if (pendingBits < width) {
            pending |= static_cast<std::uint32_t>(bytes[next++]) << pendingBits;
            pendingBits += 8;
        }
        const auto code = static_cast<int>(pending & static_cast<std::uint32_t>(limit - 1));
        codes.push_back(
            static_cast<std::int16_t>(isSigned && code >= limit / 2 ? code - limit : code));
        pending >>= width;
        pendingBits -= width;
    }
    return codes;
}

} // namespace bitfront
