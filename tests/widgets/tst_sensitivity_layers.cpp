// SPDX-License-Identifier: GPL-3.0-or-later
// Layers as the way from a result to its sensitivity and back: kept, shown, tied, locked; outputs;
// warnings; recipes of two files; scans of others.
#include "analyst.h"

#include "widgets/panels/layers_page.h"
#include "widgets/panels/scan_page.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFile>
#include <QHeaderView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTimer>
#include <QTreeView>

#include <algorithm>
#include <cmath>

using namespace bitfront;
using test::Analyst;

class SensitivityLayersTest : public QObject
{
    Q_OBJECT

private slots:
    void keepsALayerWithoutAScan();
    void keepsALayerInRecipesToo();
    void refusesWhatCannotBe();
    void showsTheRowOfALayer();
    void comparisonLeadsHere_data();
    void comparisonLeadsHere();
    void tiesLeadToAShortScan();
    void everyOutputHasItsOwnMap();
    void warnsOfWhatHoldsLess();
    void recipesOfTwoFiles();
    void namesHaveAMenu_data();
    void namesHaveAMenu();
    void foldedModulesTellOfLocks();
    void tellsOfAScanItCannotUse();
};

namespace {

/// Chooses a result of 4 bits and the row of a layer in its detail.
bool chooseLayer(const Analyst& f, const char* layer)
{
    for (int id = 0; id < f.records(); ++id) {
        const ResultRecord& record = f.snapshot().records[static_cast<std::size_t>(id)];
        if (record.measurement() && f.bitsOf(record, layer) == 4)
            f.selection().setCurrent(id);
    }
    auto* layers = f.find<QTreeView>("layersTable");
    for (int row = 0; row < layers->model()->rowCount(); ++row)
        if (layers->model()->index(row, 0).data().toString() == QLatin1String(layer)) {
            layers->setCurrentIndex(layers->model()->index(row, 0));
            return true;
        }
    return false;
}

QString banner(const Analyst& f)
{
    return f.window->findChild<MessageBanner*>(QStringLiteral("messageBanner"))->message();
}

} // namespace

void SensitivityLayersTest::keepsALayerWithoutAScan()
{
    Analyst f;
    QVERIFY(f.openFinishedRun());
    QVERIFY(chooseLayer(f, "body.conv1"));
    const ResultRecord base = f.current();
    const int before = f.records();
    const int forwards = f.forwards();
    QTest::keyClick(f.find<QTreeView>("layersTable"), Qt::Key_8);
    QVERIFY(f.waitForNew(before));
    QCOMPARE(f.forwards(), forwards + 1);
    QVERIFY(f.current().config.isMixed() && !f.current().recipe);
    QCOMPARE(f.bitsOf(f.current(), "body.conv1"), 8);
    QCOMPARE(f.bitsOf(f.current(), "body.conv2"), f.bitsOf(base, "body.conv2"));
    QVERIFY2(f.detail().title().contains(QStringLiteral("body.conv1 at 8 bits")),
             qPrintable(f.detail().title()));
    QVERIFY(!f.scan().view()); // no scan was begun for it
    QCOMPARE(f.disagreement(), QString());
    // And the kept one at fp16, from there.
    QVERIFY(chooseLayer(f, "head.fc1"));
    QTest::keyClick(f.find<QTreeView>("layersTable"), Qt::Key_F);
    QVERIFY(f.waitForNew(before + 1));
    QCOMPARE(f.bitsOf(f.current(), "head.fc1"), 16);
}

void SensitivityLayersTest::keepsALayerInRecipesToo()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QVERIFY(chooseLayer(f, "body.conv2"));
    const int before = f.records();
    QTest::keyClick(f.find<QTreeView>("layersTable"), Qt::Key_8);
    QCOMPARE(f.scan().locks(), (std::vector<FormatLock> {{"body.conv2", "8+"}}));
    QVERIFY(f.waitForNew(before));
    QVERIFY(f.budget(7)); // this layer alone takes more than 5
    const ScanView& view = *f.scan().view();
    const std::size_t unit = *view.unitOf("body.conv2");
    QVERIFY(f.scan().forecast().recipe);
    const ScanChoice& choice = f.scan().forecast().recipe->choice;
    QVERIFY(view.space.options[unit][choice[unit]].codeBits >= 8);
    f.find<QAction>("actionUndo")->trigger();
    QVERIFY(f.scan().locks().empty());
    // Held out as in recipes; what each line means is said.
    QVERIFY(!f.current().recipe && f.current().measurement()->outputs.front().split);
    for (const char* line : {"Chosen on", "Held out"}) {
        const auto labels = f.detail().findChildren<QLabel*>();
        const auto known = std::ranges::find_if(
            labels, [&](const QLabel* label) { return label->text() == QLatin1String(line); });
        QVERIFY2(known != labels.end() && !(*known)->toolTip().isEmpty(), line);
    }
}

