// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/scan_support.h"

#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "app/cli/plot_file.h"
#include "app/cli/report_files.h"
#include "core/base/number_text.h"
#include "core/run/headless_command.h"
#include "core/run/report.h"
#include "core/run/report_facts.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <limits>
#include <sstream>

namespace bitfront::cli {

namespace {

std::vector<std::string> splitCommas(const std::string& text)
{
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, ',');)
        if (!part.empty())
            parts.push_back(part);
    return parts;
}

std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (const std::string& part : parts)
        text += (text.empty() ? "" : ",") + part;
    return text;
}

std::string qualityWords(Metric metric, double value)
{
    return qualityText(value, metric != Metric::Iou);
}

} // namespace

void addScanOptions(CLI::App& command, ScanOptions& options)
{
    command
        .add_option("--preset", options.preset,
                    "Formats to try on every layer: quick (16) or thorough (49)")
        ->check(CLI::IsMember({"quick", "thorough"}))
        ->type_name("quick|thorough")
        ->capture_default_str();
    command
        .add_option("--formats", options.formats,
                    "Formats to try instead, by the names of configurations")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    command
        .add_option("--tie", options.ties,
                    "Layers that get one format together; * stands for any text; repeat for more")
        ->allow_extra_args(false)
        ->type_name("LAYER,LAYER,...");
    command.add_flag("--tie-attention", options.tieAttention,
                     "Tie query, key and value of each attention");
    command.add_flag(
        "--probed", options.probed,
        "Cheaper, for big models: three formats per layer, others by the change of the "
        "weights. Costs quality, much of it on small CNNs");
    command
        .add_option("--held-out", options.heldOut,
                    "Share of the samples that takes no part in any choice and checks the recipes; "
                    "0: none")
        ->check(CLI::Range(0.0, 0.9))
        ->check([](const std::string& text) {
            return text.find_first_of("nN") == std::string::npos ? "" : "is no number";
        })
        ->type_name("SHARE")
        ->capture_default_str();
}

ScanSettings scanSettings(const ScanOptions& options, const PlanOptions& plan,
                          const ModelInfo& model)
{
    const SweepPlan policies = makePlan(plan);
    ScanSettings settings;
    settings.formats = options.formats.empty()
        ? scanFormats(scanPresetFromName(options.preset).value_or(ScanPreset::Quick))
        : formatsFromKeys(options.formats);
    for (const std::string& tie : options.ties)
        settings.ties.push_back(splitCommas(tie));
    if (options.tieAttention)
        for (auto& tie : attentionTies(model))
            settings.ties.push_back(std::move(tie));
    settings.indivisible = policies.indivisible;
    settings.palette = policies.palette;
    settings.method = options.probed ? ScanMethod::Probed : ScanMethod::Measured;
    return settings;
}

std::string scanWords(const ScanOptions& options)
{
    const ScanOptions defaults;
    std::string words;
    if (!options.formats.empty())
        words += " --formats " + shellWord(joined(options.formats));
    else if (options.preset != defaults.preset)
        words += " --preset " + options.preset;
    for (const std::string& tie : options.ties)
        words += " --tie " + shellWord(tie);
    words += options.tieAttention ? " --tie-attention" : "";
    words += options.probed ? " --probed" : "";
    if (options.heldOut != defaults.heldOut)
        words += " --held-out " + shortNumber(options.heldOut);
    return words;
}

void printScanPlan(std::ostream& out, const ScanSpace& space, const ScanHeader& header,
                   std::size_t missing, const TimeRange& time)
{
    const std::size_t all = scanChoices(space, header.settings.method).size();
    out << "Scan     " << counted(static_cast<std::int64_t>(space.units.size()), "layer")
        << " × up to " << header.settings.formats.size()
        << " formats: " << counted(static_cast<std::int64_t>(all), "short run");
    if (missing < all)
        out << ", " << all - missing << " of them are there";
    out << ", " << durationText(time) << '\n';
    if (header.settings.method == ScanMethod::Probed)
        out << "         probed: most errors are extrapolated from the change of the weights; "
               "before "
               "refinement\n         this costs "
            << probedCostText() << '\n';
    if (header.split.heldOut > 0)
        out << "Held out " << header.split.heldOut << " of " << header.split.total
            << (header.split.byBatch ? " batches" : " samples")
            << ": they take no part in any choice and check the recipes\n";
    else
        out << "Held out nothing. "
            << (header.split.reason.empty() ? std::string("No check was asked for.")
                                            : header.split.reason)
            << '\n';
}

