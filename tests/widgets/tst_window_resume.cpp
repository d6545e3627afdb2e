// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps that do not run through: paused, stopped, ended by a budget, closed; what is gone on with
// afterwards, and failed configurations that are tried again.
#include "tests/widgets/window_fixture.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/panels/queue_panel.h"

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QSpinBox>
#include <QTabBar>
#include <QTreeView>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// A window with a sweep that takes its time.
class SlowSweep : public WindowFixture
{
public:
    explicit SlowSweep(int delayMs = 10)
        : WindowFixture(slow(delayMs))
    {
    }
    bool startAndWaitFor(int count)
    {
        if (!openEstimate())
            return false;
        click("startSweep");
        return waitForRecords(count);
    }
    bool stopAfter(int count)
    {
        if (!startAndWaitFor(count))
            return false;
        find<QAction>("actionStop")->trigger();
        return waitForEnd();
    }
    QString message() const { return window->findChild<PlotPanel*>()->message(); }
    bool waitForMessage(const char* start) const
    {
        return QTest::qWaitFor([&] { return message().startsWith(QLatin1String(start)); });
    }

private:
    static FakeOptions slow(int delayMs)
    {
        FakeOptions options;
        options.delayMs = delayMs;
        return options;
    }
};

const std::string& failingName()
{
    static const std::string name = baseConfigurations()[2].name;
    return name;
}

FakeOptions oneFails()
{
    FakeOptions options;
    options.failing = {failingName()};
    return options;
}

/// A run in which one configuration failed, in a window whose engine is able to run it now.
class FailedOnce : public WindowFixture
{
public:
    bool open(const QString& from)
    {
        window->openRun(from);
        return QTest::qWaitFor([this] { return records() > 0; });
    }
    RecordId failed() const
    {
        const auto& all = window->run().snapshot()->records;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].config.name == failingName())
                return static_cast<RecordId>(i);
        return kNoRecord;
    }
    bool hasResult() const
    {
        const auto& snapshot = window->run().snapshot();
        return snapshot && failed() != kNoRecord
            && snapshot->records[static_cast<std::size_t>(failed())].measurement();
    }
    QString message() const { return window->findChild<PlotPanel*>()->message(); }
};

/// Chooses the result that failed and presses *Try again* beside it.
void retryTheFailed(WindowFixture& f)
{
    const auto& all = f.window->run().snapshot()->records;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].failure())
            f.window->selection().setCurrent(static_cast<RecordId>(i));
    f.click("detailRetry");
}

} // namespace

class TestWindowResume : public QObject
{
    Q_OBJECT

private slots:
    void stopKeepsResults();
    void pauseAndGoOn();
    void stopAndResume();
    void resumesAnOpenedRun();
    void resumeWithoutTheModel();
    void budgetEndsTheSweep_data();
    void budgetEndsTheSweep();
    void triedAgainFromTheDetail();
    void triedAgainFromTheQueue();
    void allTriedAgainFromTheMessage();
    void failsAgain();
    void tryingAgainWithoutTheModel();
    void closingWhileRunningKeepsResults();
    void closingWaitsForTheReport();
};

void TestWindowResume::stopKeepsResults()
{
    SlowSweep f(20);
    QVERIFY(f.stopAfter(4));
    QTRY_VERIFY(f.records() >= 4);
    QVERIFY(f.records() < 61);
    QCOMPARE(f.window->run().state(), RunState::Stopped);
    QVERIFY2(f.waitForMessage("Stopped at "), qPrintable(f.message()));
    QVERIFY(f.message().contains(QStringLiteral("Results are kept.")));
    f.click("bannerAction2");
    QVERIFY(f.waitForMessage("Wrote "));
    const QDir report(f.window->run().folder());
    for (const char* name : {"report.md", "report.html", "compression_exploration.png"})
        QVERIFY2(QFileInfo(report.absoluteFilePath(QLatin1String(name))).size() > 500, name);
}

void TestWindowResume::pauseAndGoOn()
{
    SlowSweep f;
    QVERIFY(f.startAndWaitFor(2));
    auto* pause = f.find<QAction>("actionPause");
    auto* panel = f.window->findChild<PlotPanel*>();
    QVERIFY(pause->isVisible() && pause->isEnabled());
    pause->trigger();
    QTRY_VERIFY(panel->headline().startsWith(QStringLiteral("Paused, ")));
    QCOMPARE(pause->text(), QStringLiteral("Go &on"));
    const int done = f.window->run().progress().done;
    QTest::qWait(100);
    QCOMPARE(f.window->run().progress().done, done);
    pause->trigger();
    QVERIFY(f.waitForEnd());
    QCOMPARE(f.window->run().state(), RunState::Finished);
    QTRY_COMPARE(f.records(), f.window->run().progress().done);
    QVERIFY(!pause->isVisible());
}

