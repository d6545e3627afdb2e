// SPDX-License-Identifier: GPL-3.0-or-later
// Whole sweeps by the command line program, as a user starts them.
#include "bench/bench.h"

#include "core/engine/engine_loader.h"
#include "core/run/run_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <optional>
#include <stdexcept>

namespace bitfront::bench {

namespace {

namespace fs = std::filesystem;

struct Sweep
{
    ChildCost cost;
    int runs = 0;
    double forwardSeconds = 0; ///< median forward pass of its records
};

struct Job
{
    fs::path model, inputs;
    int threads = 0; ///< 0: as the program chooses
    std::vector<std::string> more;
};

Sweep sweepOnce(const Options& options, const Job& job)
{
    const fs::path folder = options.scratch / "sweep.bitfront";
    fs::remove_all(folder);
    std::vector<std::string> command {std::string(BITFRONT_BIN) + "/bitfront-cli",
                                      "run",
                                      job.model.string(),
                                      "--inputs",
                                      job.inputs.string(),
                                      "--out",
                                      folder.string(),
                                      "--yes"};
    if (job.threads > 0)
        command.insert(command.end(), {"--threads", std::to_string(job.threads)});
    command.insert(command.end(), job.more.begin(), job.more.end());
    const fs::path log = options.scratch / "sweep.log";
    Sweep sweep;
    sweep.cost = runChild(command, log);
    if (sweep.cost.exitCode != 0)
        throw std::runtime_error("bitfront-cli run failed, see " + log.string());
    std::vector<double> forward;
    const RunContents run = readRun(folder);
    for (const ResultRecord& record : run.records)
        if (const Measurement* measured = record.measurement())
            forward.push_back(measured->forwardMs / 1000);
    std::sort(forward.begin(), forward.end());
    sweep.runs = static_cast<int>(run.records.size());
    sweep.forwardSeconds = forward.empty() ? 0 : forward[forward.size() / 2];
    return sweep;
}

/// Sweeps of several jobs in turn, so that a drifting machine treats them alike.
std::vector<Sweep> sweepInTurn(const Options& options, const std::vector<Job>& jobs)
{
    std::vector<std::vector<Sweep>> all(jobs.size());
    for (int repeat = 0; repeat < options.repeats; ++repeat)
        for (std::size_t i = 0; i < jobs.size(); ++i)
            all[i].push_back(sweepOnce(options, jobs[i]));
    std::vector<Sweep> medians;
    for (std::vector<Sweep>& sweeps : all) {
        std::vector<ChildCost> costs;
        for (const Sweep& sweep : sweeps)
            costs.push_back(sweep.cost);
        const ChildCost median = medianOf(costs);
        auto middle = std::find_if(sweeps.begin(), sweeps.end(), [&](const Sweep& sweep) {
            return sweep.cost.wallSeconds == median.wallSeconds;
        });
        middle->cost.peakBytes = median.peakBytes;
        medians.push_back(*middle);
    }
    return medians;
}

/// One uncompressed forward pass on one thread, in this process: the least of several.
struct ForwardCost
{
    double wallSeconds = 1e9, cpuSeconds = 1e9;
    double activationBytes =
        0; ///< what the process needs for it beyond the loaded model and inputs
};

/// A field of /proc/self/status in bytes; 0 where there is none.
double ownMemory(const std::string& field)
{
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);)
        if (line.compare(0, field.size() + 1, field + ':') == 0)
            return 1024 * std::strtod(line.c_str() + field.size() + 1, nullptr);
    return 0;
}

Job demoJob()
{
    return {fs::path(BITFRONT_DEMO) / "digits_cnn.pt",
            fs::path(BITFRONT_DEMO) / "digits_inputs.pt",
            0,
            {}};
}

ForwardCost forwardCost(const Job& job)
{
    const auto engine = loadEngine();
    const auto experimentOf = [&](const Job& one) {
        const auto model = engine->openModel(one.model);
        return std::pair(model, engine->loadInputs(one.inputs, *model));
    };
    const auto [small, smallInputs] = experimentOf(demoJob());
    engine->createExperiment(small, smallInputs); // what the library allocates once is not counted
    const auto [model, inputs] = experimentOf(job);
    malloc_trim(0);
    std::ofstream("/proc/self/clear_refs") << 5; // resets VmHWM
    const double before = ownMemory("VmRSS");
    ForwardCost cost;
    for (int i = 0; i < 3; ++i) {
        const double start = processSeconds();
        const auto experiment = engine->createExperiment(model, inputs);
        const auto passes = static_cast<double>(experiment->work().forwardPasses);
        cost.cpuSeconds = std::min(cost.cpuSeconds, (processSeconds() - start) / passes);
        cost.wallSeconds = std::min(cost.wallSeconds, experiment->forwardMs() / 1000);
        cost.activationBytes = ownMemory("VmHWM") - before;
    }
    return cost;
}

/// CPU seconds of the last sweep's configurations in coreai-opt, as the script says.
void compareWithReference(const Options& options, const std::string& what, const Sweep& ours)
{
    if (options.python.empty())
        return;
    const fs::path log = options.scratch / ("reference_" + what + ".txt");
    std::vector<std::string> command {options.python,
                                      std::string(BITFRONT_BENCH) + "/compare_sweep.py", what,
                                      (options.scratch / "sweep.bitfront").string()};
    if (fs::exists(options.models / "encoder.weights"))
        command.insert(command.end(), {"--weights", (options.models / "encoder.weights").string()});
    if (runChild(command, log).exitCode != 0) {
        figure("coreai-opt", "not measured", "", "it could not be run, see " + log.string());
        return;
    }
    std::ifstream text(log);
    std::string line;
    while (std::getline(text, line)) {
        char mode[32] = {};
        double seconds = 0;
        if (std::sscanf(line.c_str(), "total %31s %lf", mode, &seconds) == 2)
            figure(std::string("coreai-opt, ") + mode + " mode", number(seconds, 1) + " s", "",
                   number(seconds / ours.cost.cpuSeconds, 1)
                       + " times the CPU of the whole sweep here");
        else
            std::printf("  %s\n", line.c_str());
    }
}

