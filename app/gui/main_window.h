// SPDX-License-Identifier: GPL-3.0-or-later
// The window: pages and docks, actions and menus, and the wiring between them. Decides nothing
// about models or sweeps.
#pragma once

#include "core/run/sweep_runner.h"
#include "widgets/parts/labels.h"
#include "widgets/selection.h"
#include "widgets/workbench/background_queue.h"
#include "widgets/workbench/desktop.h"
#include "widgets/workbench/inspector.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/report_writer.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/scan_controller.h"
#include "widgets/workbench/settings.h"

#include <QMainWindow>

class QComboBox;
class QDockWidget;
class QStackedWidget;
class QToolButton;

namespace bitfront {

class CommandSearch;
class ComparePanel;
class DetailPanel;
class DropHint;
class EstimateSheet;
class Label;
class OutputsPanel;
class PlotPanel;
class ProjectPanel;
class QueuePanel;
class ResultModel;
class ResultsPanel;
class SensitivityPanel;
class SetupPage;
class StatusPanel;
class WelcomePage;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    MainWindow(EngineFactory engine, QSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// What the command line gave: a model or a run folder, and inputs for the model.
    void openFromCommandLine(const QString& path, const QString& inputs);
    void openDemo();
    void openModel(const QString& path);
    /// One file or folder; or several pictures or sounds, in order of their names.
    void openInputs(QStringList paths);
    void openRun(const QString& folder);

    enum class Stage
    {
        Welcome,
        Setup,
        Estimate,
        Results
    };
    Stage stage() const { return m_stage; }
    ProjectSetup& setup() { return m_setup; }
    RunController& run() { return m_run; }
    Selection& selection() { return m_selection; }
    ScanController& scan() { return m_scan; }
    void setThemeMode(ThemeMode mode);
    /// Who shows notices and keeps the computer awake; nobody does by default.
    void setDesktop(std::unique_ptr<Desktop> desktop);

protected:
    void closeEvent(QCloseEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildPages();
    void buildDocks();
    void buildActions();
    void buildEditActions();
    void escape();
    void buildCommandActions();
    void buildSearchButton();
    void searchCommands();
    void showShortcuts();
    void goTo(QWidget* panel);
    void newConfiguration();
    void duplicateCurrent();
    void editConfiguration(const CompressionSpec& start);
    void addConfiguration(const CompressionSpec& spec);
    void buildMenus();
    void buildToolBar();
    void wireSetup();
    void wireRun();
    void wireSelection();
    void wireSensitivity();
    void buildScanActions();
    void showSensitivity();
    void keepLayer(const QString& layer, KeptFormat format);
    bool refusedByScan();
    static QString scanRefusal();
    void setReopening(bool reopening);
    void startReopened(const SweepRequest& request);
    void setStage(Stage stage);
    void applyStage();
    void showDocks();
    void resetLayout();
    void saveLayout();
    void foldDocks();
    void fitDocks();
    QList<int> dockSizes() const;
    void updateActions();
    void updateOutputs();
    void chooseOutput(int index);
    void chooseModel();
    void chooseInputs();
    void chooseInputsFolder();
    void chooseRun();
    void chooseOtherRun();
    void showComparison();
    void chooseRunFolder();
    void primaryAction();
    void startSweep();
    void runAgain();
    void resumeRun();
    void tryAgain(const std::vector<std::string>& names);
    std::vector<std::string> failedNames() const;
    void sayHowItEnded();
    void sayWhatRetryGave();
    void cancelEstimate();
    void openFiles(const QStringList& paths);
    void openSorted(const QStringList& models, const QStringList& inputs);
    void exportOne();
    void exportAll();
    void closeWhenDone();
    void showExported(const QStringList& files);
    void showRunError(const ErrorText& error);
    void showEnd(const SweepEnd& end);
    void rememberRun();
    void offerUnfinished();
    void notifyEnd(const SweepEnd& end);
    void updateAwake();
    void showHelp();
    void showExportHelp();
    QDockWidget* addDock(Qt::DockWidgetArea area, const QString& name, const QString& title,
                         QWidget* content, Ground::Kind ground);

    Settings m_settings;
    std::unique_ptr<Desktop> m_desktop = std::make_unique<Desktop>();
    ProjectSetup m_setup;
    RunController m_run;
    ReportWriter m_writer;
    Selection m_selection;
    Inspector m_inspector;
    ScanController m_scan;
    Stage m_stage = Stage::Welcome;
    bool m_engineRequested = false;
    bool m_demoPending = false;
    bool m_closing = false;
    bool m_pauseShown = false;
    bool m_endSaid = false; ///< how the run shown ended
    QString m_resumeFolder; ///< a run being opened that is to be gone on with
    bool m_reopening = false; ///< the model of a run that is to be resumed
    bool m_layoutRestored = false;
    std::vector<std::string> m_retried; ///< failed ones that are run again after the sweep
    QList<int> m_dockSizes; ///< as the user wants them: project and detail wide, table high
    QList<int> m_pressedSizes; ///< when the mouse went down on a separator
    QList<QDockWidget*> m_folded; ///< put away for want of room, to come back with it
    int m_hiddenBefore = 0;
    std::string m_newest; ///< a recipe that is to be looked at when the results hold it

    QStackedWidget* m_pages = nullptr;
    DropHint* m_dropHint = nullptr; ///< made by the first drag
    WelcomePage* m_welcome = nullptr;
    SetupPage* m_setupPage = nullptr;
    EstimateSheet* m_sheet = nullptr;
    PlotPanel* m_plot = nullptr;
    ProjectPanel* m_project = nullptr;
    ResultModel* m_results = nullptr;
    ResultsPanel* m_table = nullptr;
    ComparePanel* m_compare = nullptr;
    OutputsPanel* m_outputs = nullptr;
    QueuePanel* m_queue = nullptr;
    SensitivityPanel* m_sensitivity = nullptr;
    DetailPanel* m_detail = nullptr;
    StatusPanel* m_status = nullptr;
    QDockWidget* m_projectDock = nullptr;
    QDockWidget* m_tableDock = nullptr;
    QDockWidget* m_detailDock = nullptr;
    QToolBar* m_toolBar = nullptr;
    CommandSearch* m_search = nullptr; ///< made when first asked for
    QComboBox* m_output = nullptr;
    Label* m_outputLabel = nullptr;
    struct Actions;
    std::unique_ptr<Actions> m_actions;
    BackgroundQueue m_lookups; ///< last: joined before anything it uses dies
};

} // namespace bitfront
