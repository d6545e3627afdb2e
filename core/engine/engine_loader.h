// SPDX-License-Identifier: GPL-3.0-or-later
// Finds and loads the engine library beside the program.
#pragma once

#include "core/engine/engine.h"

#include <memory>

namespace bitfront {

/// Loads the engine (the first call reads LibTorch: a few tenths of a second warm, seconds cold) or
/// returns the one already loaded. Sets OMP_WAIT_POLICY=passive and GOMP_SPINCOUNT=0 first unless
/// the user set them: threads that spin while idle cost other work on the machine dearly.
/// Thread-safe. Throws Error(Internal) naming the library that could not be loaded and why.
std::shared_ptr<Engine> loadEngine();

} // namespace bitfront
