// SPDX-License-Identifier: GPL-3.0-or-later
// What recipes must keep to: locks and ties that come in each other's way, and a quality instead of
// a size.
#include "analyst.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QMouseEvent>

#include <algorithm>

using namespace bitfront;
using test::Analyst;

class SensitivityLocksTest : public QObject
{
    Q_OBJECT

private slots:
    void lockToACellThatALockAllows();
    void locksThatTiesRuleOut();
    void locksOfAnotherScanAreForgotten();
    void undoIsSeen();
    void frontierThatLocksRuleOut();
    void attentionIsUntied();
    void orderKeepsTheLayer();
    void fieldSaysWhatIsAskedFor();
    void smallestOfAQuality();
    void qualityOfAnotherOutput();
    void everythingFailed();
    void namesGetTheirWidth();
};

namespace {

/// The first column whose format has that in its name.
int columnOf(const SensitivityModel& model, const char* part)
{
    for (int column = 1; column < model.columnCount(); ++column)
        if (model.formatAt(column).find(part) != std::string::npos)
            return column;
    return -1;
}

void choose(const Analyst& f, const char* layer, int column)
{
    QVERIFY(f.panel().showLayer(layer));
    SensitivityView& view = f.panel().view();
    view.setCurrentIndex(view.model()->index(view.currentIndex().row(), column));
}

} // namespace

/// 8 allows int8; the lock to int8 is another one, not its end.
void SensitivityLocksTest::lockToACellThatALockAllows()
{
    Analyst f;
    QVERIFY(f.openScanned());
    const int column = columnOf(f.panel().model(), "int8");
    choose(f, "body.conv1", column);
    f.key(Qt::Key_8);
    f.key(Qt::Key_L);
    QCOMPARE(f.scan().locks(),
             (std::vector<FormatLock> {{"body.conv1", f.panel().model().formatAt(column)}}));
    f.key(Qt::Key_L);
    QVERIFY(f.scan().locks().empty());
}

/// Two layers with locks of their own, then tied: one lock is left, recipes go on.
void SensitivityLocksTest::locksThatTiesRuleOut()
{
    Analyst f;
    QVERIFY(f.openScanned());
    SensitivityModel& model = f.panel().model();
    choose(f, "body.conv1", 0);
    f.key(Qt::Key_F);
    choose(f, "body.conv2", 1);
    f.key(Qt::Key_8);
    QCOMPARE(f.scan().locks().size(), std::size_t {2});
    QVERIFY(f.budget(8));
    f.panel().view().selectionModel()->select(
        QItemSelection(model.index(model.rowOf(1), 3), model.index(model.rowOf(2), 3)),
        QItemSelectionModel::ClearAndSelect);
    f.key(Qt::Key_T);
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isVisible()
                && f.find<QPushButton>("startScan")->isEnabled());
    f.click("startScan");
    QTRY_VERIFY(f.scan().view()->space.units.size() == 4 && f.scanned());
    // The slider reaches as far as the locks need.
    QVERIFY(f.budget(8));
    QVERIFY(!f.scan().forecast().recipe);
    QVERIFY2(f.text("predictedWords").contains(QStringLiteral("Needs")),
             qPrintable(f.text("predictedWords")));
    QVERIFY(f.budget(16));
    QVERIFY(f.scan().forecast().recipe);
    // fp16 has 16 bits, which is 8 or more: both hold. The formats of one width do not.
    QCOMPARE(f.scan().locks().size(), std::size_t {2});
    // Without them the slider ends earlier, and what is foreseen is what it says.
    f.scan().setLocks({});
    QTRY_VERIFY(f.panel().bar().target().value < 16);
    QTRY_COMPARE(f.scan().forecast().target.value, f.panel().bar().target().value);
    QTRY_VERIFY(f.scan().forecast().recipe
                && f.scan().forecast().recipe->averageBits <= f.panel().bar().target().value);
    f.scan().setLocks({{"body.conv1", "fp16"}, {"body.conv2", "8"}});
    QCOMPARE(f.scan().locks(), (std::vector<FormatLock> {{"body.conv1", "fp16"}}));
    QVERIFY(f.budget(16));
    QVERIFY(f.scan().forecast().recipe);
}

/// Undo brings no lock back that the scan of now has no format for.
void SensitivityLocksTest::locksOfAnotherScanAreForgotten()
{
    Analyst f;
    QVERIFY(f.openScanned());
    const int column = columnOf(f.panel().model(), "int4");
    const std::string gone = f.panel().model().formatAt(column);
    choose(f, "body.conv1", column);
    f.key(Qt::Key_L);
    QCOMPARE(f.scan().locks().size(), std::size_t {1});
    ScanWish wish = wishOf(f.scan().view()->header, f.scan().view()->model);
    std::erase_if(wish.formats,
                  [&](const CompressionSpec& spec) { return formatKey(spec) == gone; });
    f.scan().startScan(wish);
    QTRY_VERIFY(f.scan().view()->header.settings.formats.size() == wish.formats.size());
    QVERIFY(f.scanned());
    QVERIFY(f.scan().locks().empty());
    f.find<QAction>("actionUndo")->trigger();
    f.find<QAction>("actionRedo")->trigger();
    QVERIFY(f.scan().locks().empty());
    QVERIFY(f.budget(5));
    QVERIFY(f.scan().forecast().recipe);
}