std::string megabytes(double bytes)
{
    return number(bytes / 1e6, 0) + " MB";
}

void printMemory(const Job& job, const Sweep& sweep, double activationBytes)
{
    const auto model = loadEngine()->openModel(job.model);
    const double fp32 = 2.0 * static_cast<double>(model->info().fp16Bytes());
    const double bound = 2.3 * fp32 + activationBytes + 250e6;
    figure("  peak memory", megabytes(static_cast<double>(sweep.cost.peakBytes)),
           "<= " + megabytes(bound),
           "largest resident set; to reach: 2.3 x the fp32 model (" + megabytes(fp32)
               + ") + activations (" + megabytes(activationBytes) + ") + 250 MB");
}

} // namespace

void demoSection(const Options& options)
{
    heading("Whole default sweep of the demo CNN");
    const Sweep sweep = sweepInTurn(options, {demoJob()}).front();
    figure("wall, start included", number(sweep.cost.wallSeconds) + " s", "<= 2 s",
           std::to_string(sweep.runs) + " configurations, reports written; CPU "
               + number(sweep.cost.cpuSeconds) + " s, peak "
               + megabytes(static_cast<double>(sweep.cost.peakBytes)));
    compareWithReference(options, "demo", sweep);
}

/// Wall and CPU time of a whole sweep over its forward passes.
void printSweep(const std::string& name, const Sweep& sweep, const ForwardCost& forward)
{
    figure("wall, " + name, number(sweep.cost.wallSeconds) + " s", "",
           std::to_string(sweep.runs) + " configurations of " + number(sweep.forwardSeconds, 3)
               + " s per forward pass; CPU " + number(sweep.cost.cpuSeconds) + " s");
    figure("  wall over runs x forward pass",
           number(sweep.cost.wallSeconds / (sweep.runs * forward.wallSeconds)), "<= 1.6 + k-means",
           "a pass alone on one thread: " + number(forward.wallSeconds, 3)
               + " s; start, probes, k-means, reports included. Means nothing on a busy machine");
    figure("  CPU over runs x CPU of a pass",
           number(sweep.cost.cpuSeconds / (sweep.runs * forward.cpuSeconds)), "",
           "the same in CPU time; a pass: " + number(forward.cpuSeconds, 3) + " s");
}

void encoderSection(const Options& options)
{
    const std::pair<std::string, std::string> formats[] = {{"TorchScript", "encoder.pt"},
                                                           {"torch.export", "encoder.pt2"}};
    std::optional<Sweep> compared;
    for (const auto& [format, file] : formats) {
        if (!fs::exists(options.models / file))
            continue;
        heading("Whole default sweep of the BERT-class encoder, " + format);
        Job job {options.models / file, options.models / "encoder_inputs.pt", 1, {}};
        Job two = job;
        two.threads = 2;
        const ForwardCost forward = forwardCost(job);
        Options once = options;
        if (compared)
            once.repeats = 1;
        const std::vector<Sweep> sweeps = sweepInTurn(once, {job, two});
        printSweep("one worker", sweeps[0], forward);
        printMemory(job, sweeps[0], forward.activationBytes);
        printSweep("two workers", sweeps[1], forward);
        printMemory(job, sweeps[1], 2 * forward.activationBytes);
        figure("two workers against one",
               number(sweeps[0].cost.wallSeconds / sweeps[1].cost.wallSeconds), ">= 1.7",
               "ratio of wall times, forward passes on one thread each; CPU "
                   + number(sweeps[0].cost.cpuSeconds / sweeps[1].cost.cpuSeconds));
        if (!compared)
            compareWithReference(options, "encoder", *(compared = sweeps[0]));
    }
}

void giantSection(const Options& options)
{
    heading("A model of 1 billion parameters, three configurations");
    const Job job {options.models / "giant.pt",
                   options.models / "giant_inputs.pt",
                   0,
                   {"--configs",
                    "perchannel_int8_symmetric,perblock_bs32_int4_asymmetric,"
                    "palette_grouped_gs16_4bit_pcs0",
                    "--no-refine"}};
    const std::string program = std::string(BITFRONT_BIN) + "/bitfront-cli";
    const ChildCost inspect = runChild({program, "inspect", job.model.string()});
    figure("inspect", number(inspect.wallSeconds, 1) + " s", "",
           "peak " + megabytes(static_cast<double>(inspect.peakBytes)));
    const Sweep sweep = sweepOnce(options, job);
    figure("estimate and three configurations", number(sweep.cost.wallSeconds, 1) + " s", "",
           "CPU " + number(sweep.cost.cpuSeconds, 1) + " s, forward pass "
               + number(sweep.forwardSeconds, 1) + " s");
    figure("peak memory", megabytes(static_cast<double>(sweep.cost.peakBytes)), "<= 24 GiB", "");
    for (const ResultRecord& record : readRun(options.scratch / "sweep.bitfront").records)
        if (const Measurement* measured = record.measurement())
            figure("  " + record.config.name, number(measured->timeMs / 1000, 1) + " s", "",
                   "compression " + number((measured->timeMs - measured->forwardMs) / 1000, 1)
                       + " s");
}

} // namespace bitfront::bench
