// SPDX-License-Identifier: GPL-3.0-or-later
// Token ids and other small inputs written as JSON: a list, a list of lists, or an object with one
// of these for each argument of forward().
#pragma once

#include "core/engine/inputs/input_file.h"

#include <span>

namespace bitfront {

/// Whether the bytes begin as a JSON list or object does.
bool looksLikeJson(std::span<const std::uint8_t> bytes);

/// Whole numbers become int64, others float32, true and false bool. A list of objects is a list of
/// batches. Lists of different lengths are refused unless options.padToken says how to fill them
/// up; options.padMask then names a further value, 1 for tokens and 0 for padding. Appends to
/// file.notes. Throws Error(BadFormat), Error(InputMismatch).
void readTokenFile(std::span<const std::uint8_t> bytes, const InputOptions& options,
                   InputFile& file);

} // namespace bitfront
