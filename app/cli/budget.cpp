// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/budget.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <string_view>

namespace bitfront::cli {

namespace {

/// A number of its own, without a sign; NaN when the text is none.
double numberOf(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && std::isfinite(value) ? value : std::nan("");
}

double millisecondsOf(const std::string& text)
{
    constexpr double kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
    std::string_view number = text;
    double unit = kMinute;
    if (!number.empty()) {
        const char last = number.back();
        unit = last == 's' ? kSecond : last == 'h' ? kHour : kMinute;
        if (last == 's' || last == 'm' || last == 'h')
            number.remove_suffix(1);
    }
    const double value = numberOf(number);
    if (!(value > 0))
        throw Error(ErrorCode::BadArgument, "“" + text + "” is no time.",
                    "Write it as 90s, 30m or 2h.", text);
    return value * unit;
}

Targets targetsOf(const std::string& text)
{
    const std::size_t comma = text.find(',');
    const double quality = numberOf(std::string_view(text).substr(0, comma));
    const double ratio = comma == std::string::npos
        ? std::nan("")
        : numberOf(std::string_view(text).substr(comma + 1));
    if (std::isnan(quality) || !(ratio > 0))
        throw Error(ErrorCode::BadArgument, "“" + text + "” names no quality and ratio.",
                    "Write QUALITY,RATIO, e.g. --stop-at 35,3 for 35 dB at a third of the size.",
                    text);
    return {quality, ratio};
}

} // namespace

void addBudgetOptions(CLI::App& command, BudgetOptions& options)
{
    command
        .add_option("--max-time", options.maxTime,
                    "Stop after this time, e.g. 90s, 30m or 2h; the run can be resumed")
        ->type_name("TIME");
    command
        .add_option("--max-runs", options.maxRuns,
                    "Stop when the run holds this many results; it can be resumed")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    command
        .add_option("--stop-at", options.stopAt,
                    "Stop with the first result of at least this quality and compression ratio")
        ->type_name("QUALITY,RATIO");
}

SweepBudget parseBudget(const BudgetOptions& options)
{
    SweepBudget budget;
    if (!options.maxTime.empty())
        budget.maxMs = millisecondsOf(options.maxTime);
    if (options.maxRuns > 0)
        budget.maxResults = options.maxRuns;
    if (!options.stopAt.empty())
        budget.targets = targetsOf(options.stopAt);
    return budget;
}

std::string budgetText(const SweepEnd& end, const RunContents& run)
{
    const std::string more = " The rest can be run with --resume.";
    switch (end.budget) {
    case BudgetEnd::Time:
        return "The time is over; the results so far are kept." + more;
    case BudgetEnd::Results:
        return "As many results as asked for." + more;
    case BudgetEnd::Targets:
        for (const ResultRecord& record : run.records)
            if (record.config.name == end.reachedBy)
                return "Both targets are reached by " + title(record.config) + "." + more;
        break;
    case BudgetEnd::None:
        break;
    }
    return {};
}

} // namespace bitfront::cli
