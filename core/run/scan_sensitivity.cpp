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

/// Relative squared change of a unit's weights, its layers weighted by their elements.
class WeightChanges
{
public:
    WeightChanges(const ScanSpace& space, std::span<const ScanLine> lines, const CellFinder& cells)
    {
        for (const auto& options : space.options)
            m_changes.emplace_back(options.size(), 0);
        for (const ScanLine& line : lines)
            for (const auto& [unit, key] : line.formats)
                if (const auto cell = cells.find(unit, key))
                    m_changes[cell->unit][cell->option] = changeOf(line, space.units[cell->unit]);
    }
    double operator()(std::size_t unit, std::size_t option) const
    {
        return m_changes[unit][option];
    }

private:
    static double changeOf(const ScanLine& line, const ScanUnit& unit)
    {
        // Units are named after their layers; a line has errors of all of them or of none.
        double sum = 0;
        double count = 0;
        for (const auto& [layer, decibels] : line.weightErrorsDb) {
            const bool member = unit.name == layer || unit.name.starts_with(layer + " + ")
                || unit.name.ends_with(" + " + layer)
                || unit.name.find(" + " + layer + " + ") != std::string::npos;
            if (member) {
                sum += std::pow(10.0, decibels / 10);
                ++count;
            }
        }
        return count > 0 ? sum / count : 0;
    }

    std::vector<std::vector<double>> m_changes;
};

/// Fills what was not measured: error = sensitivity of the unit × change of its weights, the
/// sensitivity being the geometric mean over the options that were.
void completeProbed(Sensitivity& sensitivity, const WeightChanges& change)
{
    for (std::size_t u = 0; u < sensitivity.cells.size(); ++u) {
        auto& cells = sensitivity.cells[u];
        std::vector<double> logs(sensitivity.metrics.size(), 0);
        int probes = 0;
        for (std::size_t o = 1; o < cells.size(); ++o) {
            const bool usable = !cells[o].empty() && change(u, o) > 0
                && std::all_of(cells[o].begin(), cells[o].end(),
                               [](double energy) { return energy > 0 && std::isfinite(energy); });
            if (!usable)
                continue;
            for (std::size_t i = 0; i < logs.size(); ++i)
                logs[i] += std::log(cells[o][i] / change(u, o));
            ++probes;
        }
        for (std::size_t o = 1; o < cells.size() && probes > 0; ++o) {
            if (!cells[o].empty() || change(u, o) <= 0)
                continue;
            for (const double log : logs)
                cells[o].push_back(std::exp(log / probes) * change(u, o));
        }
    }
}

} // namespace

Sensitivity sensitivityOf(const ScanSpace& space, ScanMethod method,
                          std::span<const ScanLine> lines)
{
    std::vector<Metric> metrics;
    for (const ScanLine& line : lines)
        if (!line.outputs.empty()) {
            for (const OutputQuality& output : line.outputs)
                metrics.push_back(output.metric);
            break;
        }
    Sensitivity sensitivity = emptySensitivity(space, std::move(metrics));
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
    return sensitivity;
}

} // namespace bitfront
