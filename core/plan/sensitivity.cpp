// SPDX-License-Identifier: GPL-3.0-or-later
// Errors of scans as numbers that add up, locks, and what both mean to the solver.
#include "core/plan/sensitivity.h"

#include "core/base/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace bitfront {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Bits of "8" or "8+"; `orMore` tells them apart.
std::optional<int> bitsOf(const std::string& format, bool& orMore)
{
    orMore = format.ends_with('+');
    const char* end = format.data() + format.size() - (orMore ? 1 : 0);
    int bits = 0;
    const auto read = std::from_chars(format.data(), end, bits);
    return read.ec == std::errc {} && read.ptr == end ? std::optional(bits) : std::nullopt;
}

bool fits(const ScanOption& option, const std::string& format)
{
    bool orMore = false;
    const std::optional<int> bits = bitsOf(format, orMore);
    if (!bits)
        return option.key == format;
    return orMore ? option.codeBits >= *bits : option.codeBits == *bits;
}

std::string keysOf(const std::vector<ScanOption>& options)
{
    std::string text;
    for (const ScanOption& option : options)
        text += (text.empty() ? "" : ", ") + option.key;
    return text;
}

} // namespace

double errorEnergy(Metric metric, double quality)
{
    if (std::isnan(quality) || quality == -kInfinity)
        return kInfinity;
    return metric == Metric::Iou ? std::max(0.0, 1 - quality) : std::pow(10.0, -quality / 10);
}

double qualityOfEnergy(Metric metric, double energy)
{
    if (metric == Metric::Iou)
        return energy == kInfinity ? -kInfinity : std::max(0.0, 1 - energy);
    return energy <= 0 ? kInfinity : -10 * std::log10(energy);
}

ErrorEnergies energiesOf(const std::vector<OutputQuality>& outputs)
{
    ErrorEnergies energies;
    for (const OutputQuality& output : outputs)
        energies.push_back(
            errorEnergy(output.metric, output.split ? output.split->chosenOn : output.value));
    return energies;
}

double Sensitivity::total(const ErrorEnergies& energies) const
{
    double sum = 0;
    for (std::size_t i = 0; i < energies.size(); ++i)
        sum += energies[i] * (i < weights.size() ? weights[i] : 1);
    return energies.empty() ? 0 : sum / static_cast<double>(energies.size());
}

std::vector<double> balancedWeights(const Sensitivity& sensitivity)
{
    std::vector<double> logs(sensitivity.metrics.size(), 0);
    std::vector<double> counts(logs.size(), 0);
    for (const auto& unit : sensitivity.cells)
        for (const ErrorEnergies& cell : unit)
            for (std::size_t i = 0; i < cell.size(); ++i)
                if (cell[i] > 0 && std::isfinite(cell[i])) {
                    logs[i] += std::log(cell[i]);
                    ++counts[i];
                }
    std::vector<double> weights(logs.size(), 1);
    for (std::size_t i = 1; i < weights.size(); ++i)
        if (counts[0] > 0 && counts[i] > 0)
            weights[i] = std::exp(logs[0] / counts[0] - logs[i] / counts[i]);
    return weights;
}

double Sensitivity::cost(std::size_t unit, std::size_t option,
                         std::optional<std::size_t> output) const
{
    if (option == 0)
        return 0;
    if (!isMeasured(unit, option))
        return kInfinity;
    const ErrorEnergies& energies = cells[unit][option];
    return output ? energies.at(*output) : total(energies);
}

std::size_t Sensitivity::indexOf(std::string_view output) const
{
    const auto found = std::find(outputs.begin(), outputs.end(), output);
    return found == outputs.end() ? 0 : static_cast<std::size_t>(found - outputs.begin());
}

std::size_t Sensitivity::missing() const
{
    std::size_t count = 0;
    for (std::size_t u = 0; u < cells.size(); ++u)
        for (std::size_t o = 1; o < cells[u].size(); ++o)
            count += cells[u][o].empty() ? 1 : 0;
    return count;
}

std::vector<double> Sensitivity::predict(const ScanChoice& choice) const
{
    ErrorEnergies sums(metrics.size(), 0);
    for (std::size_t u = 0; u < cells.size(); ++u)
        for (std::size_t i = 0; choice[u] != 0 && i < sums.size(); ++i)
            sums[i] += isMeasured(u, choice[u]) ? cells[u][choice[u]].at(i) : kInfinity;
    std::vector<double> qualities;
    for (std::size_t i = 0; i < sums.size(); ++i)
        qualities.push_back(qualityOfEnergy(metrics[i], sums[i]));
    return qualities;
}

Sensitivity emptySensitivity(const ScanSpace& space, std::vector<Metric> metrics)
{
    Sensitivity sensitivity;
    sensitivity.metrics = std::move(metrics);
    for (const auto& options : space.options)
        sensitivity.cells.emplace_back(options.size());
    return sensitivity;
}

AllowedOptions allOptions(const ScanSpace& space)
{
    AllowedOptions allowed;
    for (const auto& options : space.options)
        allowed.emplace_back(options.size(), true);
    return allowed;
}

FormatLock parseLock(const std::string& text)
{
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
        throw Error(ErrorCode::BadArgument, "“" + text + "” names no layer and format.",
                    "Write LAYER=fp16, LAYER=8, LAYER=8+ or LAYER=FORMAT.", text);
    return {text.substr(0, equals), text.substr(equals + 1)};
}

AllowedOptions applyLocks(const ScanSpace& space, const ModelInfo& model,
                          std::span<const FormatLock> locks)
{
    AllowedOptions allowed = allOptions(space);
    for (const FormatLock& lock : locks) {
        bool found = false;
        for (std::size_t u = 0; u < space.units.size(); ++u) {
            const auto& layers = space.units[u].layers;
            if (std::none_of(layers.begin(), layers.end(), [&](std::size_t layer) {
                    return fitsPattern(lock.layer, model.layers[layer].name);
                }))
                continue;
            found = true;
            for (std::size_t o = 0; o < space.options[u].size(); ++o)
                if (!fits(space.options[u][o], lock.format))
                    allowed[u][o] = false;
            if (std::none_of(allowed[u].begin(), allowed[u].end(), [](bool ok) { return ok; }))
                throw Error(ErrorCode::BadArgument,
                            "No format of layer “" + space.units[u].name + "” fits the lock “"
                                + lock.format + "”.",
                            "It may have: " + keysOf(space.options[u]) + '.', lock.layer);
        }
        if (!found)
            throw Error(
                ErrorCode::BadArgument, "The model has no layer “" + lock.layer + "” to lock.",
                "bitfront-cli inspect lists the layers; * stands for any text.", lock.layer);
    }
    return allowed;
}

AllocationUnits allocationUnits(const ScanSpace& space, const Sensitivity& sensitivity,
                                const AllowedOptions& allowed, std::optional<std::size_t> output)
{
    AllocationUnits units;
    for (std::size_t u = 0; u < space.units.size(); ++u) {
        std::vector<AllocationOption> options;
        for (std::size_t o = 0; o < space.options[u].size(); ++o) {
            // What ruins another output is no option even where only one is asked for.
            const bool usable = allowed[u][o] && std::isfinite(sensitivity.cost(u, o));
            options.push_back({static_cast<double>(space.options[u][o].bits),
                               usable ? sensitivity.cost(u, o, output) : kInfinity});
        }
        units.push_back(std::move(options));
    }
    return units;
}

} // namespace bitfront
