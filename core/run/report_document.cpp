// SPDX-License-Identifier: GPL-3.0-or-later
// What the long report says, section by section.
#include "core/run/report_document.h"

#include <cmath>

namespace bitfront {
namespace {

ReportCell code(const std::string& text)
{
    return {text, true, {}, {}};
}
ReportCell plain(const std::string& text)
{
    return {text, false, {}, {}};
}
ReportCell barCell(const std::string& text, double bar)
{
    return {text, false, {}, bar};
}

ReportCell nameCell(const CompressionConfig& config)
{
    return {config.name, true, GroupMark {config.group, config.isRefinement()}, {}};
}

std::string join(const std::vector<std::string>& items, const char* between = ", ")
{
    std::string text;
    for (const std::string& item : items)
        text += (text.empty() ? "" : between) + item;
    return text;
}

std::string sizeText(const SizeAccount& size)
{
    return fixedText(size.megabytes(), 3);
}

std::string floorText(const MetricChoice& choice)
{
    return qualityWithUnit(choice.metric, choice.floor);
}

ReportFacts setupFacts(const RunHeader& header)
{
    ReportFacts facts;
    facts.push_back({"Model", code(header.model.path)});
    facts.push_back({"Model SHA-256", code(header.model.sha256)});
    facts.push_back({"Parameters",
                     plain(std::to_string(header.model.parameterCount()) + " ("
                           + fixedText(static_cast<double>(header.model.fp16Bytes()) / 1048576, 3)
                           + " MiB at fp16), " + std::to_string(header.model.layers.size())
                           + " compressible weight tensors")});
    facts.push_back({"Inputs", code(header.inputsPath)});
    facts.push_back({"Inputs SHA-256", code(header.inputsSha256)});
    for (const InputTensor& tensor : header.inputs)
        facts.push_back({"Input “" + tensor.argument + "”",
                         plain(tensor.dtype + ", " + shapeText(tensor.shape) + ", from "
                               + fixedText(tensor.min, 3) + " to " + fixedText(tensor.max, 3))});
    for (const OutputInfo& output : header.outputs) {
        std::string text = output.dtype + ", " + shapeText(output.shape) + ", not judged";
        for (std::size_t i = 0; i < header.metrics.size(); ++i)
            if (header.metrics[i].output == output.name)
                text = output.dtype + ", " + shapeText(output.shape) + ", judged by "
                    + std::string(name(header.metrics[i].metric)) + ", floor "
                    + floorText(header.metrics[i])
                    + (i == 0 && header.metrics.size() > 1 ? "; ranks and refines" : "");
        facts.push_back({"Output “" + output.name + "”", plain(text)});
    }
    return facts;
}

ReportFacts runFacts(const RunContents& run)
{
    const RunHeader& header = run.header;
    ReportFacts facts;
    facts.push_back({"Started", plain(header.createdAt)});
    facts.push_back(
        {"Wall time",
         plain(run.state == RunState::Running ? "not ended" : wallTimeText(run.wallMs))});
    facts.push_back({"Layers that do not divide",
                     plain("policy \"" + std::string(name(header.plan.indivisible)) + "\"")});
    facts.push_back({"Refinement", plain(header.plan.refine ? "yes" : "no")});
    facts.push_back(
        {"Versions", plain("Bitfront " + header.bitfrontVersion + ", " + header.engineVersion)});
    if (!header.commandLine.empty())
        facts.push_back({"Command", code(header.commandLine)});
    return facts;
}

ReportSection picksSection(const RunView& view)
{
    ReportSection section {"Best picks", 2, {}};
    const std::vector<Pick> picks = bestPicks(view);
    if (picks.empty()) {
        section.blocks.push_back(ReportParagraph {noPickReason(view), Tone::Warning});
        return section;
    }
    ReportTable table;
    table.columns = {{"", false},
                     {"Configuration", false},
                     {metricHeading(view.judged.metric), true},
                     {"Bits per weight", true},
                     {"Ratio", true},
                     {"Size (MiB)", true}};
    for (const Pick& pick : picks) {
        const ResultRecord& record = view.record(pick.record);
        const SizeAccount& size = record.measurement()->size;
        table.rows.push_back(
            {plain(pick.label), nameCell(record.config),
             plain(qualityText(view.judged.metric, view.point(pick.record).quality)),
             barCell(fixedText(size.averageBits(), 2), size.averageBits() / 16),
             plain(ratioText(size.compressionRatio())), plain(sizeText(size))});
    }
    section.blocks.push_back(std::move(table));
    if (view.analysis.knee.record == kNoRecord && !view.analysis.knee.reason.empty())
        section.blocks.push_back(ReportParagraph {view.analysis.knee.reason, Tone::Note});
    return section;
}

ReportSection groupSection(const RunView& view, GroupId group)
{
    ReportSection section {groupHeading(group), 3, {}};
    const std::vector<Anchor> anchors = representatives(view, group);
    if (anchors.empty()) {
        section.blocks.push_back(ReportParagraph {
            "No configuration of this group is above the floor of " + floorText(view.judged) + ".",
            Tone::Note});
        return section;
    }
    ReportTable table;
    table.columns = {{"Configuration", false}, {metricHeading(view.judged.metric), true},
                     {"Avg bitwidth", true},   {"Ratio", true},
                     {"Shown because", false}, {"Layers kept at fp16", false}};
    for (const Anchor& anchor : anchors) {
        const ResultRecord& record = view.record(anchor.record);
        const SizeAccount& size = record.measurement()->size;
        table.rows.push_back(
            {nameCell(record.config),
             plain(qualityText(view.judged.metric, view.point(anchor.record).quality)),
             barCell(fixedText(size.averageBits(), 2), size.averageBits() / 16),
             plain(ratioText(size.compressionRatio())), plain(anchor.reason),
             plain(join(layerNotes(record).kept))});
    }
    if (anchors.size() < 5)
        section.blocks.push_back(ReportParagraph {
            "Fewer than five: only " + std::to_string(anchors.size()) + " above the floor.",
            Tone::Note});
    section.blocks.push_back(std::move(table));
    return section;
}

std::string standing(const AnalysedPoint& point)
{
    if (point.onFront)
        return "on front";
    return point.belowFloor ? "below floor" : "";
}

ReportSection resultsSection(const RunView& view)
{
    ReportSection section {"All results", 2, {}};
    ReportTable table;
    table.columns = {{"Configuration", false}};
    for (const MetricChoice& choice : view.run.header.metrics)
        table.columns.push_back({view.run.header.metrics.size() > 1
                                     ? choice.output + " " + metricHeading(choice.metric)
                                     : metricHeading(choice.metric),
                                 true});
    for (const char* title : {"Avg bitwidth", "Ratio", "Size (MiB)", "Coverage (%)", "Time (ms)"})
        table.columns.push_back({title, true});
    table.columns.push_back({"", false});
    for (std::size_t i = 0; i < view.run.records.size(); ++i) {
        const ResultRecord& record = view.run.records[i];
        const Measurement* measured = record.measurement();
        if (!measured)
            continue;
        std::vector<ReportCell> row {nameCell(record.config)};
        for (const MetricChoice& choice : view.run.header.metrics) {
            std::string text = "-";
            for (const OutputQuality& quality : measured->outputs)
                if (quality.output == choice.output)
                    text = qualityText(quality);
            row.push_back(plain(text));
        }
        row.push_back(
            barCell(fixedText(measured->size.averageBits(), 2), measured->size.averageBits() / 16));
        row.push_back(plain(ratioText(measured->size.compressionRatio())));
        row.push_back(plain(sizeText(measured->size)));
        row.push_back(plain(fixedText(100 * coverageOf(*measured).weightShare, 0)));
        row.push_back(plain(fixedText(measured->timeMs, 0)));
        row.push_back(plain(standing(view.analysis.points[i])));
        table.rows.push_back(std::move(row));
    }
    if (table.rows.empty())
        section.blocks.push_back(ReportParagraph {"There are no results yet.", Tone::Note});
    else
        section.blocks.push_back(std::move(table));
    return section;
}

ReportSection failuresSection(const RunContents& run)
{
    ReportSection section {"Failures", 2, {}};
    ReportTable table;
    table.columns = {{"Configuration", false}, {"What happened", false}, {"What to do", false}};
    for (const ResultRecord& record : run.records)
        if (const Failure* failure = record.failure())
            table.rows.push_back(
                {nameCell(record.config), plain(failure->message), plain(failure->hint)});
    if (table.rows.empty())
        section.blocks.push_back(ReportParagraph {"None.", Tone::Plain});
    else
        section.blocks.push_back(std::move(table));
    return section;
}

ReportSection layersSection(const RunView& view, const Pick& pick)
{
    const ResultRecord& record = view.record(pick.record);
    ReportSection section {pick.label + ": " + record.config.name, 3, {}};
    ReportTable table;
    table.columns = {{"Layer", false},
                     {"Type", false},
                     {"Shape", false},
                     {"Bits per weight", true},
                     {"Stored as", false},
                     {"Size (KiB)", true},
                     {"Weight error (dB)", true},
                     {"Note", false}};
    for (const LayerStorage& layer : record.measurement()->layers) {
        const LayerInfo* info = view.run.header.model.layer(layer.layer);
        const bool untouched = layer.kind == StorageKind::Untouched;
        std::string error = "-";
        if (!untouched && layer.weightErrorDb)
            error =
                std::isfinite(*layer.weightErrorDb) ? fixedText(*layer.weightErrorDb, 1) : "exact";
        table.rows.push_back(
            {code(layer.layer), plain(info ? info->shortType() : ""),
             plain(info ? shapeText(info->shape) : ""),
             barCell(fixedText(layer.bitsPerWeight(), 2), layer.bitsPerWeight() / 16),
             plain(untouched
                       ? "fp16"
                       : std::to_string(layer.bitsPerCode) + "-bit, " + layer.granularityText()),
             plain(fixedText(static_cast<double>(layer.bits.total()) / 8192, 2)), plain(error),
             plain(layer.reason)});
    }
    section.blocks.push_back(std::move(table));
    return section;
}

ReportSection glossarySection()
{
    ReportSection section {"What the columns mean", 2, {}};
    section.blocks.push_back(ReportFacts {
        {"PSNR, SNR (dB)",
         plain("10·log10 of the largest squared (PSNR) or mean squared (SNR) reference output over "
               "the mean "
               "squared error, without the reference script's absolute epsilon. \"identical\" "
               "means no "
               "difference at all. results.jsonl holds the reference's own value as well.")},
        {"IoU",
         plain("Overlap of the masks output > 0.5 before and after: intersection over union, 0 to "
               "1.")},
        {"Avg bitwidth, bits per weight",
         plain("All stored bits over all elements, scales, zero points and tables included.")},
        {"Ratio", plain("16 bits over the average bitwidth: how many times smaller than fp16.")},
        {"Size",
         plain("Theoretical size of all parameters; 1 MiB is 2^20 bytes. Buffers do not count.")},
        {"Coverage",
         plain("Share of the compressible weights that this configuration compresses.")},
        {"Weight error",
         plain("10·log10 of the squared change of the weights over their squares; lower is "
               "better.")},
        {"On front",
         plain("No other result above the floor is at least as good in both quality and ratio.")},
        {"Shown because",
         plain("Each group shows its best quality, its best ratio and the three points "
               "farthest from the line between these two.")}});
    return section;
}

} // namespace

ReportDocument reportDocument(const RunView& view)
{
    const RunContents& run = view.run;
    ReportDocument document;
    document.title = "Compression exploration of " + run.header.model.fileName;
    document.subtitle = outcomeSentence(run);
    auto& sections = document.sections;
    const std::vector<std::string> warnings = reportWarnings(view);
    if (!warnings.empty()) {
        sections.push_back({"Read this first", 2, {}});
        for (const std::string& warning : warnings)
            sections.back().blocks.push_back(ReportParagraph {warning, Tone::Warning});
    }
    sections.push_back(picksSection(view));
    sections.push_back({"Model, inputs, outputs", 2, {setupFacts(run.header)}});
    sections.push_back({"Run", 2, {runFacts(run), ReportParagraph {kSizeNote, Tone::Note}}});
    sections.push_back({"Quality against compression", 2, {ReportPicture {}}});
    sections.push_back({"Representatives of each group", 2, {}});
    for (const GroupId group : kGroups)
        if (hasGroup(run, group))
            sections.push_back(groupSection(view, group));
    for (ReportSection& section : scanSections(view))
        sections.push_back(std::move(section));
    sections.push_back(resultsSection(view));
    sections.push_back(failuresSection(run));
    const std::vector<Pick> picks = bestPicks(view);
    if (!picks.empty())
        sections.push_back({"Layers of the best picks", 2, {}});
    for (const Pick& pick : picks)
        sections.push_back(layersSection(view, pick));
    sections.push_back(glossarySection());
    return document;
}

} // namespace bitfront
