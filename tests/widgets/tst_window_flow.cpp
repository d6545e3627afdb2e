// SPDX-License-Identifier: GPL-3.0-or-later
// The whole job in the window by real clicks: model, inputs, metric, estimate, sweep, point, table,
// stop.
#include "tests/widgets/window_fixture.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/layers_page.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/parts/chip.h"
#include "widgets/results/layer_model.h"
#include "widgets/results/result_model.h"
#include "widgets/results/result_proxy.h"
#include "widgets/scatter_plot.h"
#include "widgets/setup/configuration_tree.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/setup/preflight_card.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QTabBar>

#include <algorithm>

using namespace bitfront;
using namespace bitfront::test;

class TestWindowFlow : public QObject
{
    Q_OBJECT

private slots:
    void nothingStartsUnconfirmed();
    void tabReachesTheConfirmation();
    void fromModelToSelectedPoint();
    void clickOnTableSelectsInPlot();
    void sortingKeepsTheSelection();
    void everyPointCanBeClicked();
    void preflightCountsLayers();
    void trimmingInTheEstimate();
    void singleConfigurationsCanBeTickedOff();
    void legendHidesGroups();
    void failedConfigurationsAreData();
    void otherOutputJudges();
    void runFolderOpensAgain();
    void runAgainKeepsTheMetrics();
    void demoNeedsThreeClicks();
};

void TestWindowFlow::nothingStartsUnconfirmed()
{
    WindowFixture f;
    QVERIFY(f.openProject());
    QCOMPARE(f.window->stage(), MainWindow::Stage::Setup);
    auto* estimate = f.find<QPushButton>("estimate");
    QVERIFY(!estimate->isEnabled());
    QCOMPARE(f.find<QLabel>("missing")->text(), QStringLiteral("Confirm the metric to continue"));
    QTest::mouseClick(estimate, Qt::LeftButton);
    QCOMPARE(f.window->stage(), MainWindow::Stage::Setup);
    f.click("confirmMetrics");
    QVERIFY(estimate->isEnabled());
    QVERIFY(f.find<QLabel>("missing")->text().isEmpty());
    QCOMPARE(f.engine->counters().evaluations.load(), 0);
}

// The rows of outputs are made when the model is known, long after the button beneath them.
void TestWindowFlow::tabReachesTheConfirmation()
{
    WindowFixture f;
    QVERIFY(f.openProject());
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    auto* floor = f.find<QDoubleSpinBox>("floor_out_0");
    QTRY_VERIFY(floor->isVisible());
    floor->setFocus();
    QTest::keyClick(f.window->focusWidget(), Qt::Key_Tab);
    QCOMPARE(f.window->focusWidget()->objectName(), QStringLiteral("confirmMetrics"));
    QTest::keyClick(f.window->focusWidget(), Qt::Key_Backtab);
    QCOMPARE(f.window->focusWidget(), static_cast<QWidget*>(floor));
}

void TestWindowFlow::fromModelToSelectedPoint()
{
    FakeOptions options;
    options.delayMs = 5;
    WindowFixture f(options);
    QVERIFY(f.openEstimate());
    QCOMPARE(f.window->stage(), MainWindow::Stage::Estimate);
    f.click("startSweep");
    QVERIFY(f.waitForRecords(3));
    QCOMPARE(f.window->stage(), MainWindow::Stage::Results);
    QVERIFY(
        f.window->findChild<PlotPanel*>()->headline().startsWith(QStringLiteral("Exploring, ")));
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(f.records(), f.window->run().progress().done);
    QVERIFY(f.records() > 31);

    auto* plot = f.window->findChild<ScatterPlot*>();
    const RecordId wanted = f.window->run().snapshot()->analysis.front.back();
    QTRY_VERIFY(!plot->markerPosition(wanted).isNull());
    QTest::mouseClick(plot->childAt(plot->markerPosition(wanted).toPoint())
                          ? plot->childAt(plot->markerPosition(wanted).toPoint())
                          : plot,
                      Qt::LeftButton, {}, plot->markerPosition(wanted).toPoint());
    QCOMPARE(f.window->selection().current(), wanted);

    auto* detail = f.window->findChild<DetailPanel*>();
    const ResultRecord& record =
        f.window->run().snapshot()->records[static_cast<std::size_t>(wanted)];
    QCOMPARE(detail->title(), QString::fromStdString(title(record.config)));
    const auto& layers = record.measurement()->layers;
    QCOMPARE(detail->layers().layers().rowCount(), static_cast<int>(layers.size()));
    for (int row = 0; row < detail->layers().layers().rowCount(); ++row) {
        const LayerStorage& layer = layers[static_cast<std::size_t>(row)];
        QCOMPARE(detail->layers().layers().index(row, LayerModel::NameColumn).data().toString(),
                 QString::fromStdString(layer.layer));
        QCOMPARE(detail->layers().layers().index(row, LayerModel::BitsColumn).data().toInt(),
                 layer.kind == StorageKind::Untouched ? 16 : layer.bitsPerCode);
    }
    f.find<QTabBar>("detailTabs")->setCurrentIndex(1);
    QTRY_VERIFY(
        f.find<QPlainTextEdit>("recipeText")->toPlainText().contains(QStringLiteral("config")));
    f.click("copyRecipe");
    QCOMPARE(QApplication::clipboard()->text(),
             f.find<QPlainTextEdit>("recipeText")->toPlainText());
}

