// SPDX-License-Identifier: GPL-3.0-or-later
// Turns what LibTorch throws into Bitfront's errors.
#pragma once

#include "core/base/error.h"

#include <string>

namespace bitfront {

/// The sentence that matters of a TorchScript traceback: what follows the last "RuntimeError:",
/// else the first line.
std::string essence(const std::string& text);

/// Call from a catch block. Error and Cancelled pass through; lack of memory becomes OutOfMemory;
/// all else becomes Error(failure.code) with the essence appended to failure.message.
[[noreturn]] void rethrowAsError(Failure failure);

} // namespace bitfront