void printSensitivity(std::ostream& out, const ScanSpace& space, const Sensitivity& sensitivity,
                      const std::string& judged)
{
    if (sensitivity.metrics.empty()) {
        out << "No layer could be measured in any format; scan.jsonl says why.\n";
        return;
    }
    const std::size_t output = sensitivity.indexOf(judged);
    const Metric metric = sensitivity.metrics.at(output);
    TextTable table;
    table.column("Layer");
    table.column("Share", TextTable::Align::Right);
    for (const int bits : {8, 4, 3, 2})
        table.column(std::to_string(bits) + " bits", TextTable::Align::Right);
    for (std::size_t u = 0; u < space.units.size(); ++u) {
        const ScanUnit& unit = space.units[u];
        std::vector<std::string> row {
            unit.name,
            fixedText(100 * static_cast<double>(unit.elements)
                          / static_cast<double>(std::max<std::int64_t>(space.totalElements, 1)),
                      1)
                + " %"};
        for (const int bits : {8, 4, 3, 2}) {
            double best = std::numeric_limits<double>::infinity();
            for (std::size_t o = 1; o < space.options[u].size(); ++o)
                if (space.options[u][o].codeBits == bits)
                    best = std::min(best, sensitivity.cost(u, o, output));
            row.push_back(std::isinf(best) ? "–"
                                           : qualityWords(metric, qualityOfEnergy(metric, best)));
        }
        table.row(std::move(row));
    }
    out << "Quality of " << judged
        << " with only that layer compressed, in its best format of each width\n";
    table.print(out);
}

void printRecipe(std::ostream& out, const ResultRecord& record)
{
    if (const Failure* failure = record.failure()) {
        out << record.config.name << ": failed: " << failure->message << '\n';
        return;
    }
    const Measurement& measured = *record.measurement();
    out << record.config.name << ": " << fixedText(measured.size.averageBits(), 3) << " bits, "
        << fixedText(measured.size.megabytes(), 3) << " MB, "
        << fixedText(measured.size.compressionRatio(), 2) << "×\n";
    for (std::size_t i = 0; i < measured.outputs.size(); ++i) {
        const OutputQuality& output = measured.outputs[i];
        out << "  " << output.output << ": measured " << qualityWords(output.metric, output.value);
        if (output.split)
            out << " (chosen on " << qualityWords(output.metric, output.split->chosenOn)
                << ", held out " << qualityWords(output.metric, output.split->heldOut) << ')';
        if (record.recipe && i < record.recipe->predicted.size())
            out << ", predicted " << qualityWords(output.metric, record.recipe->predicted[i]);
        out << '\n';
    }
    for (const std::string& warning : recipeWarnings(record))
        out << "  Note: " << warning << '\n';
}

CountPrinter::CountPrinter(std::string what)
    : m_what(std::move(what))
    , m_terminal(stderrIsTerminal())
{
}

CountPrinter::~CountPrinter()
{
    end();
}

void CountPrinter::end()
{
    if (m_open)
        std::cerr << std::endl;
    m_open = false;
}

void CountPrinter::setWhat(std::string what)
{
    if (what == m_what)
        return;
    m_what = std::move(what);
    m_shownTenth = 0;
}

void CountPrinter::show(std::size_t done, std::size_t total)
{
    const std::size_t tenth = total == 0 ? 10 : done * 10 / total;
    if (m_terminal) {
        std::cerr << "\r\033[K" << m_what << ' ' << done << " of " << total << std::flush;
        m_open = true;
    } else if (tenth > m_shownTenth) {
        std::cerr << m_what << ' ' << done << " of " << total << '\n';
    }
    m_shownTenth = std::max(m_shownTenth, tenth);
}

StopOnInterrupt::StopOnInterrupt()
    : m_watch([this](const std::stop_token& end) {
        const Interrupt interrupt;
        while (!end.stop_requested()) {
            if (interrupt.requested())
                m_stop.request_stop();
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    })
{
}

RecipeEnd follow(const RecipeRequest& request,
                 const std::function<void(RecipeSession&, const std::stop_token&)>& work)
{
    const StopOnInterrupt interrupt;
    RecipeSession session(request);
    try {
        work(session, interrupt.token());
    } catch (const Cancelled&) {
        return {true, {}};
    } catch (const Error& error) {
        if (error.code() != ErrorCode::FileNotWritable)
            throw;
        return {false, error.failure()};
    }
    return {};
}

int concludeRecipes(std::ostream& out, const std::filesystem::path& folder, const RecipeEnd& end)
{
    const RunContents run = readRun(folder);
    std::optional<Failure> broken = end.broken;
    if (!run.records.empty()) {
        out << '\n' << textReport(run) << '\n';
        try {
            for (const std::filesystem::path& file : writeReports(run, folder))
                out << "Written: " << file.string() << '\n';
        } catch (const Error& error) {
            if (!broken)
                broken = error.failure();
        }
    }
    out << "Run folder: " << folder.string() << '\n';
    if (broken)
        printError(*broken);
    if (end.stopped)
        out << "Stopped; what was measured is kept, the same command goes on.\n";
    if (end.stopped)
        return kStopped;
    return broken || failedCount(run) > 0 ? kPartial : kOk;
}

} // namespace bitfront::cli
