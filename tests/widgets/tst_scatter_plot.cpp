// SPDX-License-Identifier: GPL-3.0-or-later
// The plot answers clicks on every visible point, keys and the wheel.
#include "plot_fixture.h"

#include "widgets/plot_scene.h"
#include "widgets/scatter_plot.h"

#include <QApplication>
#include <QSignalSpy>
#include <QtTest>

#include <algorithm>
#include <set>

using namespace bitfront;
using testdata::ground;
using testdata::shownPlot;

namespace {

void clickAt(ScatterPlot& plot, const QPointF& position, int button = Qt::LeftButton)
{
    QWidget* target = ground(plot);
    QTest::mouseClick(target, Qt::MouseButton(button), {},
                      (position - QPointF(target->pos())).toPoint());
}

void wheelAt(ScatterPlot& plot, const QPointF& position, int steps)
{
    QWidget* target = ground(plot);
    const QPointF local = position - QPointF(target->pos());
    QWheelEvent event(local, target->mapToGlobal(local), {}, {0, 120 * steps}, Qt::NoButton, {},
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(target, &event);
}

int countVisible(const ScatterPlot& plot, const SnapshotPtr& snapshot)
{
    int visible = 0;
    for (std::size_t i = 0; i < snapshot->records.size(); ++i)
        visible += !plot.markerPosition(static_cast<int>(i)).isNull();
    return visible;
}

/// Clicks every visible point; returns the ids whose click chose something outside their stack.
QStringList misses(ScatterPlot& plot, const SnapshotPtr& snapshot)
{
    QStringList wrong;
    for (int id = 0; id < static_cast<int>(snapshot->records.size()); ++id) {
        const QPointF at = plot.markerPosition(id);
        if (at.isNull())
            continue;
        plot.setCurrent(kNoRecord);
        QSignalSpy clicked(&plot, &ScatterPlot::recordClicked);
        clickAt(plot, at);
        const int got = clicked.isEmpty() ? -2 : clicked.first().first().toInt();
        // A click lands on a whole pixel: another marker may be a fraction of one nearer.
        const bool inStack = got >= 0 && QLineF(plot.markerPosition(got), at).length() <= 1.5;
        if (clicked.size() != 1 || !(got == id || inStack))
            wrong << QStringLiteral("%1 -> %2").arg(id).arg(got);
    }
    return wrong;
}

} // namespace

class ScatterPlotTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeMode::Light); }
    void everyVisiblePointIsClickable_data();
    void everyVisiblePointIsClickable();
    void overlapsAreReachable();
    void hiddenPointsAreNotClickable();
    void emptyGroundClearsTheChoice();
    void doubleClick();
    void keysWalkAlongThePoints();
    void zoomKeepsThePointUnderTheMouse();
    void snapshotKeepsTheZoom();
    void forecastGetsRoom_data();
    void forecastGetsRoom();
};

void ScatterPlotTest::everyVisiblePointIsClickable_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<bool>("lanes");
    QTest::addColumn<bool>("iou");
    QTest::addColumn<int>("zoomSteps");
    QTest::newRow("whole picture") << 60 << false << false << 0;
    QTest::newRow("with lanes") << 60 << true << false << 0;
    QTest::newRow("zoomed in") << 60 << false << false << 4;
    QTest::newRow("zoomed in, with lanes") << 60 << true << false << 3;
    QTest::newRow("zoomed out") << 60 << true << false << -3;
    QTest::newRow("iou") << 60 << true << true << 0;
    QTest::newRow("2,000 records") << 2000 << true << false << 0;
    QTest::newRow("2,000 records, zoomed in") << 2000 << true << false << 3;
}

void ScatterPlotTest::everyVisiblePointIsClickable()
{
    QFETCH(int, count);
    QFETCH(bool, lanes);
    QFETCH(bool, iou);
    QFETCH(int, zoomSteps);
    const auto snapshot = testdata::snapshot({count, lanes, iou ? Metric::Iou : Metric::Psnr});
    const auto plot = shownPlot(snapshot);
    QVERIFY(plot);
    if (zoomSteps != 0)
        wheelAt(*plot, plot->markerPosition(30), zoomSteps);
    QTest::qWait(80);
    const int visible = countVisible(*plot, snapshot);
    if (zoomSteps <= 0)
        QCOMPARE(visible, static_cast<int>(snapshot->records.size()));
    QVERIFY(visible > 5);
    QCOMPARE(misses(*plot, snapshot), QStringList());
}

