// SPDX-License-Identifier: GPL-3.0-or-later
// The sweep runner on the fake engine: order, refinements, failures, progress.
#include "core/plan/json.h"
#include "core/plan/sweep_plan.h"
#include "core/run/probe.h"
#include "core/run/sweep_runner.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sweep_listener.h"

#include <QtTest>

#include <map>

using namespace bitfront;
using test::Listener;
using test::wholePlan;
namespace fs = std::filesystem;

namespace {

/// Results by name without what may differ between runs: times and memory.
std::map<std::string, std::string> comparable(const std::vector<ResultRecord>& records)
{
    std::map<std::string, std::string> result;
    for (ResultRecord record : records) {
        record.finishedAt.clear();
        if (auto* measured = std::get_if<Measurement>(&record.outcome)) {
            measured->timeMs = measured->forwardMs = 0;
            measured->peakMemoryBytes = 0;
        }
        result[record.config.name] = recordLine(record);
    }
    return result;
}

} // namespace

class TestRunSweep : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void wholeSweep();
    void sameResultsWithAnyWorkers();
    void refinementsFollowTheirGroup();
    void refinementsOfOneConfigurationRunSideBySide();
    void failuresAreRecords();
    void allBelowTheFloorRefinesNothing();
    void noRefinementWhenNotWanted();
    void badRequests_data();
    void badRequests();
    void progressIsConsistent();
    void threadBudget_data();
    void threadBudget();
    void probeTimes();
    void probesThatFail();

private:
    SweepRequest request(const SweepPlan& plan, int workers, const test::FakeOptions& options = {})
    {
        SweepRequest result;
        result.experiment = test::fakeExperiment(options, m_counters);
        result.header = test::fakeHeader(*result.experiment, plan);
        result.runFolder =
            fs::path(m_dir->path().toStdString()) / ("run" + std::to_string(m_runs++));
        result.workers = workers;
        return result;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::shared_ptr<test::FakeCounters> m_counters;
    int m_runs = 0;
};

void TestRunSweep::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
    m_counters = std::make_shared<test::FakeCounters>();
}

void TestRunSweep::wholeSweep()
{
    Listener listener;
    SweepRunner runner(request(wholePlan(), 1), listener);
    QVERIFY(isRunFolder(runner.folder()));
    QCOMPARE(runner.progress().done, 0);
    QCOMPARE(runner.progress().total, 61);
    runner.start();
    runner.wait();
    QVERIFY(listener.inOrder && listener.ended);
    QVERIFY(listener.end.state == RunState::Finished);
    QCOMPARE(listener.end.done, static_cast<int>(listener.records.size()));
    QCOMPARE(listener.end.failed, 0);
    QVERIFY(listener.end.wallMs > 0);
    // Base configurations first, in the plan's order.
    const SweepPlan plan = wholePlan();
    for (std::size_t i = 0; i < plan.configs.size(); ++i)
        QCOMPARE(listener.records[i].config.name, plan.configs[i].name);
    QVERIFY(listener.records.size() > 31 && listener.records.size() <= 61);
    // The records of the fake, which knows no threads and no runner.
    QVERIFY(comparable(listener.records) == comparable(test::fakeRecords(plan)));
    const RunContents run = readRun(runner.folder());
    QVERIFY(run.state == RunState::Finished);
    QCOMPARE(run.wallMs, listener.end.wallMs);
    QVERIFY(comparable(run.records) == comparable(listener.records));
}

void TestRunSweep::sameResultsWithAnyWorkers()
{
    test::FakeOptions options;
    options.delayMs = 2;
    options.model = test::FakeModelKind::Transformer;
    options.failing = {"perblock_bs32_int4_symmetric"};
    std::map<std::string, std::string> expected;
    for (const int workers : {1, 2, 5, 16}) {
        Listener listener;
        SweepRunner runner(request(wholePlan(), workers, options), listener);
        runner.start();
        runner.wait();
        QVERIFY(listener.inOrder && !listener.overlapped);
        const auto results = comparable(listener.records);
        QCOMPARE(results.size(), listener.records.size());
        if (workers == 1)
            expected = results;
        QVERIFY(results == expected);
        QVERIFY(comparable(readRun(runner.folder()).records) == expected);
    }
    QVERIFY(m_counters->mostAtOnce > 1);
}

void TestRunSweep::refinementsOfOneConfigurationRunSideBySide()
{
    test::FakeOptions options;
    options.delayMs = 30;
    const SweepPlan plan =
        makePlan({}, {"perchannel_int8_symmetric"}, true, IndivisiblePolicy::Nearest);
    Listener listener;
    SweepRunner runner(request(plan, 3, options), listener);
    runner.start();
    runner.wait();
    QVERIFY(listener.records.size() > 3);
    QCOMPARE(m_counters->evaluators.load(), 3);
    QVERIFY(m_counters->mostAtOnce.load() > 1);
}

