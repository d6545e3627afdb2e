// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the bytes of a pickle from front to back: pieces, numbers and lines, never beyond the end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

namespace bitfront {

/// Once something was to be read that is not there, ok() is false and everything read is empty.
class PickleBytes
{
public:
    explicit PickleBytes(std::span<const std::uint8_t> bytes)
        : m_bytes(bytes)
    {
    }

    bool ok() const { return m_ok; }
    std::size_t size() const { return m_bytes.size(); } ///< of all bytes

    std::span<const std::uint8_t> take(std::uint64_t count)
    {
        if (!m_ok || count > m_bytes.size() - m_at) {
            m_ok = false;
            return {};
        }
        const auto piece = m_bytes.subspan(m_at, static_cast<std::size_t>(count));
        m_at += static_cast<std::size_t>(count);
        return piece;
    }

    /// Unsigned, little-endian, of up to eight bytes.
    std::uint64_t number(std::size_t bytes)
    {
        std::uint64_t value = 0;
        std::size_t shift = 0;
        for (const std::uint8_t byte : take(bytes)) {
            value |= std::uint64_t {byte} << shift;
            shift += 8;
        }
        return value;
    }

    /// Up to the next line feed, which is passed over.
    std::string line()
    {
        const auto rest = m_bytes.subspan(m_at);
        const auto end = std::find(rest.begin(), rest.end(), std::uint8_t {'\n'});
        if (!m_ok || end == rest.end()) {
            m_ok = false;
            return {};
        }
        m_at += static_cast<std::size_t>(end - rest.begin()) + 1;
        return {rest.begin(), end};
    }

private:
    std::span<const std::uint8_t> m_bytes;
    std::size_t m_at = 0;
    bool m_ok = true;
};

} // namespace bitfront
