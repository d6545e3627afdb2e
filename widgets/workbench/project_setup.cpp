// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workbench/project_setup.h"

#include "core/engine/files/file_role.h"
#include "core/run/headless_command.h"
#include "core/run/probe.h"
#include "widgets/workbench/run_location.h"
#include "widgets/workbench/text.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QFileInfo>

#include <algorithm>
#include <thread>

namespace bitfront {

namespace {

struct ProbeResult
{
    ProbeTimes times;
    std::vector<OutputQuality> fp16Quality;
    double wallMs = 0;
};

OutputSetup setupFor(const OutputInfo& info)
{
    OutputSetup output;
    output.info = info;
    output.suggestion = suggestMetric(info);
    if (metricUnfitReason(info, output.suggestion.metric).empty())
        output.metric = output.suggestion.metric;
    output.floor = defaultFloor(output.suggestion.metric);
    return output;
}

FileStamp stampOf(const QString& path)
{
    const QFileInfo file(path);
    return {file.lastModified(), file.size()};
}

/// Work for all cores, still without a header.
SweepRequest sweepRequest(std::shared_ptr<Experiment> experiment, const QString& folder)
{
    SweepRequest request;
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const ThreadBudget budget = defaultThreads(experiment->model(), cores);
    request.experiment = std::move(experiment);
    request.runFolder = toPath(folder);
    request.workers = budget.workers;
    request.threadsPerWorker = budget.threadsPerWorker;
    return request;
}

} // namespace

ProjectSetup::ProjectSetup(EngineFactory factory, QObject* parent)
    : QObject(parent)
    , m_factory(std::move(factory))
{
    connect(this, &ProjectSetup::metricsChanged, this, &ProjectSetup::dropForeignTargets);
}

ProjectSetup::~ProjectSetup() = default;

const std::shared_ptr<Engine>& ProjectSetup::engine()
{
    if (!m_engine)
        m_engine = m_factory();
    return m_engine;
}

void ProjectSetup::loadEngine()
{
    m_queue.run(
        this,
        [this](const std::stop_token&) -> BackgroundQueue::Completion {
            const QString version = toQString(engine()->version());
            return [this, version] {
                m_engineVersion = version;
                emit engineLoaded(version);
            };
        },
        [this](const Failure& failure) {
            emit engineFailed(errorText(Task::LoadEngine, failure));
        });
}

void ProjectSetup::openModel(const QString& path, const LayerOptions& layers)
{
    m_modelTask.request_stop();
    const quint64 generation = ++m_modelGeneration;
    m_modelPath = path;
    m_modelStamp = stampOf(path);
    m_layerOptions = layers;
    m_exchanging = false;
    m_model.reset();
    m_modelError = {};
    m_modelState = LoadState::Loading;
    m_runFolder.clear();
    m_wantedMetrics.clear(); // of another model
    dropInputs();
    updateDivisibility();
    emit modelChanged();
    emit inputsChanged();
    emit metricsChanged();
    emit runFolderChanged();
    m_modelTask = m_queue.run(
        this,
        [this, path, layers,
         generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
            auto model = engine()->openModel(toPath(path), stop, layers);
            const QString version = toQString(engine()->version());
            return [this, model, version, generation] {
                m_engineVersion = version;
                if (generation == m_modelGeneration)
                    adoptModel(model);
            };
        },
        [this, generation](const Failure& failure) {
            if (generation == m_modelGeneration)
                failModel(failure);
        });
}

void ProjectSetup::adoptModel(std::shared_ptr<const Model> model)
{
    m_model = std::move(model);
    m_modelState = LoadState::Ready;
    m_runFolder = defaultRunFolder(m_modelPath);
    updateDivisibility();
    emit modelChanged();
    emit runFolderChanged();
    if (m_inputsState == LoadState::Loading)
        checkInputs(m_inputsGeneration);
}

void ProjectSetup::failModel(const Failure& failure)
{
    m_modelState = LoadState::Failed;
    m_modelError = errorText(Task::OpenModel, failure);
    if (m_inputsState == LoadState::Loading)
        dropInputs();
    emit modelChanged();
}

void ProjectSetup::sortFiles(const QStringList& paths)
{
    m_queue.run(
        this,
        [this, paths](const std::stop_token&) -> BackgroundQueue::Completion {
            QStringList models;
            QStringList inputs;
            for (const QString& path : paths)
                (likelyRole(toPath(path)) == FileRole::Model ? models : inputs) << path;
            return [this, models, inputs] { emit filesSorted(models, inputs); };
        },
        [](const Failure&) { /* likelyRole never throws */ });
}

void ProjectSetup::loadInputs(const QString& path, const InputOptions& options)
{
    dropInputs();
    m_offered.clear();
    m_inputsPath = path;
    m_inputsStamp = stampOf(path);
    m_inputOptions = options;
    m_inputsState = LoadState::Loading;
    emit inputsChanged();
    // While the model is still being read, adoptModel() goes on with the inputs.
    if (m_model)
        checkInputs(m_inputsGeneration);
}

void ProjectSetup::checkInputs(quint64 generation)
{
    const auto failed = [this, generation](Task task) {
        return [this, generation, task](const Failure& failure) {
            if (generation == m_inputsGeneration)
                failInputs(task, failure);
        };
    };
    const auto check = [this, generation, failed](std::shared_ptr<const ReferenceData> inputs) {
        m_inputs = inputs;
        m_inputsTask = m_queue.run(
            this,
            [this, generation, inputs,
             model = m_model](const std::stop_token& stop) -> BackgroundQueue::Completion {
                auto experiment = engine()->createExperiment(model, inputs, stop);
                return [this, generation, experiment] {
                    if (generation == m_inputsGeneration)
                        adoptExperiment(experiment);
                };
            },
            failed(Task::CheckInputs));
    };
    m_inputsTask = m_queue.run(
        this,
        [this, generation, check, model = m_model, path = m_inputsPath,
         options = m_inputOptions](const std::stop_token&) -> BackgroundQueue::Completion {
            auto inputs = engine()->loadInputs(toPath(path), *model, options);
            return [this, generation, check, inputs] {
                if (generation == m_inputsGeneration)
                    check(inputs);
            };
        },
        failed(Task::LoadInputs));
}

void ProjectSetup::adoptExperiment(std::shared_ptr<Experiment> experiment)
{
    m_experiment = std::move(experiment);
    m_outputs.clear();
    for (const OutputInfo& info : m_experiment->outputs())
        m_outputs.push_back(setupFor(info));
    const auto judged =
        std::ranges::find_if(m_outputs, [](const OutputSetup& o) { return o.metric.has_value(); });
    m_primary =
        judged == m_outputs.end() ? 0 : static_cast<std::size_t>(judged - m_outputs.begin());
    m_inputsState = LoadState::Ready;
    applyWantedMetrics();
    if (m_offered.empty() && m_model->info().arguments.size() > 1)
        listOffered();
    emit inputsChanged();
    emit metricsChanged();
}

void ProjectSetup::failInputs(Task task, const Failure& failure)
{
    dropInputs();
    m_inputsState = LoadState::Failed;
    m_inputsError = errorText(task, failure);
    m_inputsRemedy = failure.remedy;
    if (failure.remedy == Remedy::Bind)
        listOffered();
    emit inputsChanged();
    emit metricsChanged();
}

/// What the file holds, for whoever binds it by hand. A file that cannot be listed offers nothing.
void ProjectSetup::listOffered()
{
    if (m_inputsPath == QLatin1String(kStoredInputs))
        return;
    const quint64 generation = m_inputsGeneration;
    m_queue.run(
        this,
        [this, generation, path = m_inputsPath,
         options = m_inputOptions](const std::stop_token&) -> BackgroundQueue::Completion {
            auto offered = engine()->listInputs(toPath(path), options);
            return [this, generation, offered] {
                if (generation != m_inputsGeneration)
                    return;
                m_offered = offered;
                emit inputsChanged();
            };
        },
        [](const Failure&) {});
}

void ProjectSetup::dropInputs()
{
    m_inputsTask.request_stop();
    ++m_inputsGeneration;
    m_inputs.reset();
    m_experiment.reset();
    m_inputsState = LoadState::Nothing;
    m_inputsError = {};
    m_inputsRemedy = Remedy::None;
    m_outputs.clear();
    dropEstimate();
}

void ProjectSetup::dropEstimate()
{
    m_estimateTask.request_stop();
    ++m_estimateGeneration;
    m_estimating = false;
    m_probe.reset();
}

void ProjectSetup::startEstimate()
{
    if (!missing().isEmpty() || m_estimating)
        return;
    dropEstimate();
    m_estimating = true;
    const quint64 generation = m_estimateGeneration;
    emit estimateStarted();
    // Both families are timed whatever is ticked now: trimming must not need another probe.
    PlanChoice everything;
    everything.policy = m_plan.policy;
    everything.palette = m_plan.palette;
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    m_estimateTask = m_queue.run(
        this,
        [this, generation, cores, experiment = m_experiment, choices = metrics(),
         plan = everything.plan()](const std::stop_token& stop) -> BackgroundQueue::Completion {
            QElapsedTimer clock;
            clock.start();
            ProbeResult result;
            result.times = ::bitfront::probe(*experiment, choices, plan, stop);
            result.times.workers = defaultThreads(experiment->model(), cores).workers;
            result.fp16Quality = experiment->fp16Quality(choices);
            result.wallMs = static_cast<double>(clock.elapsed());
            return [this, generation, result] {
                if (generation != m_estimateGeneration)
                    return;
                m_estimating = false;
                m_probe = result.times;
                m_fp16Quality = result.fp16Quality;
                m_probeWallMs = result.wallMs;
                m_calibration = readCalibration(m_timingFile);
                emit estimateReady();
            };
        },
        [this, generation](const Failure& failure) {
            if (generation != m_estimateGeneration)
                return;
            m_estimating = false;
            emit estimateFailed(errorText(Task::Estimate, failure));
        });
}

void ProjectSetup::cancelEstimate()
{
    dropEstimate();
}

void ProjectSetup::reopen(const RunHeader& header, const QString& folder,
                          const std::vector<std::string>& retryOnly)
{
    m_queue.run(
        this,
        [this, model = header.model.path, layers = header.model.layerOptions,
         inputs = header.inputsPath, options = header.inputOptions, folder,
         retryOnly](const std::stop_token& stop) -> BackgroundQueue::Completion {
            const auto opened = engine()->openModel(model, stop, layers);
            const auto data = engine()->loadInputs(inputs, *opened, options);
            SweepRequest request =
                sweepRequest(engine()->createExperiment(opened, data, stop), folder);
            request.resume = true;
            request.retryOnly = retryOnly;
            return [this, request] { emit reopened(request); };
        },
        [this](const Failure& failure) { emit reopenFailed(errorText(Task::Resume, failure)); });
}

bool ProjectSetup::holds(const RunHeader& header) const
{
    return m_model && m_inputs && m_inputsState == LoadState::Ready && !m_exchanging
        && isSameModel(m_model->info(), header.model) && m_modelPath == toQString(header.model.path)
        && m_inputs->sha256() == header.inputsSha256 && m_inputs->options() == header.inputOptions
        && stampOf(m_modelPath) == m_modelStamp && stampOf(m_inputsPath) == m_inputsStamp;
}

SweepRequest ProjectSetup::request() const
{
    SweepRequest request = sweepRequest(m_experiment, m_runFolder);
    request.budget = m_budget;
    request.timings = m_timingFile;
    RunHeader& header = request.header;
    header.createdAt = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString();
    header.bitfrontVersion = BITFRONT_VERSION;
    header.engineVersion = m_engineVersion.toStdString();
    header.model = m_model->info();
    header.inputsPath = m_inputs->path();
    header.inputsSha256 = m_inputs->sha256();
    header.inputs = m_inputs->tensors();
    header.inputOptions = m_inputs->options();
    header.outputs = m_experiment->outputs();
    header.metrics = metrics();
    header.fp16Quality = m_fp16Quality;
    header.plan = m_plan.plan();
    header.probe = m_probe.value_or(ProbeTimes {});
    header.commandLine = headlessCommand(header, request.runFolder.string(), m_budget);
    return request;
}

} // namespace bitfront
