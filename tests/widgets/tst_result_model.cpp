// SPDX-License-Identifier: GPL-3.0-or-later
// The tables' models under Qt's model tester: growing results, running rows, sorting, missing
// numbers.
#include "tests/support/fake_engine.h"
#include "widgets/results/layer_model.h"
#include "widgets/results/layer_names.h"
#include "widgets/results/result_model.h"
#include "widgets/results/result_proxy.h"
#include "widgets/workbench/plan_choice.h"

#include <QAbstractItemModelTester>
#include <QFontMetrics>
#include <QSignalSpy>
#include <QTest>

using namespace bitfront;
using namespace bitfront::test;

namespace {

SnapshotPtr snapshotOf(std::vector<ResultRecord> records)
{
    return makeSnapshot(std::move(records), fakeMetrics(), {}, 0, fakeModelInfo().fp16Bytes());
}

std::vector<ResultRecord> someRecords(const FakeOptions& options = {})
{
    return fakeRecords(PlanChoice().plan(), options);
}

RunningJob job(const char* name, int done)
{
    return {name, GroupId::PerBlock, done, 13, 1200.0};
}

} // namespace

class TestResultModel : public QObject
{
    Q_OBJECT

private slots:
    void growsByInsertion();
    void anotherRunResets();
    void runningRowsStayOnTop_data();
    void runningRowsStayOnTop();
    void missingNumbersComeLast();
    void nothingJudged();
    void rowsReadAloud();
    void layersOfARecord();
    void namesWithinModules_data();
    void namesWithinModules();
    void namesStayApart_data();
    void namesStayApart();
};

void TestResultModel::growsByInsertion()
{
    ResultModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const std::vector<ResultRecord> all = someRecords();
    model.setSnapshot(snapshotOf({all.begin(), all.begin() + 3}));
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
    model.setRunning({job("perblock_bs16_int4_symmetric", 2)});
    model.setSnapshot(snapshotOf({all.begin(), all.begin() + 10}));
    QCOMPARE(resets.count(), 0);
    QCOMPARE(inserts.count(), 2);
    QCOMPARE(model.rowCount(), 11);
    QCOMPARE(model.rowOf(0), 1);
    model.setRunning({});
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(model.index(4, 0).data(ResultModel::RecordIdRole).toInt(), 4);
}

void TestResultModel::anotherRunResets()
{
    ResultModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::vector<ResultRecord> records = someRecords();
    model.setSnapshot(snapshotOf(records));
    QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    std::reverse(records.begin(), records.end());
    model.setSnapshot(snapshotOf(records));
    QCOMPARE(resets.count(), 1);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

void TestResultModel::runningRowsStayOnTop_data()
{
    QTest::addColumn<int>("column");
    QTest::addColumn<Qt::SortOrder>("order");
    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        for (int column = 0; column < 9; ++column)
            QTest::addRow("column %d %s", column, order == Qt::AscendingOrder ? "up" : "down")
                << column << order;
    }
}

void TestResultModel::runningRowsStayOnTop()
{
    QFETCH(int, column);
    QFETCH(Qt::SortOrder, order);
    ResultModel model;
    ResultProxy proxy;
    proxy.setSourceModel(&model);
    const QAbstractItemModelTester tester(&proxy,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(snapshotOf(someRecords()));
    proxy.sort(column, order);
    model.setRunning({job("perblock_bs16_int4_symmetric", 9),
                      job("perblock_bs32_int4_asymmetric_skip-last", 2)});
    for (int row = 0; row < proxy.rowCount(); ++row)
        QCOMPARE(proxy.index(row, 0).data(ResultModel::RecordIdRole).toInt() == kNoRecord, row < 2);
    QCOMPARE(proxy.index(0, 0).data(ResultModel::StatusTextRole).toString(),
             QStringLiteral("layer 10 of 13"));
}

void TestResultModel::missingNumbersComeLast()
{
    FakeOptions options;
    options.failing = {"perchannel_int8_symmetric", "palette_pertensor_8bit_pcs0"};
    ResultModel model;
    ResultProxy proxy;
    proxy.setSourceModel(&model);
    model.setSnapshot(snapshotOf(someRecords(options)));
    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        proxy.sort(model.columnOf(ResultModel::Column::Ratio), order);
        for (int row = 0; row < proxy.rowCount(); ++row)
            QCOMPARE(proxy.index(row, 0).data(ResultModel::FailedRole).toBool(),
                     row >= proxy.rowCount() - 2);
    }
}

