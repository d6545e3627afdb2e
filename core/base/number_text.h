// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as text and back. All of core and the command line write and read numbers with these, so
// that none depends on the locale: a Qt program calls setlocale(LC_ALL, ""), after which printf and
// strtod use a decimal comma in half of the world.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bitfront {

/// "38.62": fixed decimals, no "-0.00"; "inf", "-inf", "NaN"; scientific from 1e12 on, which
/// nothing measured reaches.
std::string fixedText(double value, int decimals);
/// "-9.2", "14", "0.0031", "1e+09": so many significant digits, no needless zeros.
std::string shortText(double value, int digits = 3);
/// The shortest text that reads back as the same number.
std::string exactText(double value);
/// The number that the whole text is, also "inf" and "nan"; none where it is something else or too
/// large for a double.
std::optional<double> numberFromText(std::string_view text);

} // namespace bitfront