void TestRunSweep::refinementsFollowTheirGroup()
{
    test::FakeOptions options;
    options.delayMs = 1;
    Listener listener;
    SweepRunner runner(request(wholePlan(), 4, options), listener);
    runner.start();
    runner.wait();
    std::map<GroupId, int> baseLeft;
    for (const CompressionConfig& config : wholePlan().configs)
        ++baseLeft[config.group];
    int refinements = 0;
    for (const ResultRecord& record : listener.records) {
        if (!record.config.isRefinement()) {
            --baseLeft[record.config.group];
            continue;
        }
        ++refinements;
        QCOMPARE(baseLeft[record.config.group], 0);
        QVERIFY(!record.config.skippedLayers.empty());
        QVERIFY(record.config.name.starts_with(record.config.seed + "_skip-"));
    }
    QVERIFY(refinements > 0);
    for (const GroupProgress& group : runner.progress().groups) {
        QVERIFY(group.refinementsKnown);
        QCOMPARE(group.refinementDone, group.refinementTotal);
        QCOMPARE(group.baseDone, group.baseTotal);
    }
}

void TestRunSweep::failuresAreRecords()
{
    test::FakeOptions options;
    options.failing = {"perchannel_int8_symmetric"};
    options.throwing = {"perblock_bs16_int4_symmetric"};
    options.outOfMemory = {"palette_pertensor_8bit_pcs0"};
    options.nan = {"palette_pertensor_6bit_pcs0"};
    Listener listener;
    SweepRunner runner(request(wholePlan(false), 3, options), listener);
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Finished);
    QCOMPARE(listener.end.done, 31);
    QCOMPARE(listener.end.failed, 3);
    QCOMPARE(runner.progress().failed, 3);
    std::map<std::string, ErrorCode> codes;
    for (const ResultRecord& record : readRun(runner.folder()).records)
        if (const Failure* failure = record.failure()) {
            codes[record.config.name] = failure->code;
            QCOMPARE(failure->context, record.config.name);
            QVERIFY(!failure->message.empty());
        }
    QVERIFY(codes["perchannel_int8_symmetric"] == ErrorCode::ForwardFailed);
    QVERIFY(codes["perblock_bs16_int4_symmetric"] == ErrorCode::Internal);
    QVERIFY(codes["palette_pertensor_8bit_pcs0"] == ErrorCode::OutOfMemory);
    QCOMPARE(codes.size(), std::size_t(3)); // NaN is a measurement
}

void TestRunSweep::allBelowTheFloorRefinesNothing()
{
    test::FakeOptions options;
    options.qualityShiftDb = -100;
    Listener listener;
    SweepRunner runner(request(wholePlan(), 2, options), listener);
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Finished);
    QCOMPARE(listener.records.size(), std::size_t(31));
    QCOMPARE(runner.progress().total, 31);
}

void TestRunSweep::noRefinementWhenNotWanted()
{
    Listener listener;
    SweepRunner runner(
        request(makePlan({GroupId::Palette}, {}, false, IndivisiblePolicy::Nearest), 2), listener);
    runner.start();
    runner.wait();
    QCOMPARE(listener.records.size(), std::size_t(16));
    QCOMPARE(runner.progress().groups.size(), std::size_t(1));
    QVERIFY(listener.end.state == RunState::Finished);
}

void TestRunSweep::badRequests_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<int>("code");
    QTest::newRow("no configuration") << "plan" << static_cast<int>(ErrorCode::BadArgument);
    QTest::newRow("no metric") << "metrics" << static_cast<int>(ErrorCode::BadArgument);
    QTest::newRow("unknown output") << "output" << static_cast<int>(ErrorCode::MetricUnfit);
    QTest::newRow("IoU on logits") << "iou" << static_cast<int>(ErrorCode::MetricUnfit);
    QTest::newRow("unwritable folder") << "folder" << static_cast<int>(ErrorCode::FileNotWritable);
}

void TestRunSweep::badRequests()
{
    QFETCH(QString, what);
    QFETCH(int, code);
    SweepRequest bad = request(wholePlan(), 1);
    const fs::path folder = bad.runFolder;
    if (what == "plan")
        bad.header.plan.configs.clear();
    else if (what == "metrics")
        bad.header.metrics.clear();
    else if (what == "output")
        bad.header.metrics[0].output = "out_9";
    else if (what == "iou")
        bad.header.metrics[0].metric = Metric::Iou;
    else
        bad.runFolder = "/proc/nowhere/run";
    Listener listener;
    int got = -1;
    try {
        const SweepRunner runner(bad, listener);
    } catch (const Error& error) {
        got = static_cast<int>(error.code());
    }
    QCOMPARE(got, code);
    QVERIFY(!fs::exists(folder));
}

