// SPDX-License-Identifier: GPL-3.0-or-later
// Sensitivity and recipes as a person uses them: asked before a scan, cancelled and continued,
// a slider that predicts, recipes that land in the run, locks. Forward passes are counted.
#include "analyst.h"

#include "core/run/file_io.h"
#include "core/run/scan_log.h"
#include "widgets/parts/budget_slider.h"
#include "widgets/parts/heat_scale.h"
#include "widgets/theme.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QTabBar>

#include <algorithm>
#include <cmath>

using namespace bitfront;
using test::Analyst;

class SensitivityPanelTest : public QObject
{
    Q_OBJECT

private slots:
    void asksBeforeItScans();
    void goesOnWhereItWasCancelled();
    void sliderPredicts();
    void recipeLandsInTheRun();
    void locksAreKept();
    void frontier();
    void sweepAndScanWait();
    void estimateWaitsForAScan();
    void reopenedWithoutAForward();
    void closesDuringAScan();
    void numbersCanBeRead();
};

void SensitivityPanelTest::asksBeforeItScans()
{
    Analyst f;
    const QAbstractItemModelTester sound(&f.panel().model(),
                                         QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(f.open());
    const int before = f.forwards();
    const QString words = f.text("scanWords");
    QVERIFY2(words.contains(QStringLiteral("5 layer")), qPrintable(words));
    QVERIFY(words.contains(QStringLiteral("16 format")));
    auto* method = f.find<QComboBox>("scanMethod");
    QTest::keyClick(method, Qt::Key_Down);
    QTRY_VERIFY(f.text("scanWords").contains(QStringLiteral("costs quality")));
    QTest::keyClick(method, Qt::Key_Up);
    QTRY_VERIFY(!f.text("scanWords").contains(QStringLiteral("costs quality")));
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    QCOMPARE(f.forwards(), before); // nothing runs until one says so
    f.click("startScan");
    QVERIFY(f.scanned());
    const ScanView& view = *f.scan().view();
    QCOMPARE(f.forwards() - before, int(view.space.cellCount()));
    QCOMPARE(f.panel().model().rowCount(), 5 + 2); // layers and two modules
    QCOMPARE(f.panel().model().columnCount(), 17);
    QVERIFY(f.text("scanFacts").contains(QStringLiteral("4 of 16 samples held out")));
    QVERIFY(f.find<QWidget>("verifyRecipe")->isVisible());
}

void SensitivityPanelTest::goesOnWhereItWasCancelled()
{
    Analyst f({.delayMs = 8});
    QVERIFY(f.open());
    const int before = f.forwards();
    f.click("startScan");
    QTRY_VERIFY(f.scan().view() && f.scan().view()->done >= 5);
    QVERIFY(f.find<QPushButton>("cancelScan")->isVisible());
    f.click("cancelScan");
    QTRY_VERIFY(f.idle());
    QTRY_VERIFY(f.find<QPushButton>("continueScan")->isVisible());
    const auto lines = readScan(toPath(f.window->run().folder()))->lines.size();
    QVERIFY(lines >= 5 && lines < f.scan().view()->wanted);
    f.click("continueScan");
    QVERIFY(f.scanned());
    const auto all = readScan(toPath(f.window->run().folder()))->lines.size();
    QCOMPARE(all, f.scan().view()->space.cellCount()); // none was measured twice
    // Those that the cancel interrupted began once more.
    QVERIFY(f.forwards() - before <= int(all) + 16);
}

void SensitivityPanelTest::sliderPredicts()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QVERIFY(!f.plot().forecast()); // nobody has asked yet
    const int before = f.forwards();
    auto* slider = f.find<BudgetSlider>("budgetSlider");
    slider->setFocus();
    QSignalSpy spy(&f.scan(), &ScanController::predicted);
    double worst = 0;
    for (int step = 0; step < 40; ++step) {
        QElapsedTimer clock;
        clock.start();
        spy.clear();
        QTest::keyClick(slider, step % 2 == 0 ? Qt::Key_PageUp : Qt::Key_Left);
        if (slider->value() == slider->maximum())
            break;
        QVERIFY(spy.count() > 0 || spy.wait(5000));
        worst = std::max(worst, double(clock.nsecsElapsed()) / 1e6);
    }
    qInfo("From key to prediction: at most %.1f ms.", worst);
    QCOMPARE(f.forwards(), before);
    QVERIFY(f.budget(5));
    const RecipeForecast& forecast = f.scan().forecast();
    QVERIFY(forecast.recipe && forecast.recipe->averageBits <= 5);
    QVERIFY(f.plot().forecast());
    QVERIFY(std::abs(f.plot().forecast()->ratio - 16 / forecast.recipe->averageBits) < 1e-9);
    QVERIFY(f.text("predictedWords").contains(QStringLiteral("predicted")));
    // The field says the same in every unit.
    auto* field = f.find<QDoubleSpinBox>("budgetField");
    auto* unit = f.find<QComboBox>("budgetUnit");
    QCOMPARE(field->value(), 5.0);
    unit->setFocus();
    QTest::keyClick(unit, Qt::Key_End);
    QTest::keyClick(unit, Qt::Key_Up); // quality is the last one
    QVERIFY(std::abs(field->value() - 3.2) < 0.006);
    QCOMPARE(f.panel().bar().target().kind, RecipeTarget::Kind::Ratio);
    // Away from the panel the plot shows only what was measured.
    f.find<QTabBar>("resultTabs")->setCurrentIndex(0);
    QVERIFY(!f.plot().forecast());
}

