// SPDX-License-Identifier: GPL-3.0-or-later
// The window's knowledge without its widgets: background work, plans, and destruction while
// running.
#include "tests/support/fake_engine.h"
#include "widgets/workbench/background_queue.h"
#include "widgets/workbench/error_text.h"
#include "widgets/workbench/project_setup.h"
#include "widgets/workbench/run_controller.h"
#include "widgets/workbench/settings.h"

#include <QElapsedTimer>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace bitfront;
using namespace bitfront::test;

namespace {

SweepRequest requestFor(const FakeOptions& options, const QString& folder)
{
    SweepRequest request;
    request.experiment = fakeExperiment(options);
    request.header = fakeHeader(*request.experiment, PlanChoice().plan());
    request.runFolder = folder.toStdString();
    request.workers = 2;
    return request;
}

/// Notes which thread plans the storage of what is announced.
class AnnouncedExperiment : public Experiment
{
public:
    const ModelInfo& model() const override { return m_fake->model(); }
    const ReferenceData& inputs() const override { return m_fake->inputs(); }
    const std::vector<OutputInfo>& outputs() const override { return m_fake->outputs(); }
    double forwardMs() const override { return m_fake->forwardMs(); }
    std::vector<OutputQuality> fp16Quality(const std::vector<MetricChoice>& metrics) override
    {
        return m_fake->fp16Quality(metrics);
    }
    std::unique_ptr<Evaluator> createEvaluator(const std::vector<MetricChoice>& metrics,
                                               int threads) override
    {
        return m_fake->createEvaluator(metrics, threads);
    }
    void announce(std::span<const CompressionConfig> /*configs*/) override
    {
        announcedOn = std::this_thread::get_id();
    }

    std::thread::id announcedOn;

private:
    std::shared_ptr<Experiment> m_fake = fakeExperiment();
};

} // namespace

class TestWorkbench : public QObject
{
    Q_OBJECT

private slots:
    void tasksRunInOrderAndFailAsValues();
    void quickPlan();
    void plansRoundTrip();
    void everyErrorHasWords();
    void replacingAModelDropsTheOldOne();
    void destroyedWhileRunning();
    void planningIsNotTheWindowsWork();
    void eventLoopStaysResponsive();
    void recentRunsAreFew();
};

void TestWorkbench::tasksRunInOrderAndFailAsValues()
{
    QObject receiver;
    QStringList heard;
    {
        BackgroundQueue queue;
        for (int i = 0; i < 5; ++i) {
            queue.run(
                &receiver,
                [i, &heard](const std::stop_token&) -> BackgroundQueue::Completion {
                    if (i == 2)
                        throw Error(ErrorCode::BadFormat, "two");
                    if (i == 3)
                        throw Cancelled();
                    return [i, &heard] { heard << QString::number(i); };
                },
                [&heard](const Failure& failure) {
                    heard << QString::fromStdString(failure.message);
                });
        }
        QTRY_COMPARE(heard.join(QLatin1Char(' ')), QStringLiteral("0 1 two 4"));
        std::stop_source late = queue.run(
            &receiver,
            [&heard](const std::stop_token&) -> BackgroundQueue::Completion {
                return [&heard] { heard << QStringLiteral("late"); };
            },
            [](const Failure&) {});
        late.request_stop();
    }
    QTest::qWait(10);
    QVERIFY(heard.size() <= 5);
}

void TestWorkbench::quickPlan()
{
    PlanChoice plan;
    QCOMPARE(plan.count(), 31);
    QVERIFY(!plan.isQuick());
    plan.selectQuick();
    QCOMPARE(plan.count(), 12);
    for (const GroupId group : kSweepGroups)
        QCOMPARE(plan.count(group), 4);
    QCOMPARE(plan.plan().maxRefinements(), 0);
    QVERIFY(plan.isQuick());
}

void TestWorkbench::plansRoundTrip()
{
    PlanChoice plan;
    plan.select({"perchannel_int8_symmetric"}, false);
    plan.refine = false;
    plan.policy = IndivisiblePolicy::Skip;
    QVERIFY(PlanChoice(plan.plan()) == plan);
    // How palettes are searched is in no name, and part of the plan all the same.
    plan.palette = {PaletteRounding::Reference, true};
    const SweepPlan made = plan.plan();
    QVERIFY(PlanChoice(made) == plan);
    QVERIFY(made.palette == plan.palette && made.configs.back().palette == plan.palette);
    plan.selectStandard();
    QVERIFY(plan.palette == PaletteOptions {} && plan.isStandard());
    plan.palette.embeddings = true;
    QVERIFY(!plan.isStandard());
    std::size_t leaves = 0;
    for (const ConfigFamily& family : configFamilies())
        leaves += family.names.size();
    QCOMPARE(leaves, std::size_t(31));
    const CompressionConfig config = configForName("perblock_bs128_int4_asymmetric_skip-last");
    QVERIFY(config.isRefinement());
    QCOMPARE(config.seed, std::string("perblock_bs128_int4_asymmetric"));
}

void TestWorkbench::everyErrorHasWords()
{
    for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
        for (const Task task :
             {Task::OpenModel, Task::LoadInputs, Task::StartSweep, Task::Sweep, Task::Export}) {
            const ErrorText text =
                errorText(task, {static_cast<ErrorCode>(code), "Because.", "Do this.", {}});
            QVERIFY(text.title.endsWith(QLatin1Char('.')));
            QCOMPARE(text.body, QStringLiteral("Because. Do this."));
        }
    }
    // Python is for copying: a line for each statement, the other way by itself.
    const ErrorText code =
        errorText(Task::OpenModel,
                  {ErrorCode::BadFormat, "No.", "In Python: a = 1; b(a), or torch.c(a)", {}});
    QCOMPARE(code.body, QStringLiteral("No. In Python:\na = 1\nb(a)\nor\ntorch.c(a)"));
}