void TestWindowFlow::clickOnTableSelectsInPlot()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    ResultsView& table = f.table();
    const QModelIndex third = table.model()->index(2, 0);
    table.scrollTo(third);
    QTest::mouseClick(table.viewport(), Qt::LeftButton, {}, table.visualRect(third).center());
    const int record = third.data(ResultModel::RecordIdRole).toInt();
    QVERIFY(record != kNoRecord);
    QCOMPARE(f.window->selection().current(), record);
    QCOMPARE(f.window->findChild<ScatterPlot*>()->current(), record);
    QTest::keyClick(&table, Qt::Key_Down);
    QCOMPARE(f.window->selection().current(),
             table.model()->index(3, 0).data(ResultModel::RecordIdRole).toInt());
    QTest::keyClick(&table, Qt::Key_Escape);
    QCOMPARE(f.window->selection().current(), kNoRecord);
}

void TestWindowFlow::sortingKeepsTheSelection()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    ResultsView& table = f.table();
    f.window->selection().setCurrent(7);
    QHeaderView* header = table.header();
    for (const auto column :
         {ResultModel::Column::Quality, ResultModel::Column::Bits, ResultModel::Column::Name}) {
        const int section = table.proxy().sourceModel()
            ? static_cast<ResultModel*>(table.proxy().sourceModel())->columnOf(column)
            : 0;
        const QPoint place(header->sectionViewportPosition(section) + 12, header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(f.window->selection().current(), 7);
        QCOMPARE(table.currentIndex().siblingAtColumn(0).data(ResultModel::RecordIdRole).toInt(),
                 7);
        double last = 0;
        bool first = true;
        for (int row = 0; column != ResultModel::Column::Name && row < table.model()->rowCount();
             ++row) {
            const double value =
                table.model()->index(row, section).data(ResultModel::SortRole).toDouble();
            const bool down = header->sortIndicatorOrder() == Qt::DescendingOrder;
            QVERIFY2(first || (down ? value <= last : value >= last),
                     qPrintable(QString::number(row)));
            last = value;
            first = false;
        }
    }
}

void TestWindowFlow::everyPointCanBeClicked()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    auto* plot = f.window->findChild<ScatterPlot*>();
    QTRY_VERIFY(!plot->markerPosition(f.records() - 1).isNull());
    for (int record = 0; record < f.records(); ++record) {
        const QPoint place = plot->markerPosition(record).toPoint();
        QVERIFY2(!place.isNull(), qPrintable(QString::number(record)));
        QWidget* ground = plot->childAt(place);
        QVERIFY(ground != nullptr);
        QTest::mouseClick(ground, Qt::LeftButton, {}, ground->mapFrom(plot, place));
        // Where points lie on each other a click gives one of them.
        const std::vector<RecordId> there = plot->recordsAt(place);
        const RecordId chosen = f.window->selection().current();
        QVERIFY(std::find(there.begin(), there.end(), record) != there.end());
        QVERIFY2(std::find(there.begin(), there.end(), chosen) != there.end(),
                 qPrintable(QStringLiteral("%1 gave %2").arg(record).arg(chosen)));
        QCOMPARE(plot->current(), chosen);
        QCOMPARE(
            f.table().currentIndex().siblingAtColumn(0).data(ResultModel::RecordIdRole).toInt(),
            chosen);
    }
}

