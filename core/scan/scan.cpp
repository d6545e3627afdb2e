// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scan/scan.h"

#include "core/run/utc_time.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

namespace bitfront {

namespace {

/// Options of a unit at three places of its range of sizes.
std::set<std::size_t> probesOf(const std::vector<ScanOption>& options)
{
    std::vector<std::size_t> order(options.size());
    std::iota(order.begin(), order.end(), std::size_t {0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return options[a].bits < options[b].bits;
    });
    std::erase(order, std::size_t {0}); // fp16
    std::set<std::size_t> probes;
    if (!order.empty())
        for (const double place : {0.1, 0.5, 0.9})
            probes.insert(
                order[static_cast<std::size_t>(place * static_cast<double>(order.size() - 1))]);
    return probes;
}

/// Every unit in the format of that key; fp16 where it has no such option.
ScanChoice everywhere(const ScanSpace& space, const std::string& key)
{
    ScanChoice choice = space.uncompressed();
    for (std::size_t u = 0; u < choice.size(); ++u)
        for (std::size_t o = 1; o < space.options[u].size(); ++o)
            if (space.options[u][o].key == key)
                choice[u] = o;
    return choice;
}

} // namespace

std::vector<ScanChoice> scanChoices(const ScanSpace& space, ScanMethod method)
{
    std::vector<ScanChoice> choices;
    if (method == ScanMethod::Probed) {
        std::vector<std::string> keys;
        for (const auto& options : space.options)
            for (std::size_t o = 1; o < options.size(); ++o)
                if (std::find(keys.begin(), keys.end(), options[o].key) == keys.end())
                    keys.push_back(options[o].key);
        for (const std::string& key : keys)
            choices.push_back(everywhere(space, key));
    }
    for (std::size_t u = 0; u < space.units.size(); ++u) {
        const std::set<std::size_t> probes = probesOf(space.options[u]);
        for (std::size_t o = 1; o < space.options[u].size(); ++o) {
            if (method == ScanMethod::Probed && !probes.contains(o))
                continue;
            choices.push_back(space.uncompressed());
            choices.back()[u] = o;
        }
    }
    return choices;
}

Sensitivity runScan(ChoiceMeasurer& measurer, const std::stop_token& stop,
                    const ChoiceMeasurer::Progress& progress)
{
    const ScanMethod method = measurer.header().settings.method;
    measurer.measure(scanChoices(measurer.space(), method), stop, progress);
    return sensitivityOf(measurer.space(), method, measurer.lines());
}

TimeRange scanTime(const ScanSpace& space, std::size_t cells, const ProbeTimes& probe)
{
    const double compression = (std::max(0.0, probe.quantMs - probe.forwardMs)
                                + 2 * std::max(0.0, probe.paletteMs - probe.forwardMs))
        / 3 / static_cast<double>(std::max<std::size_t>(space.units.size(), 1));
    const double ms =
        static_cast<double>(cells) * (probe.forwardMs + compression) / std::max(probe.workers, 1);
    return {0.8 * ms, 1.4 * ms};
}

ScanHeader prepareScan(Experiment& experiment, const std::vector<MetricChoice>& metrics,
                       const ScanSettings& settings, double share)
{
    ScanHeader header;
    header.createdAt = utcTimeText();
    header.bitfrontVersion = BITFRONT_VERSION;
    header.modelSha256 = experiment.model().sha256;
    header.inputsSha256 = experiment.inputs().sha256();
    header.metrics = metrics;
    header.settings = settings;
    header.heldOutShare = share;
    header.split = experiment.holdOut(share);
    return header;
}

} // namespace bitfront
