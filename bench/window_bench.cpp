// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-window-bench: how a large run feels in the window. Opens an invented run, zooms and pans
// its plot as a user does, and prints how long that took. Needs no display.
#include "bench/synthetic_run.h"

#include "app/gui/main_window.h"
#include "widgets/panels/detail_panel.h"
#include "widgets/panels/layers_page.h"
#include "widgets/results/results_view.h"
#include "widgets/scatter_plot.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>
#include <QWheelEvent>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace bitfront;

namespace {

constexpr int kRecords = 10000;
constexpr int kFrames = 90;
constexpr int kPatienceMs = 60000;

/// Counts how often a widget was really painted.
class PaintCounter : public QObject
{
public:
    explicit PaintCounter(QWidget* widget) { widget->installEventFilter(this); }
    int count = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

/// Lets events run until one more picture was painted; false where none came.
bool waitForPicture(PaintCounter& painted, int before)
{
    QElapsedTimer patience;
    patience.start();
    while (painted.count == before && patience.elapsed() < kPatienceMs)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    return painted.count > before;
}

struct Frames
{
    double median = 0, slowest = 0; ///< milliseconds; slowest: 95 of 100 are quicker
};

/// Does `step` and waits for its picture, frame by frame.
template<class Step>
Frames measure(PaintCounter& painted, Step step)
{
    std::vector<double> times;
    for (int frame = 0; frame < kFrames; ++frame) {
        QElapsedTimer clock;
        clock.start();
        const int before = painted.count;
        step(frame);
        if (!waitForPicture(painted, before))
            break;
        times.push_back(double(clock.nsecsElapsed()) / 1e6);
    }
    if (times.empty())
        return {};
    std::ranges::sort(times);
    return {times[times.size() / 2], times[times.size() * 95 / 100]};
}

void print(const char* what, const Frames& frames)
{
    std::printf("%-28s %6.1f ms a picture (95 %% within %.1f ms), %.0f pictures/s\n", what,
                frames.median, frames.slowest, frames.median > 0 ? 1000 / frames.median : 0);
}

void sendWheel(QWidget* widget, const QPoint& at, int delta)
{
    QWheelEvent wheel(at, widget->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(widget, &wheel);
}

void sendMouse(QWidget* widget, QEvent::Type type, const QPoint& at)
{
    QMouseEvent mouse(type, at, widget->mapToGlobal(at),
                      type == QEvent::MouseMove ? Qt::NoButton : Qt::MiddleButton,
                      type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::MiddleButton,
                      Qt::NoModifier);
    QCoreApplication::sendEvent(widget, &mouse);
}

QWidget* canvasOf(const ScatterPlot& plot)
{
    const QList<QWidget*> children = plot.findChildren<QWidget*>();
    for (QWidget* child : children)
        if (child->inherits("QCustomPlot"))
            return child;
    return nullptr;
}

int measureWindow(int records)
{
    const QTemporaryDir scratch;
    const QString folder = scratch.filePath(QStringLiteral("synthetic.bitfront"));
    bench::writeSyntheticRun(folder.toStdString(), records);
    QSettings settings(scratch.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    const EngineFactory noEngine = []() -> std::shared_ptr<Engine> {
        throw Error(ErrorCode::Internal, "Nothing is run here.");
    };
    MainWindow window(noEngine, settings);
    window.resize(1440, 900);
    window.show();
    QTest::qWait(300);
    auto* plot = window.findChild<ScatterPlot*>();
    QWidget* canvas = canvasOf(*plot);
    PaintCounter painted(canvas);

    QElapsedTimer clock;
    clock.start();
    window.openRun(folder);
    const auto shown = [&] {
        const auto& snapshot = window.run().snapshot();
        return snapshot && static_cast<int>(snapshot->records.size()) == records
            && !plot->markerPosition(0).isNull();
    };
    while (!shown() && clock.elapsed() < kPatienceMs)
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    waitForPicture(painted, painted.count - 1);
    const double opened = double(clock.nsecsElapsed()) / 1e9;
    if (!shown())
        return 1;
    std::printf("%d records\n%-28s %6.2f s from the request to the picture\n", records, "open",
                opened);
    QTest::qWait(500);

    const QPoint centre = canvas->rect().center();
    print("zoom by the wheel", measure(painted, [&](int frame) {
              sendWheel(canvas, centre + QPoint(frame % 7, frame % 5),
                        frame % 30 < 15 ? 120 : -120);
          }));
    sendWheel(canvas, centre, 120);
    QTest::qWait(200);
    sendMouse(canvas, QEvent::MouseButtonPress, centre);
    print("pan", measure(painted, [&](int frame) {
              const int away = frame % 40 < 20 ? frame % 20 : 20 - frame % 20;
              sendMouse(canvas, QEvent::MouseMove, centre + QPoint(6 * away + 1, 3 * away));
          }));
    sendMouse(canvas, QEvent::MouseButtonRelease, centre);
    QTest::qWait(200);
    print("walk along the front",
          measure(painted, [&](int) { QTest::keyClick(plot, Qt::Key_Right); }));
    auto* layers = window.findChild<LayersPage*>()->findChild<QTreeView*>();
    PaintCounter layersPainted(layers->viewport());
    print("point to its layers", measure(layersPainted, [&](int frame) {
              QTest::keyClick(plot, frame % 40 < 20 ? Qt::Key_Left : Qt::Key_Right);
          }));
    clock.restart();
    auto* table = window.findChild<ResultsView*>();
    table->sortByColumn(1, Qt::AscendingOrder);
    QCoreApplication::processEvents();
    std::printf("%-28s %6.0f ms\n", "sort the table", double(clock.nsecsElapsed()) / 1e6);
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const int records = argc > 1 ? std::max(1, std::atoi(argv[1])) : kRecords;
    return measureWindow(records);
}