/// Not behind the question of a tie.
void SensitivityLocksTest::undoIsSeen()
{
    Analyst f;
    QVERIFY(f.openScanned());
    SensitivityModel& model = f.panel().model();
    choose(f, "body.conv1", 1);
    f.key(Qt::Key_L);
    f.panel().view().selectionModel()->select(
        QItemSelection(model.index(model.rowOf(1), 3), model.index(model.rowOf(2), 3)),
        QItemSelectionModel::ClearAndSelect);
    f.key(Qt::Key_T);
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isVisible());
    f.find<QAction>("actionUndo")->trigger();
    QVERIFY(f.scan().locks().empty());
    QVERIFY(f.panel().view().isVisible());
}

void SensitivityLocksTest::frontierThatLocksRuleOut()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QVERIFY(f.budget(8));
    std::vector<FormatLock> locks;
    for (const ScanUnit& unit : f.scan().view()->space.units)
        locks.push_back({unit.layerNames.front(), "fp16"});
    QSignalSpy spy(&f.scan(), &ScanController::predicted);
    f.scan().setLocks(locks);
    QVERIFY(spy.count() > 0 || spy.wait(5000));
    const int forwards = f.forwards();
    f.click("drawFrontier");
    QVERIFY(f.idle());
    QCOMPARE(f.forwards(), forwards);
    auto* banner = f.window->findChild<MessageBanner*>(QStringLiteral("messageBanner"));
    QVERIFY2(banner->message().contains(QStringLiteral("16.00")), qPrintable(banner->message()));
}

void SensitivityLocksTest::attentionIsUntied()
{
    Analyst f({.model = test::FakeModelKind::Transformer});
    QVERIFY(f.openScannedTransformer());
    const std::size_t units = f.scan().view()->space.units.size();
    ScanWish wish = wishOf(f.scan().view()->header, f.scan().view()->model);
    wish.ties = {{f.scan().view()->space.units[1].layerNames.front(),
                  f.scan().view()->space.units[2].layerNames.front()}};
    f.scan().startScan(wish);
    QTRY_COMPARE(f.scan().view()->space.units.size(), units - 1);
    QVERIFY(f.scanned());
    SensitivityModel& model = f.panel().model();
    f.panel().view().setCurrentIndex(model.index(model.rowOf(1), 2));
    f.key(Qt::Key_T);
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isVisible()
                && f.find<QPushButton>("startScan")->isEnabled());
    f.click("startScan");
    QTRY_COMPARE(f.scan().view()->space.units.size(), units);
    QVERIFY(f.scanned());
}

/// Another output orders the rows anew; keys still mean the layer that was chosen.
void SensitivityLocksTest::orderKeepsTheLayer()
{
    Analyst f({.model = test::FakeModelKind::Transformer});
    QVERIFY(f.openScannedTransformer());
    SensitivityModel& model = f.panel().model();
    model.setOrder(SensitivityModel::Order::Loss, 4);
    for (int row = 0; row < model.rowCount(); ++row) {
        f.window->run().setJudged(0);
        f.panel().view().setCurrentIndex(model.index(row, 4));
        const auto unit = model.unitAt(row);
        f.window->run().setJudged(1);
        QTRY_COMPARE(model.metric(), Metric::Iou);
        QVERIFY(model.unitAt(f.panel().view().currentIndex().row()) == unit);
    }
}

void SensitivityLocksTest::fieldSaysWhatIsAskedFor()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QVERIFY(f.budget(4));
    auto* unit = f.find<QComboBox>("budgetUnit");
    auto* field = f.find<QDoubleSpinBox>("budgetField");
    unit->setFocus();
    QTest::keyClick(unit, Qt::Key_R); // ratio
    QCOMPARE(f.panel().bar().target().kind, RecipeTarget::Kind::Ratio);
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, "3.97");
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(f.panel().bar().target().value, 3.97);
    QTest::keyClick(unit, Qt::Key_Home);
    QCOMPARE(f.panel().bar().target().value, field->value());
    QCOMPARE(QString::fromStdString(f.panel().bar().target().configName()),
             QStringLiteral("mixed_4.04_bits")); // 16 / 3.97 = 4.0302, never less
}