// A layer whose rows and columns both do not divide is one layer, and one is singular.
void TestWindowFlow::preflightCountsLayers()
{
    const DivisibilityNote rows {"fc", "6 input features", {16, 32}, {}};
    const DivisibilityNote columns {"fc", "6 output features", {}, {4, 16}};
    QCOMPARE(preflightSummary({rows, columns}),
             QStringLiteral("1 layer does not divide by 32,\n1 by 16, 1 by 4"));
    const DivisibilityNote other {"head", "3 input features", {32}, {}};
    QCOMPARE(preflightSummary({rows, columns, other}),
             QStringLiteral("2 layers do not divide by 32,\n1 by 16, 1 by 4"));
    QCOMPARE(preflightSummary({}), QString());
}

void TestWindowFlow::trimmingInTheEstimate()
{
    WindowFixture f;
    QVERIFY(f.openEstimate());
    QCOMPARE(f.window->setup().plan().count(), 31);
    f.click("trimSweep");
    QTest::mouseClick(f.find<QCheckBox>("trim_1b"), Qt::LeftButton, {}, QPoint(8, 8));
    QCOMPARE(f.window->setup().plan().count(GroupId::PerBlock), 0);
    QTest::mouseClick(f.find<QCheckBox>("includeRefinement"), Qt::LeftButton, {}, QPoint(8, 8));
    QVERIFY(!f.window->setup().plan().refine);
    f.click("quickSweep");
    QCOMPARE(f.window->setup().plan().count(), 12);
    QVERIFY(f.window->setup().plan().isQuick());
    f.click("startSweep");
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(f.records(), 12);
}

void TestWindowFlow::singleConfigurationsCanBeTickedOff()
{
    WindowFixture f;
    QVERIFY(f.openProject());
    auto* tree = f.find<ConfigurationTree>("configurationTree");
    const QModelIndex group = tree->model()->index(0, 0);
    const QModelIndex family = tree->model()->index(0, 0, group);
    tree->expand(family);
    const QModelIndex leaf = tree->model()->index(1, 0, family);
    QTest::mouseClick(tree->viewport(), Qt::LeftButton, {},
                      tree->visualRect(leaf).topLeft() + QPoint(10, 12));
    QCOMPARE(f.window->setup().plan().count(), 30);
    QCOMPARE(leaf.data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked));
    QCOMPARE(family.data(Qt::CheckStateRole).toInt(), int(Qt::PartiallyChecked));
    QCOMPARE(group.data(Qt::CheckStateRole).toInt(), int(Qt::PartiallyChecked));
    QTest::mouseClick(tree->viewport(), Qt::LeftButton, {},
                      tree->visualRect(group).topLeft() + QPoint(10, 12));
    QCOMPARE(f.window->setup().plan().count(), 31);
    tree->setCurrentIndex(group);
    QTest::keyClick(tree, Qt::Key_Space);
    QCOMPARE(f.window->setup().plan().count(GroupId::PerChannel), 0);
    QCOMPARE(f.window->setup().plan().count(), 25);
}

void TestWindowFlow::legendHidesGroups()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    const int all = f.table().model()->rowCount();
    QTest::mouseClick(f.find<Chip>("legend_1a"), Qt::LeftButton);
    QVERIFY(f.table().model()->rowCount() < all);
    for (int row = 0; row < f.table().model()->rowCount(); ++row)
        QVERIFY(f.table().model()->index(row, 1).data().toString() != QStringLiteral("1a"));
    QVERIFY(f.window->findChild<ScatterPlot*>()->markerPosition(0).isNull());
    QTest::mouseClick(f.find<Chip>("legend_1a"), Qt::LeftButton);
    QCOMPARE(f.table().model()->rowCount(), all);
}

