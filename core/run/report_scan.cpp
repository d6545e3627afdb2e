// SPDX-License-Identifier: GPL-3.0-or-later
// What a sensitivity scan and the recipes made of it say, for all forms of the report.
#include "core/plan/recipe_target.h"
#include "core/plan/scan_advice.h"
#include "core/run/report_document.h"
#include "core/run/scan_log.h"

#include <algorithm>

namespace bitfront {

namespace {

/// Rows of the table of layers; more are named as a number.
constexpr std::size_t kMostLayers = 40;

struct ScanFacts
{
    ScanSpace space;
    Sensitivity sensitivity;
};

std::optional<ScanFacts> factsOf(const RunContents& run)
{
    if (!run.scan)
        return std::nullopt;
    try {
        ScanSpace space = makeScanSpace(run.header.model, run.scan->header.settings);
        Sensitivity sensitivity =
            sensitivityOf(space, run.scan->header.settings.method, run.scan->lines);
        if (sensitivity.metrics.empty())
            return std::nullopt; // nothing measured yet
        return ScanFacts {std::move(space), std::move(sensitivity)};
    } catch (const Error&) {
        return std::nullopt; // a scan of another model
    }
}

ReportCell plain(std::string text)
{
    return {std::move(text), false, {}, {}};
}

/// Where the samples come from that check the recipes.
std::string splitSentence(const ScanHeader& header)
{
    const SampleSplit& split = header.split;
    const std::string unit = split.byBatch ? " batches" : " samples";
    if (split.heldOut > 0)
        return std::to_string(split.heldOut) + " of " + std::to_string(split.total) + unit
            + " are held out: they take no part in scan and choice and check the recipes.";
    return "No check of the recipes on held-out samples was possible. "
        + (split.reason.empty() ? std::string("None were asked for.") : split.reason);
}

std::string scanSentence(const ScanFacts& facts, const ScanHeader& header,
                         const std::string& judged)
{
    std::string text = std::to_string(facts.space.units.size()) + " layers or ties, "
        + std::to_string(facts.space.cellCount())
        + " options, each measured with only that layer "
          "compressed.";
    if (header.settings.method == ScanMethod::Probed)
        text = std::to_string(facts.space.units.size())
            + " layers or ties, three options each measured, the others extrapolated from the "
              "change of the weights: predictions may be far off, above all for small CNNs.";
    if (const std::size_t missing = facts.sensitivity.missing(); missing > 0)
        text += " The scan is not complete: " + std::to_string(missing) + " options are missing.";
    if (facts.sensitivity.metrics.size() > 1)
        text += " Qualities are those of " + judged + '.';
    return text;
}

ReportTable layerTable(const ScanFacts& facts, const std::string& judged)
{
    const std::size_t output = facts.sensitivity.indexOf(judged);
    const Metric metric = facts.sensitivity.metrics.at(output);
    const std::vector<UnitCosts> costs = unitCosts(facts.space, facts.sensitivity);
    const std::vector<int> widths = scanWidths(facts.space, facts.sensitivity);
    ReportTable table;
    table.columns = {{"Layer", false}, {"Share of weights", true}};
    for (const int bits : widths)
        table.columns.push_back({std::to_string(bits) + " bits", true});
    for (std::size_t i = 0; i < std::min(costs.size(), kMostLayers); ++i) {
        const UnitCosts& one = costs[i];
        std::vector<ReportCell> row {
            {facts.space.units[one.unit].name, true, {}, {}},
            {fixedText(100 * one.weightShare, 1) + " %", false, {}, one.weightShare}};
        for (const WidthCost& width : one.widths)
            row.push_back(plain(
                width.option == 0
                    ? "–"
                    : qualityText(
                        metric,
                        qualityOfEnergy(metric,
                                        facts.sensitivity.cost(one.unit, width.option, output)))));
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::vector<const ResultRecord*> recipesOf(const RunContents& run)
{
    std::vector<const ResultRecord*> recipes;
    for (const ResultRecord& record : run.records)
        if (record.config.isMixed() && record.measurement()
            && !record.measurement()->outputs.empty())
            recipes.push_back(&record);
    std::ranges::stable_sort(recipes, {}, [](const ResultRecord* record) {
        return record->measurement()->size.totalBits();
    });
    return recipes;
}

/// Whether all recipes have held out what the scan holds out: something, or nothing.
bool areSplitAs(const std::vector<const ResultRecord*>& recipes, const ScanHeader& header)
{
    return std::ranges::all_of(recipes, [&](const ResultRecord* record) {
        return record->measurement()->outputs.front().split.has_value()
            == (header.split.heldOut > 0);
    });
}

/// Index of the judged output among those of a measurement.
std::size_t judgedOf(const RunView& view, const Measurement& measured)
{
    for (std::size_t i = 0; i < measured.outputs.size(); ++i)
        if (measured.outputs[i].output == view.judged.output)
            return i;
    return 0;
}

ReportTable recipeTable(const RunView& view, const std::vector<const ResultRecord*>& recipes)
{
    const bool split = std::ranges::any_of(recipes, [](const ResultRecord* record) {
        const auto& outputs = record->measurement()->outputs;
        return !outputs.empty() && outputs.front().split;
    });
    ReportTable table;
    table.columns = {{"Recipe", false},    {"Avg bitwidth", true},   {"Size (MiB)", true},
                     {"Predicted", true},  {"Measured there", true}, {"All samples", true},
                     {"Refinements", true}};
    if (split)
        table.columns.insert(table.columns.begin() + 5, {"Held out", true});
    for (const ResultRecord* record : recipes) {
        const Measurement& measured = *record->measurement();
        const std::size_t judged = judgedOf(view, measured);
        const OutputQuality& output = measured.outputs.at(judged);
        const bool predicted = record->recipe && judged < record->recipe->predicted.size();
        std::vector<ReportCell> row {
            {record->config.name, true, GroupMark {GroupId::Mixed, false}, {}},
            plain(fixedText(measured.size.averageBits(), 2)),
            plain(fixedText(measured.size.megabytes(), 3)),
            plain(predicted ? qualityText(output.metric, record->recipe->predicted[judged]) : "–"),
            plain(qualityText(output.metric, output.split ? output.split->chosenOn : output.value)),
            plain(qualityText(output.metric, output.value)),
            plain(record->recipe ? std::to_string(record->recipe->rounds) : "–")};
        if (split)
            row.insert(
                row.begin() + 5,
                plain(output.split ? qualityText(output.metric, output.split->heldOut) : "–"));
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace

std::vector<ReportSection> scanSections(const RunView& view)
{
    std::vector<ReportSection> sections;
    const std::vector<const ResultRecord*> recipes = recipesOf(view.run);
    if (!recipes.empty()) {
        sections.push_back({"Mixed recipes", 2, {}});
        auto& blocks = sections.back().blocks;
        blocks.push_back(ReportParagraph {
            "Every layer in a format of its own. “Predicted” is what the scan promised for that "
            "target: the sum of the layers' errors, each measured alone; refinements may have "
            "changed formats since. “Measured there” is the same samples, in one pass with all "
            "layers compressed.",
            Tone::Plain});
        if (view.run.scan)
            blocks.push_back(ReportParagraph {
                areSplitAs(recipes, view.run.scan->header)
                    ? splitSentence(view.run.scan->header)
                    : "Some recipes were found with another share of the samples held out than the "
                      "scan in this folder has; where “held out” is empty, all took part.",
                Tone::Note});
        blocks.push_back(recipeTable(view, recipes));
    }
    const std::optional<ScanFacts> facts = factsOf(view.run);
    if (!facts)
        return sections;
    sections.push_back({"What each layer costs", 2, {}});
    auto& blocks = sections.back().blocks;
    blocks.push_back(ReportParagraph {
        scanSentence(*facts, view.run.scan->header, view.judged.output), Tone::Plain});
    const auto advice = scanAdvice(facts->space, view.run.header.model, facts->sensitivity);
    if (!advice.empty())
        blocks.push_back(ReportBullets(advice.begin(), advice.end()));
    blocks.push_back(layerTable(*facts, view.judged.output));
    if (facts->space.units.size() > kMostLayers)
        blocks.push_back(ReportParagraph {std::to_string(facts->space.units.size() - kMostLayers)
                                              + " more layers are in scan.jsonl.",
                                          Tone::Note});
    return sections;
}

std::string scanText(const RunView& view)
{
    std::string text;
    const std::optional<ScanFacts> facts = factsOf(view.run);
    if (facts) {
        text += "What the scan says\n  "
            + scanSentence(*facts, view.run.scan->header, view.judged.output) + "\n  "
            + splitSentence(view.run.scan->header) + '\n';
        for (const std::string& line :
             scanAdvice(facts->space, view.run.header.model, facts->sensitivity))
            text += "  " + line + '\n';
        text += '\n';
    }
    return text;
}

} // namespace bitfront
