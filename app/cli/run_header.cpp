// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_header.h"

#include "core/run/headless_command.h"
#include "core/run/utc_time.h"

#include <filesystem>

namespace bitfront::cli {

namespace {

std::string absolutePath(const std::string& path)
{
    return std::filesystem::absolute(path).lexically_normal().string();
}

} // namespace

RunHeader makeRunHeader(const Workload& workload, const std::vector<MetricChoice>& metrics,
                        const SweepPlan& plan, const ProbeTimes& probe, const std::string& folder)
{
    RunHeader header;
    header.createdAt = utcTimeText();
    header.bitfrontVersion = BITFRONT_VERSION;
    header.engineVersion = workload.engineVersion;
    header.model = workload.experiment->model();
    // Found again from any folder.
    header.model.path = absolutePath(header.model.path);
    header.inputsPath = absolutePath(workload.inputs->path());
    header.inputsSha256 = workload.inputs->sha256();
    header.inputs = workload.inputs->tensors();
    header.inputOptions = workload.inputs->options();
    header.outputs = workload.experiment->outputs();
    header.metrics = metrics;
    header.fp16Quality = workload.experiment->fp16Quality(metrics);
    header.plan = plan;
    header.probe = probe;
    header.commandLine = headlessCommand(header, absolutePath(folder));
    return header;
}

} // namespace bitfront::cli