/// Readers refuse such records; the model does not depend on it.
void TestResultModel::nothingJudged()
{
    std::vector<ResultRecord> records = someRecords();
    Measurement empty = *records.front().measurement();
    empty.outputs.clear();
    records.front().outcome = empty;
    ResultModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshot(snapshotOf(records));
    QCOMPARE(model.columnCount(), 9);
    QVERIFY(model.index(0, 2).data().toString().isEmpty());
    QVERIFY(!model.index(1, 2).data().toString().isEmpty());
}

void TestResultModel::rowsReadAloud()
{
    ResultModel model;
    model.setSnapshot(snapshotOf(someRecords()));
    const QString text = model.index(3, 0).data(Qt::AccessibleTextRole).toString();
    QVERIFY2(text.startsWith(QStringLiteral("row 4 of ")), qPrintable(text));
    QVERIFY(text.contains(QStringLiteral("dB")));
    QVERIFY(text.contains(QStringLiteral("×")));
}

void TestResultModel::layersOfARecord()
{
    LayerModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    const std::vector<ResultRecord> records = someRecords();
    const ModelInfo info = fakeModelInfo();
    bool keptSeen = false;
    for (const ResultRecord& record : records) {
        model.setLayers(record.measurement()->layers, std::make_shared<const ModelInfo>(info));
        QCOMPARE(model.rowCount(), static_cast<int>(info.layers.size()));
        for (int row = 0; row < model.rowCount(); ++row) {
            const LayerStorage& layer = record.measurement()->layers[static_cast<std::size_t>(row)];
            const bool kept = layer.kind == StorageKind::Untouched;
            keptSeen = keptSeen || kept;
            QCOMPARE(model.index(row, 0).data(LayerModel::KeptRole).toBool(), kept);
            if (kept) {
                QCOMPARE(model.index(row, LayerModel::ErrorColumn).data().toString(),
                         QStringLiteral("kept"));
                QVERIFY(model.index(row, 0)
                            .data(Qt::ToolTipRole)
                            .toString()
                            .contains(QString::fromStdString(layer.reason)));
            }
        }
    }
    QVERIFY(keptSeen);
}

void TestResultModel::namesWithinModules_data()
{
    QTest::addColumn<QString>("module");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* module, const char* name, const char* expected) {
        QTest::newRow(name) << module << name << expected;
    };
    row("layers.0", "layers.0.fc", "fc");
    row("", "layers.0.attn", "layers.0.attn");
    row("layer", "layers.fc", "layers.fc");
    row("layers.0", "layers.0.attn.q + layers.0.attn.k + layers.0.attn.v", "attn.q + k + v");
    row("", "a.q + a.k", "a.q + k");
    row("", "embed + lm_head", "embed + lm_head");
    row("enc", "enc.embed + dec.embed", "embed + dec.embed");
}

void TestResultModel::namesWithinModules()
{
    QFETCH(const QString, module);
    QFETCH(const QString, name);
    QFETCH(const QString, expected);
    QCOMPARE(nameWithin(module, name), expected);
}

void TestResultModel::namesStayApart_data()
{
    QTest::addColumn<QStringList>("names");
    QStringList stack, tails, mixed;
    for (int i = 0; i < 60; ++i) {
        stack << QStringLiteral("hierarchical_encoder_stack.%1.projection_with_long_name").arg(i);
        tails << QStringLiteral("model.a_quite_long_prefix_of_all.block.layer%1").arg(i);
        mixed << QStringLiteral("%1.a_quite_long_ending_that_all_names_have_in_common").arg(i);
    }
    QTest::newRow("numbers within") << stack;
    QTest::newRow("numbers behind") << tails;
    QTest::newRow("numbers before") << mixed;
    QTest::newRow("one holds the other") << QStringList {"a_b.c_d", "a_b.a_b.c_d"};
    QTest::newRow("alike") << QStringList {"a.b"};
    QTest::newRow("none") << QStringList {};
    QTest::newRow("empty") << QStringList {"", "a"};
}

/// However narrow (up to what the numbers need), no two read alike.
void TestResultModel::namesStayApart()
{
    QFETCH(const QStringList, names);
    const CommonEnds common = commonEnds(names);
    const QFontMetrics metrics(QGuiApplication::font());
    for (const int characters : {14, 20, 30, 80}) {
        const int width = characters * metrics.averageCharWidth();
        QStringList shown;
        for (const QString& name : names) {
            QVERIFY(common.first + common.last <= name.size());
            shown << elidedName(name, common, metrics, width);
            QVERIFY(metrics.horizontalAdvance(shown.last()) <= width);
        }
        QCOMPARE(shown.removeDuplicates(), 0);
    }
}

QTEST_MAIN(TestResultModel)
#include "tst_result_model.moc"
