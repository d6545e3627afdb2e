// SPDX-License-Identifier: GPL-3.0-or-later
// Views of results while more of them come in, and when another run takes their place.
#include "browser.h"

#include "core/plan/targets.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/layers_page.h"
#include "widgets/panels/outputs_panel.h"
#include "widgets/panels/target_bar.h"
#include "widgets/parts/output_canvas.h"
#include "widgets/parts/weight_histogram.h"
#include "widgets/results/compare_model.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>

#include <cmath>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// A run in `f`'s folder that is being written, with the first `count` of all results; its model
/// and inputs can be opened.
std::unique_ptr<RunWriter> startRun(WindowFixture& f, RunContents& whole, std::size_t count)
{
    whole.header.model.path = f.file(QStringLiteral("tiny.pt"), "cnn").toStdString();
    whole.header.inputsPath = f.file(QStringLiteral("inputs.npy"), "inputs").toStdString();
    auto writer = std::make_unique<RunWriter>(
        f.folder.filePath(QStringLiteral("part.bitfront")).toStdString(), whole.header);
    for (std::size_t i = 0; i < count; ++i)
        writer->append(whole.records[i]);
    return writer;
}

bool openWritten(Browser& f, const char* name, FakeModelKind model)
{
    const QString folder = f.folder.filePath(QLatin1String(name));
    FakeOptions options;
    options.model = model;
    writeFakeRun(toPath(folder), options);
    f.window->openRun(folder);
    return QTest::qWaitFor([&] { return f.window->run().folder() == folder && f.records() > 0; });
}

} // namespace

class WindowResultsTest : public QObject
{
    Q_OBJECT

private slots:
    void failedStartLeavesTheFollowedRun();
    void triedAgainIsShownAnew();
    void tableStaysWhereItWasScrolled();
    void sortedColumnMovesWithItsMeaning();
    void targetsWhileTyping();
    void targetsAreExact();
    void comparisonIsLeftAlone();
    void nothingOldUnderANewTitle();
    void outputsThatTakeLongAreAnnounced();
};

void WindowResultsTest::failedStartLeavesTheFollowedRun()
{
    WindowFixture f;
    RunContents whole = fakeRun();
    const auto writer = startRun(f, whole, 5);
    RunController& run = f.window->run();
    f.window->openRun(pathText(writer->folder()));
    QVERIFY(f.waitForRecords(5));
    QVERIFY(run.isFollowing());
    SweepRequest request;
    request.experiment = fakeExperiment();
    request.runFolder = writer->folder();
    request.resume = true;
    QSignalSpy failed(&run, &RunController::startFailed);
    run.start(request); // somebody else writes it
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(run.isFollowing());
    QVERIFY(!run.canResume());
    for (std::size_t i = 5; i < 9; ++i)
        writer->append(whole.records[i]);
    QVERIFY(f.waitForRecords(9));
}

void WindowResultsTest::triedAgainIsShownAnew()
{
    Browser f;
    RunContents whole = fakeRun();
    ResultRecord good = whole.records[0];
    whole.records[0].outcome =
        Failure {ErrorCode::OutOfMemory, "There was not enough memory.", "", ""};
    const auto writer = startRun(f, whole, 3);
    f.window->openRun(pathText(writer->folder()));
    QVERIFY(f.waitForRecords(3));
    f.selection().setCurrent(0);
    f.find<QTabBar>("resultTabs")->setCurrentIndex(1);
    const auto* panel = f.window->findChild<OutputsPanel*>();
    const auto* failure = f.find<QLabel>("detailFailure");
    QVERIFY(failure->isVisible());
    QVERIFY2(panel->state().contains(QStringLiteral("failed")), qPrintable(panel->state()));
    good.finishedAt = "2026-01-02T04:00:00Z";
    writer->append(good);
    QTRY_VERIFY(!failure->isVisible());
    QTRY_VERIFY2(panel->state().isEmpty(), qPrintable(panel->state()));
}

