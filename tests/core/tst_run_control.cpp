// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps under way: resumed after every kind of end, paused, and their queue changed.
#include "tests/support/sweep_fixture.h"

#include <QtTest>

#include <set>
#include <thread>

using namespace bitfront;
using test::lineCount;
using test::Listener;
using test::resultsOf;
using test::wholePlan;
namespace fs = std::filesystem;

class TestRunControl : public QObject, test::SweepFixture
{
    Q_OBJECT

private slots:
    void init();
    void resumeAfterAnyNumber_data();
    void resumeAfterAnyNumber();
    void resumeAfterATornLine();
    void resumeOfACompleteRun();
    void resumeRefused_data();
    void resumeRefused();
    void resumeIsOneWriter();
    void pause();
    void stopWhilePaused();
    void skipWaitingAndRunning();
    void skipAWholeGroup();
    void moveToFront();
};

void TestRunControl::init()
{
    startAfresh();
    QVERIFY(m_dir->isValid());
}

void TestRunControl::resumeAfterAnyNumber_data()
{
    QTest::addColumn<int>("last");
    for (const int last : {0, 11, 30, 40})
        QTest::addRow("after %d", last + 1) << last;
}

void TestRunControl::resumeAfterAnyNumber()
{
    QFETCH(int, last);
    QVERIFY(runWhole(request("whole")).state == RunState::Finished);
    QVERIFY(runUntil(request("run"), last).state == RunState::Stopped);
    const RunContents before = readRun(folder("run"));
    const int measured = m_counters->evaluations;

    Listener listener;
    SweepRunner runner(resumed("run"), listener);
    QCOMPARE(runner.progress().done, static_cast<int>(before.records.size()));
    listener.inOrder = true;
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Finished);

    const RunContents after = readRun(folder("run"));
    QCOMPARE(resultsOf(folder("run")), resultsOf(folder("whole")));
    QCOMPARE(lineCount(folder("run")), after.records.size());
    // Nothing was measured twice, and what was there stayed as it was.
    QCOMPARE(static_cast<std::size_t>(m_counters->evaluations - measured),
             after.records.size() - before.records.size());
    for (std::size_t i = 0; i < before.records.size(); ++i)
        QCOMPARE(after.records[i].finishedAt, before.records[i].finishedAt);
    QCOMPARE(after.header.createdAt, before.header.createdAt);
    QVERIFY(after.wallMs > before.wallMs);
    QCOMPARE(listener.end.done, static_cast<int>(after.records.size()));
}

void TestRunControl::resumeAfterATornLine()
{
    runWhole(request("whole"));
    runUntil(request("run"), 9);
    const fs::path results = folder("run") / "results.jsonl";
    fs::resize_file(results, fs::file_size(results) - 40);
    const std::size_t whole = lineCount(folder("run"));
    QVERIFY(runWhole(resumed("run")).state == RunState::Finished);
    QVERIFY(whole >= 9);
    QVERIFY(readRun(folder("run")).warnings.empty());
    QCOMPARE(resultsOf(folder("run")), resultsOf(folder("whole")));
    // Even a line that lacks nothing but its end is measured again rather than written into.
    fs::resize_file(results, fs::file_size(results) - 1);
    QVERIFY(runWhole(resumed("run")).state == RunState::Finished);
    QCOMPARE(resultsOf(folder("run")), resultsOf(folder("whole")));
    QVERIFY(readRun(folder("run")).warnings.empty());
}

void TestRunControl::resumeOfACompleteRun()
{
    runWhole(request("run"));
    const int measured = m_counters->evaluations;
    const double wallMs = readRun(folder("run")).wallMs;
    const SweepEnd end = runWhole(resumed("run"));
    QVERIFY(end.state == RunState::Finished);
    QCOMPARE(static_cast<int>(m_counters->evaluations), measured);
    QVERIFY(end.wallMs >= wallMs);
}

void TestRunControl::resumeRefused_data()
{
    QTest::addColumn<QString>("changed");
    QTest::addColumn<QString>("said");
    QTest::newRow("other model") << "model"
                                 << "other weights";
    QTest::newRow("other inputs") << "inputs"
                                  << "other inputs";
    QTest::newRow("no run") << ""
                            << "holds no run";
}

void TestRunControl::resumeRefused()
{
    QFETCH(QString, changed);
    QFETCH(QString, said);
    runUntil(request("run"), 3);
    const fs::path runFile = folder("run") / "run.json";
    std::string text = readFile(runFile);
    const RunHeader header = readRun(folder("run")).header;
    if (changed.isEmpty()) {
        fs::remove(runFile);
    } else {
        const std::string hash = changed == "model" ? header.model.sha256 : header.inputsSha256;
        const std::size_t place = text.find(hash);
        QVERIFY(!hash.empty() && place != std::string::npos);
        text.replace(place, hash.size(), std::string(hash.size(), 'f'));
        replaceFile(runFile, text);
    }
    const std::size_t lines = lineCount(folder("run"));
    try {
        runWhole(resumed("run"));
        QFAIL("resumed");
    } catch (const Error& error) {
        const QString message = QString::fromStdString(error.failure().message);
        QVERIFY2(message.contains(said), qPrintable(message));
    }
    QCOMPARE(lineCount(folder("run")), lines);
    QVERIFY(!fs::exists(folder("run") / kLockName));
}