void ScatterPlotTest::overlapsAreReachable()
{
    const auto snapshot = testdata::snapshot();
    const auto plot = shownPlot(snapshot);
    const QPointF at = plot->markerPosition(21);
    QCOMPARE(plot->markerPosition(20), at);
    const auto stack = plot->recordsAt(at);
    QVERIFY(std::ranges::find(stack, 20) != stack.end());
    QVERIFY(std::ranges::find(stack, 21) != stack.end());
    std::set<int> byClicks, byKeys;
    for (std::size_t i = 0; i < stack.size(); ++i) {
        clickAt(*plot, at);
        byClicks.insert(plot->current());
        QTest::qWait(5);
    }
    QCOMPARE(byClicks.size(), stack.size());
    for (std::size_t i = 0; i < stack.size(); ++i) {
        QTest::keyClick(plot.get(), Qt::Key_Period);
        byKeys.insert(plot->current());
    }
    QCOMPARE(byKeys, byClicks);
    const int before = plot->current();
    QTest::keyClick(plot.get(), Qt::Key_Period);
    QTest::keyClick(plot.get(), Qt::Key_Comma);
    QCOMPARE(plot->current(), before);
}

void ScatterPlotTest::hiddenPointsAreNotClickable()
{
    const auto snapshot = testdata::snapshot({60, true, Metric::Psnr});
    const auto plot = shownPlot(snapshot);
    PlotView view;
    for (const ResultRecord& record : snapshot->records) {
        const bool hidden =
            record.config.group == GroupId::PerBlock || record.config.isRefinement();
        view.visibility.push_back(hidden ? Visibility::Hidden : Visibility::Shown);
    }
    plot->setView(view);
    QTest::qWait(80);
    int shown = 0;
    for (int id = 0; id < static_cast<int>(snapshot->records.size()); ++id) {
        const CompressionConfig& config = snapshot->records[static_cast<std::size_t>(id)].config;
        const bool hidden = config.group == GroupId::PerBlock || config.isRefinement();
        QCOMPARE(plot->markerPosition(id).isNull(), hidden);
        shown += !hidden;
        if (!hidden)
            QVERIFY(plot->recordAt(plot->markerPosition(id)) != kNoRecord);
    }
    QVERIFY(shown > 10);
    QCOMPARE(misses(*plot, snapshot), QStringList());
    plot->setView({});
    QCOMPARE(countVisible(*plot, snapshot), static_cast<int>(snapshot->records.size()));
}

void ScatterPlotTest::emptyGroundClearsTheChoice()
{
    const auto plot = shownPlot(testdata::snapshot());
    plot->setCurrent(3);
    QSignalSpy clicked(plot.get(), &ScatterPlot::recordClicked);
    clickAt(*plot, QPointF(80, plot->height() - 60));
    QCOMPARE(clicked.size(), 1);
    QCOMPARE(clicked.first().first().toInt(), kNoRecord);
    QCOMPARE(plot->current(), kNoRecord);
}

void ScatterPlotTest::doubleClick()
{
    const auto plot = shownPlot(testdata::snapshot());
    QSignalSpy activated(plot.get(), &ScatterPlot::recordActivated);
    QWidget* target = ground(*plot);
    const QPoint point = plot->markerPosition(7).toPoint() - target->pos();
    QTest::mouseClick(target, Qt::LeftButton, {}, point);
    QTest::mouseDClick(target, Qt::LeftButton, {}, point);
    QCOMPARE(activated.size(), 1);
    QCOMPARE(activated.first().first().toInt(), plot->current());
    const QPointF home = plot->markerPosition(12);
    wheelAt(*plot, QPointF(400, 200), 3);
    QVERIFY(plot->markerPosition(12) != home);
    QTest::mouseDClick(target, Qt::LeftButton, {}, QPoint(70, target->height() - 60));
    QCOMPARE(plot->markerPosition(12), home);
    QCOMPARE(activated.size(), 1);
}

