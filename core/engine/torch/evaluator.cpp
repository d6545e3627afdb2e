// SPDX-License-Identifier: GPL-3.0-or-later
// Measures configurations: compresses layers into memory of its own, runs the model on them,
// compares.
#include "core/engine/torch/experiment_data.h"
#include "core/engine/torch/torch_errors.h"
#include "core/engine/torch/torch_scope.h"
#include "core/engine/torch/torch_tensors.h"
#include "core/engine/weight_compressor.h"

#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <sys/resource.h>
#include <thread>

namespace bitfront {

namespace {

using Clock = std::chrono::steady_clock;

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

/// Layers still to compress, for several threads.
class LayerQueue
{
public:
    explicit LayerQueue(const std::vector<LayerStorage>& layers)
    {
        for (std::size_t i = 0; i < layers.size(); ++i)
            if (layers[i].kind != StorageKind::Untouched)
                m_layers.push_back(i);
    }

    std::size_t size() const { return m_layers.size(); }

    /// Those that would have to wait for another thread's tables come last.
    template<typename WouldWait>
    std::optional<std::size_t> next(WouldWait wouldWaitFor)
    {
        const std::lock_guard lock(m_mutex);
        const auto ready = std::find_if_not(m_layers.begin(), m_layers.end(), wouldWaitFor);
        const auto chosen = ready == m_layers.end() ? m_layers.begin() : ready;
        if (chosen == m_layers.end())
            return std::nullopt;
        const std::size_t index = *chosen;
        m_layers.erase(chosen);
        return index;
    }

    void clear()
    {
        const std::lock_guard lock(m_mutex);
        m_layers.clear();
    }

private:
    std::mutex m_mutex;
    std::deque<std::size_t> m_layers;
};

class TorchEvaluator : public Evaluator
{
public:
    TorchEvaluator(std::shared_ptr<ExperimentData> data, std::vector<ResolvedMetric> metrics,
                   int threads)
        : m_data(std::move(data))
        , m_metrics(std::move(metrics))
        , m_splits(m_data->currentSplits())
        , m_threads(threads)
        , m_runnable(m_data->model->createRunnable(m_data->state))
        , m_own(m_data->info.layers.size())
        , m_kept(m_data->info.layers.size())
    {
        m_runnable->setReuse(m_data->reuse.forThreads(*m_data->model, threads));
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

    std::vector<std::vector<float>> outputs(const CompressionConfig& config,
                                            const std::stop_token& stop) override
    {
        const TorchScope scope(m_threads);
        const Restorer restorer {*m_runnable};
        try {
            std::vector<LayerStorage> layers = planStorage(m_data->info, config);
            compressLayers(layers, config.palette.rounding, stop, nullptr);
            if (stop.stop_requested())
                throw Cancelled();
            std::vector<std::vector<float>> values;
            for (const NamedOutput& output : runExplained(*m_runnable, *m_data)) {
                const at::Tensor floats = toFloats(output.tensor);
                const std::span<const float> span = floatsOf(floats);
                values.emplace_back(span.begin(), span.end());
            }
            return values;
        } catch (...) {
            rethrowAsError(
                {ErrorCode::Internal, "The outputs could not be computed:", "", config.name});
        }
    }

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
        result.layers = planStorage(m_data->info, config);
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
        const std::vector<NamedOutput> outputs = runExplained(*m_runnable, *m_data);
        result.forwardMs = millisecondsSince(forwardStart);
        result.timeMs = millisecondsSince(start);
        result.outputs =
            compareOutputs(outputs, m_metrics, m_data->outputs, m_data->reference, m_splits);
        result.size = accountSize(m_data->info, result.layers);
        result.peakMemoryBytes = peakMemory();
        return result;
    }

    /// Layers do not depend on each other: compressed by as many threads as forward passes use.
    void compressLayers(std::vector<LayerStorage>& layers, PaletteRounding rounding,
                        const std::stop_token& stop, EvaluationProgress* progress)
    {
        LayerQueue queue(layers);
        std::mutex failureMutex;
        std::exception_ptr failure;
        const auto work = [&] {
            try {
                const auto wait = [&](std::size_t index) {
                    return wouldWait(index, layers[index], rounding, m_data->palettes);
                };
                while (const auto index = queue.next(wait)) {
                    if (stop.stop_requested())
                        throw Cancelled();
                    compressLayer(*index, layers[*index], rounding, stop);
                    if (progress != nullptr)
                        ++progress->layersDone;
                }
            } catch (...) {
                queue.clear();
                const std::lock_guard lock(failureMutex);
                if (!failure)
                    failure = std::current_exception();
            }
        };
        {
            std::vector<std::jthread> helpers;
            const std::size_t most =
                std::min(static_cast<std::size_t>(std::max(m_threads, 1)), queue.size());
            for (std::size_t i = 1; i < most; ++i)
                helpers.emplace_back([&work] {
                    const TorchScope scope(1);
                    work();
                });
            work();
        }
        if (failure)
            std::rethrow_exception(failure);
        for (std::size_t i = 0; i < layers.size(); ++i)
            if (layers[i].kind != StorageKind::Untouched)
                m_runnable->exchangeLayer(i, m_own[i]);
    }

    void compressLayer(std::size_t index, LayerStorage& storage, PaletteRounding rounding,
                       const std::stop_token& stop)
    {
        // Recipes are searched one layer at a time: most layers are as they were just before.
        std::optional<Kept>& kept = m_kept[index];
        if (kept && kept->asked == storage && kept->rounding == rounding) {
            storage = kept->done;
            return;
        }
        const LayerStorage asked = storage;
        kept.reset();
        const LayerInfo& layer = m_data->info.layers[index];
        const at::Tensor& stored = m_data->model->layerTensor(index);
        // In the memory layout of the original, so that the same code paths compute the outputs.
        at::Tensor& own = m_own[index];
        if (!own.defined())
            own = at::empty_like(stored);
        const at::Tensor original = toFloats(stored);
        const bool inPlace = own.scalar_type() == at::kFloat && own.is_contiguous();
        at::Tensor compressed = inPlace ? own : at::empty_like(original);
        const std::span<float> out {compressed.mutable_data_ptr<float>(),
                                    static_cast<std::size_t>(compressed.numel())};
        compressWeights(index, layer, storage, rounding, floatsOf(original), out, m_data->palettes,
                        stop);
        if (!inPlace)
            own.copy_(compressed);
        kept = Kept {asked, storage, rounding};
    }

    std::shared_ptr<ExperimentData> m_data;
    std::vector<ResolvedMetric> m_metrics;
    std::vector<OutputSplit> m_splits; ///< as they were when this was made
    int m_threads;
    std::unique_ptr<Runnable> m_runnable;
    /// What a layer of m_own holds.
    struct Kept
    {
        LayerStorage asked, done; ///< as planned, and with what compressing it has shown
        PaletteRounding rounding;
    };
    std::vector<at::Tensor>
        m_own; ///< per layer: compressed weights, in memory used again and again
    std::vector<std::optional<Kept>> m_kept; ///< per layer; empty: nothing whole
};

} // namespace

std::unique_ptr<Evaluator> makeTorchEvaluator(std::shared_ptr<ExperimentData> data,
                                              std::vector<ResolvedMetric> metrics, int threads)
{
    return std::make_unique<TorchEvaluator>(std::move(data), std::move(metrics), threads);
}

} // namespace bitfront
