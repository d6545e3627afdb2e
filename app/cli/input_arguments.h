// SPDX-License-Identifier: GPL-3.0-or-later
// The command line's words for how inputs are read and bound.
#pragma once

#include "core/base/error.h"
#include "core/plan/input_options.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace bitfront::cli {

struct InputArguments
{
    std::vector<std::string> inputs; ///< a file or folder; further pictures or sounds after it
    std::vector<std::string> bindings; ///< "ARGUMENT=NAME"
    std::string images; ///< JSON text, or a file of it
    std::int64_t batchSize = 0;
    std::optional<std::int64_t> padToken;
    std::string padMask;
    bool addBatch = false, convertTypes = false;

    bool given() const { return !inputs.empty(); }
    /// Throws Error(BadArgument, BadFormat).
    InputOptions options() const;
    std::filesystem::path path() const { return inputs.empty() ? "" : inputs.front(); }
};

/// Adds --inputs and all that goes with it.
void addInputArguments(CLI::App& command, InputArguments& arguments, bool required,
                       const std::string& what);

/// The flag that does what a failure offers: "Give --add-batch to do that here."; may be empty.
std::string remedyText(const Failure& failure);

} // namespace bitfront::cli
