// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that are gone on with while other things happen: resumed, run again, scanned, written by
// another process; always the right run, and nothing is said that did not happen.
#include "again.h"

#include "core/run/file_io.h"
#include "core/run/scan_log.h"

#include <QLabel>

#include <algorithm>

using namespace bitfront;
using namespace bitfront::test;

class TestWindowAgain : public QObject
{
    Q_OBJECT

private slots:
    void recipesAreNoPartOfTheSweep_data();
    void recipesAreNoPartOfTheSweep();
    void onlyTheRunThatWasMeantIsResumed();
    void finishedMeanwhileIsNotResumedLater();
    void takenMeanwhileIsNotResumedLater();
    void scanIsNotGivenUpForARun();
    void noScanWhileAModelIsReopened();
    void anotherRunWhileAModelIsReopened();
    void runAgainIsAsTheRunWas_data();
    void runAgainIsAsTheRunWas();
    void runAgainReadsAChangedFile();
    void closedBeforeAStartThatFails();
    void scanOfAnotherProcessIsSeen();
};

void TestWindowAgain::recipesAreNoPartOfTheSweep_data()
{
    QTest::addColumn<int>("swept");
    QTest::addColumn<int>("recipes");
    QTest::addColumn<bool>("planned"); // else the folder of a scan
    QTest::addColumn<bool>("resumes");
    QTest::addColumn<QString>("message");
    QTest::newRow("stopped") << 25 << 0 << true << true << "Stopped at 25 of 31.";
    QTest::newRow("stopped, then recipes") << 25 << 8 << true << true << "Stopped at 25 of 31.";
    QTest::newRow("nothing left") << 31 << 2 << true << false << "";
    QTest::newRow("scan only") << 0 << 3 << false << false << "";
    QTest::newRow("scan only, nothing measured") << 0 << 0 << false << false << "";
}

void TestWindowAgain::recipesAreNoPartOfTheSweep()
{
    QFETCH(int, swept);
    QFETCH(int, recipes);
    QFETCH(bool, planned);
    QFETCH(bool, resumes);
    QFETCH(QString, message);
    std::vector<ResultRecord> records = first(static_cast<std::size_t>(swept));
    for (ResultRecord& recipe : mixed(static_cast<std::size_t>(recipes)))
        records.push_back(std::move(recipe));
    SweepPlan plan = basePlan();
    if (!planned)
        plan.configs.clear();
    plan.refine = !planned;
    Again f;
    QVERIFY(f.openRun(f.writeRun("run", plan, records)));
    QCOMPARE(f.records(), swept + recipes);
    QCOMPARE(f.resumes(), resumes);
    QVERIFY2(message.isEmpty() ? f.message().isEmpty() : f.message().startsWith(message),
             qPrintable(f.message()));
    QCOMPARE(Settings(f.settings).recentRuns().value(0).finished, !planned);
}

void TestWindowAgain::onlyTheRunThatWasMeantIsResumed()
{
    Again f;
    const QString wanted = f.writeRun("wanted", basePlan(), first(5));
    const QString other = f.writeRun("other", basePlan(), first(6));
    QVERIFY(f.offer(wanted));
    f.click("resumeUnfinished");
    QVERIFY(f.openRun(other)); // before the first was read
    QVERIFY(f.haveRead());
    QVERIFY(f.isAtRest());
    QCOMPARE(f.records(), 6);
    QVERIFY(f.message().startsWith(QStringLiteral("Stopped at 6 of 31.")));
}

/// A command line has finished what is offered here. Swept once more and stopped, it stays so.
void TestWindowAgain::finishedMeanwhileIsNotResumedLater()
{
    Again f({.delayMs = 20});
    const QString path = f.writeRun("run", basePlan(), first(31), RunState::Finished);
    QVERIFY(f.offer(path));
    f.click("resumeUnfinished");
    QTRY_COMPARE(f.records(), 31);
    f.trigger("actionPrimary");
    QTRY_COMPARE(f.window->setup().inputsState(), LoadState::Ready);
    f.window->setup().setRunFolder(path);
    f.click("estimate");
    QTRY_VERIFY(f.window->setup().probe());
    f.click("startSweep");
    QTRY_VERIFY(f.window->run().isRunning() && f.window->run().progress().done > 2);
    QCOMPARE(f.window->run().folder(), path);
    f.trigger("actionStop");
    QTRY_VERIFY2(f.message().startsWith(QStringLiteral("Stopped at ")), qPrintable(f.message()));
    QVERIFY(f.isAtRest());
}

/// Nor what another process goes on with and is interrupted at.
void TestWindowAgain::takenMeanwhileIsNotResumedLater()
{
    Again f;
    const QString path = f.writeRun("run", basePlan(), first(5));
    QVERIFY(f.offer(path));
    RunContents earlier;
    auto writer = std::make_unique<RunWriter>(RunWriter::resume(toPath(path), earlier));
    f.click("resumeUnfinished");
    QTRY_COMPARE(f.records(), 5);
    QVERIFY(f.window->run().isFollowing());
    writer.reset();
    QTRY_VERIFY2(f.message().startsWith(QStringLiteral("Stopped at 5 ")), qPrintable(f.message()));
    QVERIFY(f.isAtRest());
}

void TestWindowAgain::scanIsNotGivenUpForARun()
{
    Again f({.delayMs = 15});
    const QString other = f.writeRun("other", basePlan(), first(6));
    const QString scanned = f.writeRun("run", basePlan(), first(31), RunState::Finished);
    QVERIFY(f.openRun(scanned));
    f.trigger("actionGoTo8");
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    f.click("startScan");
    QTRY_VERIFY(f.scan().view() && f.scan().view()->done > 2);
    f.window->openRun(other); // dropped, or clicked in a list
    QVERIFY(f.haveRead());
    QCOMPARE(f.window->run().folder(), scanned);
    QVERIFY(f.scan().isWorking() && !f.scan().isCancelling());
    QVERIFY2(f.message().contains(QStringLiteral("Wait until that is done")),
             qPrintable(f.message()));
    f.click("bannerAction");
    QTRY_VERIFY(f.idle());
    QVERIFY(f.openRun(other));
}

