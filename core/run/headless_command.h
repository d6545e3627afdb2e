// SPDX-License-Identifier: GPL-3.0-or-later
// The command line that repeats a run, whichever program made it.
#pragma once

#include "core/run/sweep_runner.h"

#include <string>

namespace bitfront {

/// "bitfront-cli run … --yes" for a POSIX shell: model, inputs, metrics and plan of `header`,
/// writing to `folder`, ended by `budget`.
std::string headlessCommand(const RunHeader& header, const std::string& folder,
                            const SweepBudget& budget = {});

/// `text` as one word of a POSIX shell, in quotes only where it needs them.
std::string shellWord(const std::string& text);

} // namespace bitfront
