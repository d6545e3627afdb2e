// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_header.h"

#include "core/run/headless_command.h"
#include "core/run/utc_time.h"

#include <filesystem>

namespace bitfront::cli {

namespace {

std::string absolutePath(const std::string& path)
{
    // Not made shorter: "link/.." is not the folder that holds the link.
    return std::filesystem::absolute(path).string();
}

} // namespace

RunHeader makeRunHeader(const Workload& workload, const std::vector<MetricChoice>& metrics,
                        const SweepPlan& plan, const ProbeTimes& probe, const std::string& folder,
                        const SweepBudget& budget)
{
    RunHeader header;
    header.createdAt = utcTimeText();
    header.bitfrontVersion = BITFRONT_VERSION;
    header.engineVersion = workload.engineVersion;
    header.model = workload.experiment->model();
    // Found again from any folder.
    header.model.path = absolutePath(header.model.path);
    const std::string& inputs = workload.inputs->path();
    header.inputsPath = inputs == kStoredInputs ? inputs : absolutePath(inputs);
    header.inputsSha256 = workload.inputs->sha256();
    header.inputs = workload.inputs->tensors();
    header.inputOptions = workload.inputs->options();
    for (std::string& file : header.inputOptions.moreFiles)
        file = absolutePath(file);
    header.outputs = workload.experiment->outputs();
    header.metrics = metrics;
    header.fp16Quality = workload.experiment->fp16Quality(metrics);
    header.plan = plan;
    header.probe = probe;
    header.commandLine = headlessCommand(header, absolutePath(folder), budget);
    return header;
}

} // namespace bitfront::cli
