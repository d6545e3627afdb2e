// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the names of what a Python pickle would call or create, without doing any of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitfront {

struct PickleScan
{
    bool complete = false; ///< a well-formed pickle up to its end mark
    int protocol = 0;
    std::vector<std::string> globals; ///< "collections.OrderedDict", each once, in order
};

/// Never throws for bad bytes: `complete` says whether all of it could be read.
PickleScan scanPickle(std::span<const std::uint8_t> bytes);

/// Whether a global only rebuilds tensors and plain containers (torch._utils, torch storages and
/// dtypes, collections.OrderedDict).
bool isTensorGlobal(const std::string& global);

} // namespace bitfront
