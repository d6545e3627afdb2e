// SPDX-License-Identifier: GPL-3.0-or-later
// "Did you mean …?"
#pragma once

#include <string>
#include <vector>

namespace bitfront {

/// The one of `known` (not empty) with the fewest edits to `wanted`; itself where it is known.
const std::string& nearestName(const std::vector<std::string>& known, const std::string& wanted);

} // namespace bitfront
