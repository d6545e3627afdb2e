// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of parameters that modules keep as an attribute of their own: scripted LSTM and GRU modules
// run on such a list, so that exchanging the parameters alone would change nothing.
#pragma once

#include <set>
#include <string>

namespace torch::jit {
struct Module;
}

namespace bitfront {

/// Lets the code read the parameters where it reads such lists, and empties the lists. Must run
/// before the first forward pass. Returns the qualified names of parameters in lists that the code
/// does other things with than reading: exchanging these would not reach it.
std::set<std::string> unpackWeightLists(const torch::jit::Module& module);

} // namespace bitfront
