// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep while it runs, as its owner steers it: the queue by keys, failed ones again, the notice
// at its end, staying awake.
#include "tests/widgets/window_fixture.h"
#include "widgets/panels/queue_panel.h"
#include "widgets/panels/results_panel.h"
#include "widgets/results/filter_bar.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QTabBar>
#include <QTreeView>

#include <algorithm>

using namespace bitfront;
using namespace bitfront::test;

namespace {

constexpr int kQueueTab = 3;

/// A desktop that remembers what it was asked.
struct FakeDesktop : Desktop
{
    struct Asked
    {
        QStringList notices;
        std::function<void()> show;
        bool awake = false;
        int timesAwake = 0;
    };
    explicit FakeDesktop(std::shared_ptr<Asked> memory)
        : asked(std::move(memory))
    {
    }
    void notify(const QString& title, const QString& text, std::function<void()> show) override
    {
        asked->notices << title + QLatin1Char('|') + text;
        asked->show = std::move(show);
    }
    void keepAwake(bool awake) override
    {
        asked->timesAwake += awake && !asked->awake ? 1 : 0;
        asked->awake = awake;
    }
    std::shared_ptr<Asked> asked;
};

} // namespace

class TestWindowRun : public QObject
{
    Q_OBJECT

private slots:
    void queueListsWhatComes();
    void queueByKeyboard();
    void failedOnesAreTriedAgain();
    void staysAwakeWhileItRuns();
    void noticeOnlyWhenItTookLong();
};

/// The queue's view of a slow sweep.
struct QueueFixture : WindowFixture
{
    explicit QueueFixture(FakeOptions options = {})
        : WindowFixture(slow(std::move(options)))
    {
    }
    static FakeOptions slow(FakeOptions options)
    {
        options.delayMs = 40;
        return options;
    }
    bool startAndLook()
    {
        if (!openEstimate())
            return false;
        click("startSweep");
        if (!waitForRecords(1))
            return false;
        find<QTabBar>("resultTabs")->setCurrentIndex(kQueueTab);
        return true;
    }
    QueuePanel& panel() const { return *find<QueuePanel>("queuePanel"); }
    QTreeView& list() const { return *find<QTreeView>("queueList"); }
    int rowIn(QueueEntry::State state) const
    {
        for (int row = 0; row < panel().model().rowCount(); ++row)
            if (panel().model().entry(panel().model().index(row, 0))->state == state)
                return row;
        return -1;
    }
    std::string nameAt(int row) const
    {
        return panel().model().entry(panel().model().index(row, 0))->name;
    }
};

