// SPDX-License-Identifier: GPL-3.0-or-later
// Names from files of unknown origin, fit for terminals, windows and reports.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace bitfront {

/// The text with everything that a terminal or a window would act on instead of showing it replaced
/// by an escape: control characters and bytes that are no UTF-8 by "\x1b", marks that turn the
/// direction of writing by "\u202e". Texts without any come back as they are. Escaped texts stay as
/// they are when escaped again.
std::string printable(std::string_view text);

/// The name, with a number behind it if it is among `taken` already; notes it there.
std::string distinct(std::string name, std::set<std::string>& taken);

} // namespace bitfront