void TestWindowFlow::failedConfigurationsAreData()
{
    FakeOptions options;
    options.failing = {"perchannel_int8_asymmetric"};
    options.nan = {"perchannel_int4_symmetric"};
    WindowFixture f(options);
    QVERIFY(f.sweep());
    const auto& snapshot = *f.window->run().snapshot();
    int failed = kNoRecord;
    for (std::size_t i = 0; i < snapshot.records.size(); ++i) {
        if (snapshot.records[i].failure()
            && snapshot.records[i].config.name == "perchannel_int8_asymmetric")
            failed = static_cast<int>(i);
    }
    QVERIFY(failed != kNoRecord);
    f.window->selection().setCurrent(failed);
    const QString reason =
        f.table().currentIndex().siblingAtColumn(0).data(ResultModel::StatusTextRole).toString();
    QVERIFY(!reason.isEmpty());
    QVERIFY(f.find<QLabel>("detailFailure")->text().startsWith(reason));
    QVERIFY(f.find<QLabel>("detailFailure")->isVisible());
}

void TestWindowFlow::otherOutputJudges()
{
    WindowFixture f;
    QVERIFY(f.openEstimate("transformer"));
    QCOMPARE(f.window->setup().metrics().size(), std::size_t(2));
    f.click("startSweep");
    QVERIFY(f.waitForEnd());
    auto* combo = f.find<QComboBox>("outputCombo");
    QCOMPARE(combo->count(), 2);
    const std::string before = f.window->run().snapshot()->judged.output;
    combo->setFocus();
    QTest::keyClick(combo, Qt::Key_Down);
    QTRY_VERIFY(f.window->run().snapshot()->judged.output != before);
    QCOMPARE(f.window->run().snapshot()->judged.metric, Metric::Iou);
    auto* model = f.window->findChild<ResultModel*>();
    QTRY_COMPARE(model->headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("IoU mask"));
}

void TestWindowFlow::runFolderOpensAgain()
{
    WindowFixture f;
    const QString folder = f.folder.filePath(QStringLiteral("old.bitfront"));
    writeFakeRun(folder.toStdString());
    f.window->openFromCommandLine(folder, {});
    QTRY_COMPARE(f.window->stage(), MainWindow::Stage::Results);
    QTRY_VERIFY(f.records() > 31);
    QCOMPARE(f.window->run().state(), RunState::Finished);
    QCOMPARE(f.table().model()->rowCount(), f.records());
    QCOMPARE(Settings(f.settings).recentRuns().value(0).folder, folder);
    f.window->selection().setCurrent(3);
    QVERIFY(f.window->findChild<DetailPanel*>()->layers().layers().rowCount() > 0);
}

void TestWindowFlow::runAgainKeepsTheMetrics()
{
    WindowFixture first;
    QVERIFY(first.openProject());
    first.window->setup().setMetric(0, Metric::Snr);
    first.window->setup().setFloor(0, 17.5);
    first.window->setup().confirmMetrics();
    first.click("estimate");
    QTRY_VERIFY(first.window->setup().probe().has_value());
    first.click("startSweep");
    QVERIFY(first.waitForEnd());

    WindowFixture f;
    f.window->openRun(first.window->run().folder());
    QTRY_VERIFY(f.records() > 31);
    f.find<QAction>("actionPrimary")->trigger();
    QCOMPARE(f.window->stage(), MainWindow::Stage::Setup);
    QTRY_COMPARE(f.window->setup().inputsState(), LoadState::Ready);
    QCOMPARE(f.window->setup().outputs().front().metric, Metric::Snr);
    QCOMPARE(f.window->setup().outputs().front().floor, 17.5);
    QVERIFY(f.window->setup().metricsConfirmed());
}

void TestWindowFlow::demoNeedsThreeClicks()
{
    qputenv("BITFRONT_DATA_DIR", BITFRONT_RESOURCES);
    qputenv("XDG_DATA_HOME", QDir::tempPath().toUtf8() + "/bitfront-tests");
    WindowFixture f;
    f.click("tryDemo"); // 1
    QTRY_VERIFY(f.find<QPushButton>("estimate")->isEnabled());
    QVERIFY(f.window->setup().metricsConfirmed());
    f.window->setup().setRunFolder(f.folder.filePath(QStringLiteral("demo.bitfront")));
    f.click("estimate"); // 2
    QTRY_VERIFY(f.find<QPushButton>("startSweep")->isEnabled());
    f.click("startSweep"); // 3
    QVERIFY(f.waitForRecords(1));
    QVERIFY(f.waitForEnd());
}

QTEST_MAIN(TestWindowFlow)
#include "tst_window_flow.moc"