void TestRunSweep::progressIsConsistent()
{
    test::FakeOptions options;
    options.delayMs = 5;
    options.failing = {"perchannel_int4_symmetric"};
    Listener listener;
    SweepRunner runner(request(wholePlan(), 3, options), listener);
    runner.start();
    int lastDone = 0;
    int lastTotal = 61;
    bool sawLayers = false;
    qint64 slowest = 0;
    while (!listener.ended) {
        QElapsedTimer timer;
        timer.start();
        const SweepProgress progress = runner.progress();
        slowest = std::max(slowest, timer.elapsed());
        int done = 0;
        int total = 0;
        for (const GroupProgress& group : progress.groups) {
            done += group.baseDone + group.refinementDone;
            total += group.baseTotal + group.refinementTotal;
        }
        QCOMPARE(done, progress.done);
        QCOMPARE(total, progress.total);
        QVERIFY(progress.done >= lastDone && progress.total <= lastTotal);
        QVERIFY(progress.done + static_cast<int>(progress.running.size()) <= progress.total);
        QVERIFY(progress.running.size() <= 3 && progress.failed <= 1);
        QVERIFY(progress.remaining.lowMs >= 0
                && progress.remaining.lowMs <= progress.remaining.highMs);
        for (const RunningJob& job : progress.running) {
            QVERIFY(!job.name.empty() && job.elapsedMs >= 0 && job.layersDone <= 5);
            sawLayers = sawLayers || (job.layersTotal == 5 && job.layersDone > 0);
        }
        lastDone = progress.done;
        lastTotal = progress.total;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    QVERIFY(sawLayers);
    QVERIFY2(slowest < 50, "progress() must not wait for the disk");
    runner.wait();
    const SweepProgress end = runner.progress();
    QCOMPARE(end.done, end.total);
    QCOMPARE(end.failed, 1);
    QVERIFY(end.running.empty());
    QCOMPARE(end.remaining.highMs, 0.0);
    QCOMPARE(end.elapsedMs, listener.end.wallMs);
}

void TestRunSweep::threadBudget_data()
{
    QTest::addColumn<int>("megabytes"); // at fp16
    QTest::addColumn<int>("cores");
    QTest::addColumn<int>("workers");
    QTest::addColumn<int>("threads");
    QTest::newRow("small, 1 core") << 1 << 1 << 1 << 1;
    QTest::newRow("small, 2 cores") << 1 << 2 << 2 << 1;
    QTest::newRow("small, 8 cores") << 1 << 8 << 8 << 1;
    QTest::newRow("small, 128 cores") << 1 << 128 << 16 << 1;
    QTest::newRow("big, 1 core") << 200 << 1 << 1 << 1;
    QTest::newRow("medium, 2 cores") << 43 << 2 << 2 << 1;
    QTest::newRow("medium, 8 cores") << 43 << 8 << 3 << 2;
    QTest::newRow("big, 2 cores") << 200 << 2 << 1 << 2;
    QTest::newRow("big, 7 cores") << 200 << 7 << 1 << 7;
    QTest::newRow("big, 64 cores") << 200 << 64 << 1 << 64;
    QTest::newRow("unknown cores") << 1 << 0 << 1 << 1;
}

void TestRunSweep::threadBudget()
{
    QFETCH(int, megabytes);
    QFETCH(int, cores);
    QFETCH(int, workers);
    QFETCH(int, threads);
    ModelInfo model;
    model.plainParameters = {{"p", {}, std::int64_t {megabytes} << 19}};
    const ThreadBudget budget = defaultThreads(model, cores);
    QCOMPARE(budget.workers, workers);
    QCOMPARE(budget.threadsPerWorker, threads);
}

void TestRunSweep::probeTimes()
{
    test::FakeOptions options;
    options.delayMs = 20;
    const auto experiment = test::fakeExperiment(options, m_counters);
    const ProbeTimes both = probe(*experiment, test::fakeMetrics(), wholePlan(), {});
    QVERIFY(both.quantMs >= 20 && both.paletteMs >= 20);
    QCOMPARE(both.forwardMs, experiment->forwardMs());
    QVERIFY(both.memoryBytes > 0);
    QCOMPARE(both.workers, 1);
    const SweepPlan palettes = makePlan({GroupId::Palette}, {}, true, IndivisiblePolicy::Nearest);
    QCOMPARE(probe(*experiment, test::fakeMetrics(), palettes, {}).quantMs, 0.0);
    const SweepPlan blocks = makePlan({GroupId::PerBlock}, {}, true, IndivisiblePolicy::Nearest);
    QCOMPARE(probe(*experiment, test::fakeMetrics(), blocks, {}).paletteMs, 0.0);
    std::stop_source stopped;
    stopped.request_stop();
    QVERIFY_THROWS_EXCEPTION(
        Cancelled, probe(*experiment, test::fakeMetrics(), wholePlan(), stopped.get_token()));
}

// A configuration that fails is for the sweep to report; others can go on.
void TestRunSweep::probesThatFail()
{
    test::FakeOptions options;
    options.delayMs = 5;
    options.failing = {canonicalName(QuantConfig {})};
    options.outOfMemory = {canonicalName(PaletteConfig {6, 16, false})};
    const auto experiment = test::fakeExperiment(options, m_counters);
    const ProbeTimes times = probe(*experiment, test::fakeMetrics(), wholePlan(), {});
    QVERIFY(times.quantMs > 0 && times.paletteMs > 0);
    QVERIFY(estimateTime(wholePlan(), times).total().highMs > 0);
}

QTEST_GUILESS_MAIN(TestRunSweep)
#include "tst_run_sweep.moc"
