// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/sweep_request.h"

#include <algorithm>

namespace bitfront {
namespace {

void checkRequest(const SweepRequest& request)
{
    if (request.header.plan.configs.empty())
        throw Error(ErrorCode::BadArgument, "There is no configuration to run.",
                    "Choose at least one group or configuration.");
    if (request.header.metrics.empty())
        throw Error(ErrorCode::BadArgument, "No metric is chosen.",
                    "Choose a metric for at least one output.");
    const auto& outputs = request.experiment->outputs();
    for (const MetricChoice& choice : request.header.metrics) {
        const auto output = std::ranges::find(outputs, choice.output, &OutputInfo::name);
        if (output == outputs.end())
            throw Error(ErrorCode::MetricUnfit, "The model has no output “" + choice.output + "”.",
                        "Choose one of the model's outputs.", choice.output);
        const std::string reason = metricUnfitReason(*output, choice.metric);
        if (!reason.empty())
            throw Error(ErrorCode::MetricUnfit, reason, "Choose another metric.", choice.output);
    }
}

/// Records of two models or of two inputs in one run would be compared as if they were of one.
void checkSameWork(const RunHeader& header, const Experiment& experiment)
{
    const auto refuse = [](const std::string& what, const std::string& path) {
        throw Error(ErrorCode::InputMismatch,
                    "This run was made with other " + what + " than " + path + " holds now.",
                    "Restore the file, or start a new run in another folder.", path);
    };
    if (header.model.sha256 != experiment.model().sha256)
        refuse("weights", experiment.model().path);
    if (!isSameModel(header.model, experiment.model()))
        refuse("layers", experiment.model().path);
    if (header.inputsSha256 != experiment.inputs().sha256())
        refuse("inputs", experiment.inputs().path());
}

} // namespace

RunWriter openWriter(SweepRequest& request, RunContents& earlier)
{
    if (!request.experiment)
        throw Error(ErrorCode::Internal, "A sweep needs an experiment.");
    if (!request.resume) {
        checkRequest(request);
        return RunWriter(request.runFolder, request.header);
    }
    // Before the folder is touched.
    RunHeader known = readRun(request.runFolder).header;
    checkSameWork(known, *request.experiment);
    // A folder that was made by a scan alone gets the sweep that is asked for now.
    const bool scanOnly = known.plan.configs.empty() && !request.header.plan.configs.empty();
    if (scanOnly) {
        known.plan = request.header.plan;
        known.commandLine = request.header.commandLine;
    }
    request.header = std::move(known);
    checkRequest(request);
    RunWriter writer = RunWriter::resume(request.runFolder, earlier);
    if (scanOnly) {
        writer.setPlan(request.header.plan, request.header.commandLine);
        earlier.header = request.header;
    }
    return writer;
}

} // namespace bitfront
