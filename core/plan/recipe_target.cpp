// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/recipe_target.h"

#include "core/base/error.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace bitfront {

namespace {

std::string decibels(double value)
{
    return shortNumber(std::round(value * 10) / 10) + " dB";
}

/// How much better the first is, in dB; infinite where the second alone is no number. Nothing for
/// IoU, which is no matter of dB.
double gapDb(Metric metric, double better, double worse)
{
    const auto isLost = [](double value) {
        return std::isnan(value) || (std::isinf(value) && value < 0);
    };
    if (isLost(better) || isLost(worse))
        return isLost(better) ? 0 : std::numeric_limits<double>::infinity();
    const double gap = metric == Metric::Iou ? 0 : better - worse;
    return std::isfinite(gap) ? gap : 0;
}

/// "measured 3.2 dB below the prediction: …"; empty when they agree.
std::string predictionWords(Metric metric, double predicted, double measured)
{
    const double below = gapDb(metric, predicted, measured);
    if (std::isinf(below))
        return "measured something that is not finite, against the prediction: layers that do no "
               "harm "
               "alone do together. More refinement rounds may help.";
    if (below > kPredictionToleranceDb)
        return "measured " + decibels(below)
            + " below the prediction: the errors of the layers do not add up here. More refinement "
              "rounds may help.";
    if (-below > kPredictionToleranceDb)
        return "measured " + decibels(-below)
            + " above the prediction: the errors of the layers cancel in part.";
    return {};
}

std::string heldOutWords(Metric metric, const SplitQuality& split)
{
    const double loss = gapDb(metric, split.chosenOn, split.heldOut);
    if (std::isinf(loss))
        return "not finite on the samples held out: do not use it for inputs like those.";
    if (loss > kHeldOutToleranceDb)
        return decibels(loss)
            + " worse on the samples held out than on those that it was chosen by: it is fitted to "
              "them. Give more samples.";
    return {};
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
    return "quality of at least " + shortNumber(value)
        + (output.empty() ? "" : " of “" + output + "”");
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
    return "mixed_quality_" + shortNumber(value) + (output.empty() ? "" : "_" + output);
}

void validate(const RecipeTarget& target)
{
    if (!std::isfinite(target.value) || (target.isSize() && target.value <= 0))
        throw Error(ErrorCode::BadArgument, "“" + target.text() + "” is no target.",
                    target.isSize() ? "Give a number above 0." : "Give a number.");
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
        const std::string subject = record.config.name + ", output “" + output.output + "”: ";
        const double seen = output.split ? output.split->chosenOn : output.value;
        std::string words;
        if (record.recipe && i < record.recipe->predicted.size())
            words = predictionWords(output.metric, record.recipe->predicted[i], seen);
        if (!words.empty())
            warnings.push_back(subject + words);
        if (output.split)
            words = heldOutWords(output.metric, *output.split);
        if (output.split && !words.empty())
            warnings.push_back(subject + words);
    }
    if (record.recipe && !record.recipe->exact)
        warnings.push_back(record.config.name
                           + ": there were too many combinations of formats to solve the choice to "
                             "the end; a slightly better one may exist.");
    return warnings;
}

} // namespace bitfront