void TestWindowAgain::noScanWhileAModelIsReopened()
{
    Again f({.delayMs = 5, .openDelayMs = 150});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), first(6))));
    f.trigger("actionGoTo8");
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    f.trigger("actionResume");
    QVERIFY(!f.find<QPushButton>("startScan")->isEnabled());
    QVERIFY2(f.text("scanObstacle").contains(QStringLiteral("about to begin")),
             qPrintable(f.text("scanObstacle")));
    QTRY_VERIFY(f.window->run().isRunning());
    QVERIFY(f.waitForEnd());
    QCOMPARE(f.window->run().state(), RunState::Finished);
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
}

void TestWindowAgain::anotherRunWhileAModelIsReopened()
{
    Again f({.openDelayMs = 150});
    const QString other = f.writeRun("other", basePlan(), first(6));
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), first(5))));
    QSignalSpy reopened(&f.window->setup(), &ProjectSetup::reopened);
    f.trigger("actionResume");
    QVERIFY(f.openRun(other));
    QVERIFY(!reopened.isEmpty() || reopened.wait(30000)); // the window was told before the spy
    QVERIFY(!f.window->run().isRunning());
    QCOMPARE(f.window->run().folder(), other);
    QVERIFY(f.resumes() && f.find<QAction>("actionResume")->isEnabled());
}

void TestWindowAgain::runAgainIsAsTheRunWas_data()
{
    QTest::addColumn<bool>("recurrent");
    QTest::addColumn<bool>("addsBatch");
    QTest::newRow("another choice of configurations") << false << false;
    QTest::newRow("and of layers") << true << false;
    QTest::newRow("and of inputs") << false << true;
}

/// Its model and its inputs are set up already, but otherwise.
void TestWindowAgain::runAgainIsAsTheRunWas()
{
    QFETCH(bool, recurrent);
    QFETCH(bool, addsBatch);
    Again f;
    RunHeader header =
        f.header(makePlan({GroupId::Palette}, {}, false, IndivisiblePolicy::Nearest));
    header.model.layerOptions.recurrent = recurrent;
    header.inputOptions.addBatch = addsBatch;
    const QString path = f.folder.filePath(QStringLiteral("run"));
    RunWriter(path.toStdString(), header).finish(RunState::Finished, 1000);
    QVERIFY(f.openProject());
    QVERIFY(f.openRun(path));
    f.trigger("actionPrimary");
    QTRY_COMPARE(f.window->setup().inputsState(), LoadState::Ready);
    const PlanChoice& plan = f.window->setup().plan();
    QCOMPARE(plan.count(), plan.total(GroupId::Palette));
    QVERIFY(!plan.refine);
    QCOMPARE(f.window->setup().model()->layerOptions.recurrent, recurrent);
    QCOMPARE(f.window->setup().inputOptions().addBatch, addsBatch);
    QVERIFY(f.window->setup().metricsConfirmed());
}

void TestWindowAgain::runAgainReadsAChangedFile()
{
    Again f;
    QVERIFY(f.sweep());
    const std::size_t layers = f.window->setup().model()->layers.size();
    f.file(QStringLiteral("tiny.pt"), "transformer of another size");
    f.trigger("actionPrimary");
    QTRY_COMPARE(f.window->setup().modelState(), LoadState::Ready);
    QVERIFY(f.window->setup().model()->layers.size() != layers);
}

void TestWindowAgain::closedBeforeAStartThatFails()
{
    Again f;
    QVERIFY(f.openEstimate());
    f.window->setup().setRunFolder(f.file(QStringLiteral("file"), "no folder")
                                   + QStringLiteral("/run.bitfront"));
    f.click("startSweep");
    QVERIFY(f.window->run().isRunning());
    QVERIFY(!f.window->close());
    QTRY_VERIFY(!f.window->isVisible());
}

/// A command line scans in a folder whose sweep was finished long ago.
void TestWindowAgain::scanOfAnotherProcessIsSeen()
{
    Again f;
    QVERIFY(f.openScanned());
    const QString folder = f.window->run().folder();
    const std::string scan = readFile(toPath(folder) / kScanFileName);
    std::filesystem::remove(toPath(folder) / kScanFileName);
    RunContents earlier;
    auto writer = std::make_unique<RunWriter>(RunWriter::resume(toPath(folder), earlier));
    Again other;
    QVERIFY(other.openRun(folder));
    QVERIFY(other.window->run().isFollowing());
    QVERIFY(!other.scan().view());
    const std::size_t half = scan.find('\n', scan.size() / 2) + 1;
    replaceFile(toPath(folder) / kScanFileName, scan.substr(0, half));
    QTRY_VERIFY(other.scan().view());
    const auto done = other.scan().view()->done;
    QVERIFY(!other.scan().view()->isComplete());
    replaceFile(toPath(folder) / kScanFileName, scan);
    writer->finish(RunState::Finished, 1000);
    writer.reset();
    QTRY_VERIFY(!other.window->run().isFollowing());
    QTRY_VERIFY(other.scan().view()->isComplete());
    QVERIFY(other.scan().view()->done > done);
    QCOMPARE(other.window->run().state(), RunState::Finished);
}

QTEST_MAIN(TestWindowAgain)
#include "tst_window_again.moc"
