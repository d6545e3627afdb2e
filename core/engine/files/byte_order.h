// SPDX-License-Identifier: GPL-3.0-or-later
// Little-endian integers out of raw bytes. Callers check bounds.
#pragma once

#include <cstdint>

namespace bitfront {

template<typename T>
T littleEndian(const std::uint8_t* p)
{
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value | static_cast<T>(static_cast<T>(p[i]) << (8 * i)));
    return value;
}

} // namespace bitfront