void SensitivityLayersTest::refusesWhatCannotBe()
{
    Analyst f;
    QVERIFY(f.openFinishedRun());
    QVERIFY(chooseLayer(f, "body.conv1"));
    const int before = f.records();
    QTest::keyClick(f.find<QTreeView>("layersTable"), Qt::Key_8);
    QVERIFY(f.waitForNew(before));
    QVERIFY(f.bitsOf(f.current(), "body.conv1") == 8);
    auto* layers = f.find<QTreeView>("layersTable");
    QVERIFY(layers->currentIndex().isValid()); // the layer stays chosen
    QTest::keyClick(layers, Qt::Key_8);
    QTRY_VERIFY(f.idle());
    QTRY_VERIFY2(banner(f).contains(QStringLiteral("already")), qPrintable(banner(f)));
    QCOMPARE(f.records(), before + 1);
}

void SensitivityLayersTest::showsTheRowOfALayer()
{
    Analyst f;
    QVERIFY(f.openScanned());
    f.find<QTabBar>("resultTabs")->setCurrentIndex(0);
    SensitivityModel& model = f.panel().model();
    // Folded away, even.
    for (int row = 0; row < model.rowCount(); ++row)
        model.setFolded(row, true);
    QVERIFY(chooseLayer(f, "head.fc2"));
    QTest::keyClick(f.find<QTreeView>("layersTable"), Qt::Key_S);
    QVERIFY(f.panel().isVisible());
    const int row = f.panel().view().currentIndex().row();
    QCOMPARE(model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString(),
             QStringLiteral("head.fc2"));
    QCOMPARE(f.panel().view().chosenUnits(), (std::vector<std::size_t> {4}));
}

void SensitivityLayersTest::comparisonLeadsHere_data()
{
    QTest::addColumn<int>("key"); // 0: the mouse
    QTest::addColumn<Qt::KeyboardModifiers>("modifiers");
    QTest::addColumn<bool>("menu");
    QTest::newRow("letter") << int(Qt::Key_S) << Qt::KeyboardModifiers() << false;
    QTest::newRow("menu key") << int(Qt::Key_Menu) << Qt::KeyboardModifiers() << true;
    QTest::newRow("Shift+F10") << int(Qt::Key_F10) << Qt::KeyboardModifiers(Qt::ShiftModifier)
                               << true;
    QTest::newRow("right click") << 0 << Qt::KeyboardModifiers() << true;
}

void SensitivityLayersTest::comparisonLeadsHere()
{
    QFETCH(const int, key);
    QFETCH(const Qt::KeyboardModifiers, modifiers);
    QFETCH(const bool, menu);
    Analyst f;
    QVERIFY(f.openScanned());
    const auto& front = f.snapshot().analysis.front;
    f.selection().setCompared(front.front(), front.back());
    f.find<QTabBar>("resultTabs")->setCurrentIndex(2);
    auto* layers = f.find<QTreeView>("compareLayers");
    const QModelIndex third = layers->model()->index(2, 0);
    const QString layer = third.data().toString();
    QVERIFY(!layer.isEmpty());
    bool opened = false;
    // The menu has a loop of its own: what is chosen there is chosen by a timer.
    QTimer::singleShot(100, layers, [&opened] {
        if (auto* shown = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
            opened = shown->objectName() == QStringLiteral("compareLayerMenu");
            QTest::keyClick(shown, Qt::Key_Down);
            QTest::keyClick(shown, Qt::Key_Return);
        }
    });
    if (key != 0) {
        layers->setCurrentIndex(third);
        layers->setFocus();
        QTest::keyClick(layers, Qt::Key(key), modifiers);
    } else {
        const QPoint at = layers->visualRect(third).center();
        QContextMenuEvent event(QContextMenuEvent::Mouse, at, layers->viewport()->mapToGlobal(at));
        QApplication::sendEvent(layers->viewport(), &event);
    }
    QCOMPARE(opened, menu);
    QVERIFY(f.panel().isVisible());
    QCOMPARE(f.panel()
                 .model()
                 .headerData(f.panel().view().currentIndex().row(), Qt::Vertical, Qt::DisplayRole)
                 .toString(),
             layer);
}

