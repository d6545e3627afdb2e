// SPDX-License-Identifier: GPL-3.0-or-later
// Failed configurations tried again in a run that has ended: of its sweep, recipes, and both.
#include "again.h"

#include <algorithm>

using namespace bitfront;
using namespace bitfront::test;

class TestWindowRetry : public QObject
{
    Q_OBJECT

private slots:
    void stoppedBeforeItWasTriedAgain_data();
    void stoppedBeforeItWasTriedAgain();
    void retryThatCannotRun();
    void failedRecipeIsMeasuredAgain();
    void failedRecipesComeAfterTheSweep_data();
    void failedRecipesComeAfterTheSweep();
    void failedRecipeWaitsForTheSweep();
};

void TestWindowRetry::stoppedBeforeItWasTriedAgain_data()
{
    QTest::addColumn<bool>("recipe");
    QTest::newRow("one") << false;
    QTest::newRow("and a recipe") << true;
}

void TestWindowRetry::stoppedBeforeItWasTriedAgain()
{
    QFETCH(bool, recipe);
    std::vector<ResultRecord> records = first(31, failing());
    if (recipe)
        records.push_back(failedRecipe());
    Again f({.delayMs = 400});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), records, RunState::Finished)));
    f.tryAllAgain();
    QTRY_VERIFY(f.window->run().isRunning());
    f.trigger("actionStop");
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(f.message(), QStringLiteral("Stopped before anything was tried again."));
    QVERIFY(f.idle());
    QVERIFY(f.snapshot().records.back().failure() || !recipe);
}

/// What it leaves behind does not hide the failures of the next sweep.
void TestWindowRetry::retryThatCannotRun()
{
    Again f({.failEvaluators = true});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), first(31, failing()), RunState::Finished)));
    f.choose(failedName());
    f.click("detailRetry");
    QTRY_COMPARE(f.window->run().state(), RunState::Failed);
    QTRY_VERIFY(!f.window->run().isRunning());
    SweepEnd end;
    end.state = RunState::Finished;
    end.failed = 1;
    emit f.window->run().sweepFinished(end);
    QCOMPARE(f.message(), QStringLiteral("1 configuration failed; the table says why."));
}

void TestWindowRetry::failedRecipeIsMeasuredAgain()
{
    std::vector<ResultRecord> records = first(31);
    const ResultRecord recipe = failedRecipe();
    records.push_back(recipe);
    Again f;
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), records, RunState::Finished)));
    f.choose(recipe.config.name);
    QVERIFY(f.find<QPushButton>("detailRetry")->isEnabled());
    f.click("detailRetry");
    QTRY_VERIFY(f.snapshot().records.back().measurement());
    QCOMPARE(f.forwards(), 1);
    QCOMPARE(f.records(), 32);
    QCOMPARE(f.snapshot().records.back().config.name, recipe.config.name);
    QTRY_VERIFY(f.idle());
}

void TestWindowRetry::failedRecipesComeAfterTheSweep_data()
{
    QTest::addColumn<int>("recipes");
    QTest::addColumn<QString>("message");
    QTest::newRow("one") << 1 << "it has a result now. Measuring ";
    QTest::newRow("two") << 2 << "it has a result now. Measuring the other 2 now";
}

/// Chosen together with one of the sweep.
void TestWindowRetry::failedRecipesComeAfterTheSweep()
{
    QFETCH(int, recipes);
    QFETCH(QString, message);
    std::vector<ResultRecord> records = first(31, failing());
    for (ResultRecord& recipe : mixed(static_cast<std::size_t>(recipes))) {
        recipe.outcome = failedRecipe().outcome;
        records.push_back(std::move(recipe));
    }
    Again f;
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), records, RunState::Finished)));
    QString said; // when the recipes began
    connect(&f.scan(), &ScanController::workChanged, this, [&f, &said] {
        if (said.isEmpty() && f.scan().isWorking())
            said = f.message();
    });
    f.tryAllAgain();
    QTRY_VERIFY(f.forwards() == 1 + recipes && f.idle());
    QTRY_VERIFY(std::ranges::none_of(f.snapshot().records,
                                     [](const ResultRecord& r) { return r.failure() != nullptr; }));
    QCOMPARE(f.records(), 31 + recipes);
    QVERIFY2(said.contains(message), qPrintable(said));
}

void TestWindowRetry::failedRecipeWaitsForTheSweep()
{
    std::vector<ResultRecord> records = first(25);
    const ResultRecord recipe = failedRecipe();
    records.push_back(recipe);
    Again f({.delayMs = 300});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), records)));
    f.find<QTabBar>("resultTabs")->setCurrentIndex(3);
    auto* list = f.find<QTreeView>("queueList");
    // The only one that failed is the last of the list.
    const auto offered = [&] {
        f.choose(recipe.config.name);
        list->setCurrentIndex(list->model()->index(list->model()->rowCount() - 1, 0));
        return f.find<QPushButton>("queueRetry")->isEnabled()
            || f.find<QPushButton>("detailRetry")->isEnabled();
    };
    QVERIFY(offered());
    f.trigger("actionResume");
    QTRY_VERIFY(f.records() > 26 && f.window->run().isRunning());
    QVERIFY(!offered());
    QVERIFY(f.waitForEnd());
    QTRY_VERIFY(offered());
}

QTEST_MAIN(TestWindowRetry)
#include "tst_window_retry.moc"
