// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/inspector.h"

#include "core/base/error.h"
#include "widgets/workbench/text.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

namespace bitfront {

namespace {

/// Outputs are kept, so that one can go back and forth between results: this many results at most,
/// and this much of them.
constexpr std::size_t kMostKnown = 32;
constexpr std::uint64_t kMostKnownBytes = std::uint64_t {256} << 20;
constexpr int kBins = 96; ///< of histograms of weights

std::uint64_t bytesOf(const OutputViewsPtr& views)
{
    return std::transform_reduce(views->outputs.begin(), views->outputs.end(), std::uint64_t {0},
                                 std::plus(), [](const OutputView& view) { return view.bytes(); });
}

QString sentence(const Failure& failure)
{
    return toQString(failure.hint.empty() ? failure.message : failure.message + ' ' + failure.hint);
}

} // namespace

/// Model and inputs of a run, opened when they are first needed.
struct Inspector::Sources
{
    EngineSource engine;
    std::shared_ptr<const RunHeader> header;
    std::shared_ptr<const Model> model;
    std::shared_ptr<Experiment> experiment;
    std::unique_ptr<Evaluator> evaluator;
    std::map<std::size_t, SharedValues> baselines; ///< by output; every view of a run shares them

    const Model& openModel(const std::stop_token& stop)
    {
        if (!model)
            model = engine()->openModel(header->model.path, stop, header->model.layerOptions);
        if (model->info().sha256 != header->model.sha256)
            throw Error(ErrorCode::BadFormat,
                        header->model.fileName + " has changed since this run.",
                        "Its weights and outputs are no longer those that were measured.",
                        header->model.path);
        return *model;
    }

    LayerViewPtr layerView(const CompressionConfig& config, const LayerStorage& storage,
                           const std::stop_token& stop)
    {
        const Model& opened = openModel(stop);
        const auto& layers = opened.info().layers;
        const auto found = std::ranges::find(layers, storage.layer, &LayerInfo::name);
        if (found == layers.end())
            throw Error(ErrorCode::Internal, "The model has no layer " + storage.layer + '.');
        return std::make_shared<const LayerView>(
            *found, storage, config.palette.rounding,
            opened.layerValues(static_cast<std::size_t>(found - layers.begin())).values, stop);
    }

    Experiment& openExperiment(const std::stop_token& stop)
    {
        openModel(stop);
        if (!experiment) {
            auto inputs = engine()->loadInputs(header->inputsPath, *model, header->inputOptions);
            if (inputs->sha256() != header->inputsSha256)
                throw Error(ErrorCode::InputMismatch, "The inputs have changed since this run.",
                            "The outputs that were measured cannot be shown any more.",
                            header->inputsPath);
            experiment = engine()->createExperiment(model, std::move(inputs), stop);
        }
        return *experiment;
    }

    SharedValues baseline(std::size_t output, const std::stop_token& stop)
    {
        SharedValues& values = baselines[output];
        if (!values)
            values =
                std::make_shared<const std::vector<float>>(openExperiment(stop).baseline(output));
        return values;
    }