void SensitivityLocksTest::smallestOfAQuality()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QVERIFY(f.budget(4));
    auto* unit = f.find<QComboBox>("budgetUnit");
    auto* field = f.find<QDoubleSpinBox>("budgetField");
    QSignalSpy spy(&f.scan(), &ScanController::predicted);
    unit->setFocus();
    QTest::keyClick(unit, Qt::Key_End);
    QVERIFY(spy.wait(5000));
    const double four = field->value(); // begins with what 4 bits would give
    QVERIFY(std::abs(f.scan().forecast().recipe->averageBits - 4) < 0.3);
    QVERIFY(!f.find<QWidget>("budgetSlider")->isEnabled());
    double before = 0;
    for (const double more : {0.0, 4.0, 9.0}) {
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QLocale().toString(four + more, 'f', 1));
        spy.clear();
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(more == 0 || spy.count() > 0 || spy.wait(5000));
        QVERIFY2(f.text("predictedWords").contains(QStringLiteral("bits")),
                 qPrintable(f.text("predictedWords")));
        const int records = f.records();
        QTRY_VERIFY(f.find<QPushButton>("verifyRecipe")->isEnabled());
        f.click("verifyRecipe");
        QVERIFY(f.waitForNew(records));
        const Measurement& measured = *f.current().measurement();
        QVERIFY(measured.outputs.front().split->chosenOn >= four + more - 0.051);
        QVERIFY(measured.size.averageBits() > before);
        before = measured.size.averageBits();
    }
}

void SensitivityLocksTest::qualityOfAnotherOutput()
{
    Analyst f({.model = test::FakeModelKind::Transformer});
    QVERIFY(f.openScannedTransformer());
    f.window->run().setJudged(1);
    QTRY_COMPARE(f.panel().model().metric(), Metric::Iou);
    auto* unit = f.find<QComboBox>("budgetUnit");
    unit->setFocus();
    QTest::keyClick(unit, Qt::Key_End);
    auto* field = f.find<QDoubleSpinBox>("budgetField");
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, QLocale().toString(0.97, 'f', 3));
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(f.panel().bar().target().output, std::string("mask"));
    const int records = f.records();
    QTRY_VERIFY(f.find<QPushButton>("verifyRecipe")->isEnabled());
    f.click("verifyRecipe");
    QVERIFY(f.waitForNew(records));
    QVERIFY(f.current().measurement()->outputs.at(1).value >= 0.97);
    QCOMPARE(f.current().recipe->target, std::string("quality of at least 0.97 of “mask”"));
    // A look at the other output does not change what is asked of this one.
    f.window->run().setJudged(0);
    QTRY_COMPARE(f.panel().model().metric(), Metric::Psnr);
    QCOMPARE(f.panel().bar().target().output, std::string("logits"));
    f.window->run().setJudged(1);
    QTRY_COMPARE(f.panel().model().metric(), Metric::Iou);
    QCOMPARE(field->value(), 0.97);
}

/// Every option failed: a map without a number, and nothing that could be asked of it crashes.
void SensitivityLocksTest::everythingFailed()
{
    Analyst f({.failing = {"scan"}});
    QVERIFY(f.open());
    f.click("startScan");
    QVERIFY(f.scanned());
    auto* unit = f.find<QComboBox>("budgetUnit");
    for (int index = 0; index < unit->count(); ++index) {
        unit->setFocus();
        QTest::keyClick(unit, index == 0 ? Qt::Key_Home : Qt::Key_Down);
        QTest::keyClick(f.find<QDoubleSpinBox>("budgetField"), Qt::Key_Up);
        QTest::qWait(50);
    }
    QVERIFY(f.idle());
    QVERIFY(!f.plot().forecast());
}

/// The names are as wide as they need, or as somebody drags them; a double click gives that back.
void SensitivityLocksTest::namesGetTheirWidth()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QHeaderView& names = *f.panel().view().verticalHeader();
    QWidget* ground = names.viewport();
    const int usual = names.width();
    const auto folded = f.panel().model().rowCount();
    const QPoint edge(usual - 2, 40);
    const QPoint to(usual + 60, 40);
    QTest::mousePress(ground, Qt::LeftButton, {}, edge);
    QMouseEvent move(QEvent::MouseMove, to, ground->mapToGlobal(to), Qt::LeftButton, Qt::LeftButton,
                     {});
    QApplication::sendEvent(ground, &move);
    QTest::mouseRelease(ground, Qt::LeftButton, {}, to);
    QTRY_COMPARE(names.width(), usual + 62);
    QCOMPARE(f.panel().model().rowCount(), folded); // the edge is no row
    QTest::mouseDClick(ground, Qt::LeftButton, {}, QPoint(names.width() - 2, 40));
    QTRY_COMPARE(names.width(), usual);
}

QTEST_MAIN(SensitivityLocksTest)
#include "tst_sensitivity_locks.moc"
