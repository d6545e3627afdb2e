// SPDX-License-Identifier: GPL-3.0-or-later
// The example inputs that torch.export.save() puts beside a program.
#pragma once

#include "core/engine/exported/program.h"
#include "core/engine/inputs/input_file.h"

#include <cstdint>
#include <vector>

namespace bitfront::exported {

/// `bytes`: torch.save() of (positional, keyword) arguments. The values are named as the program's
/// arguments are ("batch.ids"); what the export has fixed is left out. Throws Error: BadFormat for
/// damage, foreign objects (named, nothing was run) and values that do not fit the program.
InputFile readStoredInputs(const std::vector<std::uint8_t>& bytes, const Program& program,
                           const InputOptions& options);

} // namespace bitfront::exported
