// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ProjectSetup that needs no engine: metrics, configurations, the run folder, and what
// they say.
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/run_location.h"
#include "widgets/workbench/text.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace bitfront {

void ProjectSetup::setMetric(std::size_t output, std::optional<Metric> metric)
{
    OutputSetup& setup = m_outputs.at(output);
    if (metric && metric != setup.metric)
        setup.floor = defaultFloor(*metric);
    setup.metric = metric;
    setup.confirmed = true;
    m_confirmation.clear();
    if (!m_outputs[m_primary].metric) {
        const auto judged = std::ranges::find_if(
            m_outputs, [](const OutputSetup& o) { return o.metric.has_value(); });
        if (judged != m_outputs.end())
            m_primary = static_cast<std::size_t>(judged - m_outputs.begin());
    }
    dropEstimate();
    emit metricsChanged();
}

void ProjectSetup::setFloor(std::size_t output, double floor)
{
    m_outputs.at(output).floor = floor;
    emit metricsChanged();
}

void ProjectSetup::confirmMetrics(const QString& note)
{
    m_confirmation = note;
    for (OutputSetup& output : m_outputs)
        output.confirmed = true;
    emit metricsChanged();
}

void ProjectSetup::adoptMetrics(std::vector<MetricChoice> metrics, const QString& note)
{
    m_wantedMetrics = std::move(metrics);
    m_wantedNote = note;
    if (!m_outputs.empty()) {
        applyWantedMetrics();
        emit metricsChanged();
    }
}

void ProjectSetup::applyWantedMetrics()
{
    const std::vector<MetricChoice> wanted = std::exchange(m_wantedMetrics, {});
    const auto placeOf = [this](const MetricChoice& choice) {
        return std::ranges::find(m_outputs, choice.output,
                                 [](const OutputSetup& output) { return output.info.name; });
    };
    const bool fits = !wanted.empty() && std::ranges::all_of(wanted, [&](const auto& choice) {
        const auto output = placeOf(choice);
        return output != m_outputs.end() && metricUnfitReason(output->info, choice.metric).empty();
    });
    if (!fits)
        return; // another model after all: suggestions stand
    for (OutputSetup& output : m_outputs)
        output.metric.reset();
    for (const MetricChoice& choice : wanted) {
        placeOf(choice)->metric = choice.metric;
        placeOf(choice)->floor = choice.floor;
    }
    m_primary = static_cast<std::size_t>(placeOf(wanted.front()) - m_outputs.begin());
    dropEstimate();
    for (OutputSetup& output : m_outputs)
        output.confirmed = true;
    m_confirmation = m_wantedNote;
}

bool ProjectSetup::metricsConfirmed() const
{
    return !m_outputs.empty() && std::ranges::all_of(m_outputs, &OutputSetup::confirmed)
        && !metrics().empty();
}

void ProjectSetup::setPrimaryOutput(std::size_t output)
{
    if (output == m_primary || output >= m_outputs.size() || !m_outputs[output].metric)
        return;
    m_primary = output;
    dropEstimate();
    emit metricsChanged();
}

std::vector<MetricChoice> ProjectSetup::metrics() const
{
    std::vector<MetricChoice> choices;
    const auto add = [&](const OutputSetup& output) {
        if (output.metric)
            choices.push_back({output.info.name, *output.metric, output.floor});
    };
    if (m_primary < m_outputs.size())
        add(m_outputs[m_primary]);
    for (std::size_t i = 0; i < m_outputs.size(); ++i) {
        if (i != m_primary)
            add(m_outputs[i]);
    }
    return choices;
}

void ProjectSetup::setPlan(const PlanChoice& plan)
{
    if (plan == m_plan)
        return;
    m_plan = plan;
    updateDivisibility();
    emit planChanged();
}

void ProjectSetup::setBudget(const SweepBudget& budget)
{
    m_budget = budget;
    m_targetMetric = rankingMetric();
    emit planChanged();
}

std::optional<Metric> ProjectSetup::rankingMetric() const
{
    const auto choices = metrics();
    return choices.empty() ? std::nullopt : std::optional(choices.front().metric);
}

/// 35 dB is no IoU: such a sweep would never end by its target, or at once.
void ProjectSetup::dropForeignTargets()
{
    if (!m_budget.targets || !rankingMetric() || rankingMetric() == m_targetMetric)
        return;
    m_budget.targets.reset();
    emit planChanged();
}

