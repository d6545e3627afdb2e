// SPDX-License-Identifier: GPL-3.0-or-later
// Baseline outputs of a model, and the measurement of configurations against them.
#include "core/engine/forward_advice.h"
#include "core/engine/torch/engine_parts.h"
#include "core/engine/torch/output_quality.h"
#include "core/engine/torch/reuse_stores.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_model.h"
#include "core/engine/torch/torch_scope.h"
#include "core/engine/torch/torch_tensors.h"
#include "core/engine/weight_compressor.h"
#include "core/kernels/half.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <deque>
#include <memory>
#include <sys/resource.h>

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

std::uint64_t peakMemory()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

/// Memory for lookup tables: those of a whole sweep for small models, a fifth of the weights for
/// large ones.
std::uint64_t tableBudget(const ModelInfo& info)
{
    return std::max<std::uint64_t>(PaletteCache::kDefaultBudget, 2 * info.fp16Bytes() / 5);
}

/// What all evaluators of an experiment read.
struct Shared
{
    Shared(std::shared_ptr<const TorchModel> opened, std::shared_ptr<const TorchInputs> bound)
        : model(std::move(opened))
        , inputs(std::move(bound))
        , info(model->info())
    {
    }

    std::shared_ptr<const TorchModel> model;
    std::shared_ptr<const TorchInputs> inputs;
    ModelInfo info; ///< the model's, with what running it has shown added to the notes
    std::vector<OutputInfo> outputs;
    std::vector<at::Tensor> reference; ///< float32 values of the outputs
    StateHandling state = StateHandling::Shared; ///< Fresh when forward() changes the model
    std::vector<bool> finiteWeights; ///< per layer
    ReuseStores reuse;
    double forwardMs = 0;
    PaletteCache palettes {tableBudget(info)};
    mutable std::atomic<std::int64_t> forwardPasses {0};
};

