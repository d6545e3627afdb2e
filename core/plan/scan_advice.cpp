// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/scan_advice.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

namespace bitfront {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Share of the error over share of the weights: above it a layer deserves care, below its inverse
/// none.
constexpr double kDelicate = 3;
constexpr std::size_t kMostNamed = 4;

std::string percent(double share)
{
    const double value = 100 * share;
    const long tenths = std::lround(value * 10);
    if (value > 0 && tenths == 0)
        return "under 0.1 %";
    if (tenths >= 100)
        return std::to_string(std::lround(value)) + " %";
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " %";
}

/// An error as the quality it leaves; of several outputs, whose errors are weighed, as its share.
std::string errorWords(const std::vector<Metric>& metrics, double energy, double total)
{
    if (metrics.size() > 1)
        return percent(energy / total) + " of it";
    const double quality = qualityOfEnergy(metrics.front(), energy);
    if (metrics.front() == Metric::Iou)
        return "IoU " + percent(quality);
    if (!std::isfinite(quality))
        return "no error";
    const long tenths = std::lround(std::abs(quality) * 10);
    return (quality < 0 ? "−" : "") + std::to_string(tenths / 10) + '.'
        + std::to_string(tenths % 10) + " dB";
}

/// Layers of one kind with their shares of weights and of the error at one width.
struct Kind
{
    std::string words; ///< "The first layer (stem)"
    bool plural = false;
    double weights = 0, error = 0;
};

class Advisor
{
public:
    Advisor(const ScanSpace& space, const ModelInfo& model, const Sensitivity& sensitivity)
        : m_space(space)
        , m_model(model)
        , m_metrics(sensitivity.metrics)
        , m_costs(unitCosts(space, sensitivity))
        , m_widths(scanWidths(space, sensitivity))
    {
    }