    Evaluator& openEvaluator(const std::stop_token& stop)
    {
        if (!evaluator)
            evaluator = openExperiment(stop).createEvaluator(header->metrics, 1);
        return *evaluator;
    }
};

Inspector::Inspector(EngineSource engine, QObject* parent)
    : QObject(parent)
    , m_engine(std::move(engine))
{
}

Inspector::~Inspector() = default;

void Inspector::setRun(std::shared_ptr<const RunHeader> header)
{
    m_layerTask.request_stop();
    m_pairTask.request_stop();
    m_outputsTask.request_stop();
    m_histogramTask.request_stop();
    m_drawingTask.request_stop();
    m_known.clear();
    m_header = std::move(header);
    m_sources.reset();
    if (!m_header)
        return;
    m_sources = std::make_shared<Sources>();
    m_sources->engine = m_engine;
    m_sources->header = m_header;
    if (m_offeredModel && isSameModel(m_offeredModel->info(), m_header->model))
        m_sources->model = m_offeredModel;
    // The same file read in another way (another mean, another binding) gives other outputs.
    if (m_sources->model && m_offeredExperiment
        && m_offeredExperiment->inputs().sha256() == m_header->inputsSha256
        && m_offeredExperiment->inputs().options() == m_header->inputOptions)
        m_sources->experiment = m_offeredExperiment;
}

void Inspector::offer(std::shared_ptr<const Model> model, std::shared_ptr<Experiment> experiment)
{
    m_offeredModel = std::move(model);
    m_offeredExperiment = std::move(experiment);
}

void Inspector::requestLayer(const CompressionConfig& config, const LayerStorage& storage)
{
    m_layerTask.request_stop();
    if (!m_sources)
        return;
    const auto sources = m_sources;
    m_layerTask = m_queue.run(
        this,
        [this, sources, config,
         storage](const std::stop_token& stop) -> BackgroundQueue::Completion {
            const LayerViewPtr view = sources->layerView(config, storage, stop);
            return [this, view] { emit layerReady(view); };
        },
        [this](const Failure& failure) { emit layerFailed(sentence(failure)); });
}

void Inspector::requestHistogram(const LayerViewPtr& view, int part)
{
    m_histogramTask.request_stop();
    m_histogramTask = m_countQueue.run(
        this,
        [this, view, part](const std::stop_token&) -> BackgroundQueue::Completion {
            auto counts = std::make_shared<const LayerHistogram>(view->histogram(part, kBins));
            return [this, view, counts] { emit histogramReady(view, *counts); };
        },
        [this](const Failure& failure) { emit layerFailed(sentence(failure)); });
}

void Inspector::requestPair(const CompressionConfig& a, const LayerStorage& storageA,
                            const CompressionConfig& b, const LayerStorage& storageB)
{
    m_pairTask.request_stop();
    if (!m_sources)
        return;
    const auto sources = m_sources;
    m_pairTask = m_queue.run(
        this,
        [this, sources, a, b, storageA,
         storageB](const std::stop_token& stop) -> BackgroundQueue::Completion {
            const auto counted = [&](const CompressionConfig& config, const LayerStorage& storage) {
                return sources->layerView(config, storage, stop)->histogram(-1, kBins);
            };
            const LayerHistogram first = counted(a, storageA);
            auto pair = std::make_shared<const LayerPair>(
                LayerPair {storageA.layer, first, counted(b, storageB)});
            return [this, pair] { emit pairReady(*pair); };
        },
        [this](const Failure& failure) { emit pairFailed(sentence(failure)); });
}

void Inspector::requestOutputs(const CompressionConfig& config)
{
    m_outputsTask.request_stop();
    if (!m_sources)
        return;
    const auto known = std::ranges::find_if(
        m_known, [&](const OutputViewsPtr& views) { return views->config == config.name; });
    if (known != m_known.end()) {
        m_known.splice(m_known.begin(), m_known, known);
        emit outputsReady(m_known.front());
        return;
    }
    const auto sources = m_sources;
    m_outputsTask = m_queue.run(
        this,
        [this, sources, config](const std::stop_token& stop) -> BackgroundQueue::Completion {
            Experiment& experiment = sources->openExperiment(stop);
            auto values = sources->openEvaluator(stop).outputs(config, stop);
            auto views = std::make_shared<OutputViews>();
            views->config = config.name;
            for (const MetricChoice& choice : sources->header->metrics) {
                const auto& infos = experiment.outputs();
                const auto info = std::ranges::find(infos, choice.output, &OutputInfo::name);
                const auto index = static_cast<std::size_t>(info - infos.begin());
                if (info == infos.end() || index >= values.size())
                    throw Error(ErrorCode::Internal,
                                "The engine keeps no values of output '" + choice.output + "'.");
                views->outputs.emplace_back(*info, choice.metric, sources->baseline(index, stop),
                                            std::move(values[index]));
            }
            return [this, views] {
                keep(views);
                emit outputsReady(views);
            };
        },
        [this](const Failure& failure) { emit outputsFailed(sentence(failure)); });
}

/// The latest one always; of those before as many as there is room for.
void Inspector::keep(const OutputViewsPtr& views)
{
    m_known.push_front(views);
    std::uint64_t bytes = bytesOf(views);
    auto last = std::next(m_known.begin());
    for (std::size_t count = 1; last != m_known.end() && count < kMostKnown; ++last, ++count) {
        bytes += bytesOf(*last);
        if (bytes > kMostKnownBytes)
            break;
    }
    m_known.erase(last, m_known.end());
}

void Inspector::requestDrawing(const OutputViewsPtr& views, std::size_t output, std::int64_t sample,
                               std::int64_t plane)
{
    m_drawingTask.request_stop();
    m_drawingTask = m_countQueue.run(
        this,
        [this, views, output, sample,
         plane](const std::stop_token& stop) -> BackgroundQueue::Completion {
            auto drawing = std::make_shared<const SampleDrawing>(
                drawSample(views->outputs.at(output), sample, plane, stop));
            return [this, views, output, drawing] { emit drawingReady(views, output, drawing); };
        },
        [this](const Failure& failure) { emit outputsFailed(sentence(failure)); });
}

} // namespace bitfront
