// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen before a sweep, typed and clicked: numbers with decimals, targets and the metric
// they are meant for, the quick sweep and the way back.
#include "tests/widgets/window_fixture.h"

#include <QAbstractSpinBox>
#include <QAction>
#include <QComboBox>

using namespace bitfront;
using namespace bitfront::test;

namespace {

void type(QAbstractSpinBox& field, const QString& text)
{
    QTRY_VERIFY(field.isVisible());
    field.setFocus();
    QTRY_VERIFY(field.hasFocus());
    field.selectAll();
    QTest::keyClicks(&field, text);
}

/// Chooses an entry of a box by the arrow keys.
void choose(QComboBox& box, int entry)
{
    box.setFocus();
    QTest::keyClick(&box, Qt::Key_Home);
    for (int i = 0; i < 10 && box.currentIndex() < entry; ++i)
        QTest::keyClick(&box, Qt::Key_Down);
    QCOMPARE(box.currentIndex(), entry);
}

void chooseBudget(const WindowFixture& f, int kind)
{
    f.click("trimSweep");
    choose(*f.find<QComboBox>("budgetKind"), kind);
}

constexpr int kTargets = 3;

} // namespace

class TestWindowSetup : public QObject
{
    Q_OBJECT

private slots:
    void floorsAreTyped_data();
    void floorsAreTyped();
    void adoptedFloorsAreShown_data();
    void adoptedFloorsAreShown();
    void targetsAreTyped_data();
    void targetsAreTyped();
    void targetsBelongToTheirMetric_data();
    void targetsBelongToTheirMetric();
    void quickGivesTheChoiceBack();
};

void TestWindowSetup::floorsAreTyped_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<double>("floor");
    QTest::addColumn<int>("end"); // the key that ends it
    QTest::newRow("decibels") << "floor_logits"
                              << "37.5" << 37.5 << int(Qt::Key_Tab);
    QTest::newRow("share") << "floor_mask"
                           << "0.85" << 0.85 << int(Qt::Key_Tab);
    QTest::newRow("share, Enter") << "floor_mask"
                                  << "0.955" << 0.955 << int(Qt::Key_Return);
    QTest::newRow("share, at once to the estimate") << "floor_mask"
                                                    << "0.85" << 0.85 << int(Qt::Key_F5);
}

void TestWindowSetup::floorsAreTyped()
{
    QFETCH(QString, field);
    QFETCH(QString, typed);
    QFETCH(double, floor);
    QFETCH(int, end);
    WindowFixture f;
    QVERIFY(f.openProject("transformer"));
    f.click("confirmMetrics");
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    auto* spin = f.find<QAbstractSpinBox>(qPrintable(field));
    QVERIFY(spin);
    type(*spin, typed);
    QTest::keyClick(spin, Qt::Key(end));
    for (const OutputSetup& output : f.window->setup().outputs())
        if (field == QStringLiteral("floor_") + QString::fromStdString(output.info.name))
            QCOMPARE(output.floor, floor);
    QVERIFY2(spin->text().startsWith(typed), qPrintable(spin->text()));
}

void TestWindowSetup::adoptedFloorsAreShown_data()
{
    QTest::addColumn<int>("metric");
    QTest::addColumn<double>("floor");
    QTest::addColumn<QString>("shown");
    QTest::newRow("whole") << int(Metric::Psnr) << 30.0 << "30 dB";
    QTest::newRow("half") << int(Metric::Psnr) << 37.5 << "37.5 dB";
    QTest::newRow("very high") << int(Metric::Psnr) << 250.0 << "250 dB";
    QTest::newRow("very low") << int(Metric::Snr) << -150.25 << "-150.25 dB";
}

/// What is shown is what holds, whoever set it.
void TestWindowSetup::adoptedFloorsAreShown()
{
    QFETCH(int, metric);
    QFETCH(double, floor);
    QFETCH(QString, shown);
    WindowFixture f;
    QVERIFY(f.openProject());
    const std::string output = f.window->setup().outputs().front().info.name;
    f.window->setup().adoptMetrics({{output, Metric(metric), floor}}, {});
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    auto* spin = f.find<QAbstractSpinBox>("floor_out_0");
    QCOMPARE(spin->text(), shown);
    spin->setFocus();
    QTest::keyClick(spin, Qt::Key_Tab);
    QCOMPARE(f.window->setup().outputs().front().floor, floor);
}

