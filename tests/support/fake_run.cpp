// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs made by the fake engine: headers, records in canonical order, run folders.
#include "tests/support/fake_engine.h"

#include <cstdio>
#include <filesystem>

namespace bitfront::test {
namespace {

/// A time of day that grows with the record's number.
std::string finishedAt(std::size_t number)
{
    char text[32];
    std::snprintf(text, sizeof text, "2026-01-02T03:%02zu:%02zuZ", number / 60 % 60, number % 60);
    return text;
}

ResultRecord record(const CompressionConfig& config, const ModelInfo& model,
                    const FakeOptions& options, std::size_t number)
{
    ResultRecord result;
    result.config = config;
    result.configPath = "configs/" + config.name + ".yaml";
    result.finishedAt = finishedAt(number);
    if (options.failing.contains(config.name))
        result.outcome =
            Failure {ErrorCode::ForwardFailed, "The model raised: shapes do not match.",
                     "Check the reference inputs.", config.name};
    else if (options.throwing.contains(config.name))
        result.outcome = Failure {ErrorCode::Internal, "something odd", "", config.name};
    else if (options.outOfMemory.contains(config.name))
        result.outcome =
            Failure {ErrorCode::OutOfMemory, "There was not enough memory.", "", config.name};
    else
        result.outcome = fakeMeasurement(model, fakeMetrics(options.model), config, options);
    return result;
}

SweepPlan wholePlan()
{
    return makePlan({}, {}, true, IndivisiblePolicy::Nearest);
}

} // namespace

RunHeader fakeHeader(Experiment& experiment, const SweepPlan& plan)
{
    RunHeader header;
    header.createdAt = "2026-01-02T03:00:00Z";
    header.bitfrontVersion = "0.1.0";
    header.engineVersion = "Fake engine 1.0";
    header.model = experiment.model();
    header.inputsPath = experiment.inputs().path();
    header.inputsSha256 = experiment.inputs().sha256();
    header.inputs = experiment.inputs().tensors();
    header.outputs = experiment.outputs();
    header.metrics =
        fakeMetrics(header.outputs.size() == 1 ? FakeModelKind::Cnn : FakeModelKind::Transformer);
    header.fp16Quality = experiment.fp16Quality(header.metrics);
    header.plan = plan;
    header.probe = {2, 12, 15, 64u << 20, 1};
    header.commandLine =
        "bitfront-cli run digits_cnn.pt --inputs inputs.npz --out digits_cnn.bitfront --yes";
    return header;
}

std::vector<ResultRecord> fakeRecords(const SweepPlan& plan, const FakeOptions& options)
{
    const ModelInfo model = fakeModelInfo(options.model);
    const MetricChoice primary = fakeMetrics(options.model).front();
    std::vector<ResultRecord> records;
    for (const CompressionConfig& config : plan.configs)
        records.push_back(record(config, model, options, records.size()));
    const std::vector<ResultRecord> base = records;
    for (const GroupId group : kGroups) {
        if (!plan.refine || plan.count(group) == 0)
            continue;
        for (const CompressionConfig& config : refineGroup(model, group, base, primary))
            records.push_back(record(config, model, options, records.size()));
    }
    return records;
}

RunContents fakeRun(const FakeOptions& options)
{
    const auto experiment = fakeExperiment(options);
    RunContents run;
    run.header = fakeHeader(*experiment, wholePlan());
    run.state = RunState::Finished;
    run.wallMs = 61500;
    run.records = fakeRecords(run.header.plan, options);
    return run;
}

void writeFakeRun(const std::filesystem::path& folder, const FakeOptions& options)
{
    RunContents run = fakeRun(options);
    RunWriter writer(folder, run.header);
    for (ResultRecord& result : run.records)
        writer.append(result);
    writer.finish(run.state, run.wallMs);
}

} // namespace bitfront::test