void SensitivityLayersTest::tiesLeadToAShortScan()
{
    Analyst f;
    QVERIFY(f.openScanned());
    SensitivityModel& model = f.panel().model();
    const int first = model.rowOf(1);
    const int second = model.rowOf(2);
    f.panel().view().setCurrentIndex(model.index(first, 3));
    f.panel().view().selectionModel()->select(
        QItemSelection(model.index(first, 3), model.index(second, 3)),
        QItemSelectionModel::ClearAndSelect);
    f.key(Qt::Key_T);
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isVisible()
                && f.find<QPushButton>("startScan")->isEnabled());
    QVERIFY2(f.text("scanWords").contains(QStringLiteral("of them are there")),
             qPrintable(f.text("scanWords")));
    const int before = f.forwards();
    f.click("startScan");
    QTRY_VERIFY(f.scan().view()->space.units.size() == 4 && f.scanned());
    const ScanSpace& space = f.scan().view()->space;
    QCOMPARE(space.units[1].layers.size(), std::size_t(2));
    QCOMPARE(f.forwards() - before, int(space.options[1].size()) - 1); // of the tied unit only
    const int records = f.records();
    QVERIFY(f.budget(4));
    QTRY_VERIFY(f.find<QPushButton>("verifyRecipe")->isEnabled());
    f.click("verifyRecipe");
    QVERIFY(f.waitForNew(records));
    QCOMPARE(f.bitsOf(f.current(), "body.conv1"), f.bitsOf(f.current(), "body.conv2"));
    // Undone and redone without measuring anything.
    const int measured = f.forwards();
    f.find<QAction>("actionUndo")->trigger();
    QTRY_VERIFY(f.scan().view()->space.units.size() == 5 && f.scanned());
    f.find<QAction>("actionRedo")->trigger();
    QTRY_VERIFY(f.scan().view()->space.units.size() == 4 && f.scanned());
    QCOMPARE(f.forwards(), measured);
}

void SensitivityLayersTest::everyOutputHasItsOwnMap()
{
    Analyst f({.model = test::FakeModelKind::Transformer});
    QVERIFY(f.openScannedTransformer());
    SensitivityModel& model = f.panel().model();
    QCOMPARE(model.metric(), Metric::Psnr);
    const int row = model.rowOf(2);
    const QString psnr = model.index(row, 8).data().toString();
    f.window->run().setJudged(1);
    QTRY_COMPARE(model.metric(), Metric::Iou);
    QVERIFY(model.index(row, 8).data().toString() != psnr);
    QVERIFY(f.text("scanFacts").contains(QStringLiteral("Nothing held out")));
}

void SensitivityLayersTest::warnsOfWhatHoldsLess()
{
    Analyst f({.interaction = 8, .heldOutLossDb = 7});
    QVERIFY(f.openScanned());
    QVERIFY(f.budget(3.4));
    f.find<QWidget>("refineRounds")->setFocus();
    QTest::keyClick(f.find<QWidget>("refineRounds"), Qt::Key_Home);
    const int before = f.records();
    QTRY_VERIFY(f.find<QPushButton>("verifyRecipe")->isEnabled());
    f.click("verifyRecipe");
    QVERIFY(f.waitForNew(before));
    QCOMPARE(recipeWarnings(f.current()).size(), std::size_t(2));
    const QString warnings = f.text("recipeWarnings");
    QVERIFY(f.find<QLabel>("recipeWarnings")->isVisible());
    QVERIFY2(warnings.contains(QStringLiteral("held out")), qPrintable(warnings));
    QVERIFY(banner(f).contains(warnings.left(40)));
}

void SensitivityLayersTest::recipesOfTwoFiles()
{
    Analyst f;
    QVERIFY(f.openScanned());
    f.scan().setLocks({{"body.conv1", "perchannel_int8_symmetric"},
                       {"body.conv2", "palette_pertensor_6bit_pcs0"}});
    QVERIFY(f.budget(8));
    const int before = f.records();
    QTRY_VERIFY(f.find<QPushButton>("verifyRecipe")->isEnabled());
    f.click("verifyRecipe");
    QVERIFY(f.waitForNew(before));
    f.find<QTabBar>("detailTabs")->setCurrentIndex(1);
    auto* names = f.find<QTabBar>("recipeFiles");
    auto* text = f.find<QPlainTextEdit>("recipeText");
    QTRY_VERIFY(names->isVisible());
    QCOMPARE(names->count(), 2);
    QVERIFY(names->tabText(0).endsWith(QStringLiteral(".palettes.yaml"))); // to be applied first
    QVERIFY(f.text("recipeWords").contains(QStringLiteral("palettes first")));
    const char* const packages[] = {"KMeansPalettizerConfig", "QuantizerConfig"};
    for (int file = 0; file < 2; ++file) {
        QTest::mouseClick(names, Qt::LeftButton, {}, names->tabRect(file).center());
        QVERIFY(text->toPlainText().contains(QLatin1String(packages[file])));
        f.click("copyRecipe");
        QCOMPARE(QApplication::clipboard()->text(), text->toPlainText());
    }
    f.selection().setCurrent(0); // a result of one file
    QTRY_VERIFY(!text->toPlainText().isEmpty() && !names->isVisible());
}