    std::vector<std::string> sentences()
    {
        for (const int bits : {4, 3, 2})
            if (const auto width = std::find(m_widths.begin(), m_widths.end(), bits);
                width != m_widths.end() && total(indexOf(width)) > 0) {
                costliest(indexOf(width), bits);
                if (m_kindsSaid)
                    continue;
                lacking(indexOf(width), bits);
                cheapest(indexOf(width), bits);
                kinds(indexOf(width), bits);
                families(indexOf(width), bits);
                m_kindsSaid = true;
            }
        return std::move(m_sentences);
    }

private:
    std::size_t indexOf(std::vector<int>::const_iterator width) const
    {
        return static_cast<std::size_t>(width - m_widths.begin());
    }
    double energy(std::size_t unit, std::size_t width) const
    {
        return m_costs[unit].widths[width].energy;
    }
    /// Whether a unit has a finite error at this width: embeddings may have no palette, a layer may
    /// have ruined the outputs.
    bool has(std::size_t unit, std::size_t width) const
    {
        return m_costs[unit].widths[width].option != 0 && std::isfinite(energy(unit, width));
    }
    /// Of the units that have the width; nothing where there are too few to compare.
    double total(std::size_t width) const
    {
        double sum = 0;
        std::size_t count = 0;
        for (std::size_t u = 0; u < m_costs.size(); ++u)
            if (has(u, width)) {
                sum += energy(u, width);
                ++count;
            }
        return count >= std::min<std::size_t>(2, m_costs.size()) ? sum : 0;
    }
    std::vector<std::size_t> byEnergy(std::size_t width) const
    {
        std::vector<std::size_t> order;
        for (std::size_t u = 0; u < m_costs.size(); ++u)
            if (has(u, width))
                order.push_back(u);
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return energy(a, width) > energy(b, width);
        });
        return order;
    }

    void costliest(std::size_t width, int bits)
    {
        std::string text;
        double error = 0;
        double weights = 0;
        std::size_t count = 0;
        for (const std::size_t u : byEnergy(width)) {
            if (count == kMostNamed || error > 0.5 * total(width))
                break;
            text += (count > 0 ? ", " : "") + m_space.units[u].name + " ("
                + errorWords(m_metrics, energy(u, width), total(width)) + " alone, "
                + percent(m_costs[u].weightShare) + " of the weights)";
            error += energy(u, width);
            weights += m_costs[u].weightShare;
            ++count;
        }
        m_sentences.push_back("At " + std::to_string(bits) + " bits "
                              + percent(error / total(width)) + " of the error comes from "
                              + (count == 1 ? "one layer" : std::to_string(count) + " layers")
                              + " with " + percent(weights) + " of the weights: " + text + '.');
    }

    /// What the sentences about this width leave out.
    void lacking(std::size_t width, int bits)
    {
        std::string names;
        double weights = 0;
        std::size_t count = 0;
        for (std::size_t u = 0; u < m_costs.size(); ++u)
            if (!has(u, width)) {
                if (count < kMostNamed)
                    names += (count > 0 ? ", " : "") + m_space.units[u].name;
                weights += m_costs[u].weightShare;
                ++count;
            }
        if (count > kMostNamed)
            names += " and " + std::to_string(count - kMostNamed) + " more";
        if (count > 0)
            m_sentences.push_back("Without an error that counts at " + std::to_string(bits)
                                  + " bits, not allowed there or not finite, and left out here: "
                                  + names + " (" + percent(weights) + " of the weights).");
    }

    void cheapest(std::size_t width, int bits)
    {
        std::vector<std::size_t> order = byEnergy(width);
        std::reverse(order.begin(), order.end());
        double error = 0;
        double weights = 0;
        int count = 0;
        for (const std::size_t u : order) {
            if (error + energy(u, width) > 0.1 * total(width))
                break;
            error += energy(u, width);
            weights += m_costs[u].weightShare;
            ++count;
        }
        if (count > 1 && weights > 0.1)
            m_sentences.push_back(std::to_string(count) + " layers hold " + percent(weights)
                                  + " of the weights and cause only "
                                  + percent(error / total(width)) + " of the error at "
                                  + std::to_string(bits) + " bits: they can be stored smaller.");
    }

    Kind kindOf(const std::string& words, std::size_t width,
                const std::function<bool(const LayerInfo&)>& fits) const
    {
        Kind kind;
        int units = 0;
        std::string name;
        for (std::size_t u = 0; u < m_space.units.size(); ++u) {
            const auto& layers = m_space.units[u].layers;
            if (!has(u, width)
                || !std::all_of(layers.begin(), layers.end(),
                                [&](std::size_t layer) { return fits(m_model.layers[layer]); }))
                continue;
            kind.weights += m_costs[u].weightShare;
            kind.error += energy(u, width) / total(width);
            name = m_space.units[u].name;
            ++units;
        }
        kind.plural = units > 1;
        if (units > 0)
            kind.words = words + (units == 1 ? " (" + name + ')' : "");
        return kind;
    }

    void kinds(std::size_t width, int bits)
    {
        const LayerInfo& first = m_model.layers.front();
        const LayerInfo& last = m_model.layers.back();
        const auto isAttention = [](const LayerInfo& layer) {
            return layer.kind == LayerKind::AttentionInput
                || layer.name.find("attn") != std::string::npos
                || layer.name.find("attention") != std::string::npos;
        };
        const auto isDepthwise = [](const LayerInfo& layer) {
            return layer.kind == LayerKind::Conv && layer.shape.size() > 2 && layer.shape[1] == 1
                && layer.shape[0] > 1;
        };
        const auto isEmbedding = [](const LayerInfo& layer) {
            return layer.kind == LayerKind::Embedding;
        };
        say(kindOf("The first layer", width,
                   [&](const LayerInfo& layer) { return layer.name == first.name; }),
            bits);
        say(kindOf("The last layer", width,
                   [&](const LayerInfo& layer) { return layer.name == last.name; }),
            bits);
        say(kindOf("Embeddings", width, isEmbedding), bits);
        say(kindOf("Attention layers", width, isAttention), bits);
        say(kindOf("Depthwise convolutions", width,
                   [&](const LayerInfo& layer) {
                       return isDepthwise(layer) && layer.name != first.name;
                   }),
            bits);
    }

    void say(const Kind& kind, int bits)
    {
        if (kind.words.empty() || kind.weights <= 0 || m_space.units.size() < 3)
            return;
        const double ratio = kind.error / kind.weights;
        const std::string verdict = ratio > kDelicate
            ? (kind.plural ? "they deserve more bits than the rest."
                           : "it deserves more bits than the rest.")
            : ratio < 1 / kDelicate
            ? (kind.plural ? "they need no special care here." : "it needs no special care here.")
            : "about what the share of the weights suggests.";
        m_sentences.push_back(kind.words + ": " + percent(kind.error) + " of the error at "
                              + std::to_string(bits) + " bits with " + percent(kind.weights)
                              + " of the weights; " + verdict);
    }

    /// Which family of formats is the best one of a width, in how many layers.
    void families(std::size_t width, int bits)
    {
        int palettes = 0;
        int integers = 0;
        std::set<bool> offered;
        for (std::size_t u = 0; u < m_costs.size(); ++u) {
            if (!has(u, width))
                continue;
            for (const ScanOption& option : m_space.options[u])
                if (option.spec && option.codeBits == bits)
                    offered.insert(std::holds_alternative<PaletteConfig>(*option.spec));
            const ScanOption& best = m_space.options[u][m_costs[u].widths[width].option];
            ++(std::holds_alternative<PaletteConfig>(*best.spec) ? palettes : integers);
        }
        if (offered.size() < 2)
            return;
        const int all = palettes + integers;
        const std::string layers = all == 1 ? "the only layer" : std::to_string(all) + " layers";
        std::string verdict = "a palette is best for ";
        if (palettes > 0 && integers > 0)
            verdict += std::to_string(palettes) + " of " + layers + ", an integer format for the "
                + (integers == 1 ? "other" : "others");
        else
            verdict = (palettes > 0 ? verdict : "an integer format is best for ")
                + (all > 1 ? "all " : "") + layers;
        m_sentences.push_back("At " + std::to_string(bits) + " bits " + verdict
                              + " (side tables are not weighed here).");
    }

    const ScanSpace& m_space;
    const ModelInfo& m_model;
    const std::vector<Metric>& m_metrics;
    std::vector<UnitCosts> m_costs;
    std::vector<int> m_widths;
    std::vector<std::string> m_sentences;
    bool m_kindsSaid = false;
};

} // namespace

