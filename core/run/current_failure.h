// SPDX-License-Identifier: GPL-3.0-or-later
// Any exception as a value: the one place where all kinds are told apart.
#pragma once

#include "core/base/error.h"

#include <string>

namespace bitfront {

/// The exception being handled, for use in a catch block. `context` is used where it names none.
Failure currentFailure(const std::string& context);

} // namespace bitfront
