// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/inspector.h"

#include "core/base/error.h"
#include "widgets/workbench/text.h"

#include <algorithm>

namespace bitfront {

namespace {

constexpr std::size_t kMostKnown = 4;

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
    ++m_generation;
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
        [this, sources, config, storage,
         generation = m_generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
            const LayerViewPtr view = sources->layerView(config, storage, stop);
            return [this, view, generation, stop] {
                if (generation == m_generation && !stop.stop_requested())
                    emit layerReady(view);
            };
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
        [this, sources, a, b, storageA, storageB,
         generation = m_generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
            const LayerViewPtr first = sources->layerView(a, storageA, stop);
            const LayerViewPtr second = sources->layerView(b, storageB, stop);
            return [this, first, second, generation, stop] {
                if (generation == m_generation && !stop.stop_requested())
                    emit pairReady(first, second);
            };
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
        [this, sources, config,
         generation = m_generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
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
                views->outputs.emplace_back(*info, choice.metric, experiment.baseline(index),
                                            std::move(values[index]));
            }
            return [this, views, generation, stop] {
                if (generation != m_generation)
                    return;
                m_known.push_front(views);
                if (m_known.size() > kMostKnown)
                    m_known.pop_back();
                if (!stop.stop_requested())
                    emit outputsReady(views);
            };
        },
        [this](const Failure& failure) { emit outputsFailed(sentence(failure)); });
}

} // namespace bitfront