void TestRunControl::resumeIsOneWriter()
{
    test::FakeOptions slow;
    slow.delayMs = 20;
    Listener listener;
    SweepRunner runner(request("run", 1, slow), listener);
    runner.start();
    try {
        Listener other;
        const SweepRunner second(resumed("run"), other);
        QFAIL("two writers");
    } catch (const Error& error) {
        QVERIFY(QString::fromStdString(error.failure().message).contains("is being written by"));
    }
}

void TestRunControl::pause()
{
    test::FakeOptions slow;
    slow.delayMs = 2;
    Listener listener;
    SweepRunner runner(request("run", 2, slow), listener);
    std::atomic<int> seen {0};
    listener.seen = [&](RecordId) {
        if (++seen == 5)
            runner.setPaused(true);
    };
    runner.start();
    QTRY_VERIFY(runner.progress().paused && runner.progress().running.empty());
    const int done = runner.progress().done;
    QVERIFY(done >= 5 && done <= 6);
    const double elapsed = runner.progress().elapsedMs;
    QTest::qWait(60);
    QCOMPARE(runner.progress().done, done);
    QCOMPARE(runner.progress().elapsedMs, elapsed); // pauses are nobody's working time
    runner.setPaused(false);
    runner.wait();
    QVERIFY(listener.end.state == RunState::Finished);
    QVERIFY(!runner.progress().paused);
    QCOMPARE(resultsOf(folder("run")).size(), test::fakeRecords(wholePlan()).size());
}

void TestRunControl::stopWhilePaused()
{
    Listener listener;
    SweepRunner runner(request("run"), listener);
    runner.setPaused(true);
    runner.start();
    QTest::qWait(20);
    QCOMPARE(runner.progress().done, 0);
    runner.requestStop();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Stopped);
}

void TestRunControl::skipWaitingAndRunning()
{
    test::FakeOptions slow;
    slow.delayMs = 400;
    Listener listener;
    SweepRunner runner(request("run", 1, slow), listener);
    const std::vector<QueuedJob> queue = runner.queue();
    QCOMPARE(static_cast<int>(queue.size()), 31);
    const std::string running = queue[0].name;
    const std::string waiting = queue[7].name;
    const int total = runner.progress().total;
    QVERIFY(runner.skip(waiting));
    QVERIFY(!runner.skip(waiting));
    QVERIFY(!runner.skip("nothing of that name"));
    runner.start();
    QTRY_VERIFY(!runner.progress().running.empty());
    QVERIFY(runner.skip(running));
    QTRY_VERIFY(runner.progress().done > 0);
    QVERIFY(runner.progress().total <= total - 2);
    runner.requestStop();
    runner.wait();
    const auto results = resultsOf(folder("run"));
    QVERIFY(!results.contains(running) && !results.contains(waiting));
    QVERIFY(results.contains(queue[1].name));
}

void TestRunControl::skipAWholeGroup()
{
    Listener listener;
    SweepRunner runner(request("run"), listener);
    for (const QueuedJob& job : runner.queue())
        if (job.group == GroupId::Palette)
            QVERIFY(runner.skip(job.name));
    runner.start();
    runner.wait();
    QVERIFY(listener.end.state == RunState::Finished);
    for (const ResultRecord& record : listener.records)
        QVERIFY(record.config.group != GroupId::Palette);
    // The other groups are refined as ever.
    QVERIFY(std::ranges::any_of(
        listener.records, [](const ResultRecord& record) { return record.config.isRefinement(); }));
    // Skipping is for this sweep; resuming brings them.
    QVERIFY(runWhole(resumed("run")).state == RunState::Finished);
    QCOMPARE(resultsOf(folder("run")).size(), test::fakeRecords(wholePlan()).size());
}

void TestRunControl::moveToFront()
{
    Listener listener;
    SweepRunner runner(request("run", 1), listener);
    const std::string last = runner.queue().back().name;
    QVERIFY(runner.moveToFront(last));
    QVERIFY(!runner.moveToFront("nothing of that name"));
    QCOMPARE(runner.queue().front().name, last);
    runner.start();
    runner.wait();
    QCOMPARE(listener.records.front().config.name, last);
}

QTEST_GUILESS_MAIN(TestRunControl)
#include "tst_run_control.moc"
