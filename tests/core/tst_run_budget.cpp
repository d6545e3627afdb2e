// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps that end before their plan is done because they were told when, and estimates that learn
// from how long sweeps really took.
#include "core/run/file_io.h"
#include "core/run/sweep_runner.h"
#include "core/run/timing_memory.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sweep_listener.h"

#include <QtTest>

#include <algorithm>

using namespace bitfront;
using test::Listener;
using test::wholePlan;
namespace fs = std::filesystem;

class TestRunBudget : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void endsWithTheNumber_data();
    void endsWithTheNumber();
    void endsWithTheTime();
    void pausesDoNotCount();
    void endsWithTheTargets();
    void targetsOutOfReach();
    void resumesAfterwards();
    void wholeSweepsAreRemembered();
    void othersAreNot();
    void calibrations_data();
    void calibrations();
    void damagedMemory();

private:
    fs::path folder(const std::string& name) const
    {
        return fs::path(m_dir->path().toStdString()) / name;
    }
    SweepRequest request(int delayMs, const SweepBudget& budget) const
    {
        test::FakeOptions options;
        options.delayMs = delayMs;
        SweepRequest result;
        result.experiment = test::fakeExperiment(options);
        result.header = test::fakeHeader(*result.experiment, wholePlan());
        result.runFolder = folder("run");
        result.workers = 2;
        result.budget = budget;
        return result;
    }
    static SweepEnd sweep(SweepRequest request, Listener& listener)
    {
        SweepRunner runner(std::move(request), listener);
        runner.start();
        runner.wait();
        return listener.end;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestRunBudget::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
}

void TestRunBudget::endsWithTheNumber_data()
{
    QTest::addColumn<int>("number");
    for (const int number : {1, 7, 40})
        QTest::addRow("%d", number) << number;
}

void TestRunBudget::endsWithTheNumber()
{
    QFETCH(int, number);
    Listener listener;
    SweepBudget budget;
    budget.maxResults = number;
    const SweepEnd end = sweep(request(2, budget), listener);
    QCOMPARE(end.state, RunState::Stopped);
    QCOMPARE(end.budget, BudgetEnd::Results);
    // What the other worker had just measured is kept, too.
    QVERIFY(end.done >= number && end.done <= number + 1);
    QCOMPARE(static_cast<int>(readRun(folder("run")).records.size()), end.done);
}

void TestRunBudget::endsWithTheTime()
{
    Listener listener;
    SweepBudget budget;
    budget.maxMs = 120;
    QElapsedTimer clock;
    clock.start();
    const SweepEnd end = sweep(request(25, budget), listener);
    QCOMPARE(end.budget, BudgetEnd::Time);
    QCOMPARE(end.state, RunState::Stopped);
    QVERIFY(clock.elapsed() >= 120);
    QVERIFY(end.done > 0 && end.done < 31);
}

void TestRunBudget::pausesDoNotCount()
{
    Listener listener;
    SweepBudget budget;
    budget.maxMs = 200;
    SweepRunner runner(request(25, budget), listener);
    runner.setPaused(true);
    runner.start();
    QTest::qWait(400);
    QVERIFY(!listener.ended);
    runner.setPaused(false);
    runner.wait();
    QVERIFY(listener.end.done > 0);
    QCOMPARE(listener.end.budget, BudgetEnd::Time);
}

void TestRunBudget::endsWithTheTargets()
{
    const RunContents whole = test::fakeRun();
    const MetricChoice judged = whole.header.metrics.front();
    const Measurement& wanted = *whole.records[8].measurement();
    SweepBudget budget;
    budget.targets = Targets {wanted.outputs.front().value, wanted.size.compressionRatio()};
    Listener listener;
    const SweepEnd end = sweep(request(2, budget), listener);
    QCOMPARE(end.budget, BudgetEnd::Targets);
    const auto winner = std::ranges::find_if(listener.records, [&](const ResultRecord& record) {
        return record.config.name == end.reachedBy;
    });
    QVERIFY(winner != listener.records.end());
    QVERIFY(reachesTargets(*winner->measurement(), judged, *budget.targets));
    for (auto earlier = listener.records.begin(); earlier != winner; ++earlier)
        QVERIFY(!earlier->measurement()
                || !reachesTargets(*earlier->measurement(), judged, *budget.targets));
}