void WindowResultsTest::tableStaysWhereItWasScrolled()
{
    Browser f;
    QVERIFY(openWritten(f, "a.bitfront", FakeModelKind::Cnn));
    const auto at = [&](int row) {
        return f.table().proxy().index(row, 0).data(ResultModel::RecordIdRole).toInt();
    };
    f.selection().setCurrent(at(0));
    QScrollBar& bar = *f.table().verticalScrollBar();
    QTRY_VERIFY(bar.maximum() > 0);
    bar.setValue(bar.maximum());
    emit f.selection().shownChanged(); // as for each new result
    QCOMPARE(bar.value(), bar.maximum());
    f.selection().setCurrent(at(1));
    QVERIFY(bar.value() < bar.maximum());
}

void WindowResultsTest::sortedColumnMovesWithItsMeaning()
{
    Browser f;
    const QHeaderView& header = *f.table().header();
    const auto sorted = [&] {
        return f.table().model()->headerData(header.sortIndicatorSection(), Qt::Horizontal);
    };
    QVERIFY(openWritten(f, "one.bitfront", FakeModelKind::Cnn));
    const QVariant ratio = sorted();
    QVERIFY(openWritten(f, "two.bitfront", FakeModelKind::Transformer));
    QCOMPARE(sorted(), ratio);
    QCOMPARE(header.sortIndicatorOrder(), Qt::DescendingOrder);
    // By the second output, which the other run does not judge.
    f.table().sortByColumn(3, Qt::AscendingOrder);
    const QVariant second = sorted();
    QVERIFY(second != ratio);
    QVERIFY(openWritten(f, "three.bitfront", FakeModelKind::Cnn));
    QCOMPARE(header.sortIndicatorSection(), 2);
    QVERIFY(openWritten(f, "four.bitfront", FakeModelKind::Transformer));
    QCOMPARE(sorted(), second);
    QCOMPARE(header.sortIndicatorOrder(), Qt::AscendingOrder);
}

void WindowResultsTest::targetsWhileTyping()
{
    Browser f;
    QVERIFY(openWritten(f, "a.bitfront", FakeModelKind::Cnn));
    ViewState view = f.selection().view();
    view.targetsShown = true;
    f.selection().changeView(view, QStringLiteral("targets"));
    auto* field = f.find<QDoubleSpinBox>("targetQuality");
    auto* edit = field->findChild<QLineEdit*>();
    field->setFocus();
    QVERIFY(field->hasFocus());
    field->selectAll();
    QTest::keyClicks(edit, QStringLiteral("2"));
    const QString typed = edit->text();
    emit f.selection().shownChanged(); // a result comes in
    QCOMPARE(edit->text(), typed);
    QTest::keyClicks(edit, QStringLiteral("5"));
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(f.selection().view().targetQuality.begin()->second, 25.0);
    // What is set elsewhere is shown all the same.
    view = f.selection().view();
    view.targetQuality.begin()->second = 31;
    f.selection().changeView(view, QStringLiteral("a target"));
    QCOMPARE(field->value(), 31.0);
}

void WindowResultsTest::targetsAreExact()
{
    Browser f;
    QVERIFY(openWritten(f, "a.bitfront", FakeModelKind::Cnn));
    const Analysis& analysis = f.snapshot().analysis;
    // A result on the front whose quality is rounded up in the field.
    const auto quality = [&](RecordId id) {
        return analysis.points[static_cast<std::size_t>(id)].quality;
    };
    const auto found = std::ranges::find_if(analysis.front, [&](RecordId id) {
        return std::isfinite(quality(id)) && std::round(quality(id) * 10) / 10 > quality(id);
    });
    QVERIFY(found != analysis.front.end());
    ViewState view = f.selection().view();
    view.targetsShown = true;
    view.targetQuality[f.snapshot().judged.output] = quality(*found);
    f.selection().changeView(view, QStringLiteral("targets"));
    const ResultRecord& record = f.snapshot().records[static_cast<std::size_t>(*found)];
    const QString answer = f.window->findChild<TargetBar*>()->answer();
    QVERIFY2(answer.contains(toQString(shortCode(record.config)) + QLatin1Char(',')),
             qPrintable(answer));
}