/// Runs forward() and explains what fails.
std::vector<NamedOutput> runExplained(Runnable& runnable, const Shared& shared)
{
    const TorchInputs& inputs = *shared.inputs;
    const ModelInfo& info = shared.info;
    ++shared.forwardPasses;
    try {
        return runnable.run(inputs);
    } catch (...) {
        try {
            rethrowAsError({ErrorCode::ForwardFailed, "", "", info.path});
        } catch (const Error& error) {
            if (error.code() != ErrorCode::ForwardFailed)
                throw;
            if (const auto advice = inputAdvice(info, inputs.tensors(), error.failure().message))
                throw Error(*advice);
            throw Error(ErrorCode::ForwardFailed,
                        "The model's forward pass failed: " + error.failure().message,
                        "Run the model in Python with the same inputs to see where.", info.path);
        }
        throw;
    }
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

class TorchEvaluator : public Evaluator
{
public:
    TorchEvaluator(std::shared_ptr<Shared> shared, std::vector<ResolvedMetric> metrics, int threads)
        : m_shared(std::move(shared))
        , m_metrics(std::move(metrics))
        , m_threads(threads)
        , m_runnable(m_shared->model->createRunnable(m_shared->state))
        , m_own(m_shared->info.layers.size())
    {
        m_runnable->setReuse(m_shared->reuse.forThreads(*m_shared->model, threads));
    }

    Measurement evaluate(const CompressionConfig& config, const std::stop_token& stop,
                         EvaluationProgress* progress) override
    {
        const TorchScope scope(m_threads);
        const Restorer restorer {*m_runnable};
        try {
            return measureConfig(config, stop, progress);
        } catch (...) {
            rethrowAsError(
                {ErrorCode::Internal, "The configuration could not be measured:", "", config.name});
        }
    }

    OperatorCounts operatorCounts() const override { return m_runnable->counts(); }

private:
    struct Restorer
    {
        Runnable& runnable;
        ~Restorer() { runnable.restore(); }
    };

    Measurement measureConfig(const CompressionConfig& config, const std::stop_token& stop,
                              EvaluationProgress* progress)
    {
        const Clock::time_point start = Clock::now();
        Measurement result;
        result.layers = planStorage(m_shared->info, config);
        if (progress != nullptr) {
            progress->layersDone = 0;
            progress->layersTotal = static_cast<int>(std::count_if(
                result.layers.begin(), result.layers.end(),
                [](const LayerStorage& s) { return s.kind != StorageKind::Untouched; }));
        }
        compressLayers(result.layers, config.palette.rounding, stop, progress);
        if (stop.stop_requested())
            throw Cancelled();
        const Clock::time_point forwardStart = Clock::now();
        const std::vector<NamedOutput> outputs = runExplained(*m_runnable, *m_shared);
        result.forwardMs = millisecondsSince(forwardStart);
        result.timeMs = millisecondsSince(start);
        result.outputs = compareOutputs(outputs, m_metrics, m_shared->outputs, m_shared->reference);
        result.size = accountSize(m_shared->info, result.layers);
        result.peakMemoryBytes = peakMemory();
        return result;
    }

    /// Layers whose tables another evaluator is looking for just now are left for later.
    void compressLayers(std::vector<LayerStorage>& layers, PaletteRounding rounding,
                        const std::stop_token& stop, EvaluationProgress* progress)
    {
        std::deque<std::size_t> todo;
        for (std::size_t i = 0; i < layers.size(); ++i)
            if (layers[i].kind != StorageKind::Untouched)
                todo.push_back(i);
        for (std::size_t passedOver = 0; !todo.empty();) {
            if (stop.stop_requested())
                throw Cancelled();
            const std::size_t index = todo.front();
            todo.pop_front();
            if (passedOver < todo.size()
                && wouldWait(index, layers[index], rounding, m_shared->palettes)) {
                todo.push_back(index);
                ++passedOver;
                continue;
            }
            passedOver = 0;
            compressLayer(index, layers[index], rounding, stop);
            if (progress != nullptr)
                ++progress->layersDone;
        }
    }

    void compressLayer(std::size_t index, LayerStorage& storage, PaletteRounding rounding,
                       const std::stop_token& stop)
    {
        if (!m_shared->finiteWeights[index]) {
            leaveUntouched(storage, "its weights hold NaN or infinite values");
            return;
        }
        const LayerInfo& layer = m_shared->info.layers[index];
        const at::Tensor& stored = m_shared->model->layerTensor(index);
        // In the memory layout of the original, so that the same code paths compute the outputs.
        at::Tensor& own = m_own[index];
        if (!own.defined())
            own = at::empty_like(stored);
        const at::Tensor original = toFloats(stored);
        const bool inPlace = own.scalar_type() == at::kFloat && own.is_contiguous();
        at::Tensor compressed = inPlace ? own : at::empty_like(original);
        const std::span<float> out {compressed.mutable_data_ptr<float>(),
                                    static_cast<std::size_t>(compressed.numel())};
        compressWeights(index, layer, storage, rounding, floatsOf(original), out,
                        m_shared->palettes, stop);
        if (!inPlace)
            own.copy_(compressed);
        m_runnable->exchangeLayer(index, own);
    }

    std::shared_ptr<Shared> m_shared;
    std::vector<ResolvedMetric> m_metrics;
    int m_threads;
    std::unique_ptr<Runnable> m_runnable;
    std::vector<at::Tensor>
        m_own; ///< per layer: compressed weights, in memory used again and again
};

class TorchExperiment : public Experiment
{
public:
    explicit TorchExperiment(std::shared_ptr<Shared> shared)
        : m_shared(std::move(shared))
    {
    }

    const ModelInfo& model() const override { return m_shared->info; }
    const ReferenceData& inputs() const override { return *m_shared->inputs; }
    const std::vector<OutputInfo>& outputs() const override { return m_shared->outputs; }
    double forwardMs() const override { return m_shared->forwardMs; }
    void setReuseBudget(std::uint64_t bytes) override { m_shared->reuse.setBudget(bytes); }

    void announce(std::span<const CompressionConfig> configs) override
    {
        expectPalettes(m_shared->palettes, m_shared->info, configs);
    }

    WorkCounts work() const override
    {
        WorkCounts counts = m_shared->palettes.work();
        counts.forwardPasses = m_shared->forwardPasses;
        return counts;
    }

    std::vector<float> baseline(std::size_t output) const override
    {
        const std::span<const float> values = floatsOf(m_shared->reference.at(output));
        return {values.begin(), values.end()};
    }

    std::vector<OutputQuality> fp16Quality(const std::vector<MetricChoice>& metrics) override
    {
        const std::vector<ResolvedMetric> resolved = resolveMetrics(metrics, m_shared->outputs);
        try {
            const TorchScope scope(kBaselineThreads);
            const TorchModel& model = *m_shared->model;
            const std::unique_ptr<Runnable> runnable = model.createRunnable(m_shared->state);
            for (std::size_t i = 0; i < m_shared->info.layers.size(); ++i)
                runnable->exchangeLayer(i, throughHalf(model.layerTensor(i)));
            for (std::size_t i = 0; i < m_shared->info.plainParameters.size(); ++i)
                runnable->exchangePlain(i, throughHalf(model.plainTensor(i)));
            return compareOutputs(runExplained(*runnable, *m_shared), resolved, m_shared->outputs,
                                  m_shared->reference);
        } catch (...) {
            rethrowAsError({ErrorCode::Internal, "The fp16 reference could not be measured:", "",
                            m_shared->info.path});
        }
    }

    std::unique_ptr<Evaluator> createEvaluator(const std::vector<MetricChoice>& metrics,
                                               int threads) override
    {
        std::vector<ResolvedMetric> resolved = resolveMetrics(metrics, m_shared->outputs);
        try {
            const TorchScope scope;
            return std::make_unique<TorchEvaluator>(m_shared, std::move(resolved), threads);
        } catch (...) {
            rethrowAsError(
                {ErrorCode::Internal, "The model could not be copied:", "", m_shared->info.path});
        }
    }

private:
    std::shared_ptr<Shared> m_shared;
};

/// First passes: baseline outputs, state, repeatability, time.
void measureBaseline(Shared& shared, const std::stop_token& stop)
{
    // Shared tensors must keep their first values whatever forward() writes.
    const std::unique_ptr<Runnable> runnable = shared.model->createRunnable(StateHandling::Fresh);
    const auto timedRun = [&] {
        const Clock::time_point start = Clock::now();
        auto outputs = runExplained(*runnable, shared);
        shared.forwardMs = millisecondsSince(start);
        return outputs;
    };
    const std::vector<NamedOutput> outputs = timedRun();
    for (const NamedOutput& output : outputs) {
        shared.outputs.push_back(describeOutput(output));
        shared.reference.push_back(toFloats(output.tensor).clone());
    }
    refuseUnlessUsable(shared.outputs, shared.info.path);
    if (stop.stop_requested())
        throw Cancelled();
    if (runnable->changedState()) {
        shared.state = StateHandling::Fresh;
        shared.info.notes.emplace_back("The model changes its own state while it runs; every "
                                       "configuration starts from the state in the file.");
    }
    if (!sameValues(outputs, timedRun()))
        shared.info.notes.emplace_back("Two runs of the uncompressed model on the same inputs gave "
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
    auto shared = std::make_shared<Shared>(std::move(opened), std::move(bound));
    try {
        const TorchScope scope(kBaselineThreads);
        measureBaseline(*shared, stop);
        for (std::size_t i = 0; i < shared->info.layers.size(); ++i) {
            const at::Tensor weights = toFloats(shared->model->layerTensor(i));
            const std::span<const float> values = floatsOf(weights);
            shared->finiteWeights.push_back(std::all_of(values.begin(), values.end(),
                                                        [](float v) { return std::isfinite(v); }));
        }
    } catch (...) {
        rethrowAsError(
            {ErrorCode::Internal, "The model could not be prepared:", "", shared->info.path});
    }
    return std::make_shared<TorchExperiment>(std::move(shared));
}

} // namespace bitfront