void SensitivityPanelTest::recipeLandsInTheRun()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QVERIFY(f.budget(4.5));
    const int before = f.records();
    const double predicted = f.scan().forecast().recipe->qualities.front();
    f.find<QComboBox>("refineRounds")->setCurrentIndex(0);
    f.click("verifyRecipe");
    QVERIFY(f.waitForNew(before));
    QVERIFY(f.current().config.isMixed());
    QVERIFY(f.current().recipe);
    QVERIFY(std::abs(f.current().recipe->predicted.front() - predicted) < 1e-9);
    QVERIFY(f.current().measurement()->size.averageBits() <= 4.5);
    QVERIFY(!f.plot().forecast()); // its place is taken by what was measured
    QCOMPARE(f.disagreement(), QString());
    const QString said =
        f.window->findChild<MessageBanner*>(QStringLiteral("messageBanner"))->message();
    QVERIFY2(said.contains(QStringLiteral("was predicted")), qPrintable(said));
    QVERIFY(said.contains(QStringLiteral("on held-out samples")));
    // It is on the disk, and the folder is free for others.
    const auto run = readRun(toPath(f.window->run().folder()));
    QCOMPARE(int(run.records.size()), f.records());
    QCOMPARE(run.state, RunState::Finished);
    QVERIFY(!isFolderLocked(toPath(f.window->run().folder())));
}

void SensitivityPanelTest::locksAreKept()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QVERIFY(f.budget(4));
    SensitivityModel& model = f.panel().model();
    QVERIFY(f.panel().showLayer("body.conv1"));
    const int row = f.panel().view().currentIndex().row();
    f.key(Qt::Key_8);
    QCOMPARE(f.scan().locks(), (std::vector<FormatLock> {{"body.conv1", "8+"}}));
    QVERIFY(!model.index(row, 0).data(SensitivityModel::LockRole).toString().isEmpty());
    const int before = f.records();
    QTRY_VERIFY(f.find<QPushButton>("verifyRecipe")->isEnabled());
    f.click("verifyRecipe");
    QVERIFY(f.waitForNew(before));
    QVERIFY(f.bitsOf(f.current(), "body.conv1") >= 8);
    QVERIFY(f.bitsOf(f.current(), "body.conv2") < 8);
    f.find<QAction>("actionUndo")->trigger();
    QVERIFY(f.scan().locks().empty());
    f.find<QAction>("actionRedo")->trigger();
    QCOMPARE(f.scan().locks().size(), std::size_t(1));
    f.key(Qt::Key_U);
    QVERIFY(f.scan().locks().empty());
    // To the format of the cell, and back by the same key.
    f.panel().view().setCurrentIndex(model.index(row, 1));
    f.key(Qt::Key_L);
    QCOMPARE(f.scan().locks().front().format, model.formatAt(1));
    QVERIFY(model.index(row, 5).data(SensitivityModel::ForbiddenRole).toBool());
    f.key(Qt::Key_L);
    QVERIFY(f.scan().locks().empty());
}

void SensitivityPanelTest::frontier()
{
    Analyst f;
    QVERIFY(f.openScanned());
    const int before = f.records();
    f.find<QComboBox>("refineRounds")->setCurrentIndex(1);
    f.click("drawFrontier");
    QTRY_VERIFY_WITH_TIMEOUT(f.records() >= before + 7 && f.idle(), 60000);
    double bits = 0;
    double quality = -1e9;
    for (int id = before; id < f.records(); ++id) {
        const ResultRecord& record = f.snapshot().records[static_cast<std::size_t>(id)];
        QVERIFY(record.config.isMixed() && record.measurement());
        const OutputQuality& output = record.measurement()->outputs.front();
        QVERIFY(output.split->chosenOn >= quality);
        quality = output.split->chosenOn;
        QVERIFY(record.measurement()->size.averageBits() >= bits);
        bits = record.measurement()->size.averageBits();
    }
}

