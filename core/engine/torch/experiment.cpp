// SPDX-License-Identifier: GPL-3.0-or-later
// Baseline outputs of a model, and the measurement of configurations against them.
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/experiment_data.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_scope.h"
#include "core/engine/torch/torch_tensors.h"
#include "core/engine/weight_compressor.h"
#include "core/kernels/half.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

namespace bitfront {

namespace {

using Clock = std::chrono::steady_clock;

/// Sums round differently with another number of threads; one gives the same baseline on every
/// machine.
constexpr int kBaselineThreads = 1;

double millisecondsSince(Clock::time_point start)
{
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// float32 values cast to fp16 and back as the reference casts: tensors with values beyond its
/// range stay, and values too small for it become its smallest number instead of zero.
at::Tensor throughHalf(const at::Tensor& tensor)
{
    constexpr float largest = 65504;
    constexpr float smallest = 0x1p-24F;
    if (tensor.scalar_type() != at::kFloat || tensor.numel() == 0)
        return tensor;
    const at::Tensor dense = tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
    at::Tensor half = at::empty_like(dense); // in the same memory layout
    const auto count = static_cast<std::size_t>(dense.numel());
    const std::span<const float> values {dense.const_data_ptr<float>(), count};
    const std::span<float> out {half.mutable_data_ptr<float>(), count};
    roundTo(WeightType::Float16, values, out);
    for (std::size_t i = 0; i < count; ++i) {
        if (std::fabs(values[i]) > largest)
            return tensor;
        if (out[i] == 0 && values[i] != 0)
            out[i] = std::copysign(smallest, values[i]);
    }
    return half;
}

class TorchExperiment : public Experiment
{
public:
    explicit TorchExperiment(std::shared_ptr<ExperimentData> data)
        : m_data(std::move(data))
    {
    }

    const ModelInfo& model() const override { return m_data->info; }
    const ReferenceData& inputs() const override { return *m_data->inputs; }
    const std::vector<OutputInfo>& outputs() const override { return m_data->outputs; }
    double forwardMs() const override { return m_data->forwardMs; }
    void setReuseBudget(std::uint64_t bytes) override { m_data->reuse.setBudget(bytes); }

    SampleSplit holdOut(double share) override
    {
        std::vector<OutputSplit> splits;
        SampleSplit split = splitSamples(*m_data, share, splits);
        const std::lock_guard lock(m_data->splitting);
        m_data->splits = std::move(splits);
        return split;
    }

    void announce(std::span<const CompressionConfig> configs) override
    {
        expectPalettes(m_data->palettes, m_data->info, configs);
    }

    void keepTables(const std::filesystem::path& file) override
    {
        m_data->palettes.keepIn(
            file.empty() ? nullptr
                         : std::make_unique<PaletteStore>(file, layersText(m_data->info)));
    }

    WorkCounts work() const override
    {
        WorkCounts counts = m_data->palettes.work();
        counts.forwardPasses = m_data->forwardPasses;
        return counts;
    }

    std::vector<float> baseline(std::size_t output) const override
    {
        const std::span<const float> values = floatsOf(m_data->reference.at(output));
        return {values.begin(), values.end()};
    }

    std::vector<OutputQuality> fp16Quality(const std::vector<MetricChoice>& metrics) override
    {
        const std::vector<ResolvedMetric> resolved = resolveMetrics(metrics, m_data->outputs);
        try {
            const TorchScope scope(kBaselineThreads);
            const TorchModel& model = *m_data->model;
            const std::unique_ptr<Runnable> runnable = model.createRunnable(m_data->state);
            for (std::size_t i = 0; i < m_data->info.layers.size(); ++i)
                runnable->exchangeLayer(i, throughHalf(model.layerTensor(i)));
            for (std::size_t i = 0; i < m_data->info.plainParameters.size(); ++i)
                runnable->exchangePlain(i, throughHalf(model.plainTensor(i)));
            return compareOutputs(runExplained(*runnable, *m_data), resolved, m_data->outputs,
                                  m_data->reference);
        } catch (...) {
            rethrowAsError({ErrorCode::Internal, "The fp16 reference could not be measured:", "",
                            m_data->info.path});
        }
    }

    std::unique_ptr<Evaluator> createEvaluator(const std::vector<MetricChoice>& metrics,
                                               int threads) override
    {
        std::vector<ResolvedMetric> resolved = resolveMetrics(metrics, m_data->outputs);
        try {
            const TorchScope scope;
            return makeTorchEvaluator(m_data, std::move(resolved), threads);
        } catch (...) {
            rethrowAsError(
                {ErrorCode::Internal, "The model could not be copied:", "", m_data->info.path});
        }
    }

private:
    std::shared_ptr<ExperimentData> m_data;
};

/// First passes: baseline outputs, state, repeatability, time.
void measureBaseline(ExperimentData& data, const std::stop_token& stop)
{
    // Shared tensors must keep their first values whatever forward() writes.
    const std::unique_ptr<Runnable> runnable = data.model->createRunnable(StateHandling::Fresh);
    const auto timedRun = [&] {
        const Clock::time_point start = Clock::now();
        auto outputs = runExplained(*runnable, data);
        data.forwardMs = millisecondsSince(start);
        return outputs;
    };
    const std::vector<NamedOutput> outputs = timedRun();
    for (const NamedOutput& output : outputs) {
        data.outputs.push_back(describeOutput(output));
        data.batchValues.push_back(output.batchValues);
        data.reference.push_back(toFloats(output.tensor).clone());
    }
    refuseUnlessUsable(data.outputs, data.info.path);
    if (stop.stop_requested())
        throw Cancelled();
    if (runnable->changedState()) {
        data.state = StateHandling::Fresh;
        data.info.notes.emplace_back("The model changes its own state while it runs; every "
                                     "configuration starts from the state in the file.");
    }
    if (!sameValues(outputs, timedRun()))
        data.info.notes.emplace_back("Two runs of the uncompressed model on the same inputs gave "
                                     "different outputs: it draws random numbers, and no quality "
                                     "can be measured more finely than that.");
}

} // namespace

std::shared_ptr<Experiment> createTorchExperiment(std::shared_ptr<const Model> model,
                                                  std::shared_ptr<const ReferenceData> inputs,
                                                  const std::stop_token& stop)
{
    auto opened = std::dynamic_pointer_cast<const TorchModel>(model);
    auto bound = std::dynamic_pointer_cast<const TorchInputs>(inputs);
    if (!opened || !bound)
        throw Error(ErrorCode::Internal, "Model or inputs were not opened by this engine.");
    auto data = std::make_shared<ExperimentData>(std::move(opened), std::move(bound));
    try {
        const TorchScope scope(kBaselineThreads);
        measureBaseline(*data, stop);
        for (std::size_t i = 0; i < data->info.layers.size(); ++i) {
            const at::Tensor weights = toFloats(data->model->layerTensor(i));
            const std::span<const float> values = floatsOf(weights);
            data->info.layers[i].finite =
                std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
        }
    } catch (...) {
        rethrowAsError(
            {ErrorCode::Internal, "The model could not be prepared:", "", data->info.path});
    }
    return std::make_shared<TorchExperiment>(std::move(data));
}

} // namespace bitfront