void TestWindowSetup::targetsAreTyped_data()
{
    QTest::addColumn<int>("end"); // 0: a click on *Start*
    QTest::newRow("Tab") << int(Qt::Key_Tab);
    QTest::newRow("Enter starts") << int(Qt::Key_Return);
    QTest::newRow("the key of Start") << int(Qt::Key_F5);
    QTest::newRow("a click on Start") << 0;
}

void TestWindowSetup::targetsAreTyped()
{
    QFETCH(int, end);
    FakeOptions slow;
    slow.delayMs = 20;
    WindowFixture f(slow);
    QVERIFY(f.openEstimate());
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    chooseBudget(f, kTargets);
    auto* quality = f.find<QAbstractSpinBox>("budgetQuality");
    auto* ratio = f.find<QAbstractSpinBox>("budgetRatio");
    type(*quality, QStringLiteral("37.5"));
    type(*ratio, QStringLiteral("4.5"));
    QCOMPARE(ratio->text(), QStringLiteral("4.5×"));
    if (end == 0)
        f.click("startSweep");
    else
        QTest::keyClick(ratio, Qt::Key(end));
    const auto& targets = f.window->setup().budget().targets;
    QVERIFY(targets.has_value());
    QCOMPARE(targets->quality.value_or(0), 37.5);
    QCOMPARE(targets->ratio.value_or(0), 4.5);
    if (end == int(Qt::Key_Tab))
        return;
    QTRY_VERIFY(f.window->run().hasRun());
    const std::string& line = f.window->run().header().commandLine;
    QVERIFY2(line.find("--stop-at 37.5,4.5 ") != std::string::npos, line.c_str());
    f.window->run().stop();
    QVERIFY(f.waitForEnd());
}

void TestWindowSetup::targetsBelongToTheirMetric_data()
{
    QTest::addColumn<int>("metric"); // its place in the list
    QTest::addColumn<bool>("kept");
    QTest::newRow("the same") << 0 << true;
    QTest::newRow("SNR") << 1 << false;
    QTest::newRow("not judged: another output ranks, by IoU") << 3 << false;
}

void TestWindowSetup::targetsBelongToTheirMetric()
{
    QFETCH(int, metric);
    QFETCH(bool, kept);
    WindowFixture f;
    QVERIFY(f.openEstimate("transformer"));
    QCOMPARE(f.window->setup().metrics().front().metric, Metric::Psnr);
    chooseBudget(f, kTargets);
    QVERIFY(f.window->setup().budget().targets.has_value());
    f.click("cancelEstimate");
    const QString box = QStringLiteral("metric_")
        + QString::fromStdString(f.window->setup().metrics().front().output);
    auto* combo = f.find<QComboBox>(qPrintable(box));
    QVERIFY(combo);
    choose(*combo, metric);
    f.click("estimate");
    QTRY_VERIFY(f.window->setup().probe().has_value());
    QCOMPARE(f.window->setup().budget().targets.has_value(), kept);
    QCOMPARE(f.find<QComboBox>("budgetKind")->currentIndex(), kept ? kTargets : 0);
}

void TestWindowSetup::quickGivesTheChoiceBack()
{
    WindowFixture f;
    QVERIFY(f.openEstimate());
    PlanChoice mine = f.window->setup().plan();
    mine.selectThorough();
    mine.selectGroup(GroupId::PerBlock, false);
    mine.palette.rounding = PaletteRounding::Reference;
    f.window->setup().setPlan(mine);
    f.click("quickSweep");
    QVERIFY(f.window->setup().plan().isQuick());
    QCOMPARE(f.find<QPushButton>("quickSweep")->text(),
             QStringLiteral("As before: %1 configurations").arg(mine.count()));
    f.click("quickSweep");
    QVERIFY(f.window->setup().plan() == mine);
    QCOMPARE(f.find<QPushButton>("quickSweep")->text(), QStringLiteral("Quick: 12 configurations"));
    // From the standard sweep it is the standard sweep that one goes back to.
    mine.selectStandard();
    f.window->setup().setPlan(mine);
    f.click("quickSweep");
    QCOMPARE(f.find<QPushButton>("quickSweep")->text(),
             QStringLiteral("Standard: 31 configurations"));
    f.click("quickSweep");
    QVERIFY(f.window->setup().plan().isStandard());
}

QTEST_MAIN(TestWindowSetup)
#include "tst_window_setup.moc"