void TestWorkbench::replacingAModelDropsTheOldOne()
{
    QTemporaryDir folder;
    const auto write = [&folder](const char* name, const char* text) {
        QFile file(folder.filePath(QLatin1String(name)));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return file.fileName();
    };
    FakeOptions options;
    options.openDelayMs = 30;
    auto engine = std::make_shared<FakeEngine>(options);
    ProjectSetup setup([engine] { return engine; });
    QSignalSpy changes(&setup, &ProjectSetup::modelChanged);
    setup.openModel(write("a.pt", "state-dict"));
    setup.openModel(write("b.pt", "transformer"));
    setup.loadInputs(write("i.npy", "inputs"));
    QTRY_COMPARE(setup.inputsState(), LoadState::Ready);
    QCOMPARE(setup.modelState(), LoadState::Ready);
    QCOMPARE(setup.outputs().size(), std::size_t(2));
    QVERIFY(!setup.metricsConfirmed());
    setup.setMetric(1, std::nullopt);
    setup.confirmMetrics();
    QCOMPARE(setup.metrics().size(), std::size_t(1));
    QVERIFY(setup.missing().isEmpty());
    // Metrics meant for a model that could not be opened are not those of the next one.
    setup.openModel(write("a.pt", "state-dict"));
    setup.adoptMetrics({{"logits", Metric::Snr, 12}}, QStringLiteral("As in the run before."));
    QTRY_COMPARE(setup.modelState(), LoadState::Failed);
    setup.openModel(write("b.pt", "transformer"));
    setup.loadInputs(write("i.npy", "inputs"));
    QTRY_COMPARE(setup.inputsState(), LoadState::Ready);
    QVERIFY(!setup.metricsConfirmed());
    QVERIFY(setup.confirmation().isEmpty());
}

void TestWorkbench::destroyedWhileRunning()
{
    FakeOptions options;
    options.delayMs = 3;
    for (int round = 0; round < 20; ++round) {
        QTemporaryDir folder;
        auto controller = std::make_unique<RunController>();
        controller->start(requestFor(options, folder.filePath(QStringLiteral("run.bitfront"))));
        if (round % 2 == 0)
            QTRY_VERIFY(controller->snapshot() != nullptr);
        else
            QTest::qWait(round);
        controller.reset();
        QCoreApplication::processEvents();
    }
}

void TestWorkbench::planningIsNotTheWindowsWork()
{
    QTemporaryDir folder;
    SweepRequest request = requestFor({}, folder.filePath(QStringLiteral("run.bitfront")));
    const auto experiment = std::make_shared<AnnouncedExperiment>();
    request.experiment = experiment;
    RunController controller;
    QSignalSpy started(&controller, &RunController::sweepStarted);
    QSignalSpy finished(&controller, &RunController::sweepFinished);
    controller.start(request);
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 30000);
    QCOMPARE(started.count(), 1);
    QVERIFY(experiment->announcedOn != std::thread::id());
    QVERIFY(experiment->announcedOn != std::this_thread::get_id());
    QVERIFY(!controller.isRunning());
    // A sweep that cannot begin leaves what it has of its run, and says why.
    QFile::remove(folder.filePath(QStringLiteral("run.bitfront/results.jsonl")));
    QSignalSpy failed(&controller, &RunController::startFailed);
    request.resume = true;
    controller.start(request);
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(!controller.isRunning());
}

void TestWorkbench::eventLoopStaysResponsive()
{
    FakeOptions options;
    options.delayMs = 2;
    QTemporaryDir folder;
    RunController controller;
    QSignalSpy finished(&controller, &RunController::sweepFinished);
    controller.start(requestFor(options, folder.filePath(QStringLiteral("run.bitfront"))));
    QElapsedTimer clock;
    qint64 worst = 0;
    QTimer tick;
    tick.setInterval(1);
    connect(&tick, &QTimer::timeout, this, [&] { worst = std::max(worst, clock.restart()); });
    clock.start();
    tick.start();
    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 30000);
    QTRY_COMPARE(static_cast<int>(controller.snapshot()->records.size()),
                 controller.progress().done);
    QVERIFY2(worst < 500, qPrintable(QString::number(worst)));
}

void TestWorkbench::recentRunsAreFew()
{
    QTemporaryDir folder;
    QSettings store(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    Settings settings(store);
    for (int i = 0; i < 12; ++i) {
        const QString run = folder.filePath(QStringLiteral("run%1").arg(i));
        QDir().mkpath(run);
        QFile file(run + QStringLiteral("/run.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        settings.addRecentRun({run, QDateTime::currentDateTime(), QStringLiteral("s"),
                               QStringLiteral("61"), i % 2 == 0});
    }
    QCOMPARE(settings.recentRuns().size(), 8);
    QCOMPARE(settings.recentRuns().first().folder, folder.filePath(QStringLiteral("run11")));
    settings.addRecentRun({folder.filePath(QStringLiteral("run8")), {}, {}, {}, true});
    QCOMPARE(settings.recentRuns().size(), 8);
    QDir(folder.filePath(QStringLiteral("run8"))).removeRecursively();
    QCOMPARE(settings.recentRuns().size(), 7);
    // A run that is gone takes no place: nothing has to go for a new one.
    QVERIFY(QFile::copy(folder.filePath(QStringLiteral("run9/run.json")),
                        folder.filePath(QStringLiteral("run.json"))));
    settings.addRecentRun({folder.path(), {}, {}, {}, true});
    QCOMPARE(settings.recentRuns().size(), 8);
}

QTEST_MAIN(TestWorkbench)
#include "tst_workbench.moc"