void WindowResultsTest::comparisonIsLeftAlone()
{
    Browser f;
    RunContents whole = fakeRun();
    const auto writer = startRun(f, whole, 5);
    f.window->openRun(pathText(writer->folder()));
    QVERIFY(f.waitForRecords(5));
    f.find<QTabBar>("resultTabs")->setCurrentIndex(2);
    f.selection().setCompared(0, 1);
    auto* panel = f.window->findChild<ComparePanel*>();
    auto* box = f.find<QComboBox>("compareA");
    QCOMPARE(box->count(), 5);
    const QString chosen = box->currentText();
    QSignalSpy cleared(box->model(), &QAbstractItemModel::rowsRemoved);
    QSignalSpy compared(&panel->layers(), &QAbstractItemModel::modelReset);
    for (std::size_t i = 5; i < 20; ++i)
        writer->append(whole.records[i]);
    QVERIFY(f.waitForRecords(20));
    QTRY_COMPARE(box->count(), 20);
    QCOMPARE(box->currentText(), chosen);
    QVERIFY(cleared.isEmpty());
    QVERIFY(compared.isEmpty());
    // Sorted as from the start.
    const auto ratioAt = [&](int row) {
        const auto id = static_cast<std::size_t>(box->itemData(row).toInt());
        return f.snapshot().records[id].measurement()->size.compressionRatio();
    };
    for (int row = 1; row < box->count(); ++row)
        QVERIFY(ratioAt(row - 1) >= ratioAt(row));
    f.selection().setCompared(2, 1);
    QVERIFY(!compared.isEmpty());
    QVERIFY(box->currentText() != chosen);
}

void WindowResultsTest::nothingOldUnderANewTitle()
{
    Browser f;
    RunContents whole = fakeRun();
    std::get<Measurement>(whole.records[1].outcome).layers[1].layer = "of another model";
    const auto writer = startRun(f, whole, 2);
    f.window->openRun(pathText(writer->folder()));
    QVERIFY(f.waitForRecords(2));
    f.selection().setCurrent(0);
    auto* layers = f.find<QTreeView>("layersTable");
    layers->setCurrentIndex(layers->model()->index(1, 0));
    const auto* histogram = f.find<WeightHistogram>("weightHistogram");
    QTRY_VERIFY(!histogram->isEmpty());
    f.selection().setCurrent(1); // the layer stays open, and cannot be read
    const auto* state = f.find<QLabel>("layerState");
    QTRY_VERIFY(state->isVisible() && state->text().contains(QStringLiteral("no layer")));
    QVERIFY(histogram->isEmpty());
}

void WindowResultsTest::outputsThatTakeLongAreAnnounced()
{
    FakeOptions slow;
    slow.delayMs = 600;
    Browser f(slow);
    RunContents whole = fakeRun();
    const auto writer = startRun(f, whole, 4);
    f.window->openRun(pathText(writer->folder()));
    QVERIFY(f.waitForRecords(4));
    f.find<QTabBar>("resultTabs")->setCurrentIndex(1);
    const auto& canvas = f.window->findChild<OutputsPanel*>()->canvas();
    f.selection().setCurrent(0);
    QTRY_COMPARE(canvas.captions().size(), 3);
    f.selection().setCurrent(1);
    QTRY_VERIFY(canvas.waiting().isShown());
    QVERIFY(canvas.waiting().words().startsWith(QStringLiteral("Computing")));
    QTRY_VERIFY(!canvas.waiting().isShown());
    QCOMPARE(canvas.captions().size(), 3);
}

QTEST_MAIN(WindowResultsTest)
#include "tst_window_results.moc"
