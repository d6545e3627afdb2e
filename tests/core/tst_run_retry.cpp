// SPDX-License-Identifier: GPL-3.0-or-later
// Failed configurations that are tried again: with the rest of a resumed run, or they alone.
#include "tests/support/sweep_fixture.h"

#include <QtTest>

using namespace bitfront;
using test::lineCount;
using test::Listener;
using test::resultsOf;
using test::wholePlan;

class TestRunRetry : public QObject, test::SweepFixture
{
    Q_OBJECT

private slots:
    void init();
    void retryReplacesTheFailure();
    void retryNeedsAFailure();
    void retryOnlyLeavesTheRest_data();
    void retryOnlyLeavesTheRest();
    void retryOnlyNeedsAFailure();
};

void TestRunRetry::init()
{
    startAfresh();
    QVERIFY(m_dir->isValid());
}

void TestRunRetry::retryReplacesTheFailure()
{
    test::FakeOptions options;
    const std::string name = wholePlan().configs[2].name;
    options.failing = {name};
    runWhole(request("run", 1, options));
    QCOMPARE(readRun(folder("run")).records[2].failure() != nullptr, true);

    Listener listener;
    SweepRunner runner(resumed("run"), listener);
    QVERIFY(runner.retry(name));
    QVERIFY(!runner.retry(name));
    QCOMPARE(runner.progress().failed, 0);
    runner.start();
    runner.wait();
    QCOMPARE(listener.records.size(), std::size_t(1));
    const RunContents run = readRun(folder("run"));
    QCOMPARE(run.records[2].config.name, name); // in its old place
    QVERIFY(run.records[2].measurement());
    QCOMPARE(listener.end.failed, 0);
    QCOMPARE(listener.end.done, static_cast<int>(run.records.size()));
    QCOMPARE(lineCount(folder("run")), run.records.size() + 1);
}

void TestRunRetry::retryNeedsAFailure()
{
    Listener listener;
    SweepRunner runner(request("run"), listener);
    QVERIFY(!runner.retry(wholePlan().configs[0].name));
    runner.start();
    runner.wait();
    QVERIFY(!runner.retry(wholePlan().configs[0].name));
}

void TestRunRetry::retryOnlyLeavesTheRest_data()
{
    QTest::addColumn<int>("stopAfter"); // the last record of the first process; -1: none is
    QTest::addColumn<bool>("skipped"); // whether some of the plan was skipped
    QTest::addColumn<bool>("failsAgain");
    QTest::newRow("finished") << -1 << false << false;
    QTest::newRow("finished, fails again") << -1 << false << true;
    QTest::newRow("finished without what was skipped") << -1 << true << false;
    QTest::newRow("stopped among the base configurations") << 9 << false << false;
    QTest::newRow("stopped among the refinements") << 35 << false << false;
}

/// A failed configuration alone is run again: the run is as finished or stopped as it was.
void TestRunRetry::retryOnlyLeavesTheRest()
{
    QFETCH(int, stopAfter);
    QFETCH(bool, skipped);
    QFETCH(bool, failsAgain);
    test::FakeOptions options;
    const std::string name = wholePlan().configs[2].name;
    options.failing = {name};
    Listener first;
    {
        SweepRunner runner(request("run", 1, options), first);
        if (skipped)
            QVERIFY(runner.skip(wholePlan().configs[5].name));
        first.seen = [&](RecordId id) {
            if (stopAfter >= 0 && id >= stopAfter)
                runner.requestStop();
        };
        runner.start();
        runner.wait();
    }
    const RunContents before = readRun(folder("run"));
    const auto resultsBefore = resultsOf(folder("run"));
    const int measured = m_counters->evaluations;

    SweepRequest again = resumed("run", failsAgain ? options : test::FakeOptions {});
    again.retryOnly = {name};
    Listener listener;
    SweepRunner runner(std::move(again), listener);
    QCOMPARE(runner.progress().total, static_cast<int>(before.records.size()));
    runner.start();
    runner.wait();
    QCOMPARE(m_counters->evaluations - measured, 1);
    QCOMPARE(listener.records.size(), std::size_t(1));
    QVERIFY(listener.end.state == before.state);
    QCOMPARE(listener.end.done, static_cast<int>(before.records.size()));
    QCOMPARE(listener.end.failed, failsAgain ? 1 : 0);

    const RunContents after = readRun(folder("run"));
    QVERIFY(after.state == before.state);
    QCOMPARE(after.records.size(), before.records.size());
    QCOMPARE(after.records[2].config.name, name); // in its old place
    QCOMPARE(after.records[2].measurement() == nullptr, failsAgain);
    auto resultsAfter = resultsOf(folder("run"));
    resultsAfter[name] = resultsBefore.at(name);
    QCOMPARE(resultsAfter, resultsBefore);
}

void TestRunRetry::retryOnlyNeedsAFailure()
{
    QVERIFY(runUntil(request("run"), 9).state == RunState::Stopped);
    const std::string before = readFile(folder("run") / "run.json");
    for (const std::string& name : {wholePlan().configs[0].name, std::string("no such name")}) {
        SweepRequest again = resumed("run");
        again.retryOnly = {name};
        Listener listener;
        try {
            const SweepRunner runner(std::move(again), listener);
            QFAIL("there is nothing to try again");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::BadArgument);
        }
        QCOMPARE(readFile(folder("run") / "run.json"), before);
    }
}

QTEST_GUILESS_MAIN(TestRunRetry)
#include "tst_run_retry.moc"
