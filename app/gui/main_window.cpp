// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/main_window.h"

#include "app/gui/window_actions.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/outputs_panel.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/project_panel.h"
#include "widgets/panels/queue_panel.h"
#include "widgets/panels/results_panel.h"
#include "widgets/panels/sensitivity_panel.h"
#include "widgets/panels/status_panel.h"
#include "widgets/parts/labels.h"
#include "widgets/results/result_model.h"
#include "widgets/scatter_plot.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/setup/setup_page.h"
#include "widgets/theme.h"
#include "widgets/welcome/welcome_page.h"
#include "widgets/workbench/run_location.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLayout>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>

namespace bitfront {

MainWindow::MainWindow(EngineFactory engine, QSettings& settings, QWidget* parent)
    : QMainWindow(parent)
    , m_settings(settings)
    , m_setup(engine)
    , m_inspector(engine)
    , m_scan(engine, m_run)
{
    setWindowTitle(tr("Bitfront"));
    setAcceptDrops(true);
    applyTheme(*qApp, m_settings.themeMode());
    // Before any view: what is visible is known when they hear of new results.
    connect(&m_run, &RunController::runChanged, this, [this] {
        m_selection.reset();
        m_inspector.setRun(m_run.hasRun() ? std::make_shared<const RunHeader>(m_run.header())
                                          : nullptr);
    });
    connect(&m_run, &RunController::snapshotChanged, this,
            [this] { m_selection.setSnapshot(m_run.snapshot()); });
    buildPages();
    buildDocks();
    buildActions();
    buildMenus();
    buildToolBar();
    m_actions->demoAvailable = findDemo().has_value();
    m_welcome->setDemoAvailable(m_actions->demoAvailable);
    PlanChoice plan = m_setup.plan();
    std::vector<std::string> own;
    const QStringList remembered = m_settings.ownConfigurations();
    for (const QString& name : remembered)
        own.push_back(name.toStdString());
    plan.knowOwn(own);
    m_setup.setPlan(plan);
    wireSetup();
    wireRun();
    wireSensitivity();
    setStage(Stage::Welcome);
    const QByteArray geometry = m_settings.geometry();
    if (geometry.isEmpty() || !restoreGeometry(geometry))
        resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
}

MainWindow::~MainWindow() = default;

void MainWindow::setDesktop(std::unique_ptr<Desktop> desktop)
{
    m_desktop = std::move(desktop);
    m_desktop->followColors([this](bool dark) {
        setSystemPrefersDark(dark);
        if (m_settings.themeMode() == ThemeMode::System && Theme::current().dark != dark)
            applyTheme(*qApp, ThemeMode::System);
    });
}

void MainWindow::buildPages()
{
    m_welcome = new WelcomePage;
    m_setupPage = new SetupPage(m_setup);
    m_sheet = new EstimateSheet(m_setup);
    m_plot = new PlotPanel(m_run, m_selection, m_sheet);
    m_pages = new QStackedWidget;
    m_pages->addWidget(m_welcome);
    m_pages->addWidget(m_setupPage);
    m_pages->addWidget(m_plot);
    setCentralWidget(m_pages);
    m_status = new StatusPanel(m_run);
    auto* bar = new QStatusBar;
    bar->setSizeGripEnabled(false);
    bar->setContentsMargins(0, 0, 0, 0);
    bar->addWidget(m_status, 1);
    bar->layout()->setContentsMargins(0, 0, 0, 0);
    setStatusBar(bar);
}

QDockWidget* MainWindow::addDock(Qt::DockWidgetArea area, const QString& name, const QString& title,
                                 QWidget* content, Ground::Kind ground)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(content);
    // The table has its own head line; an empty widget is how Qt hides a title.
    dock->setTitleBarWidget(content == m_table
                                ? new QWidget(dock)
                                : static_cast<QWidget*>(new DockTitle(dock, ground)));
    addDockWidget(area, dock);
    return dock;
}

void MainWindow::buildDocks()
{
    // The side docks own the bottom corners: the detail shows more layers, the table lines up with
    // the plot.
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks);
    m_results = new ResultModel(this);
    m_project = new ProjectPanel(m_setup, m_run);
    m_table = new ResultsPanel(*m_results, m_run, m_selection);
    m_outputs = new OutputsPanel(m_run, m_selection, m_inspector);
    m_table->addPage(tr("Outputs"), m_outputs);
    m_compare = new ComparePanel(m_run, m_selection, m_inspector);
    m_table->addPage(tr("Compare"), m_compare);
    m_queue = new QueuePanel(m_run);
    m_table->addPage(tr("Queue"), m_queue);
    m_sensitivity = new SensitivityPanel(m_scan, m_run, m_selection);
    m_table->addPage(tr("Sensitivity"), m_sensitivity);
    m_detail = new DetailPanel(m_run, m_selection, m_inspector);
    m_projectDock = addDock(Qt::LeftDockWidgetArea, QStringLiteral("projectDock"), tr("Project"),
                            m_project, Ground::Kind::Panel);
    m_detailDock = addDock(Qt::RightDockWidgetArea, QStringLiteral("detailDock"), tr("Detail"),
                           m_detail, Ground::Kind::Surface);
    m_tableDock = addDock(Qt::BottomDockWidgetArea, QStringLiteral("tableDock"), tr("Table"),
                          m_table, Ground::Kind::Surface);
}

void MainWindow::setStage(Stage stage)
{
    if (m_stage == Stage::Results && stage != Stage::Results)
        saveLayout();
    m_stage = stage;
    applyStage();
    updateOutputs();
    updateActions();
}

void MainWindow::applyStage()
{
    switch (m_stage) {
    case Stage::Welcome:
        m_welcome->setRecentRuns(m_settings.recentRuns());
        offerUnfinished();
        m_pages->setCurrentWidget(m_welcome);
        break;
    case Stage::Setup:
        m_setupPage->setHasResults(m_run.hasRun());
        m_pages->setCurrentWidget(m_setupPage);
        break;
    case Stage::Estimate:
    case Stage::Results:
        m_pages->setCurrentWidget(m_plot);
        break;
    }
    const bool results = m_stage == Stage::Results;
    m_plot->setEstimating(m_stage == Stage::Estimate,
                          tr("%1 configurations are ready").arg(m_setup.plan().count()));
    m_toolBar->setVisible(m_stage != Stage::Welcome);
    statusBar()->setVisible(results);
    m_project->setSource(results ? ProjectPanel::Source::Run : ProjectPanel::Source::Setup);
    m_project->setRecentRuns(m_settings.recentRuns());
    showDocks();
    if (m_stage == Stage::Estimate)
        m_sheet->setFocus();
    else
        m_pages->currentWidget()->setFocus();
}

void MainWindow::showEvent(QShowEvent* event)
{
    QMainWindow::showEvent(event);
    if (m_engineRequested)
        return;
    m_engineRequested = true;
    // The engine is read once the first picture is on the screen.
    QMetaObject::invokeMethod(
        this, [this] { m_setup.loadEngine(); }, Qt::QueuedConnection);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if ((m_run.isRunning() || m_writer.isBusy() || m_scan.isWorking()) && !m_closing) {
        // Results are on disk already; wait for the running forward passes and for reports without
        // blocking, unless the user asks a second time.
        m_closing = true;
        m_plot->setClosing();
        m_run.stop();
        m_scan.cancel();
        updateActions();
        event->ignore();
        return;
    }
    m_settings.setGeometry(saveGeometry());
    if (m_stage == Stage::Results)
        saveLayout();
    event->accept();
}

} // namespace bitfront
