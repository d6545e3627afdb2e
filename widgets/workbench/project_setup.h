// SPDX-License-Identifier: GPL-3.0-or-later
// From a model file to a sweep that is ready to start: opens the model, loads and checks the
// inputs, keeps the choice of metrics and configurations, measures the probes. The only class of
// the window that talks to the engine; everything slow happens on its background thread.
#pragma once

#include "core/engine/engine.h"
#include "core/run/sweep_runner.h"
#include "core/run/timing_memory.h"
#include "widgets/workbench/background_queue.h"
#include "widgets/workbench/error_text.h"
#include "widgets/workbench/plan_choice.h"

#include <QDateTime>
#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace bitfront {

using EngineFactory = std::function<std::shared_ptr<Engine>()>;

enum class LoadState
{
    Nothing,
    Loading,
    Ready,
    Failed
};

/// Tells a file from another one written under its name.
struct FileStamp
{
    QDateTime changed;
    qint64 bytes = -1;

    bool operator==(const FileStamp&) const = default;
};

/// One output of the model and how it will be judged.
struct OutputSetup
{
    OutputInfo info;
    MetricSuggestion suggestion;
    std::optional<Metric> metric; ///< empty: this output is not judged
    double floor = 0;
    bool confirmed = false; ///< whether the user said yes; never set silently
};

class ProjectSetup : public QObject
{
    Q_OBJECT

public:
    explicit ProjectSetup(EngineFactory factory, QObject* parent = nullptr);
    ~ProjectSetup() override;

    /// Loads the engine ahead of its first use; call when the window is visible.
    void loadEngine();
    void openModel(const QString& path, const LayerOptions& layers = {});
    /// Opens the same model with another choice of layers. Inputs and metrics stay, an estimate
    /// does not.
    void setLayerOptions(const LayerOptions& layers);
    /// Looks into files of unknown purpose; filesSorted follows.
    void sortFiles(const QStringList& paths);
    /// Loads the inputs, then runs the model on them once to learn its outputs. Waits for the
    /// model.
    void loadInputs(const QString& path, const InputOptions& options = {});
    /// Loads the same inputs in another way.
    void setInputOptions(const InputOptions& options);
    /// Times the probes with the current metrics; estimateReady or estimateFailed follows.
    void startEstimate();
    void cancelEstimate();

    LoadState modelState() const { return m_modelState; }
    LoadState inputsState() const { return m_inputsState; }
    const QString& modelPath() const { return m_modelPath; }
    const QString& inputsPath() const { return m_inputsPath; }
    const InputOptions& inputOptions() const { return m_inputOptions; } ///< as asked for
    /// What the inputs file holds, bound or not; empty until it was read.
    const std::vector<InputTensor>& offeredInputs() const { return m_offered; }
    Remedy inputsRemedy() const { return m_inputsRemedy; } ///< of inputsError()
    bool inputsArePictures() const;
    bool hasStoredInputs() const { return m_model && m_model->hasStoredInputs(); }
    QString inputsName() const; ///< file or folder, without its path
    const LayerOptions& layerOptions() const { return m_layerOptions; } ///< as asked for
    const ModelInfo* model() const { return m_model ? &m_model->info() : nullptr; }
    std::shared_ptr<const Model> openedModel() const { return m_model; }
    std::shared_ptr<const ReferenceData> inputs() const { return m_inputs; }
    const ErrorText& modelError() const { return m_modelError; }
    const ErrorText& inputsError() const { return m_inputsError; }

    const std::vector<OutputSetup>& outputs() const { return m_outputs; }
    void setMetric(std::size_t output, std::optional<Metric> metric); ///< counts as a confirmation
    void setFloor(std::size_t output, double floor);
    /// `note` says on whose word, when it was not a click ("The demo comes with this metric.").
    void confirmMetrics(const QString& note = {});
    const QString& confirmation() const { return m_confirmation; }
    /// Metrics of an earlier run, taken over and confirmed with `note` when the model's outputs are
    /// known and have the same names; the first one ranks.
    void adoptMetrics(std::vector<MetricChoice> metrics, const QString& note);
    bool metricsConfirmed() const;
    std::size_t primaryOutput() const { return m_primary; }
    void setPrimaryOutput(std::size_t output);
    /// The judged outputs, primary first.
    std::vector<MetricChoice> metrics() const;

