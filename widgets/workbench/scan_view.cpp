// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/scan_view.h"

#include "core/scan/choice_measurer.h"
#include "core/scan/recipe_search.h"
#include "core/scan/scan.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace bitfront {

namespace {

/// Of what a new scan of the same layers measures one by one, what is there already.
std::size_t knownCells(const ScanSpace& space, ScanMethod method, const ScanView& known)
{
    std::set<std::pair<std::string, std::string>> cells; // unit and format
    for (std::size_t u = 0; u < known.space.units.size(); ++u)
        for (std::size_t o = 1; o < known.measured[u].size(); ++o)
            if (known.measured[u][o] && std::isfinite(known.sensitivity.cost(u, o)))
                cells.emplace(known.space.units[u].name, known.space.options[u][o].key);
    const auto isKnown = [&](const ScanChoice& choice) {
        const auto alone = [](std::size_t option) { return option != 0; };
        const auto unit = std::ranges::find_if(choice, alone);
        if (std::ranges::count_if(choice, alone) != 1)
            return false;
        const auto u = static_cast<std::size_t>(unit - choice.begin());
        return cells.contains({space.units[u].name, space.options[u][*unit].key});
    };
    return static_cast<std::size_t>(std::ranges::count_if(scanChoices(space, method), isKnown));
}

} // namespace

std::optional<std::size_t> ScanView::unitOf(const std::string& layer) const
{
    for (std::size_t u = 0; u < space.units.size(); ++u)
        for (const std::size_t index : space.units[u].layers)
            if (model.layers[index].name == layer)
                return u;
    return std::nullopt;
}

ScanViewPtr makeScanView(const ModelInfo& model, const ScanHeader& header,
                         std::span<const ScanLine> lines)
{
    auto view = std::make_shared<ScanView>();
    view->model = model;
    view->header = header;
    view->space = makeScanSpace(model, header.settings);
    const ScanMethod method = header.settings.method;
    const Sensitivity own = sensitivityOf(view->space, ScanMethod::Measured, lines);
    for (const auto& cells : own.cells) {
        view->measured.emplace_back();
        for (const ErrorEnergies& cell : cells)
            view->measured.back().push_back(!cell.empty());
    }
    view->sensitivity =
        method == ScanMethod::Measured ? own : sensitivityOf(view->space, method, lines);
    const auto choices = scanChoices(view->space, method);
    view->wanted = choices.size();
    // What failed was measured, too: it is shown, and tried again by whoever scans again.
    std::vector<ScanLine> tried(lines.begin(), lines.end());
    for (ScanLine& line : tried)
        line.failure.reset();
    view->done = view->wanted - ChoiceMeasurer::missing(view->space, tried, choices);
    return view;
}

ScanViewPtr readScanView(const std::filesystem::path& folder, const ModelInfo& model)
{
    const auto scan = readScan(folder, ScanLines::OfScan);
    if (!scan || scan->header.modelSha256 != model.sha256)
        return nullptr;
    return makeScanView(model, scan->header, scan->lines);
}

std::optional<ScanPreset> presetOf(std::span<const CompressionSpec> formats)
{
    for (const ScanPreset preset : {ScanPreset::Quick, ScanPreset::Thorough})
        if (std::ranges::is_permutation(formats, scanFormats(preset)))
            return preset;
    return std::nullopt;
}

ScanSettings settingsOf(const ScanWish& wish, const RunHeader& run)
{
    ScanSettings settings;
    settings.formats = wish.formats;
    settings.method = wish.method;
    settings.ties = wish.ties;
    if (wish.tieAttention)
        for (auto& tie : attentionTies(run.model))
            settings.ties.push_back(std::move(tie));
    settings.indivisible = wish.indivisible.value_or(run.plan.indivisible);
    settings.palette = wish.palette.value_or(run.plan.palette);
    return settings;
}

ScanWish withAttentionApart(ScanWish wish, const ModelInfo& model)
{
    const auto attention = attentionTies(model);
    wish.tieAttention = !attention.empty()
        && std::ranges::all_of(attention, [&](const std::vector<std::string>& tie) {
               return std::ranges::find(wish.ties, tie) != wish.ties.end();
           });
    if (wish.tieAttention)
        std::erase_if(wish.ties, [&](const std::vector<std::string>& tie) {
            return std::ranges::find(attention, tie) != attention.end();
        });
    return wish;
}

ScanWish wishOf(const ScanHeader& header, const ModelInfo& model)
{
    const ScanSettings& settings = header.settings;
    ScanWish wish;
    wish.heldOutShare = header.heldOutShare;
    wish.method = settings.method;
    wish.formats = settings.formats;
    wish.indivisible = settings.indivisible;
    wish.palette = settings.palette;
    wish.ties = settings.ties;
    return withAttentionApart(std::move(wish), model);
}

ScanEstimate estimateScan(const ScanWish& wish, const RunHeader& run, const ScanView* known)
{
    const ScanSettings settings = settingsOf(wish, run);
    const ScanSpace space = makeScanSpace(run.model, settings);
    ScanEstimate estimate;
    estimate.wish = wish;
    estimate.layers = space.units.size();
    estimate.formats = settings.formats.size();
    estimate.runs = scanChoices(space, settings.method).size();
    estimate.missing = estimate.runs;
    if (known && known->header.heldOutShare != wish.heldOutShare)
        known = nullptr; // measured on other samples
    if (known && known->header.settings == settings)
        estimate.missing = known->wanted - std::min(known->wanted, known->done);
    else if (known && known->header.settings.palette == settings.palette
             && known->header.settings.indivisible == settings.indivisible)
        estimate.missing -= knownCells(space, settings.method, *known);
    if (run.probe.forwardMs > 0)
        estimate.time = scanTime(space, estimate.missing, run.probe);
    estimate.attentionTies = attentionTies(run.model).size();
    estimate.embeddings = static_cast<std::size_t>(
        std::ranges::count(run.model.layers, LayerKind::Embedding, &LayerInfo::kind));
    estimate.palette = settings.palette;
    if (known)
        estimate.split = known->header.split;
    return estimate;
}

SearchEstimate estimateSearch(const ScanView& scan, const RunHeader& run, std::size_t recipes,
                              int rounds)
{
    SearchEstimate estimate;
    estimate.runs = recipes * mostMeasurements(scan.space, rounds);
    if (run.probe.forwardMs > 0)
        estimate.time = scanTime(scan.space, estimate.runs, run.probe);
    return estimate;
}

} // namespace bitfront