void TestRunBudget::targetsOutOfReach()
{
    SweepBudget budget;
    budget.targets = Targets {500, 15};
    Listener listener;
    const SweepEnd end = sweep(request(0, budget), listener);
    QCOMPARE(end.state, RunState::Finished);
    QCOMPARE(end.budget, BudgetEnd::None);
    QVERIFY(end.reachedBy.empty());
}

void TestRunBudget::resumesAfterwards()
{
    SweepBudget budget;
    budget.maxResults = 5;
    Listener first;
    sweep(request(1, budget), first);
    SweepRequest rest = request(0, {});
    rest.resume = true;
    Listener second;
    SweepRunner runner(std::move(rest), second);
    runner.start();
    runner.wait();
    QCOMPARE(second.end.state, RunState::Finished);
    QCOMPARE(readRun(folder("run")).records.size(), test::fakeRun().records.size());
}

void TestRunBudget::wholeSweepsAreRemembered()
{
    SweepRequest whole = request(1, {});
    whole.timings = folder("cache") / "timings.json";
    const fs::path file = whole.timings;
    Listener listener;
    sweep(std::move(whole), listener);
    QCOMPARE(readCalibration(file).sweeps, 1);
}

void TestRunBudget::othersAreNot()
{
    SweepBudget budget;
    budget.maxResults = 3;
    SweepRequest part = request(1, budget);
    part.timings = folder("timings.json");
    Listener listener;
    sweep(std::move(part), listener);
    QVERIFY(!fs::exists(folder("timings.json")));
    SweepRequest rest = request(0, {});
    rest.resume = true;
    rest.timings = folder("timings.json");
    Listener second;
    sweep(std::move(rest), second);
    QVERIFY(!fs::exists(folder("timings.json")));
}

void TestRunBudget::calibrations_data()
{
    QTest::addColumn<QList<double>>("factors");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("sweeps");
    QTest::newRow("none") << QList<double> {} << 0.8 << 1.4 << 0;
    QTest::newRow("one") << QList<double> {2} << 1.6 << 2.8 << 1;
    QTest::newRow("two") << QList<double> {1, 3} << 1.6 << 2.8 << 2;
    QTest::newRow("three") << QList<double> {1, 1, 1} << 0.9 << 1.15 << 3;
    QTest::newRow("spread") << QList<double> {1, 2, 1.5, 1, 2} << 0.9 << 2.3 << 5;
    QTest::newRow("accidents") << QList<double> {0, -1, 1e9, std::nan("")} << 0.8 << 1.4 << 0;
}

void TestRunBudget::calibrations()
{
    QFETCH(QList<double>, factors);
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, sweeps);
    const fs::path file = folder("timings.json");
    for (const double factor : factors)
        rememberTiming(file, factor);
    const Calibration calibration = readCalibration(file);
    QCOMPARE(calibration.sweeps, sweeps);
    QCOMPARE(calibration.low, low);
    QCOMPARE(calibration.high, high);
    TimeEstimate estimate;
    estimate.base = {800, 1400};
    QCOMPARE(calibrated(estimate, calibration).base.lowMs, 1000 * low);
    QCOMPARE(calibrated(estimate, calibration).base.highMs, 1000 * high);
}

void TestRunBudget::damagedMemory()
{
    const fs::path file = folder("timings.json");
    for (const char* content : {"", "{", "[1,2]", "{\"x\": 3}", "null"}) {
        replaceFile(file, content);
        QCOMPARE(readCalibration(file).sweeps, 0);
        rememberTiming(file, 1.5);
        QCOMPARE(readCalibration(file).sweeps, 1);
    }
    rememberTiming({}, 1); // nowhere
    QCOMPARE(readCalibration({}).sweeps, 0);
    for (int i = 0; i < 60; ++i)
        rememberTiming(file, 1);
    QCOMPARE(readCalibration(file).sweeps, 40);
}

QTEST_GUILESS_MAIN(TestRunBudget)
#include "tst_run_budget.moc"