    const PlanChoice& plan() const { return m_plan; }
    void setPlan(const PlanChoice& plan);
    const SweepBudget& budget() const { return m_budget; }
    /// planChanged follows. Targets are given up when another metric comes to rank.
    void setBudget(const SweepBudget& budget);
    /// Where times of sweeps are remembered (timing_memory.h); nowhere by default.
    void setTimingFile(const std::filesystem::path& file);
    /// The time of the plan, as far as earlier sweeps tell. Call only with a probe.
    TimeEstimate estimate() const;
    const Calibration& calibration() const { return m_calibration; }
    const std::vector<DivisibilityNote>& divisibility() const { return m_divisibility; }
    const QString& runFolder() const { return m_runFolder; }
    void setRunFolder(const QString& folder);

    bool isEstimating() const { return m_estimating; }
    /// Set while an estimate fits the current model, inputs and metrics.
    const std::optional<ProbeTimes>& probe() const { return m_probe; }
    double probeWallMs() const { return m_probeWallMs; }
    /// What still has to be done before an estimate, in words; empty when nothing is.
    QString missing() const;
    /// Whether what is open here is what a run was made of, read from files that are still the
    /// same.
    bool holds(const RunHeader& header) const;
    /// Everything the runner needs. Call only with a probe.
    SweepRequest request() const;
    /// Opens what a run was made from, to go on with it or, where `retryOnly` names some, to try
    /// failed configurations again; reopened or reopenFailed follows. What is set up here stays as
    /// it is.
    void reopen(const RunHeader& header, const QString& folder,
                const std::vector<std::string>& retryOnly = {});

signals:
    void filesSorted(const QStringList& models, const QStringList& inputs);
    void engineLoaded(const QString& version);
    void engineFailed(const bitfront::ErrorText& error);
    void modelChanged();
    void inputsChanged();
    void metricsChanged();
    void planChanged();
    void runFolderChanged();
    void estimateStarted();
    void estimateReady();
    void estimateFailed(const bitfront::ErrorText& error);
    void reopened(const bitfront::SweepRequest& request);
    void reopenFailed(const bitfront::ErrorText& error);

private:
    const std::shared_ptr<Engine>& engine();
    void adoptModel(std::shared_ptr<const Model> model);
    void exchangeModel(std::shared_ptr<const Model> model, std::shared_ptr<Experiment> experiment);
    void failModel(const Failure& failure);
    void checkInputs(quint64 generation);
    void adoptExperiment(std::shared_ptr<Experiment> experiment);
    void failInputs(Task task, const Failure& failure);
    void listOffered();
    void dropInputs();
    void dropEstimate();
    void updateDivisibility();
    void applyWantedMetrics();
    std::optional<Metric> rankingMetric() const;
    void dropForeignTargets();

    EngineFactory m_factory;
    std::shared_ptr<Engine> m_engine; ///< touched by the background thread only
    QString m_engineVersion;
    LoadState m_modelState = LoadState::Nothing;
    LoadState m_inputsState = LoadState::Nothing;
    FileStamp m_modelStamp, m_inputsStamp; ///< when they were last read
    QString m_modelPath, m_inputsPath, m_runFolder, m_confirmation;
    LayerOptions m_layerOptions;
    bool m_exchanging = false; ///< between setLayerOptions() and what comes of it
    std::shared_ptr<const Model> m_model;
    std::shared_ptr<const ReferenceData> m_inputs;
    std::shared_ptr<Experiment> m_experiment;
    ErrorText m_modelError, m_inputsError;
    InputOptions m_inputOptions;
    std::vector<InputTensor> m_offered;
    Remedy m_inputsRemedy = Remedy::None;
    std::vector<OutputSetup> m_outputs;
    std::size_t m_primary = 0;
    std::vector<MetricChoice> m_wantedMetrics; ///< of adoptMetrics(), while outputs are unknown
    QString m_wantedNote;
    PlanChoice m_plan;
    SweepBudget m_budget;
    std::optional<Metric> m_targetMetric; ///< ranked when the budget's targets were set
    std::filesystem::path m_timingFile;
    Calibration m_calibration;
    std::vector<DivisibilityNote> m_divisibility;
    bool m_estimating = false;
    std::optional<ProbeTimes> m_probe;
    std::vector<OutputQuality> m_fp16Quality;
    double m_probeWallMs = 0;
    quint64 m_modelGeneration = 0, m_inputsGeneration = 0, m_estimateGeneration = 0;
    std::stop_source m_modelTask {std::nostopstate}, m_inputsTask {std::nostopstate},
        m_estimateTask {std::nostopstate};
    BackgroundQueue m_queue; ///< last: joined before anything it uses dies
};

/// Bytes of memory that programs can still use, if the system tells.
std::optional<quint64> availableMemoryBytes();

} // namespace bitfront