void TestWindowResume::stopAndResume()
{
    SlowSweep f;
    QVERIFY(f.stopAfter(5));
    QVERIFY(f.waitForMessage("Stopped at "));
    const int evaluated = f.engine->counters().evaluations;
    const int stoppedAt = f.records();
    f.click("bannerAction");
    QTRY_VERIFY(f.window->run().isRunning());
    QVERIFY(f.waitForEnd());
    QCOMPARE(f.window->run().state(), RunState::Finished);
    QTRY_COMPARE(f.records(), f.window->run().progress().done);
    QCOMPARE(f.engine->counters().evaluations - evaluated, f.records() - stoppedAt);
    QVERIFY(!f.find<QAction>("actionResume")->isVisible());
}

void TestWindowResume::resumesAnOpenedRun()
{
    SlowSweep first;
    QVERIFY(first.stopAfter(3));
    SlowSweep f;
    f.window->openRun(first.window->run().folder());
    QVERIFY(f.waitForMessage("Stopped at "));
    auto* resume = f.find<QAction>("actionResume");
    QVERIFY(resume->isVisible() && resume->isEnabled());
    resume->trigger();
    QTRY_VERIFY(f.window->run().isRunning());
    QVERIFY(f.waitForEnd());
    QCOMPARE(f.window->run().state(), RunState::Finished);
}

void TestWindowResume::resumeWithoutTheModel()
{
    SlowSweep f;
    QVERIFY(f.stopAfter(3));
    QVERIFY(QFile::remove(QString::fromStdString(f.window->run().header().model.path)));
    QVERIFY(f.waitForMessage("Stopped at "));
    f.click("bannerAction");
    QVERIFY2(f.waitForMessage("The run cannot go on."), qPrintable(f.message()));
    QVERIFY(f.find<QAction>("actionResume")->isEnabled());
    QVERIFY(f.records() >= 3); // nothing is lost by trying
}

void TestWindowResume::budgetEndsTheSweep_data()
{
    QTest::addColumn<int>("kind"); // of the box, as a person chooses it
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("command");
    QTest::newRow("time") << 1 << "The time for this sweep is over, with "
                          << " --max-time 0.2s ";
    QTest::newRow("number") << 2 << "As many results as asked for, "
                            << " --max-runs 7 ";
    QTest::newRow("targets") << 3 << "Both targets are reached by "
                             << " --stop-at 20,3.5 ";
}

/// A budget clicked in and typed: the sweep ends by it, says so, can be resumed, and the command
/// line that repeats the run has it too.
void TestWindowResume::budgetEndsTheSweep()
{
    QFETCH(int, kind);
    QFETCH(QString, message);
    QFETCH(QString, command);
    SlowSweep f(20);
    QVERIFY(f.openEstimate());
    f.click("trimSweep");
    auto* box = f.find<QComboBox>("budgetKind");
    box->setFocus();
    for (int i = 0; i < kind; ++i)
        QTest::keyClick(box, Qt::Key_Down);
    QCOMPARE(box->currentIndex(), kind);
    const auto type = [&f](const char* field, const char* number) {
        auto* spin = f.find<QAbstractSpinBox>(field);
        QVERIFY2(spin->isVisible(), field);
        spin->setFocus();
        spin->selectAll();
        QTest::keyClicks(spin, QLatin1String(number));
        QTest::keyClick(spin, Qt::Key_Tab);
    };
    if (kind == 1) {
        type("budgetMinutes", "3");
        QCOMPARE(f.window->setup().budget().maxMs.value_or(0), 3 * 60000.0);
        SweepBudget shorter = f.window->setup().budget(); // nobody waits for minutes here
        shorter.maxMs = 200;
        f.window->setup().setBudget(shorter);
    } else if (kind == 2) {
        type("budgetResults", "7");
    } else {
        type("budgetQuality", "20");
        type("budgetRatio", "3.5");
    }
    f.click("startSweep");
    QVERIFY(f.waitForEnd());
    QTRY_VERIFY2(f.message().startsWith(message), qPrintable(f.message()));
    QCOMPARE(f.window->run().state(), RunState::Stopped);
    const QString line = QString::fromStdString(f.window->run().header().commandLine);
    QVERIFY2(line.contains(command), qPrintable(line));
    if (kind == 2) // what was being measured beside the seventh may be kept too
        QVERIFY2(f.records() >= 7 && f.records() < 7 + f.window->run().header().probe.workers,
                 qPrintable(f.message()));
    if (kind == 3) { // the one that ended it is the one that is looked at
        const RecordId winner = f.window->selection().current();
        QVERIFY(winner != kNoRecord);
        const auto& point =
            f.window->run().snapshot()->analysis.points[static_cast<std::size_t>(winner)];
        QVERIFY(point.quality >= 20 && point.ratio >= 3.5);
    }
    QVERIFY(f.find<QAction>("actionResume")->isEnabled());
    f.click("bannerAction");
    QTRY_VERIFY(f.window->run().isRunning());
    QVERIFY(f.waitForEnd());
    QCOMPARE(f.window->run().state(), RunState::Finished);
}

