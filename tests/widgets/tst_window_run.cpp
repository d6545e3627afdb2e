// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep while it runs, as its owner steers it: the queue by keys, the notice at its end, staying
// awake; and the room the window gives to each of its docks.
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
    void countAboveTheTable();
    void tableGetsItsRoomBack();
    void smallWindows_data();
    void smallWindows();
    void longOutputNames();
    void movedRunStaysInTheList();
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

void TestWindowRun::countAboveTheTable()
{
    WindowFixture f;
    const QString folder = f.folder.filePath(QStringLiteral("kept.bitfront"));
    writeFakeRun(folder.toStdString());
    f.window->openRun(folder);
    QVERIFY(f.waitForRecords(31));
    const auto* counts = f.find<QLabel>("filterCounts");
    QTRY_COMPARE(counts->text(), QStringLiteral("%1 results").arg(f.records()));
}

void TestWindowRun::tableGetsItsRoomBack()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    auto* table = f.find<QDockWidget>("tableDock");
    auto* detail = f.find<QDockWidget>("detailDock");
    QTRY_VERIFY(table->height() > 200);
    const int high = table->height();
    const int wide = detail->width();
    f.window->resize(900, 420);
    QTest::qWait(50);
    QVERIFY(table->height() < high);
    f.window->resize(760, 420);
    QTest::qWait(50);
    QVERIFY(!detail->isVisible());
    f.window->resize(1440, 900);
    QTRY_COMPARE(table->height(), high);
    QTRY_COMPARE(detail->width(), wide);
    QVERIFY(f.find<QDockWidget>("projectDock")->isVisible());
    // Nor is it kept squeezed for the next start.
    f.window->resize(760, 420);
    QTest::qWait(50);
    f.window->close();
    const QString folder = f.window->run().folder();
    f.window = std::make_unique<MainWindow>([&f] { return f.engine; }, f.settings);
    f.window->resize(1440, 900);
    f.window->show();
    f.window->openRun(folder);
    QVERIFY(f.waitForRecords(31));
    QTRY_COMPARE(f.find<QDockWidget>("tableDock")->height(), high);
}

void TestWindowRun::smallWindows_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("720 x 450") << QSize(720, 450);
    QTest::newRow("800 x 500") << QSize(800, 500);
    QTest::newRow("1024 x 600") << QSize(1024, 600);
}

/// Every page fits into a small window, and no word is cut that is not made to be shortened.
void TestWindowRun::smallWindows()
{
    QFETCH(QSize, size);
    WindowFixture f;
    const auto fits = [&](const char* page) {
        f.window->resize(size);
        QTest::qWait(80);
        if (f.window->size() != size)
            return QStringLiteral("%1: %2 x %3")
                .arg(QLatin1String(page))
                .arg(f.window->width())
                .arg(f.window->height());
        QStringList cut;
        for (QWidget* widget : f.window->findChildren<QWidget*>()) {
            const auto* label = qobject_cast<QLabel*>(widget);
            const auto* button = qobject_cast<QAbstractButton*>(widget);
            const QString text = label ? label->text() : button ? button->text() : QString();
            if (text.isEmpty() || !widget->isVisible() || widget->visibleRegion().isEmpty())
                continue;
            const bool outside =
                widget->mapTo(f.window.get(), QPoint(widget->width(), 0)).x() > f.window->width();
            const bool narrow = widget->minimumSizeHint().width() > widget->width() + 1
                && !(label && label->wordWrap());
            if (narrow || outside)
                cut << QLatin1String(page) + QStringLiteral(": ") + text;
        }
        return cut.join(QLatin1Char('\n'));
    };
    QCOMPARE(fits("welcome"), QString());
    QVERIFY(f.openProject());
    QCOMPARE(fits("setup"), QString());
    f.click("confirmMetrics");
    f.click("estimate");
    QVERIFY(QTest::qWaitFor([&] { return f.window->setup().probe().has_value(); }));
    QCOMPARE(fits("estimate"), QString());
    f.click("startSweep");
    QVERIFY(f.waitForEnd());
    f.window->selection().setCurrent(3);
    QCOMPARE(fits("results"), QString());
}

void TestWindowRun::longOutputNames()
{
    const QString name = QStringLiteral("decoder_block_3_attention_probabilities_after_softmax");
    Label label(name);
    label.setElided(true);
    label.setToolTip(QStringLiteral("its shape"));
    label.resize(80, 20);
    label.grab();
    QCOMPARE(label.toolTip(), QStringLiteral("its shape")); // kept
    label.setToolTip({});
    label.grab();
    QCOMPARE(label.toolTip(), name);
    WindowFixture f;
    QVERIFY(f.openProject());
    for (auto* found : f.find<QWidget>("metricsCard")->findChildren<Label*>())
        if (found->text() == QStringLiteral("out_0"))
            QVERIFY(found->minimumSizeHint().width()
                    < found->fontMetrics().horizontalAdvance(name));
}

void TestWindowRun::movedRunStaysInTheList()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    const QString folder = f.window->run().folder();
    f.find<QAction>("actionPrimary")->trigger(); // run again: to the setup
    f.click("estimate");
    QVERIFY(QTest::qWaitFor([&] { return f.window->stage() == MainWindow::Stage::Estimate; }));
    f.click("startSweep");
    QVERIFY(QTest::qWaitFor([&] { return f.window->run().isRunning(); }));
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(Settings(f.settings).recentRuns().size(), 2);
    QStringList recent;
    for (const RecentRun& run : Settings(f.settings).recentRuns())
        recent << run.folder;
    QCOMPARE(recent, (QStringList {folder, folder + QStringLiteral(".1")}));
}

QTEST_MAIN(TestWindowRun)
#include "tst_window_run.moc"
