// SPDX-License-Identifier: GPL-3.0-or-later
// What the lines of a scan say about every option of every unit.
#include "core/run/scan_log.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace bitfront {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Unit and option of a line of one format.
struct Cell
{
    std::size_t unit = 0, option = 0;
};

class CellFinder
{
public:
    explicit CellFinder(const ScanSpace& space)
        : m_space(space)
    {
        for (std::size_t u = 0; u < space.units.size(); ++u)
            m_units.emplace(space.units[u].name, u);
    }

    std::optional<Cell> find(const std::string& unit, const std::string& key) const
    {
        const auto known = m_units.find(unit);
        if (known == m_units.end())
            return std::nullopt;
        const auto& options = m_space.options[known->second];
        const auto option = std::find_if(options.begin(), options.end(),
                                         [&](const ScanOption& one) { return one.key == key; });
        if (option == options.end())
            return std::nullopt;
        return Cell {known->second, static_cast<std::size_t>(option - options.begin())};
    }

private:
    const ScanSpace& m_space;
    std::unordered_map<std::string, std::size_t> m_units;
};

/// Relative squared change of every unit's weights by option, its layers weighted by their
/// elements.
class WeightChanges
{
public:
    WeightChanges(const ScanSpace& space, std::span<const ScanLine> lines, const CellFinder& cells)
    {
        for (const auto& options : space.options)
            m_changes.emplace_back(options.size());
        for (const ScanLine& line : lines) {
            if (line.weightErrorsDb.empty())
                continue; // failed, or of the search for recipes
            for (const auto& [unit, key] : line.formats)
                if (const auto cell = cells.find(unit, key))
                    m_changes[cell->unit][cell->option] = changeOf(line, space.units[cell->unit]);
        }
    }
    /// Empty where it was not measured.
    std::optional<double> operator()(std::size_t unit, std::size_t option) const
    {
        return m_changes[unit][option];
    }

private:
    static std::optional<double> changeOf(const ScanLine& line, const ScanUnit& unit)
    {
        double sum = 0;
        double elements = 0;
        for (std::size_t i = 0; i < unit.layerNames.size(); ++i) {
            const auto error = line.weightErrorsDb.find(unit.layerNames[i]);
            if (error == line.weightErrorsDb.end())
                continue;
            const auto count = static_cast<double>(unit.layerElements[i]);
            sum += count * std::pow(10.0, error->second / 10);
            elements += count;
        }
        return elements > 0 ? std::optional(sum / elements) : std::nullopt;
    }

    std::vector<std::vector<std::optional<double>>> m_changes;
};

/// Error of one output per change of the weights, the geometric mean over the options that were
/// measured; 0 where none of them did anything to it. Empty without any.
std::optional<double> sensitivityPerChange(const std::vector<ErrorEnergies>& cells,
                                           const WeightChanges& change, std::size_t unit,
                                           std::size_t output)
{
    double logs = 0;
    int measured = 0;
    int harmful = 0;
    for (std::size_t o = 1; o < cells.size(); ++o) {
        const std::optional<double> changed = change(unit, o);
        if (cells[o].empty() || !changed || *changed <= 0 || !std::isfinite(cells[o][output]))
            continue;
        ++measured;
        if (cells[o][output] > 0) {
            logs += std::log(cells[o][output] / *changed);
            ++harmful;
        }
    }
    if (measured == 0)
        return std::nullopt;
    return harmful == 0 ? 0 : std::exp(logs / harmful);
}

/// Fills what was not measured: error = sensitivity of the unit × change of its weights.
void completeProbed(Sensitivity& sensitivity, const WeightChanges& change)
{
    for (std::size_t u = 0; u < sensitivity.cells.size(); ++u) {
        auto& cells = sensitivity.cells[u];
        std::vector<std::optional<double>> slopes;
        for (std::size_t i = 0; i < sensitivity.metrics.size(); ++i)
            slopes.push_back(sensitivityPerChange(cells, change, u, i));
        for (std::size_t o = 1; o < cells.size(); ++o) {
            const std::optional<double> changed = change(u, o);
            if (!cells[o].empty() || !changed)
                continue;
            ErrorEnergies errors;
            for (const std::optional<double>& slope : slopes)
                if (slope || *changed == 0) // weights that stay as they are do no harm
                    errors.push_back(slope.value_or(0) * *changed);
            if (errors.size() == slopes.size())
                cells[o] = std::move(errors);
        }
    }
}

} // namespace

Sensitivity sensitivityOf(const ScanSpace& space, ScanMethod method,
                          std::span<const ScanLine> lines)
{
    std::vector<Metric> metrics;
    std::vector<std::string> outputs;
    for (const ScanLine& line : lines)
        if (!line.outputs.empty()) {
            for (const OutputQuality& output : line.outputs) {
                metrics.push_back(output.metric);
                outputs.push_back(output.output);
            }
            break;
        }
    Sensitivity sensitivity = emptySensitivity(space, std::move(metrics));
    sensitivity.outputs = std::move(outputs);
    const CellFinder cells(space);
    for (const ScanLine& line : lines) {
        if (line.formats.size() != 1)
            continue;
        const auto cell = cells.find(line.formats.begin()->first, line.formats.begin()->second);
        if (!cell || cell->option == 0)
            continue;
        sensitivity.cells[cell->unit][cell->option] = line.failure
            ? ErrorEnergies(sensitivity.metrics.size(), kInfinity)
            : energiesOf(line.outputs);
    }
    if (method == ScanMethod::Probed)
        completeProbed(sensitivity, WeightChanges(space, lines, cells));
    sensitivity.weights = balancedWeights(sensitivity);
    return sensitivity;
}

} // namespace bitfront
