// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe is asked for: a size that it must not exceed, or a quality that it must reach.
#pragma once

#include "core/plan/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitfront {

struct RecipeTarget
{
    enum class Kind
    {
        Bits, ///< at most, per parameter on average
        Megabytes, ///< at most, MiB
        Ratio, ///< at least, against fp16
        Quality ///< at least, of the judged output in its unit
    };
    Kind kind = Kind::Bits;
    double value = 4;
    /// Whose quality is meant; empty: the output that the run ranks by. Sizes have none.
    std::string output {};

    bool isSize() const { return kind != Kind::Quality; }
    /// Most bits of the whole model; only for sizes.
    double bitLimit(std::int64_t totalElements) const;
    std::string text() const; ///< "at most 4.5 bits", "quality of at least 40 of “mask”"
    std::string configName() const; ///< "mixed_4.5_bits"
};
/// Throws Error(BadArgument) for what no model can meet: not a number, nothing or less.
void validate(const RecipeTarget& target);
/// "4.5": the shortest text of a number.
std::string shortNumber(double value);

/// Prediction and measurement further apart than this are worth a word, in dB.
inline constexpr double kPredictionToleranceDb = 1.5;
/// So are samples that formats were chosen by and samples that were held out.
inline constexpr double kHeldOutToleranceDb = 6;

/// What a reader must know before believing a recipe's figures: measured far from the prediction,
/// held-out samples far below the others, a choice of formats that was cut short. One sentence
/// each; empty for records that are no recipes.
std::vector<std::string> recipeWarnings(const ResultRecord& record);

} // namespace bitfront