void ScatterPlotTest::keysWalkAlongThePoints()
{
    const auto snapshot = testdata::snapshot();
    const auto plot = shownPlot(snapshot);
    const auto& front = snapshot->analysis.front;
    QVERIFY(front.size() >= 3);
    QTest::keyClick(plot.get(), Qt::Key_Home);
    for (const RecordId id : front) {
        QCOMPARE(plot->current(), id);
        QTest::keyClick(plot.get(), Qt::Key_Right);
    }
    QCOMPARE(plot->current(), front.back()); // stays at the end
    QTest::keyClick(plot.get(), Qt::Key_Left);
    QCOMPARE(plot->current(), front[front.size() - 2]);
    // Down and up pass every point of the group once.
    const GroupId group = snapshot->records[static_cast<std::size_t>(plot->current())].config.group;
    for (int i = 0; i < 60; ++i)
        QTest::keyClick(plot.get(), Qt::Key_Down);
    std::set<int> seen {plot->current()};
    for (int i = 0; i < 60; ++i) {
        QTest::keyClick(plot.get(), Qt::Key_Up);
        seen.insert(plot->current());
    }
    const auto members = std::ranges::count_if(
        snapshot->records, [&](const ResultRecord& r) { return r.config.group == group; });
    QCOMPARE(static_cast<long>(seen.size()), static_cast<long>(members));
    QSignalSpy activated(plot.get(), &ScatterPlot::recordActivated);
    QTest::keyClick(plot.get(), Qt::Key_Return);
    QCOMPARE(activated.size(), 1);
    QTest::keyClick(plot.get(), Qt::Key_Escape);
    QCOMPARE(plot->current(), kNoRecord);
}

void ScatterPlotTest::zoomKeepsThePointUnderTheMouse()
{
    const auto plot = shownPlot(testdata::snapshot());
    const QPointF at = plot->markerPosition(15);
    const QPointF other = plot->markerPosition(16);
    wheelAt(*plot, at, 2);
    QVERIFY(QLineF(plot->markerPosition(15), at).length() < 0.01);
    QVERIFY(plot->markerPosition(16) != other);
    plot->resetZoom();
    QCOMPARE(plot->markerPosition(16), other);
    // Middle drag moves everything along.
    QWidget* target = ground(*plot);
    const QPoint from(400, 200), to(430, 215);
    QTest::mousePress(target, Qt::MiddleButton, {}, from);
    QMouseEvent move(QEvent::MouseMove, to, target->mapToGlobal(to), Qt::MiddleButton,
                     Qt::MiddleButton, {});
    QApplication::sendEvent(target, &move);
    QTest::mouseRelease(target, Qt::MiddleButton, {}, to);
    QVERIFY(QLineF(plot->markerPosition(15), at + QPointF(30, 15)).length() < 0.01);
}

void ScatterPlotTest::snapshotKeepsTheZoom()
{
    const auto plot = shownPlot(testdata::snapshot({40, false, Metric::Psnr}));
    wheelAt(*plot, plot->markerPosition(15), 2);
    const QPointF zoomed = plot->markerPosition(15);
    plot->setCurrent(15);
    plot->setSnapshot(testdata::snapshot({60, false, Metric::Psnr}));
    QCOMPARE(plot->markerPosition(15), zoomed);
    QCOMPARE(plot->current(), 15);
}

void ScatterPlotTest::forecastGetsRoom_data()
{
    QTest::addColumn<PlotAxis>("axis");
    QTest::addColumn<bool>("logarithmic");
    QTest::newRow("ratio") << PlotAxis::Ratio << false;
    QTest::newRow("size") << PlotAxis::Size << false;
    QTest::newRow("bits, logarithmic") << PlotAxis::Bits << true;
}

/// A prediction beyond all that was measured is shown where it belongs, unless somebody has zoomed.
void ScatterPlotTest::forecastGetsRoom()
{
    QFETCH(const PlotAxis, axis);
    QFETCH(const bool, logarithmic);
    const auto plot = shownPlot(testdata::snapshot());
    PlotView view;
    view.axis = axis;
    view.logarithmic = logarithmic;
    plot->setView(view);
    const QPointF home = plot->markerPosition(15);
    plot->setForecast(PlotForecast {3, 40});
    QCOMPARE(plot->markerPosition(15), home); // there is room
    plot->setForecast(PlotForecast {5.35, 11});
    const QPointF wide = plot->markerPosition(15);
    QVERIFY(std::abs(wide.x() - home.x()) > 5);
    plot->setForecast(PlotForecast {5.3, 12});
    QCOMPARE(plot->markerPosition(15), wide); // stands still under the hand
    plot->setForecast(PlotForecast {3, 40});
    QCOMPARE(plot->markerPosition(15), wide);
    plot->setForecast(std::nullopt);
    QCOMPARE(plot->markerPosition(15), home);
    wheelAt(*plot, home, 3);
    const QPointF zoomed = plot->markerPosition(15);
    plot->setForecast(PlotForecast {5.35, 11});
    QCOMPARE(plot->markerPosition(15), zoomed);
    plot->resetZoom();
    QVERIFY(std::abs(plot->markerPosition(15).x() - home.x()) > 5);
}

QTEST_MAIN(ScatterPlotTest)
#include "tst_scatter_plot.moc"