void TestWindowRun::queueListsWhatComes()
{
    QueueFixture f;
    const QAbstractItemModelTester tester(&f.panel().model(),
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(f.startAndLook());
    QTRY_VERIFY(f.panel().model().count(QueueEntry::State::Running) > 0);
    QVERIFY(f.panel().model().count(QueueEntry::State::Waiting) > 10);
    QVERIFY(f.panel().summary().contains(QStringLiteral("waiting")));
    // Everything of the plan is somewhere: done, running or waiting.
    const int known = f.records() + f.panel().model().rowCount();
    QVERIFY2(known >= 29 && known <= 61, qPrintable(QString::number(known)));
    f.window->run().stop();
    QVERIFY(f.waitForEnd());
    QCOMPARE(f.panel().model().rowCount(), 0);
    QCOMPARE(f.panel().summary(), QStringLiteral("Nothing is running"));
    QVERIFY(!f.find<QPushButton>("queueSkip")->isEnabled());
}

void TestWindowRun::queueByKeyboard()
{
    QueueFixture f;
    QVERIFY(f.startAndLook());
    f.window->run().setPaused(true);
    QTRY_COMPARE(f.panel().model().count(QueueEntry::State::Running), 0);
    const int last = f.panel().model().rowCount() - 1;
    const std::string moved = f.nameAt(last);
    f.list().setFocus();
    QTest::keyClick(&f.list(), Qt::Key_End);
    QTest::keyClick(&f.list(), Qt::Key_Up, Qt::ControlModifier);
    QTRY_COMPARE(f.nameAt(0), moved);
    // The selection went with its configuration.
    QCOMPARE(f.list().currentIndex().row(), 0);
    QTest::keyClick(&f.list(), Qt::Key_Down);
    const std::string skipped = f.nameAt(1);
    QTest::keyClick(&f.list(), Qt::Key_Delete);
    QTRY_COMPARE(f.panel().model().rowOf(skipped), -1);
    f.window->run().setPaused(false);
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(f.records(), f.window->run().progress().done);
    std::vector<std::string> names;
    for (const ResultRecord& record : f.window->run().snapshot()->records)
        names.push_back(record.config.name);
    QVERIFY(std::ranges::find(names, skipped) == names.end());
    QVERIFY(std::ranges::find(names, moved) != names.end());
    QCOMPARE(f.window->run().state(), RunState::Finished);
}

void TestWindowRun::failedOnesAreTriedAgain()
{
    FakeOptions options;
    options.failing = {baseConfigurations().front().name};
    QueueFixture f(options);
    QVERIFY(f.startAndLook());
    QTRY_COMPARE(f.panel().model().count(QueueEntry::State::Failed), 1);
    f.window->run().setPaused(true);
    QTRY_COMPARE(f.panel().model().count(QueueEntry::State::Running), 0);
    const int before = f.engine->counters().evaluations.load();
    const int row = f.rowIn(QueueEntry::State::Failed);
    f.list().setCurrentIndex(f.panel().model().index(row, 0));
    QVERIFY(f.find<QPushButton>("queueRetry")->isEnabled());
    QVERIFY(!f.find<QPushButton>("queueFirst")->isEnabled());
    QTest::keyClick(&f.list(), Qt::Key_R);
    QTRY_COMPARE(f.panel().model().count(QueueEntry::State::Failed), 0);
    QCOMPARE(f.nameAt(0), *options.failing.begin());
    f.window->run().setPaused(false);
    QTRY_VERIFY(f.engine->counters().evaluations.load() > before);
    QTRY_COMPARE(f.panel().model().count(QueueEntry::State::Failed), 1);
    f.window->run().stop();
    QVERIFY(f.waitForEnd());
}

void TestWindowRun::staysAwakeWhileItRuns()
{
    QueueFixture f;
    const auto asked = std::make_shared<FakeDesktop::Asked>();
    f.window->setDesktop(std::make_unique<FakeDesktop>(asked));
    QVERIFY(f.startAndLook());
    QTRY_VERIFY(asked->awake);
    f.window->run().setPaused(true);
    QTRY_VERIFY(!asked->awake);
    f.window->run().setPaused(false);
    QTRY_VERIFY(asked->awake);
    auto* action = f.find<QAction>("actionKeepAwake");
    action->trigger();
    QVERIFY(!asked->awake);
    QVERIFY(!Settings(f.settings).keepsAwake());
    action->trigger();
    QVERIFY(asked->awake);
    f.window->run().stop();
    QVERIFY(f.waitForEnd());
    QTRY_VERIFY(!asked->awake);
}

void TestWindowRun::noticeOnlyWhenItTookLong()
{
    WindowFixture f;
    const auto asked = std::make_shared<FakeDesktop::Asked>();
    f.window->setDesktop(std::make_unique<FakeDesktop>(asked));
    QVERIFY(f.sweep());
    QCOMPARE(asked->notices, QStringList()); // over in a moment
    SweepEnd end;
    end.done = f.records();
    end.wallMs = 61000;
    f.window->activateWindow();
    QTRY_VERIFY(f.window->isActiveWindow());
    emit f.window->run().sweepFinished(end);
    QCOMPARE(asked->notices, QStringList()); // somebody looks on
    QWidget other;
    other.show();
    other.activateWindow();
    QTRY_VERIFY(!f.window->isActiveWindow());
    emit f.window->run().sweepFinished(end);
    QCOMPARE(asked->notices.size(), 1);
    QVERIFY2(asked->notices.front().startsWith(QStringLiteral("Bitfront: sweep finished|"))
                 && asked->notices.front().contains(QStringLiteral("×")),
             qPrintable(asked->notices.front()));
    asked->show();
    QTRY_VERIFY(f.window->isActiveWindow());
}

QTEST_MAIN(TestWindowRun)
#include "tst_window_run.moc"
