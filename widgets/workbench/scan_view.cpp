// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/scan_view.h"

#include "core/scan/scan.h"

#include <algorithm>

namespace bitfront {

std::size_t ScanView::outputIndex(const std::string& output) const
{
    const auto found = std::ranges::find(outputs, output);
    return found == outputs.end() ? 0 : static_cast<std::size_t>(found - outputs.begin());
}

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
    for (const ScanLine& line : lines)
        if (view->outputs.empty())
            for (const OutputQuality& output : line.outputs)
                view->outputs.push_back(output.output);
    const auto choices = scanChoices(view->space, method);
    view->wanted = choices.size();
    // Lines of recipes and repeated ones count for nothing; those of a probed scan's formats on all
    // units are many.
    std::size_t single = 0;
    for (const ScanChoice& choice : choices) {
        const auto unit = std::ranges::find_if(choice, [](std::size_t o) { return o != 0; });
        if (std::ranges::count_if(choice, [](std::size_t o) { return o != 0; }) != 1)
            continue;
        ++single;
        const auto u = static_cast<std::size_t>(unit - choice.begin());
        view->done += view->measured[u][*unit] ? 1 : 0;
    }
    if (view->done == single)
        view->done = view->wanted; // those on all units come first
    return view;
}

ScanViewPtr readScanView(const std::filesystem::path& folder, const ModelInfo& model)
{
    const auto scan = readScan(folder);
    if (!scan || scan->header.modelSha256 != model.sha256)
        return nullptr;
    return makeScanView(model, scan->header, scan->lines);
}

ScanSettings settingsOf(const ScanWish& wish, const RunHeader& run)
{
    ScanSettings settings;
    settings.formats = scanFormats(wish.preset);
    settings.method = wish.method;
    settings.ties = wish.ties;
    if (wish.tieAttention)
        for (auto& tie : attentionTies(run.model))
            settings.ties.push_back(std::move(tie));
    settings.indivisible = run.plan.indivisible;
    settings.palette = run.plan.palette;
    return settings;
}

ScanWish wishOf(const ScanSettings& settings, const ModelInfo& model)
{
    ScanWish wish;
    wish.method = settings.method;
    if (settings.formats == scanFormats(ScanPreset::Thorough))
        wish.preset = ScanPreset::Thorough;
    wish.ties = settings.ties;
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
    if (known && known->header.settings == settings)
        estimate.missing = known->wanted - std::min(known->wanted, known->done);
    if (run.probe.forwardMs > 0)
        estimate.time = scanTime(space, estimate.missing, run.probe);
    estimate.attentionTies = attentionTies(run.model).size();
    return estimate;
}

} // namespace bitfront