void SensitivityLayersTest::namesHaveAMenu_data()
{
    QTest::addColumn<int>("clicked"); // units chosen are 1 and 2
    QTest::addColumn<std::size_t>("locks");
    QTest::newRow("one of several chosen") << 1 << std::size_t(2);
    QTest::newRow("another") << 3 << std::size_t(1);
}

void SensitivityLayersTest::namesHaveAMenu()
{
    QFETCH(const int, clicked);
    QFETCH(const std::size_t, locks);
    Analyst f;
    QVERIFY(f.openScanned());
    SensitivityModel& model = f.panel().model();
    SensitivityView& view = f.panel().view();
    view.setCurrentIndex(model.index(model.rowOf(1), 3));
    view.selectionModel()->select(
        QItemSelection(model.index(model.rowOf(1), 3), model.index(model.rowOf(2), 3)),
        QItemSelectionModel::ClearAndSelect);
    QTimer::singleShot(100, &view, [] {
        if (auto* shown = qobject_cast<QMenu*>(QApplication::activePopupWidget()))
            QTest::keyClick(shown, Qt::Key_8); // "Keep at 8 bits or more"
    });
    QWidget* names = view.verticalHeader()->viewport();
    const int row = model.rowOf(std::size_t(clicked));
    const QPoint at(20, view.verticalHeader()->sectionViewportPosition(row) + 8);
    QTest::mousePress(names, Qt::RightButton, {}, at);
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, names->mapToGlobal(at));
    QApplication::sendEvent(names, &event);
    QTRY_COMPARE(f.scan().locks().size(), locks);
    QCOMPARE(f.scan().locks().front().format, std::string("8+"));
    QVERIFY(!model.headerData(row, Qt::Vertical, SensitivityModel::LockRole).toString().isEmpty());
}

void SensitivityLayersTest::foldedModulesTellOfLocks()
{
    Analyst f;
    QVERIFY(f.openScanned());
    SensitivityModel& model = f.panel().model();
    const int layer = model.rowOf(1); // body.conv1, the first of its module
    const auto words = [&] {
        return model.headerData(layer - 1, Qt::Vertical, SensitivityModel::LockRole).toString();
    };
    f.scan().setLocks({{"body.conv1", "8+"}});
    QVERIFY(words().isEmpty()); // the layer says so itself
    QCOMPARE(model.headerData(layer, Qt::Vertical, SensitivityModel::ShortNameRole).toString(),
             QStringLiteral("conv1"));
    model.setFolded(layer - 1, true);
    QCOMPARE(words(), QStringLiteral("1 of 2 layers"));
    // What cannot be met is said with its unit.
    f.scan().setLocks({{"*", "fp16"}});
    QVERIFY(f.budget(5));
    QTRY_COMPARE(f.text("predictedWords"), QStringLiteral("Needs 16.00 bits"));
    QVERIFY(f.find<QWidget>("budgetField")->toolTip().contains(QStringLiteral(" bits")));
}

void SensitivityLayersTest::tellsOfAScanItCannotUse()
{
    Analyst f;
    QVERIFY(f.openScanned());
    QCOMPARE(f.window->focusWidget(), static_cast<QWidget*>(&f.panel().view()));
    QVERIFY(!f.find<QLabel>("scanUnusable")->isVisibleTo(f.find<QWidget>("sensitivityPanel")));
    const QString folder = f.window->run().folder();
    QFile file(folder + QStringLiteral("/scan.jsonl"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray content = file.readAll();
    file.close();
    const std::pair<const char*, const char*> rows[] = {{"\"model_sha256\":\"", "of another model"},
                                                        {"\"scan_version\":1", "scan"}};
    for (const auto& [place, words] : rows) {
        QByteArray other = content;
        QVERIFY(other.contains(place));
        other.replace(place, QByteArray(place) + "9");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(other);
        file.close();
        Analyst next;
        next.window->openRun(folder);
        QTRY_VERIFY(next.window->run().hasRun());
        next.find<QAction>("actionGoTo8")->trigger();
        QTRY_VERIFY2(next.text("scanUnusable").contains(QLatin1String(words)), words);
        QVERIFY(next.find<QLabel>("scanUnusable")->isVisible());
        QVERIFY(next.text("scanUnusable").contains(QStringLiteral("kept under another name")));
    }
}

QTEST_MAIN(SensitivityLayersTest)
#include "tst_sensitivity_layers.moc"
