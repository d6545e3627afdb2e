// SPDX-License-Identifier: GPL-3.0-or-later
// Symbolic extents of a program's inputs: what a batch size may be, checked before anything runs.
#pragma once

#include "core/engine/exported/program.h"

#include <optional>
#include <span>
#include <string>

namespace bitfront::exported {

using Symbols = std::map<std::string, std::int64_t>;

/// "s77" of "Symbol('s77', positive=True, integer=True)"; nothing for a longer expression.
std::optional<std::string> plainSymbol(const std::string& expression);

/// Value of an expression of integers, symbols, Add, Mul, Pow, FloorDiv, Mod, Max and Min. Nothing
/// when it holds a symbol without a value or another function.
std::optional<std::int64_t> evaluate(const std::string& expression, const Symbols& symbols);

/// An extent as people write it: "4", "s77" or "s77 (2 to 16)" with its limits; "any" for an
/// expression of symbols.
std::string extentText(const Extent& extent, const std::map<std::string, Range>& ranges);

/// A tensor that is given for an argument of forward().
struct GivenTensor
{
    std::string argument;
    const TensorMeta* meta = nullptr; ///< what the program was exported for
    std::vector<std::int64_t> shape;
};

/// Throws Error(InputMismatch) when a fixed extent differs, a symbol would have two values or is
/// outside of its range.
void checkShapes(std::span<const GivenTensor> tensors, const std::map<std::string, Range>& ranges);

} // namespace bitfront::exported
