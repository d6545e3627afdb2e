// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_header.h"

#include "app/cli/console.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace bitfront::cli {

namespace {

std::string timeNow()
{
    const std::time_t now = std::time(nullptr);
    std::tm utc {};
    gmtime_r(&now, &utc);
    std::array<char, 32> text {};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text.data();
}

/// For a POSIX shell.
std::string quoted(const std::string& text)
{
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || std::string_view("._-/=+:,").find(c) != std::string_view::npos;
    });
    if (plain)
        return text;
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + '\'';
}

} // namespace

RunHeader makeRunHeader(const Workload& workload, const std::vector<MetricChoice>& metrics,
                        const SweepPlan& plan, const ProbeTimes& probe, const std::string& folder)
{
    RunHeader header;
    header.createdAt = timeNow();
    header.bitfrontVersion = BITFRONT_VERSION;
    header.engineVersion = workload.engineVersion;
    header.model = workload.experiment->model();
    header.inputsPath = workload.inputs->path();
    header.inputsSha256 = workload.inputs->sha256();
    header.inputs = workload.inputs->tensors();
    header.outputs = workload.experiment->outputs();
    header.metrics = metrics;
    header.fp16Quality = workload.experiment->fp16Quality(metrics);
    header.plan = plan;
    header.probe = probe;
    header.commandLine = headlessCommand(header, folder);
    return header;
}

std::string headlessCommand(const RunHeader& header, const std::string& folder)
{
    std::string line = "bitfront-cli run " + quoted(header.model.path) + " --inputs "
        + quoted(header.inputsPath) + " --out " + quoted(folder);
    for (const MetricChoice& choice : header.metrics)
        line += " --metric " + quoted(choice.output + '=' + std::string(name(choice.metric)));
    const MetricChoice& primary = header.metrics.front();
    if (primary.floor != defaultFloor(primary.metric))
        line += " --floor " + fixed(primary.floor, 3);
    if (header.plan.configs.size() < baseConfigurations().size()) {
        std::string names;
        for (const CompressionConfig& config : header.plan.configs)
            names += (names.empty() ? "" : ",") + config.name;
        line += " --configs " + names;
    }
    if (!header.plan.refine)
        line += " --no-refine";
    return line + " --indivisible " + std::string(name(header.plan.indivisible)) + " --yes";
}

} // namespace bitfront::cli
