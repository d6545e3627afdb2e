// SPDX-License-Identifier: GPL-3.0-or-later
// What inspect, estimate and run start from: the options that name model, inputs, metrics and plan,
// and the opened things they stand for.
#pragma once

#include "app/cli/input_arguments.h"
#include "core/engine/engine.h"
#include "core/plan/sweep_plan.h"
#include "core/run/sweep_runner.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace bitfront::cli {

struct PlanOptions
{
    std::vector<std::string> groups; ///< "1a", "1b", "2"; empty: all
    std::vector<std::string> configs; ///< names; empty: all
    bool noRefine = false;
    std::string indivisible = "nearest";
    std::string paletteRounding = "automatic";
    bool palettizeEmbeddings = false;
    LayerOptions layers;
};
void addPlanOptions(CLI::App& command, PlanOptions& options);
void addLayerOptions(CLI::App& command, LayerOptions& options);
/// Throws Error(BadArgument).
SweepPlan makePlan(const PlanOptions& options);

struct MetricOptions
{
    std::vector<std::string> metrics; ///< "OUTPUT=psnr"; empty: psnr for every output
    std::optional<double> floor;
};
void addMetricOptions(CLI::App& command, MetricOptions& options);
/// Splits "OUTPUT=psnr|snr|iou". Throws Error(BadArgument); checks no output.
std::vector<MetricChoice> parseMetrics(const MetricOptions& options);
/// The choices as they will be measured: `asked`, or psnr for every output that it can judge.
/// Throws Error(MetricUnfit): an unknown output (lists the outputs), a metric that cannot judge its
/// output. `floor` replaces that of the first choice.
std::vector<MetricChoice> resolveMetrics(std::vector<MetricChoice> asked,
                                         std::optional<double> floor,
                                         const std::vector<OutputInfo>& outputs);

/// What estimate and run have in common.
struct SweepOptions
{
    std::string model;
    InputArguments inputs;
    MetricOptions metric;
    PlanOptions plan;
    std::optional<int> threads; ///< in all; empty: as many as there are cores
};
void addSweepOptions(CLI::App& command, SweepOptions& options);
ThreadBudget threadBudget(const ModelInfo& model, std::optional<int> threads);

/// A model, and with inputs what its first forward pass has shown.
struct Workload
{
    std::string engineVersion;
    std::shared_ptr<const Model> model;
    std::shared_ptr<const ReferenceData> inputs; ///< null without inputs
    std::shared_ptr<Experiment> experiment; ///< null without inputs
};
/// Loads the engine, opens, runs once. Nothing is run when no inputs are given. Throws Error.
Workload openWorkload(const std::filesystem::path& model, const std::filesystem::path& inputs,
                      const InputOptions& options, const LayerOptions& layers);

} // namespace bitfront::cli
