// SPDX-License-Identifier: GPL-3.0-or-later
// What every long command asks before it starts: may it, and is there room for its results.
#pragma once

#include <filesystem>
#include <ostream>
#include <string>

namespace bitfront::cli {

/// Finds out before minutes of work, not after, that the results have nowhere to go. Throws
/// Error(BadArgument, FileNotWritable).
void refuseUnwritable(const std::filesystem::path& folder);

/// False when the user does not want it; `out` is told so. Throws Error(BadArgument) where nobody
/// can be asked: no terminal, or `mayAsk` is false.
bool agreed(std::ostream& out, bool yes, bool mayAsk, const std::string& question);

} // namespace bitfront::cli
