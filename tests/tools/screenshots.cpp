// SPDX-License-Identifier: GPL-3.0-or-later
// Takes the pictures of the README and of the look checks: every state of the window with the real
// demo, light and dark. `bitfront-screenshots DIR [WIDTH HEIGHT [SCALE]]`; needs no display.
#include "app/gui/main_window.h"
#include "core/engine/engine_loader.h"
#include "tests/tools/unhurried_engine.h"
#include "widgets/dialogs/config_editor.h"
#include "widgets/parts/weight_histogram.h"
#include "widgets/theme.h"

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <cstdio>

using namespace bitfront;

namespace {

constexpr int kPatienceMs = 600000;
constexpr std::chrono::milliseconds kPause {150};

/// Waits until `condition` holds; ends the program where it never does.
template<class Condition>
void waitFor(Condition condition, const char* what)
{
    if (!QTest::qWaitFor(condition, kPatienceMs)) {
        std::fprintf(stderr, "Gave up waiting for %s.\n", what);
        std::exit(1);
    }
}

class Photographer
{
public:
    Photographer(MainWindow& window, QDir folder)
        : m_window(window)
        , m_folder(std::move(folder))
    {
    }

    /// One picture per theme; leaves the light one on.
    void take(const QString& state, QWidget* instead = nullptr)
    {
        for (const auto& [mode, name] :
             {std::pair(ThemeMode::Dark, "dark"), std::pair(ThemeMode::Light, "light")}) {
            m_window.setThemeMode(mode);
            QTest::qWait(150);
            const QString file = m_folder.absoluteFilePath(
                QStringLiteral("%1-%2.png").arg(state, QLatin1String(name)));
            if (!(instead ? instead : &m_window)->grab().save(file))
                std::exit(1);
            std::printf("%s\n", qPrintable(file));
        }
    }

    void click(const char* button)
    {
        auto* found = m_window.findChild<QPushButton*>(QLatin1String(button));
        if (!found)
            std::exit(1);
        QTest::mouseClick(found, Qt::LeftButton);
    }

private:
    MainWindow& m_window;
    QDir m_folder;
};

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

    photographer.click("startSweep");
    waitFor([&] { return recordCount(window) >= 26 || !window.run().isRunning(); }, "26 results");
    window.selection().setCurrent(showpiece(*window.run().snapshot()));
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
    selection.setCurrent(snapshot.analysis.front[snapshot.analysis.front.size() / 2]);
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
    waitFor(
        [&] { return window.findChild<QTreeView*>(QStringLiteral("samplesTable"))->isVisible(); },
        "the outputs");
    photographer.take(QStringLiteral("outputs"));
    showTab(window, 2);
    selection.setSelected({first, snapshot.analysis.front.back()}, snapshot.analysis.front.back());
    auto* compared = window.findChild<QTreeView*>(QStringLiteral("compareLayers"));
    compared->setCurrentIndex(compared->model()->index(0, 0));
    QTest::qWait(600);
    photographer.take(QStringLiteral("compared"));
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
    photographBrowsing(window, photographer);
}

void photographError(MainWindow& window, Photographer& photographer, const QTemporaryDir& scratch)
{
    const QString path = scratch.filePath(QStringLiteral("weights_only.pt"));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        std::exit(1);
    file.write("these are not the layers you are looking for");
    file.close();
    window.openModel(path);
    waitFor([&] { return window.setup().modelState() == LoadState::Failed; }, "the refusal");
    photographer.take(QStringLiteral("error"));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2) {
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
    session([] { return std::make_shared<test::UnhurriedEngine>(loadEngine(), kPause); },
            photographBeforeAndDuring);
    session(loadEngine, [](MainWindow&, Photographer& photographer, const QTemporaryDir&) {
        photographer.take(QStringLiteral("recovered"));
    });
    Settings(settings).clearRecentRuns();
    session(loadEngine, photographResults);
    session(loadEngine, photographError);
    session(loadEngine, [](MainWindow&, Photographer& photographer, const QTemporaryDir&) {
        photographer.take(QStringLiteral("welcome"));
    });
    return 0;
}
