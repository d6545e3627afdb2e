// SPDX-License-Identifier: GPL-3.0-or-later
// The run that the window shows: a sweep in progress or a run folder read back. The only class of
// the window that owns a SweepRunner; results cross from its threads as facts, progress is polled.
#pragma once

#include "core/run/sweep_runner.h"
#include "widgets/result_snapshot.h"
#include "widgets/workbench/background_queue.h"
#include "widgets/workbench/error_text.h"

#include <QElapsedTimer>
#include <QFileSystemWatcher>
#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace bitfront {

/// A configuration of a run as coreai-opt reads it.
struct ConfigFile
{
    QString name; ///< without its folder
    QString text;
};

class RunController : public QObject
{
    Q_OBJECT

public:
    explicit RunController(QObject* parent = nullptr);
    /// Stops a running sweep and joins: waits for at most one forward pass per worker.
    ~RunController() override;

    /// Creates or reopens the run folder and starts; sweepStarted or startFailed follows.
    void start(SweepRequest request);
    /// Asks a running sweep to stop; results stay, sweepFinished follows.
    void stop();
    /// While paused nothing new begins; progressChanged follows.
    void setPaused(bool paused);
    /// Of a running sweep: what waits, in order; see SweepRunner. progressChanged follows.
    const std::vector<QueuedJob>& queue() const { return m_waiting; }
    bool skip(const std::string& name);
    bool moveToFront(const std::string& name);
    bool retry(const std::string& name);
    /// Reads a run folder; runChanged or openFailed follows. A run that another process is writing
    /// is followed: its results appear as they land.
    void openRun(const QString& folder);
    /// A result that was written into the run's folder otherwise than by a sweep; it takes the
    /// place of one of the same name. snapshotChanged follows.
    void addRecord(const ResultRecord& record);
    /// Forgets the run; a running one goes on and must be stopped first.
    void clear();

    bool isRunning() const { return m_phase == Phase::Starting || m_phase == Phase::Running; }
    /// Whether another process writes the run shown.
    bool isFollowing() const { return m_following; }
    bool isPaused() const { return isRunning() && m_progress.paused; }
    /// Whether the run shown ended early: something of its plan is left to run.
    bool canResume() const;
    /// Whether failed configurations of the run shown can be tried again, once it has ended.
    bool canRetry() const { return hasRun() && !isRunning() && !m_following; }
    bool isStopping() const { return isRunning() && m_stopRequested; }
    bool hasRun() const { return m_header != nullptr; }
    const RunHeader& header() const { return *m_header; }
    const QString& folder() const { return m_folder; }
    RunState state() const { return m_state; }
    /// The part of its budget that ended the run, when one did.
    BudgetEnd endedBy() const { return m_end.budget; }
    /// The record that reached its targets, when they ended it.
    RecordId winner() const;
    double wallMs() const { return m_wallMs; }
    const std::vector<std::string>& warnings() const { return m_warnings; }
    /// Configurations the sweep was to try: base plus the refinements known so far.
    int expectedCount() const;
    /// Results of the sweep: without those that no plan holds, recipes and kept layers.
    int sweptCount() const;
    /// Whether there was a sweep at all; a folder may hold a scan and its recipes only.
    bool hasSweep() const { return m_header && !m_header->plan.configs.empty(); }
    /// Whether the last sweep here has measured the configuration, successfully or not.
    bool hasTried(const std::string& name) const { return m_tried.contains(name); }
    const SweepProgress& progress() const { return m_progress; }
    /// Null before the first result.
    const SnapshotPtr& snapshot() const { return m_snapshot; }

    /// Index into header().metrics of the output that ranks.
    std::size_t judged() const { return m_judged; }
    void setJudged(std::size_t choice);

    /// Reads a record's configuration file, or both of a mixed one; recipeLoaded follows.
    void requestRecipe(int record);

signals:
    void runChanged(); ///< another run, or none: everything about it is new
    void sweepStarted();
    void startFailed(const bitfront::ErrorText& error);
    void earlierRunMoved(const QString& from, const QString& to); ///< made room for a new one
    void openFailed(const bitfront::ErrorText& error);
    void progressChanged();
    void snapshotChanged();
    void scanFollowed(); ///< another process has added to the folder's scan
    void stopRequested();
    void sweepFinished(const bitfront::SweepEnd& end);
    /// `files` in the order in which they are to be applied; none when the file is missing.
    void recipeLoaded(int record, const QList<bitfront::ConfigFile>& files);

private:
    struct Live;
    struct Store;
    enum class Phase
    {
        Idle,
        Starting,
        Running
    };

    void adoptRun(RunHeader header, const QString& folder, std::shared_ptr<Store> store);
    void adoptLive(std::shared_ptr<Live> live, RunHeader header);
    void beginLive();
    void failLive(const Failure& failure);
    void finish(const SweepEnd& end);
    bool change(bool (SweepRunner::*command)(const std::string&), const std::string& name);
    void pollProgress();
    void heardOf(const std::string& name);
    void follow();
    void stopFollowing();
    void readFollowed();
    void scheduleSnapshot();
    void buildSnapshot();

    Phase m_phase = Phase::Idle;
    bool m_stopRequested = false;
    bool m_retryOnly = false; ///< the last sweep of the run shown only tried failed ones again
    std::shared_ptr<const RunHeader> m_header;
    QString m_folder;
    RunState m_state = RunState::Running;
    SweepEnd m_end; ///< of the run shown, when it ended here
    std::optional<SweepEnd> m_earlyEnd; ///< ended before it was known to have begun
    double m_wallMs = 0;
    std::vector<std::string> m_warnings;
    std::size_t m_judged = 0;
    SweepProgress m_progress;
    std::set<std::string> m_tried;
    std::vector<QueuedJob> m_waiting;
    SnapshotPtr m_snapshot;
    quint64 m_generation = 0; ///< of the run shown; late answers about another one are dropped
    quint64 m_openGeneration = 0;
    bool m_building = false, m_dirty = false;
    QTimer m_pollTimer, m_snapshotTimer;
    bool m_following = false, m_readingFollowed = false;
    std::vector<qint64> m_followedSizes; ///< of results and scan when they were last read
    QTimer m_followTimer; ///< also where the file system tells nothing
    QFileSystemWatcher m_watcher;
    std::shared_ptr<Store> m_store;
    std::shared_ptr<Live> m_live;
    BackgroundQueue m_queue; ///< last: joined before anything it uses dies
};

} // namespace bitfront