void ProjectSetup::setTimingFile(const std::filesystem::path& file)
{
    m_timingFile = file;
}

TimeEstimate ProjectSetup::estimate() const
{
    return calibrated(estimateTime(m_plan.plan(), m_probe.value_or(ProbeTimes {})), m_calibration);
}

void ProjectSetup::setInputOptions(const InputOptions& options)
{
    const std::vector<InputTensor> offered = m_offered;
    loadInputs(QString(m_inputsPath), options);
    m_offered = offered;
}

bool ProjectSetup::inputsArePictures() const
{
    static const QStringList kSuffixes {QStringLiteral("png"), QStringLiteral("jpg"),
                                        QStringLiteral("jpeg")};
    const QFileInfo info(m_inputsPath);
    return info.isDir() || kSuffixes.contains(info.suffix().toLower());
}

QString ProjectSetup::inputsName() const
{
    return inputsNameText(m_inputsPath, m_inputOptions);
}

void ProjectSetup::setLayerOptions(const LayerOptions& layers)
{
    if (layers == m_layerOptions || m_modelState != LoadState::Ready)
        return;
    m_modelTask.request_stop();
    const quint64 generation = ++m_modelGeneration;
    m_layerOptions = layers;
    m_exchanging = true;
    dropEstimate();
    emit planChanged();
    m_modelTask = m_queue.run(
        this,
        [this, path = m_modelPath, layers, inputs = m_inputs,
         generation](const std::stop_token& stop) -> BackgroundQueue::Completion {
            auto model = engine()->openModel(toPath(path), stop, layers);
            auto experiment = inputs ? engine()->createExperiment(model, inputs, stop) : nullptr;
            return [this, model, experiment, generation] {
                if (generation == m_modelGeneration)
                    exchangeModel(model, experiment);
            };
        },
        [this, generation](const Failure& failure) {
            if (generation != m_modelGeneration)
                return;
            m_exchanging = false;
            m_model.reset();
            failModel(failure);
            dropInputs();
            emit inputsChanged();
            emit metricsChanged();
        });
}

/// The outputs are the same as before, and so is all that was said about them.
void ProjectSetup::exchangeModel(std::shared_ptr<const Model> model,
                                 std::shared_ptr<Experiment> experiment)
{
    m_exchanging = false;
    m_model = std::move(model);
    updateDivisibility();
    if (m_experiment && experiment && &experiment->inputs() == m_inputs.get())
        m_experiment = std::move(experiment);
    else if (m_inputsState == LoadState::Loading || m_inputsState == LoadState::Ready)
        setInputOptions(InputOptions(m_inputOptions)); // came meanwhile, for the other model
    emit modelChanged();
    emit planChanged();
}

void ProjectSetup::updateDivisibility()
{
    m_divisibility.clear();
    if (m_model)
        m_divisibility = checkDivisibility(m_model->info(), m_plan.plan().configs);
}

void ProjectSetup::setRunFolder(const QString& folder)
{
    if (folder == m_runFolder)
        return;
    m_runFolder = folder;
    emit runFolderChanged();
}

QString ProjectSetup::missing() const
{
    switch (m_modelState) {
    case LoadState::Nothing:
        return tr("Open a model to continue");
    case LoadState::Loading:
        return tr("Reading the model…");
    case LoadState::Failed:
        return tr("Choose another model to continue");
    case LoadState::Ready:
        if (m_exchanging)
            return tr("Reading the model…");
        break;
    }
    switch (m_inputsState) {
    case LoadState::Nothing:
        return tr("Add inputs to continue");
    case LoadState::Loading:
        return tr("Checking the inputs…");
    case LoadState::Failed:
        return tr("Choose other inputs to continue");
    case LoadState::Ready:
        break;
    }
    if (metrics().empty())
        return tr("No output can be judged");
    if (!metricsConfirmed())
        return m_outputs.size() == 1 ? tr("Confirm the metric to continue")
                                     : tr("Confirm the metrics to continue");
    if (m_plan.count() == 0)
        return tr("Tick a configuration to continue");
    return {};
}

std::optional<quint64> availableMemoryBytes()
{
    QFile file(QStringLiteral("/proc/meminfo"));
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray& line : lines) {
        if (line.startsWith("MemAvailable:"))
            return line.mid(13).trimmed().split(' ').value(0).toULongLong() * 1024;
    }
    return std::nullopt;
}

} // namespace bitfront
