// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/recipe_target.h"

#include "core/base/error.h"

#include <array>
#include <charconv>
#include <cmath>

namespace bitfront {

namespace {

std::string decibels(double value)
{
    return shortNumber(std::round(value * 10) / 10) + " dB";
}

/// How much better the first is, in dB; nothing where there is no finite difference.
double gapDb(Metric metric, double better, double worse)
{
    const double gap = metric == Metric::Iou ? 0 : better - worse;
    return std::isfinite(gap) ? gap : 0;
}

} // namespace

double RecipeTarget::bitLimit(std::int64_t totalElements) const
{
    const auto elements = static_cast<double>(totalElements);
    switch (kind) {
    case Kind::Bits:
        return value * elements;
    case Kind::Megabytes:
        return value * 8 * 1024 * 1024;
    case Kind::Ratio:
        return 16 * elements / value;
    case Kind::Quality:
        break;
    }
    throw Error(ErrorCode::Internal, "A quality is no size.");
}

std::string RecipeTarget::text() const
{
    switch (kind) {
    case Kind::Bits:
        return "at most " + shortNumber(value) + " bits";
    case Kind::Megabytes:
        return "at most " + shortNumber(value) + " MB";
    case Kind::Ratio:
        return "at least " + shortNumber(value) + "×";
    case Kind::Quality:
        break;
    }
    return "quality of at least " + shortNumber(value);
}

std::string RecipeTarget::configName() const
{
    switch (kind) {
    case Kind::Bits:
        return "mixed_" + shortNumber(value) + "_bits";
    case Kind::Megabytes:
        return "mixed_" + shortNumber(value) + "_MB";
    case Kind::Ratio:
        return "mixed_ratio_" + shortNumber(value);
    case Kind::Quality:
        break;
    }
    return "mixed_quality_" + shortNumber(value);
}

void validate(const RecipeTarget& target)
{
    if (!std::isfinite(target.value) || (target.isSize() && target.value <= 0))
        throw Error(ErrorCode::BadArgument, "“" + target.text() + "” is no target.",
                    "Give a number above 0.");
}

std::string shortNumber(double value)
{
    std::array<char, 32> buffer {};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed);
    return end.ec == std::errc {} ? std::string(buffer.data(), end.ptr) : std::to_string(value);
}

std::vector<std::string> recipeWarnings(const ResultRecord& record)
{
    std::vector<std::string> warnings;
    const Measurement* measured = record.measurement();
    if (!measured || !record.config.isMixed())
        return warnings;
    for (std::size_t i = 0; i < measured->outputs.size(); ++i) {
        const OutputQuality& output = measured->outputs[i];
        const double seen = output.split ? output.split->chosenOn : output.value;
        if (record.recipe && i < record.recipe->predicted.size()) {
            const double gap = gapDb(output.metric, record.recipe->predicted[i], seen);
            if (gap > kPredictionToleranceDb)
                warnings.push_back(record.config.name + ", output “" + output.output
                                   + "”: measured " + decibels(gap)
                                   + " below the prediction: the errors of the layers do not add "
                                     "up here. More refinement rounds may help.");
        }
        const double loss =
            output.split ? gapDb(output.metric, output.split->chosenOn, output.split->heldOut) : 0;
        if (loss > kHeldOutToleranceDb)
            warnings.push_back(record.config.name + ", output “" + output.output
                               + "”: " + decibels(loss)
                               + " worse on the samples held out than on those that it was chosen "
                                 "by: it is fitted to them. Give more samples.");
    }
    return warnings;
}

} // namespace bitfront