void SensitivityPanelTest::sweepAndScanWait()
{
    Analyst f({.delayMs = 15});
    QVERIFY(f.openEstimate());
    f.click("startSweep");
    QVERIFY(f.waitForRecords(3));
    f.find<QAction>("actionGoTo8")->trigger();
    QVERIFY(!f.find<QPushButton>("startScan")->isEnabled());
    QVERIFY(f.text("scanObstacle").contains(QStringLiteral("sweep is running")));
    f.window->run().stop();
    QVERIFY(f.waitForEnd());
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    f.click("startScan");
    QTRY_VERIFY(f.scan().view() && f.scan().view()->done > 2);
    f.find<QAction>("actionResume")->trigger();
    QVERIFY(!f.window->run().isRunning());
    auto* banner = f.window->findChild<MessageBanner*>(QStringLiteral("messageBanner"));
    QVERIFY2(banner->message().contains(QStringLiteral("Wait until that is done")),
             qPrintable(banner->message()));
    f.find<QAction>("actionCancelScan")->trigger();
    QTRY_VERIFY(f.idle());
    // The sweep can be gone on with as if nothing had been.
    QVERIFY(f.window->run().canResume());
    f.find<QAction>("actionResume")->trigger();
    QTRY_VERIFY(f.window->run().isRunning());
    f.window->run().stop();
    QVERIFY(f.waitForEnd());
    QTRY_VERIFY(f.scan().view() && f.scan().view()->done > 2); // still there
}

/// Times measured beside a scan would be wrong.
void SensitivityPanelTest::estimateWaitsForAScan()
{
    Analyst f({.delayMs = 15});
    QVERIFY(f.open());
    f.click("startScan");
    QTRY_VERIFY(f.scan().view() && f.scan().view()->done > 2);
    f.find<QAction>("actionPrimary")->trigger();
    f.window->setup().setMetric(0, Metric::Snr); // another estimate is needed
    QTRY_VERIFY(f.find<QPushButton>("estimate")->isVisible());
    f.click("estimate");
    QVERIFY(!f.window->setup().isEstimating());
    QVERIFY(f.panel().isVisible());
    auto* banner = f.window->findChild<MessageBanner*>(QStringLiteral("messageBanner"));
    QVERIFY2(banner->message().contains(QStringLiteral("Wait until that is done")),
             qPrintable(banner->message()));
    f.find<QAction>("actionCancelScan")->trigger();
    QTRY_VERIFY(f.idle());
}

void SensitivityPanelTest::reopenedWithoutAForward()
{
    QString folder;
    Analyst f;
    QVERIFY(f.openScanned());
    folder = f.window->run().folder();
    Analyst other;
    other.window->openRun(folder);
    QVERIFY(other.scanned());
    other.find<QAction>("actionGoTo8")->trigger();
    SensitivityModel& model = other.panel().model();
    QCOMPARE(model.rowCount(), 7);
    QVERIFY(other.budget(4));
    QVERIFY(other.scan().forecast().recipe);
    QCOMPARE(other.forwards(), 0);
    // Folded, a module says what its worst layer does.
    int module = 0;
    while (!model.index(module, 1).data(SensitivityModel::ModuleRole).toBool())
        ++module;
    const int column = 8;
    const double worst = std::min(model.index(module + 1, column).data().toDouble(),
                                  model.index(module + 2, column).data().toDouble());
    other.panel().view().setCurrentIndex(model.index(module, column));
    other.key(Qt::Key_Space);
    QCOMPARE(model.rowCount(), 5);
    QCOMPARE(model.index(module, column).data().toDouble(), worst);
    // By loss: the first row is the worst of that column.
    model.setOrder(SensitivityModel::Order::Loss, column);
    QCOMPARE(model.rowCount(), 5);
    for (int row = 1; row < 5; ++row)
        QVERIFY(model.index(row - 1, column).data().toDouble()
                <= model.index(row, column).data().toDouble());
}

void SensitivityPanelTest::closesDuringAScan()
{
    Analyst f({.delayMs = 20});
    QVERIFY(f.open());
    f.click("startScan");
    QTRY_VERIFY(f.scan().view());
    f.window->close();
    QTRY_VERIFY_WITH_TIMEOUT(!f.window->isVisible(), 10000);
    QVERIFY(!isFolderLocked(toPath(f.window->run().folder())));
}

void SensitivityPanelTest::numbersCanBeRead()
{
    double brightness = -1;
    for (int percent = 0; percent <= 100; ++percent) {
        const QColor ground = heatColor(percent / 100.0);
        QVERIFY(contrastRatio(heatTextColor(ground), ground) >= 4.5);
        // A scale for any colour vision: it only ever gets brighter.
        const double now = contrastRatio(ground, Qt::black);
        QVERIFY(now > brightness);
        brightness = now;
    }
}

QTEST_MAIN(SensitivityPanelTest)
#include "tst_sensitivity_panel.moc"