void TestWindowResume::triedAgainFromTheDetail()
{
    WindowFixture first(oneFails());
    QVERIFY(first.sweep());
    FailedOnce f;
    QVERIFY(f.open(first.window->run().folder()));
    const int all = f.records();
    f.window->selection().setCurrent(f.failed());
    auto* button = f.find<QPushButton>("detailRetry");
    QVERIFY(button->isVisible() && button->isEnabled());
    QVERIFY(f.find<QLabel>("detailFailure")->isVisible());
    f.click("detailRetry");
    QTRY_VERIFY(f.hasResult() && !f.window->run().isRunning());
    QCOMPARE(f.engine->counters().evaluations.load(), 1); // it alone
    QCOMPARE(f.window->run().state(), RunState::Finished);
    QCOMPARE(f.records(), all);
    // It is what one looks at, now with its figures.
    QTRY_VERIFY2(f.message().startsWith(QStringLiteral("Tried ")), qPrintable(f.message()));
    QCOMPARE(f.window->selection().current(), f.failed());
    QVERIFY(!button->isVisible());
    QVERIFY(!f.find<QLabel>("detailFailure")->isVisible());
    QVERIFY(f.find<QTabBar>("detailTabs")->isTabEnabled(0));
}

void TestWindowResume::triedAgainFromTheQueue()
{
    FakeOptions options = oneFails();
    options.delayMs = 10;
    WindowFixture first(options);
    QVERIFY(first.openEstimate());
    first.click("startSweep");
    QVERIFY(first.waitForRecords(8));
    first.window->run().stop();
    QVERIFY(first.waitForEnd());
    FailedOnce f;
    QVERIFY(f.open(first.window->run().folder()));
    const int stoppedAt = f.records();
    f.find<QTabBar>("resultTabs")->setCurrentIndex(3);
    auto* list = f.find<QTreeView>("queueList");
    QCOMPARE(list->model()->rowCount(), 1);
    list->setCurrentIndex(list->model()->index(0, 0));
    QTest::keyClick(list, Qt::Key_R);
    QTRY_VERIFY(f.hasResult() && !f.window->run().isRunning());
    QCOMPARE(f.engine->counters().evaluations.load(), 1);
    // The run is as unfinished as it was.
    QCOMPARE(f.window->run().state(), RunState::Stopped);
    QCOMPARE(f.records(), stoppedAt);
    QVERIFY(f.window->run().expectedCount() > stoppedAt);
    QVERIFY(f.find<QAction>("actionResume")->isEnabled());
    QTRY_COMPARE(list->model()->rowCount(), 0);
}

void TestWindowResume::allTriedAgainFromTheMessage()
{
    FakeOptions options = oneFails();
    options.failing.insert(baseConfigurations()[4].name);
    WindowFixture f(options);
    QVERIFY(f.sweep());
    const auto* panel = f.window->findChild<PlotPanel*>();
    QTRY_COMPARE(panel->message(), QStringLiteral("2 configurations failed; the table says why."));
    f.click("bannerAction");
    QTRY_COMPARE(panel->message(),
                 QStringLiteral("Tried 2 configurations again: 0 have a result now."));
}

void TestWindowResume::failsAgain()
{
    WindowFixture f(oneFails());
    QVERIFY(f.sweep());
    retryTheFailed(f);
    const auto* panel = f.window->findChild<PlotPanel*>();
    QTRY_VERIFY2(panel->message().contains(QStringLiteral("failed again")),
                 qPrintable(panel->message()));
    QTRY_VERIFY(f.find<QPushButton>("detailRetry")->isEnabled());
}

void TestWindowResume::tryingAgainWithoutTheModel()
{
    WindowFixture f(oneFails());
    QVERIFY(f.sweep());
    QVERIFY(QFile::remove(QString::fromStdString(f.window->run().header().model.path)));
    retryTheFailed(f);
    const auto* panel = f.window->findChild<PlotPanel*>();
    QTRY_VERIFY2(panel->message().startsWith(QStringLiteral("The run cannot go on.")),
                 qPrintable(panel->message()));
    QVERIFY(f.find<QPushButton>("detailRetry")->isEnabled());
}

void TestWindowResume::closingWhileRunningKeepsResults()
{
    SlowSweep f(30);
    QVERIFY(f.startAndWaitFor(2));
    const QString folder = f.window->run().folder();
    QVERIFY(!f.window->close());
    QVERIFY(f.window->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(!f.window->isVisible(), 10000);
    const RunContents run = readRun(folder.toStdString());
    QVERIFY(run.records.size() >= 2);
    QCOMPARE(run.state, RunState::Stopped);
}

void TestWindowResume::closingWaitsForTheReport()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    const QString folder = f.window->run().folder();
    f.find<QAction>("actionExport")->trigger();
    QVERIFY(!f.window->close());
    QTRY_VERIFY_WITH_TIMEOUT(!f.window->isVisible(), 10000);
    QVERIFY(QFile::exists(folder + QStringLiteral("/report.html")));
}

QTEST_MAIN(TestWindowResume)
#include "tst_window_resume.moc"
