// SPDX-License-Identifier: GPL-3.0-or-later
// Takes the pictures of the README and of the look checks: every state of the window with the real
// demo, light and dark. `bitfront-screenshots DIR [WIDTH HEIGHT [SCALE]]`; needs no display.
#include "app/gui/main_window.h"
#include "core/engine/engine_loader.h"
#include "tests/tools/photographer.h"
#include "tests/tools/unhurried_engine.h"
#include "widgets/dialogs/config_editor.h"
#include "widgets/dialogs/format_picker.h"
#include "widgets/panels/recipe_bar.h"
#include "widgets/panels/scan_page.h"
#include "widgets/panels/sensitivity_panel.h"
#include "widgets/parts/output_canvas.h"
#include "widgets/parts/weight_histogram.h"
#include "widgets/scatter_plot.h"
#include "widgets/theme.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPushButton>
#include <QSettings>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <cstdio>

using namespace bitfront;

namespace {

constexpr std::chrono::milliseconds kPause {150};

int recordCount(const MainWindow& window)
{
    const auto& snapshot = const_cast<MainWindow&>(window).run().snapshot();
    return snapshot ? static_cast<int>(snapshot->records.size()) : 0;
}

/// A palette configuration on the front, in the middle of the picture.
RecordId showpiece(const ResultSnapshot& snapshot)
{
    RecordId best = snapshot.analysis.front.empty() ? kNoRecord : snapshot.analysis.front.front();
    for (const RecordId id : snapshot.analysis.front) {
        const auto& config = snapshot.records[static_cast<std::size_t>(id)].config;
        if (config.group == GroupId::Palette && !config.isRefinement()) {
            best = id;
            break;
        }
    }
    return best;
}

/// From a fresh window to the setup page with everything known and the metric still to be
/// confirmed.
void openDemoFiles(MainWindow& window, const QTemporaryDir& scratch, const QString& run)
{
    window.openDemo();
    waitFor([&] { return window.setup().inputsState() == LoadState::Ready; }, "the demo");
    const QString model = window.setup().modelPath();
    const QString inputs = window.setup().inputsPath();
    window.openModel(model);
    window.openInputs({inputs});
    waitFor([&] { return window.setup().inputsState() == LoadState::Ready; }, "the inputs");
    window.setup().setRunFolder(scratch.filePath(run));
}

void showTab(MainWindow& window, int tab)
{
    window.findChild<QTabBar*>(QStringLiteral("resultTabs"))->setCurrentIndex(tab);
}

void openQuestion(MainWindow& window)
{
    window.findChild<QAction*>(QStringLiteral("actionSensitivity"))->trigger();
    waitFor(
        [&] { return window.findChild<QPushButton*>(QStringLiteral("startScan"))->isEnabled(); },
        "the estimate of the scan");
}

/// The question before a scan, and a scan in the middle.
void photographScan(MainWindow& window, Photographer& photographer)
{
    openQuestion(window);
    photographer.take(QStringLiteral("sensitivity-question"));
    auto* page = window.findChild<ScanPage*>();
    page->pickFormats();
    auto* formats = window.findChild<FormatPicker*>();
    QTest::mouseClick(formats->findChild<QPushButton*>(QStringLiteral("formatsThorough")),
                      Qt::LeftButton);
    QTest::qWait(200);
    photographer.take(QStringLiteral("formats"), formats);
    auto* palettes = formats->findChild<QTableView*>(QStringLiteral("paletteFormats"));
    palettes->setFocus(Qt::TabFocusReason);
    palettes->setCurrentIndex(palettes->model()->index(0, 3));
    QTest::keyClick(palettes, Qt::Key_Space); // all of group 8, then none
    QTest::keyClick(palettes, Qt::Key_Space);
    QTest::qWait(200);
    photographer.take(QStringLiteral("formats-own"), formats);
    QTest::mouseClick(formats->findChild<QPushButton*>(QStringLiteral("formatsNone")),
                      Qt::LeftButton);
    photographer.take(QStringLiteral("formats-none"), formats);
    formats->close();
    photographer.take(QStringLiteral("sensitivity-own"));
    page->setWish({});
    waitFor(
        [&] { return window.findChild<QPushButton*>(QStringLiteral("startScan"))->isEnabled(); },
        "the estimate of the scan");
    photographer.click("startScan");
    waitFor(
        [&] {
            const ScanViewPtr& view = window.scan().view();
            return view && view->done >= 0.45 * double(view->wanted);
        },
        "half of the scan");
    photographer.take(QStringLiteral("sensitivity-scanning"));
    window.scan().cancel();
    waitFor([&] { return !window.scan().isWorking(); }, "the scan to end");
}

/// The heatmap with a lock and a prediction, then with the frontier measured.
void photographRecipes(MainWindow& window, Photographer& photographer)
{
    openQuestion(window);
    photographer.click("startScan");
    waitFor([&] { return window.scan().view() && window.scan().view()->isComplete(); }, "the scan");
    auto* panel = window.findChild<SensitivityPanel*>();
    const auto& layers = window.scan().view()->model.layers;
    panel->lockLayer(layers[layers.size() / 2].name, "8+");
    panel->showLayer(layers[layers.size() / 2].name);
    panel->bar().setTargetBits(4.5);
    QTest::qWait(500);
    photographer.take(QStringLiteral("sensitivity"));
    photographer.click("drawFrontier");
    QTest::qWait(300);
    waitFor([&] { return !window.scan().isWorking(); }, "the frontier");
    QTest::qWait(500);
    photographer.take(QStringLiteral("frontier"));
}

void photographBeforeAndDuring(MainWindow& window, Photographer& photographer,
                               const QTemporaryDir& scratch)
{
    openDemoFiles(window, scratch, QStringLiteral("unhurried.bitfront"));
    photographer.take(QStringLiteral("setup"));
    photographer.click("newConfiguration");
    QTest::qWait(200);
    auto* editor = window.findChild<ConfigEditor*>();
    photographer.take(QStringLiteral("editor"), editor);
    editor->close();
    photographer.click("confirmMetrics");
    photographer.click("estimate");
    waitFor([&] { return window.setup().probe().has_value(); }, "the estimate");
    photographer.take(QStringLiteral("estimate"));
    photographer.click("trimSweep");
    auto* budget = window.findChild<QComboBox*>(QStringLiteral("budgetKind"));
    budget->setCurrentIndex(budget->count() - 1);
    photographer.take(QStringLiteral("budget"));
    budget->setCurrentIndex(0);
    photographer.click("trimSweep");

    photographer.click("startSweep");
    waitFor([&] { return recordCount(window) >= 26 || !window.run().isRunning(); }, "26 results");
    window.selection().setCurrent(showpiece(*window.run().snapshot()));
    QTest::qWait(100);
    window.findChild<QTreeView*>(QStringLiteral("resultsTable"))->scrollToTop();
    photographer.take(QStringLiteral("running"));
    // The rest must not be over before it was seen.
    window.run().setPaused(true);
    showTab(window, 3);
    photographer.take(QStringLiteral("queue"));
    showTab(window, 0);
    window.findChild<QAction*>(QStringLiteral("actionSearch"))->trigger();
    QTest::keyClicks(window.findChild<QLineEdit*>(QStringLiteral("commandField")),
                     QStringLiteral("co"));
    photographer.take(QStringLiteral("search"));
    QTest::keyClick(window.findChild<QLineEdit*>(QStringLiteral("commandField")), Qt::Key_Escape);
    window.run().stop();
    waitFor([&] { return !window.run().isRunning(); }, "the sweep to stop");
    QTest::qWait(300);
    photographer.take(QStringLiteral("stopped"));
    photographScan(window, photographer);
}

void typeFilter(MainWindow& window, const char* text)
{
    auto* field = window.findChild<QLineEdit*>(QStringLiteral("filterField"));
    field->setText(QString::fromUtf8(text));
    QTest::keyClick(field, Qt::Key_Return);
}

/// A finished run looked at in every way.
void photographBrowsing(MainWindow& window, Photographer& photographer)
{
    Selection& selection = window.selection();
    const SnapshotPtr held = window.run().snapshot(); // a later one may take its place
    const ResultSnapshot& snapshot = *held;
    const RecordId first = selection.current();
    auto* layers = window.findChild<QTreeView*>(QStringLiteral("layersTable"));
    layers->setCurrentIndex(layers->model()->index(7, 0));
    waitFor([&] { return !window.findChild<WeightHistogram*>()->isEmpty(); }, "the weights");
    typeFilter(window, "bits<=6.1 psnr>=28");
    for (const RecordId record : snapshot.analysis.front)
        if (selection.isShown(record) && selection.current() == kNoRecord)
            selection.setCurrent(record);
    QTest::qWait(300);
    photographer.take(QStringLiteral("filtered"));
    typeFilter(window, "bits<3");
    photographer.take(QStringLiteral("nothing"));
    selection.clearFilter();
    selection.setCurrent(first);
    selection.togglePin(first);
    selection.togglePin(snapshot.analysis.front.back());
    window.findChild<QAction*>(QStringLiteral("actionTargets"))->trigger();
    photographer.take(QStringLiteral("targets"));
    window.findChild<QAction*>(QStringLiteral("actionTargets"))->trigger();
    showTab(window, 1);
    waitFor([&] { return !window.findChild<OutputCanvas*>()->captions().isEmpty(); },
            "the outputs");
    photographer.take(QStringLiteral("outputs"));
    showTab(window, 2);
    selection.setSelected({first, snapshot.analysis.front.back()}, snapshot.analysis.front.back());
    auto* compared = window.findChild<QTreeView*>(QStringLiteral("compareLayers"));
    compared->setCurrentIndex(compared->model()->index(0, 0));
    QTest::qWait(600);
    photographer.take(QStringLiteral("compared"));
}

/// The mouse over a point, the keyboard in the table, dialogs.
void photographPointing(MainWindow& window, Photographer& photographer)
{
    auto* plot = window.findChild<ScatterPlot*>();
    const RecordId knee = window.run().snapshot()->analysis.knee.record;
    for (QWidget* ground : plot->findChildren<QWidget*>())
        if (ground->inherits("QCustomPlot") && knee != kNoRecord) {
            const QPointF at = plot->markerPosition(knee) - QPointF(ground->pos());
            QMouseEvent move(QEvent::MouseMove, at, ground->mapToGlobal(at), Qt::NoButton,
                             Qt::NoButton, Qt::NoModifier);
            QApplication::sendEvent(ground, &move);
            QTest::qWait(200);
            photographer.take(QStringLiteral("hover"));
            QEvent leave(QEvent::Leave);
            QApplication::sendEvent(ground, &leave);
        }
    window.activateWindow();
    window.findChild<QAction*>(QStringLiteral("actionGoTo3"))->trigger();
    photographer.take(QStringLiteral("keyboard"));
    plot->setFocus(Qt::MouseFocusReason);
    photographer.takeDialog("actionShortcuts", QStringLiteral("shortcuts"));
    photographer.takeDialog("actionHelp", QStringLiteral("help"));
    photographer.takeDialog("actionOpenModel", QStringLiteral("file-dialog"));
}

void photographResults(MainWindow& window, Photographer& photographer, const QTemporaryDir& scratch)
{
    openDemoFiles(window, scratch, QStringLiteral("digits_cnn.bitfront"));
    photographer.click("confirmMetrics");
    photographer.click("estimate");
    waitFor([&] { return window.setup().probe().has_value(); }, "the estimate");
    photographer.click("startSweep");
    waitFor([&] { return window.run().hasRun() && !window.run().isRunning(); }, "the sweep");
    waitFor([&] { return recordCount(window) == window.run().progress().done; }, "all results");
    window.selection().setCurrent(kNoRecord);
    window.selection().setCurrent(showpiece(*window.run().snapshot()));
    photographer.take(QStringLiteral("workbench"));
    photographPointing(window, photographer);
    photographBrowsing(window, photographer);
    photographRecipes(window, photographer);
}

QString writeFile(const QTemporaryDir& scratch, const char* name, const QByteArray& content)
{
    QFile file(scratch.filePath(QLatin1String(name)));
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        std::exit(1);
    return file.fileName();
}

/// A .npy file of float32 noise.
QByteArray noiseFile(const char* shape, int count)
{
    QByteArray head = QByteArrayLiteral("{'descr': '<f4', 'fortran_order': False, 'shape': (")
        + shape + QByteArrayLiteral("), }");
    head += QByteArray(int(117 - head.size()), ' ') + '\n';
    QByteArray file("\x93NUMPY\x01\x00\x76\x00", 10);
    file += head;
    quint32 state = 1;
    for (int i = 0; i < count; ++i) {
        state = state * 1664525U + 1013904223U;
        const float value = float(state >> 8) / float(1U << 24);
        file.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    return file;
}

/// What can go wrong before a sweep and at its start.
void photographErrors(MainWindow& window, Photographer& photographer, const QTemporaryDir& scratch)
{
    window.openRun(scratch.path());
    QTest::qWait(500);
    photographer.take(QStringLiteral("error-run"));
    window.openModel(
        writeFile(scratch, "weights_only.pt", "these are not the layers you are looking for"));
    waitFor([&] { return window.setup().modelState() == LoadState::Failed; }, "the refusal");
    photographer.take(QStringLiteral("error-model"));
    openDemoFiles(window, scratch, QStringLiteral("noise.bitfront"));
    window.openInputs({writeFile(scratch, "colour.npy", noiseFile("4, 3, 8, 8", 768))});
    waitFor([&] { return window.setup().inputsState() == LoadState::Failed; }, "the mismatch");
    photographer.take(QStringLiteral("error-inputs"));
    window.openInputs({writeFile(scratch, "noise.npy", noiseFile("64, 1, 8, 8", 4096))});
    waitFor([&] { return window.setup().inputsState() == LoadState::Ready; }, "the noise");
    photographer.take(QStringLiteral("warnings"));
    photographer.click("confirmMetrics");
    window.setup().setRunFolder(writeFile(scratch, "a_file", "in the way")
                                + QStringLiteral("/run"));
    photographer.click("estimate");
    waitFor([&] { return window.setup().probe().has_value(); }, "the estimate");
    photographer.click("startSweep");
    waitFor([&] { return !window.run().isRunning(); }, "the refusal to write");
    QTest::qWait(300);
    photographer.take(QStringLiteral("error-folder"));
}

/// A run in which one configuration failed.
void photographFailure(MainWindow& window, Photographer& photographer, const QTemporaryDir& scratch)
{
    openDemoFiles(window, scratch, QStringLiteral("digits_failed.bitfront"));
    PlanChoice quick = window.setup().plan();
    quick.selectQuick();
    window.setup().setPlan(quick);
    photographer.click("confirmMetrics");
    photographer.click("estimate");
    waitFor([&] { return window.setup().probe().has_value(); }, "the estimate");
    photographer.click("startSweep");
    waitFor([&] { return window.run().hasRun() && !window.run().isRunning(); }, "the sweep");
    waitFor([&] { return recordCount(window) == window.run().progress().done; }, "all results");
    const auto& records = window.run().snapshot()->records;
    for (std::size_t i = 0; i < records.size(); ++i)
        if (records[i].failure())
            window.selection().setCurrent(static_cast<RecordId>(i));
    photographer.take(QStringLiteral("failed"));
    showTab(window, 3);
    auto* queue = window.findChild<QTreeView*>(QStringLiteral("queueList"));
    queue->setCurrentIndex(queue->model()->index(0, 0));
    photographer.take(QStringLiteral("failed-queue"));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2 || argv[1][0] == '-') {
        std::fprintf(stderr, "Usage: bitfront-screenshots DIR [WIDTH HEIGHT [SCALE]]\n");
        return 2;
    }
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (argc > 4)
        qputenv("QT_SCALE_FACTOR", argv[4]);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("Bitfront"));
    const QTemporaryDir scratch;
    QDir().mkpath(QString::fromLocal8Bit(argv[1]));
    QSettings settings(scratch.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    const QSize size = argc > 3 ? QSize(std::atoi(argv[2]), std::atoi(argv[3])) : QSize(1440, 900);
    const QDir folder(QString::fromLocal8Bit(argv[1]));
    const auto session = [&](const EngineFactory& engine, const auto& photograph) {
        MainWindow window(engine, settings);
        window.resize(size);
        window.show();
        Photographer photographer(window, folder);
        photograph(window, photographer, scratch);
    };
    const auto slow = [] {
        return std::make_shared<test::UnhurriedEngine>(loadEngine(), test::Unhurried {kPause});
    };
    session(slow, photographBeforeAndDuring);
    session(loadEngine, [](MainWindow&, Photographer& photographer, const QTemporaryDir&) {
        photographer.take(QStringLiteral("recovered"));
    });
    Settings(settings).clearRecentRuns();
    session(loadEngine, photographResults);
    session(loadEngine, photographErrors);
    const auto failing = [] {
        return std::make_shared<test::UnhurriedEngine>(
            loadEngine(), test::Unhurried {{}, baseConfigurations().front().name});
    };
    Settings(settings).clearRecentRuns();
    session(failing, photographFailure);
    Settings(settings).clearRecentRuns();
    session(loadEngine, [](MainWindow& window, Photographer&, const QTemporaryDir& runs) {
        window.openRun(runs.filePath(QStringLiteral("digits_cnn.bitfront")));
        waitFor([&] { return recordCount(window) > 0; }, "the run");
        QTest::qWait(300);
    });
    session(loadEngine, [](MainWindow&, Photographer& photographer, const QTemporaryDir&) {
        photographer.take(QStringLiteral("welcome"));
    });
    return 0;
}
