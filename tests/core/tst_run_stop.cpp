// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps that end early: stopped, destroyed, unable to write, unable to begin.
#include "core/run/sweep_runner.h"
#include "tests/support/fake_engine.h"
#include "tests/support/sweep_listener.h"

#include <QtTest>

#include <random>

using namespace bitfront;
using test::Listener;
using test::wholePlan;
namespace fs = std::filesystem;

class TestRunStop : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void stopBeforeStart();
    void neverStarted();
    void destroyedWhileRunning();
    void stopAtRandomTimes();
    void stopFromTheObserver();
    void stopAfterTheEndIsFinished();
    void writeErrorEndsTheSweep();
    void observerThatThrows();
    void workersThatCannotBegin();
    void tablesOfASweepThatCannotBegin();

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

void TestRunStop::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
    m_counters = std::make_shared<test::FakeCounters>();
}

void TestRunStop::stopBeforeStart()
{
    Listener listener;
    SweepRunner runner(request(wholePlan(), 2), listener);
    runner.requestStop();
    runner.start();
    runner.wait();
    QVERIFY(listener.ended);
    QVERIFY(listener.end.state == RunState::Stopped);
    QCOMPARE(listener.end.done, 0);
    QVERIFY(readRun(runner.folder()).state == RunState::Stopped);
}

void TestRunStop::neverStarted()
{
    Listener listener;
    fs::path folder;
    {
        SweepRunner runner(request(wholePlan(), 2), listener);
        folder = runner.folder();
        runner.wait(); // must not block
        QVERIFY(runner.progress().running.empty());
    }
    QVERIFY(!listener.ended);
    QVERIFY(readRun(folder).state == RunState::Stopped);
}

void TestRunStop::destroyedWhileRunning()
{
    for (int i = 0; i < 20; ++i) {
        test::FakeOptions options;
        options.delayMs = 10;
        Listener listener;
        fs::path folder;
        {
            SweepRunner runner(request(wholePlan(), 1 + i % 4, options), listener);
            folder = runner.folder();
            runner.start();
            std::this_thread::sleep_for(std::chrono::milliseconds(i));
        }
        QVERIFY(listener.ended);
        QVERIFY(listener.end.state == RunState::Stopped);
        const RunContents run = readRun(folder);
        QCOMPARE(run.records.size(), listener.records.size());
        QVERIFY(run.state == RunState::Stopped);
    }
}

void TestRunStop::stopAtRandomTimes()
{
    std::mt19937 random(20260102);
    for (int i = 0; i < 15; ++i) {
        test::FakeOptions options;
        options.delayMs = 3;
        Listener listener;
        SweepRunner runner(request(wholePlan(), 1 + i % 3, options), listener);
        runner.start();
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 400));
        runner.requestStop();
        QElapsedTimer timer;
        timer.start();
        runner.wait();
        QVERIFY2(timer.elapsed() < 2000, "a stop takes at most one forward pass");
        const RunContents run = readRun(runner.folder());
        QVERIFY(run.state == listener.end.state);
        QVERIFY(run.state == RunState::Stopped || run.state == RunState::Finished);
        QCOMPARE(run.records.size(), listener.records.size());
        QCOMPARE(run.warnings.size(), std::size_t(0));
        QVERIFY(listener.inOrder && !listener.overlapped);
        for (const ResultRecord& record : run.records)
            QVERIFY2(record.measurement(), "a stop is no failure");
    }
}

void TestRunStop::stopFromTheObserver()
{
    test::FakeOptions options;
    options.delayMs = 2;
    Listener listener;
    SweepRunner runner(request(wholePlan(), 2, options), listener);
    listener.seen = [&runner](RecordId id) {
        (void)runner.progress();
        if (id == 4)
            runner.requestStop();
    };
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Stopped);
    QVERIFY(listener.records.size() >= 5 && listener.records.size() <= 7);
}

void TestRunStop::stopAfterTheEndIsFinished()
{
    Listener listener;
    SweepRunner runner(request(wholePlan(false), 1), listener);
    runner.start();
    runner.wait();
    runner.requestStop();
    runner.start(); // once is enough
    runner.wait();
    QVERIFY(listener.end.state == RunState::Finished);
    QVERIFY(!runner.progress().stopping);
    // The folder is free again, before the runner is gone.
    const auto experiment = test::fakeExperiment();
    const RunWriter next(runner.folder(), test::fakeHeader(*experiment, wholePlan()));
    QVERIFY(isRunFolder(runner.folder().string() + ".1"));
}

void TestRunStop::writeErrorEndsTheSweep()
{
    Listener listener;
    SweepRunner runner(request(wholePlan(), 2), listener);
    listener.seen = [&runner](RecordId id) {
        if (id == 7)
            fs::remove_all(runner.folder() / "configs");
    };
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Failed);
    QVERIFY(listener.end.failure.code == ErrorCode::FileNotWritable);
    QVERIFY(listener.end.failure.message.find("configs") != std::string::npos);
    QCOMPARE(listener.end.done, 8);
    QCOMPARE(listener.records.size(), std::size_t(8));
    const RunContents run = readRun(runner.folder());
    QVERIFY(run.state == RunState::Failed);
    QCOMPARE(run.records.size(), std::size_t(8));
}

void TestRunStop::observerThatThrows()
{
    Listener listener;
    SweepRunner runner(request(wholePlan(), 2), listener);
    listener.seen = [](RecordId id) {
        if (id == 3)
            throw std::runtime_error("view broke");
    };
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Failed);
    QCOMPARE(listener.end.failure.message, std::string("view broke"));
    QCOMPARE(readRun(runner.folder()).records.size(), std::size_t(listener.end.done));
}

void TestRunStop::workersThatCannotBegin()
{
    test::FakeOptions options;
    options.failEvaluators = true;
    Listener listener;
    SweepRunner runner(request(wholePlan(), 3, options), listener);
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Failed);
    QVERIFY(listener.end.failure.code == ErrorCode::OutOfMemory);
    QCOMPARE(listener.end.done, 0);
}

/// Its experiment is shared and goes on; the folder is nobody's then.
void TestRunStop::tablesOfASweepThatCannotBegin()
{
    SweepRequest sweep = request(makePlan({}, {}, true, IndivisiblePolicy::Nearest), 1);
    {
        RunWriter writer(sweep.runFolder, sweep.header);
    }
    sweep.resume = true;
    const fs::path folder = sweep.runFolder;
    test::Listener listener;
    SweepRunner runner(sweep, listener);
    fs::remove_all(folder);
    QVERIFY_EXCEPTION_THROWN(runner.start(), Error);
    QVERIFY(!m_counters->keepsTables);
}

QTEST_GUILESS_MAIN(TestRunStop)
#include "tst_run_stop.moc"
