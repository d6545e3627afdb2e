// SPDX-License-Identifier: GPL-3.0-or-later
// Failures that say which file they are about.
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>

namespace bitfront {

/// The failure with the name of the file in its message ("“m.pt2” is damaged: …") and, where it has
/// no context, the path as such. What the file itself contributed to the texts is made printable.
Failure aboutFile(Failure failure, const std::filesystem::path& path);

/// The last component of a path as messages name it: fit to be shown, without its middle where it
/// is too long to be read.
std::string shownName(const std::filesystem::path& path);

} // namespace bitfront
