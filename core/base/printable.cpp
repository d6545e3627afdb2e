// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/printable.h"

#include <cstdint>

namespace bitfront {

namespace {

struct Character
{
    std::uint32_t code = 0;
    std::size_t bytes = 0; ///< 0: the bytes are no UTF-8
};

Character characterAt(std::string_view text)
{
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80)
        return {first, 1};
    const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < bytes)
        return {};
    std::uint32_t code = first & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0) != 0x80)
            return {};
        code = code << 6 | (next & 0x3fU);
    }
    constexpr std::uint32_t shortest[] {0, 0, 0x80, 0x800, 0x10000};
    const bool isSurrogate = code >= 0xd800 && code <= 0xdfff;
    return code < shortest[bytes] || code > 0x10ffff || isSurrogate ? Character {}
                                                                    : Character {code, bytes};
}

/// Marks and overrides of direction, separators of lines.
bool turnsText(std::uint32_t code)
{
    return code == 0x61c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e)
        || (code >= 0x2066 && code <= 0x2069);
}

std::string escape(const char* prefix, std::uint32_t code, int digits)
{
    constexpr const char* hex = "0123456789abcdef";
    std::string text = prefix;
    for (int i = digits - 1; i >= 0; --i)
        text += hex[code >> (4 * i) & 15U];
    return text;
}

} // namespace

std::string printable(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const Character c = characterAt(text);
        const std::size_t bytes = c.bytes == 0 ? 1 : c.bytes;
        if (c.bytes == 0)
            result += escape("\\x", static_cast<unsigned char>(text[0]), 2);
        else if (c.code < 0x20 || (c.code >= 0x7f && c.code < 0xa0))
            result += escape("\\x", c.code, 2);
        else if (turnsText(c.code))
            result += escape("\\u", c.code, 4);
        else
            result += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return result;
}

std::string distinct(std::string name, std::set<std::string>& taken)
{
    const std::string wanted = name;
    for (int i = 2; !taken.insert(name).second; ++i)
        name = wanted + '_' + std::to_string(i);
    return name;
}

} // namespace bitfront
