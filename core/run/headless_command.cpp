// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/headless_command.h"

#include "core/base/number_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace bitfront {

namespace {

/// Options of bitfront-cli that read and bind the inputs in the same way.
std::string inputWords(const InputOptions& options)
{
    std::string words;
    for (const std::string& file : options.moreFiles)
        words += " --inputs " + shellWord(file);
    for (const InputBinding& binding : options.bindings)
        words += " --bind " + shellWord(binding.argument + '=' + binding.name);
    if (options.addBatch)
        words += " --add-batch";
    if (options.convertTypes)
        words += " --convert-dtypes";
    if (options.batchSize > 0)
        words += " --batch-size " + std::to_string(options.batchSize);
    if (options.padToken)
        words += " --pad-token " + std::to_string(*options.padToken);
    if (!options.padMask.empty())
        words += " --pad-mask " + shellWord(options.padMask);
    if (options.images)
        words += " --images " + shellWord(nlohmann::json(*options.images).dump());
    return words;
}

/// A time as --max-time reads it: in whole hours or minutes where it is, else in seconds.
std::string timeWord(double milliseconds)
{
    constexpr double kMinute = 60000, kHour = 60 * kMinute;
    for (const auto& [unit, letter] : {std::pair(kHour, 'h'), std::pair(kMinute, 'm')})
        if (std::fmod(milliseconds, unit) == 0)
            return exactText(milliseconds / unit) + letter;
    return exactText(milliseconds / 1000) + 's';
}

/// Options of bitfront-cli that end the sweep in the same way.
std::string budgetWords(const SweepBudget& budget)
{
    std::string words;
    if (budget.maxMs)
        words += " --max-time " + timeWord(*budget.maxMs);
    if (budget.maxResults)
        words += " --max-runs " + std::to_string(*budget.maxResults);
    // Both or none: without a quality or without a ratio nothing has to be reached.
    if (budget.targets && budget.targets->quality && budget.targets->ratio)
        words += " --stop-at " + exactText(*budget.targets->quality) + ','
            + exactText(*budget.targets->ratio);
    return words;
}

/// Whether the plan holds the base configurations and no other.
bool isStandard(const SweepPlan& plan)
{
    const std::vector<CompressionConfig> base = baseConfigurations();
    return std::equal(plan.configs.begin(), plan.configs.end(), base.begin(), base.end(),
                      [](const auto& a, const auto& b) { return a.name == b.name; });
}

} // namespace

std::string shellWord(const std::string& text)
{
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || std::string_view("._-/=+:,").find(c) != std::string_view::npos;
    });
    if (plain)
        return text;
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + '\'';
}

std::string headlessCommand(const RunHeader& header, const std::string& folder,
                            const SweepBudget& budget)
{
    std::string line = "bitfront-cli run " + shellWord(header.model.path) + " --inputs "
        + shellWord(header.inputsPath) + inputWords(header.inputOptions) + " --out "
        + shellWord(folder);
    for (const MetricChoice& choice : header.metrics)
        line += " --metric " + shellWord(choice.output + '=' + std::string(name(choice.metric)));
    if (!header.metrics.empty()) {
        const MetricChoice& primary = header.metrics.front();
        if (primary.floor != defaultFloor(primary.metric))
            line += " --floor " + exactText(primary.floor);
    }
    if (!header.plan.configs.empty() && !isStandard(header.plan)) {
        std::string names;
        for (const CompressionConfig& config : header.plan.configs)
            names += (names.empty() ? "" : ",") + config.name;
        line += " --configs " + names;
    }
    if (!header.plan.refine)
        line += " --no-refine";
    if (header.plan.palette.rounding != PaletteRounding::Automatic)
        line += " --palette-rounding " + std::string(name(header.plan.palette.rounding));
    if (header.plan.palette.embeddings)
        line += " --palettize-embeddings";
    if (header.model.layerOptions.recurrent)
        line += " --recurrent";
    line += budgetWords(budget);
    return line + " --indivisible " + std::string(name(header.plan.indivisible)) + " --yes";
}

} // namespace bitfront
