// SPDX-License-Identifier: GPL-3.0-or-later
// Scan and recipes of the run that the window shows: reads the folder's scan, makes one, predicts
// while a slider moves, verifies, and puts single results into the run. Everything slow happens on
// background threads; predictions have one of their own, so they never wait for a measurement.
#pragma once

#include "core/engine/engine.h"
#include "core/plan/mixed_config.h"
#include "widgets/workbench/background_queue.h"
#include "widgets/workbench/error_text.h"
#include "widgets/workbench/scan_view.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <functional>
#include <memory>

namespace bitfront {

class RunController;

class ScanController : public QObject
{
    Q_OBJECT

public:
    using EngineSource = std::function<std::shared_ptr<Engine>()>;
    enum class Work
    {
        None,
        Scan,
        Recipe, ///< one recipe, verified
        Frontier, ///< recipes for kFrontierBits
        Variant ///< a result with one layer stored otherwise
    };
    static constexpr double kFrontierBits[] = {3, 3.5, 4, 4.5, 5, 6, 7, 8};

    ScanController(EngineSource engine, RunController& run, QObject* parent = nullptr);
    /// Stops what is measured and joins: waits for at most one forward pass per worker.
    ~ScanController() override;

    /// What the window has open already; used where it is what the run was made of.
    void offer(std::shared_ptr<const Model> model, std::shared_ptr<Experiment> experiment);

    /// Null while the run has no scan.
    const ScanViewPtr& view() const { return m_view; }
    Work work() const { return m_work; }
    bool isWorking() const { return m_work != Work::None; }
    bool isCancelling() const { return isWorking() && m_task.stop_requested(); }
    /// What is being done, in words: "Scanning, 57 of 150".
    QString progressText() const;
    double progressFraction() const; ///< 0 … 1
    /// Why nothing can be measured now, one sentence; empty when something can.
    QString obstacle() const;
    /// Keeps the processors free for a sweep whose model is being opened.
    void setReserved(bool reserved);

    /// estimateReady or estimateFailed follows; a later request overtakes an earlier one.
    void requestEstimate(const ScanWish& wish);
    /// Measures what is missing. Another wish than the scan's own begins a new scan.
    void startScan(const ScanWish& wish);
    void cancel(); ///< what was measured is kept
    /// Locks that recipes keep to, in the order they were made. forecast() follows.
    const std::vector<FormatLock>& locks() const { return m_locks; }
    /// Without those that the scan cannot keep to together with the ones before them.
    std::vector<FormatLock> heldLocks(const std::vector<FormatLock>& locks) const;
    /// heldLocks() of them.
    void setLocks(std::vector<FormatLock> locks);
    /// Whether the scan holds a format that fits the lock.
    bool canLock(const FormatLock& lock) const;
    /// predicted follows; of several requests only the latest is answered.
    void requestPrediction(const RecipeTarget& target);
    const RecipeForecast& forecast() const { return m_forecast; } ///< the latest
    /// Finds a recipe with the locks of now, measures it, puts it into the run.
    void verify(const RecipeTarget& target, int rounds);
    void drawFrontier(int rounds);
    /// Of so many recipes; nothing without a scan.
    SearchEstimate searchEstimate(std::size_t recipes, int rounds) const;
    /// Measures failed results that are in no sweep, recipes and kept layers, once more.
    void measureAgain(std::vector<CompressionConfig> configs);
    /// Measures a result of the run once more with one layer kept.
    void keepLayer(const ResultRecord& record, const std::string& layer, KeptFormat format);

    /// What keeps the folder's scan from being shown, in a sentence; empty when nothing does.
    const QString& unusable() const { return m_unusable; }

signals:
    void viewChanged();
    void workChanged(); ///< something began or ended
    void progressChanged();
    void estimateReady(const bitfront::ScanEstimate& estimate);
    void estimateFailed(const bitfront::ScanWish& wish, const QString& reason);
    void locksChanged();
    void predicted();
    void found(const bitfront::ResultRecord& record);
    void noted(const QString& sentence); ///< a budget that no recipe meets
    void failed(const bitfront::ErrorText& error);

private:
    struct Sources;
    using Measuring = std::function<void(Sources&, const std::stop_token&)>;

    void adoptRun();
    std::optional<double> heldOutShare() const; ///< of the scan
    void readScan();
    void begin(Work work, Measuring measuring);
    void end();
    void adoptView(ScanViewPtr view);
    void searchRecipes(Work work, std::vector<RecipeTarget> targets, int rounds);
    /// Calls `act` on the GUI thread while the run is still the one shown.
    void tell(quint64 generation, std::function<void()> act);

    EngineSource m_engine;
    RunController& m_run;
    std::shared_ptr<Sources> m_sources; ///< of the run; its contents belong to the background
    std::shared_ptr<const Model> m_offeredModel;
    std::shared_ptr<Experiment> m_offeredExperiment;
    ScanViewPtr m_view;
    QString m_unusable;
    Work m_work = Work::None;
    bool m_reserved = false;
    ScanProgress m_progress;
    QElapsedTimer m_since;
    std::vector<FormatLock> m_locks;
    RecipeForecast m_forecast;
    quint64 m_generation = 0; ///< of the run shown
    std::stop_source m_task {std::nostopstate}, m_estimateTask {std::nostopstate},
        m_predictTask {std::nostopstate}, m_readTask {std::nostopstate};
    BackgroundQueue m_lookAhead; ///< estimates and predictions
    BackgroundQueue m_queue; ///< last: joined before anything it uses dies
};

} // namespace bitfront
