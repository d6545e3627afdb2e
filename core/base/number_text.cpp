// SPDX-License-Identifier: GPL-3.0-or-later
// std::to_chars and std::from_chars with the buffers that they want.
#include "core/base/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace bitfront {

namespace {

template<typename... Format>
std::string charsOf(double value, Format... format)
{
    if (!std::isfinite(value))
        return std::isnan(value) ? "NaN" : value > 0 ? "inf" : "-inf";
    std::array<char, 400> buffer {};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format...);
    return {buffer.data(), end.ptr};
}

} // namespace

std::string fixedText(double value, int decimals)
{
    const bool sane = std::fabs(value) < 1e12;
    std::string text =
        charsOf(value, sane ? std::chars_format::fixed : std::chars_format::scientific, decimals);
    if (text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos)
        text.erase(0, 1);
    return text;
}

std::string shortText(double value, int digits)
{
    return charsOf(value, std::chars_format::general, digits);
}

std::string exactText(double value)
{
    return charsOf(value);
}

std::optional<double> numberFromText(std::string_view text)
{
    double value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, problem] = std::from_chars(text.data(), last, value);
    if (problem != std::errc() || end != last)
        return std::nullopt;
    return value;
}

} // namespace bitfront