std::vector<int> scanWidths(const ScanSpace& space, const Sensitivity& sensitivity)
{
    std::set<int, std::greater<>> widths;
    for (std::size_t u = 0; u < space.units.size(); ++u)
        for (std::size_t o = 1; o < space.options[u].size(); ++o)
            if (sensitivity.isMeasured(u, o))
                widths.insert(space.options[u][o].codeBits);
    return {widths.begin(), widths.end()};
}

std::vector<UnitCosts> unitCosts(const ScanSpace& space, const Sensitivity& sensitivity)
{
    const std::vector<int> widths = scanWidths(space, sensitivity);
    double elements = 0;
    for (const ScanUnit& unit : space.units)
        elements += static_cast<double>(unit.elements);
    std::vector<UnitCosts> result;
    for (std::size_t u = 0; u < space.units.size(); ++u) {
        UnitCosts costs {u, static_cast<double>(space.units[u].elements) / elements, {}};
        for (const int bits : widths) {
            WidthCost best {bits, 0, kInfinity};
            for (std::size_t o = 1; o < space.options[u].size(); ++o)
                if (space.options[u][o].codeBits == bits && sensitivity.isMeasured(u, o)
                    && sensitivity.cost(u, o) < best.energy)
                    best = {bits, o, sensitivity.cost(u, o)};
            costs.widths.push_back(best);
        }
        result.push_back(std::move(costs));
    }
    return result;
}

std::vector<std::string> scanAdvice(const ScanSpace& space, const ModelInfo& model,
                                    const Sensitivity& sensitivity)
{
    return Advisor(space, model, sensitivity).sentences();
}

} // namespace bitfront
