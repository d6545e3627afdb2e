// SPDX-License-Identifier: GPL-3.0-or-later
// Looking into results: weights of a layer, outputs sample by sample, two results side by side.
#include "browser.h"

#include "widgets/panels/compare_panel.h"
#include "widgets/panels/layer_inset.h"
#include "widgets/panels/layers_page.h"
#include "widgets/panels/outputs_panel.h"
#include "widgets/parts/output_canvas.h"
#include "widgets/parts/weight_histogram.h"
#include "widgets/results/compare_model.h"
#include "widgets/results/layer_model.h"
#include "widgets/results/sample_model.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLabel>
#include <QTabBar>

using namespace bitfront;
using test::Browser;

class WindowInspectTest : public QObject
{
    Q_OBJECT

private slots:
    void layerOpens();
    void outputsOpen();
    void changedModelIsTold();
    void comparisons();
    void otherRuns();
    void modelsAreSound();
};

void WindowInspectTest::layerOpens()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    f.selection().setCurrent(f.snapshot().analysis.front.front());
    auto* layers = f.find<QTreeView>("layersTable");
    layers->setCurrentIndex(layers->model()->index(1, 0));
    const auto* histogram = f.find<WeightHistogram>("weightHistogram");
    QTRY_VERIFY(!histogram->isEmpty());
    QVERIFY(f.detail().layers().inset().isOpen());
    QVERIFY(!histogram->histogram().levels.empty());
    // Another configuration: the layer stays open and shows what that one did.
    const std::vector<double> levels = histogram->histogram().levels;
    f.selection().setCurrent(f.snapshot().analysis.front.back());
    QTRY_VERIFY(histogram->histogram().levels != levels);
    QTest::keyClick(layers, Qt::Key_Escape);
    QVERIFY(!f.detail().layers().inset().isOpen());
}

void WindowInspectTest::outputsOpen()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    auto* tabs = f.find<QTabBar>("resultTabs");
    auto* panel = f.window->findChild<OutputsPanel*>();
    tabs->setCurrentIndex(1);
    QVERIFY(!panel->state().isEmpty()); // nothing chosen yet
    f.selection().setCurrent(0);
    QTRY_VERIFY(panel->state().isEmpty());
    QVERIFY(panel->samples().rowCount() > 0);
    QTRY_COMPARE(panel->canvas().captions().size(), 3);
    // The worst sample is on top and shown.
    auto* list = f.find<QTreeView>("samplesTable");
    QCOMPARE(list->currentIndex().row(), 0);
    list->setCurrentIndex(panel->samples().index(3, 0));
    const auto sample = panel->samples().sampleOf(3);
    f.selection().setCurrent(5);
    QTRY_VERIFY(panel->state().isEmpty());
    QTRY_COMPARE(panel->samples().sampleOf(list->currentIndex().row()), sample); // stays
}

void WindowInspectTest::changedModelIsTold()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    const QString folder = f.window->run().folder();
    // A window that has only the run folder, and whose model file is gone.
    QFile::remove(toQString(f.window->run().header().model.path));
    Browser other;
    other.window->openRun(folder);
    QTRY_VERIFY(other.window->run().hasRun() && other.records() > 0);
    other.selection().setCurrent(0);
    other.find<QTabBar>("resultTabs")->setCurrentIndex(1);
    auto* panel = other.window->findChild<OutputsPanel*>();
    QTRY_VERIFY2(panel->state().contains(QStringLiteral("Cannot read")),
                 qPrintable(panel->state()));
}

void WindowInspectTest::comparisons()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    const auto front = f.snapshot().analysis.front;
    f.clickPoint(front.front());
    f.clickPoint(front.back(), Qt::ControlModifier);
    QCOMPARE(f.selection().selected().size(), std::size_t(2));
    f.find<QAction>("actionCompare")->trigger();
    auto* panel = f.window->findChild<ComparePanel*>();
    QVERIFY(panel->isVisible());
    const QString headline = panel->headline();
    QVERIFY2(headline.contains(QStringLiteral("% of A's size")), qPrintable(headline));
    QVERIFY(headline.contains(QStringLiteral("better")));
    QVERIFY(panel->layers().rowCount() > 0);
    QTest::keyClick(panel, Qt::Key_X);
    QVERIFY(panel->headline().contains(QStringLiteral("% of B's size")));
    auto* layers = f.find<QTreeView>("compareLayers");
    layers->setCurrentIndex(panel->layers().index(0, 0));
    QTRY_VERIFY(!panel->findChild<WeightHistogram*>()->isEmpty());
    // A pin is the other side when nothing else is chosen.
    f.selection().setCurrent(front[1]);
    f.selection().togglePin(front.front());
    f.find<QAction>("actionCompare")->trigger();
    QCOMPARE(f.selection().compared(), std::pair(front.front(), front[1]));
}

void WindowInspectTest::otherRuns()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    const std::filesystem::path root = toPath(f.folder.path());
    // A copy of the run itself can be compared; a run of another model is refused with the reason.
    std::filesystem::copy(toPath(f.window->run().folder()), root / "copy.bitfront",
                          std::filesystem::copy_options::recursive);
    test::FakeOptions transformer;
    transformer.model = test::FakeModelKind::Transformer;
    test::writeFakeRun(root / "other.bitfront", transformer);
    f.selection().setCurrent(f.snapshot().analysis.front.front());
    f.find<QAction>("actionCompare")->trigger();
    auto* panel = f.window->findChild<ComparePanel*>();
    auto* words = f.find<QLabel>("compareOtherWords");
    panel->openOther(pathText(root / "other.bitfront"));
    QTRY_VERIFY2(words->text().contains(QStringLiteral("different models")),
                 qPrintable(words->text()));
    panel->openOther(pathText(root / "copy.bitfront"));
    QTRY_VERIFY(words->text().contains(QStringLiteral("copy.bitfront")));
    QVERIFY(words->text().contains(QStringLiteral("0 only there")));
    QVERIFY2(panel->headline().contains(QStringLiteral("same size")),
             qPrintable(panel->headline()));
    f.click("compareOther"); // back to this run
    QVERIFY(words->text().isEmpty());
}

void WindowInspectTest::modelsAreSound()
{
    Browser f;
    const auto fatal = QAbstractItemModelTester::FailureReportingMode::QtTest;
    auto* panel = f.window->findChild<OutputsPanel*>();
    auto* compare = f.window->findChild<ComparePanel*>();
    const QAbstractItemModelTester results(&f.table().proxy(), fatal);
    const QAbstractItemModelTester layers(&f.detail().layers().layers(), fatal);
    const QAbstractItemModelTester samples(&panel->samples(), fatal);
    const QAbstractItemModelTester compared(&compare->layers(), fatal);
    QVERIFY(f.openFinishedRun());
    f.type("front:yes");
    f.selection().setCurrent(f.snapshot().analysis.front.front());
    f.selection().clearFilter();
    f.find<QTabBar>("resultTabs")->setCurrentIndex(1);
    QTRY_VERIFY(panel->samples().rowCount() > 0);
    f.selection().setCompared(0, 1);
    f.find<QTabBar>("resultTabs")->setCurrentIndex(2);
    QVERIFY(compare->layers().rowCount() > 0);
}

QTEST_MAIN(WindowInspectTest)
#include "tst_window_inspect.moc"
