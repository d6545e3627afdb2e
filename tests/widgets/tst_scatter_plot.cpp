// SPDX-License-Identifier: GPL-3.0-or-later
// The plot answers clicks on every visible point, keeps its labels off the points, and exports.
#include "plot_data.h"

#include "widgets/plot_labels.h"
#include "widgets/plot_scene.h"
#include "widgets/scatter_plot.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <memory>
#include <set>
#ifdef Q_OS_UNIX
#include <csignal>
#include <sys/resource.h>
#endif

using namespace bitfront;

namespace {

/// The widget that receives the mouse inside the plot.
QWidget* ground(ScatterPlot& plot)
{
    for (QWidget* child : plot.findChildren<QWidget*>()) {
        if (child->inherits("QCustomPlot"))
            return child;
    }
    return nullptr;
}

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

std::unique_ptr<ScatterPlot> shownPlot(const SnapshotPtr& snapshot)
{
    auto plot = std::make_unique<ScatterPlot>();
    plot->resize(855, 460);
    plot->setSnapshot(snapshot);
    plot->show();
    if (!QTest::qWaitForWindowExposed(plot.get()))
        return nullptr;
    QTest::qWait(80); // let the queued replot happen
    return plot;
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
    void labelsKeepOff_data();
    void labelsKeepOff();
    void labelsSeeLines();
    void wordsForThoseWhoCannotSee();
    void emptyPlotSaysSo();
    void manyRecordsStayFast();
    void exports_data();
    void exports();
    void exportProblemsAreTold();
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

void ScatterPlotTest::labelsKeepOff_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("current");
    QTest::addColumn<QSize>("size");
    QTest::newRow("60") << 60 << -1 << QSize(855, 460);
    QTest::newRow("60, one chosen") << 60 << 20 << QSize(855, 460);
    QTest::newRow("60, narrow") << 60 << 4 << QSize(400, 300);
    QTest::newRow("600") << 600 << 11 << QSize(1200, 700);
}

void ScatterPlotTest::labelsKeepOff()
{
    QFETCH(int, count);
    QFETCH(int, current);
    QFETCH(QSize, size);
    const auto plot = shownPlot(testdata::snapshot({count, true, Metric::Psnr}));
    plot->resize(size);
    plot->setCurrent(current);
    QTest::qWait(80);
    const auto labels = plot->labelRects();
    const auto markers = plot->markerRects();
    QVERIFY(!labels.empty());
    QVERIFY(static_cast<int>(labels.size()) <= kMaxLabels);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        QVERIFY(QRectF(plot->rect()).contains(labels[i]));
        for (const QRectF& marker : markers)
            QVERIFY(!labels[i].intersects(marker));
        for (std::size_t j = i + 1; j < labels.size(); ++j)
            QVERIFY(!labels[i].intersects(labels[j]));
    }
}

void ScatterPlotTest::labelsSeeLines()
{
    LabelObstacles obstacles;
    obstacles.bounds = QRectF(0, 0, 200, 100);
    obstacles.boxes = {QRectF(94, 44, 12, 12)};
    obstacles.lines = {QLineF(100, 50, 100, 0), QLineF(100, 50, 200, 50), QLineF(100, 30, 200, 30)};
    const LabelWish wish {1, QPointF(100, 50), 6, QStringLiteral("p6 g8"), false};
    const auto placed = placeLabels({wish, wish}, obstacles, uiFont(11), uiFont(11, 600));
    QCOMPARE(placed.size(), std::size_t(1)); // the second is too near to the first
    for (const QLineF& line : obstacles.lines) {
        const QRectF thin(line.p1(), line.p2());
        QVERIFY(!placed.front().rect.intersects(thin.normalized().adjusted(0, 0, 0.01, 0.01)));
    }
    obstacles.boxes.push_back(QRectF(0, 0, 200, 100));
    QVERIFY(placeLabels({wish}, obstacles, uiFont(11), uiFont(11, 600)).empty());
}

void ScatterPlotTest::wordsForThoseWhoCannotSee()
{
    const auto snapshot = testdata::snapshot();
    const auto plot = shownPlot(snapshot);
    QVERIFY(!plot->accessibleName().isEmpty());
    QVERIFY(plot->accessibleDescription().startsWith(QStringLiteral("60 results")));
    plot->setCurrent(5);
    QVERIFY(plot->accessibleDescription().contains(QStringLiteral("Selected")));
}

void ScatterPlotTest::emptyPlotSaysSo()
{
    ScatterPlot plot;
    plot.setEmptyText(QStringLiteral("31 configurations are ready."));
    QCOMPARE(plot.accessibleDescription(), QStringLiteral("31 configurations are ready."));
    plot.setSnapshot(nullptr);
    plot.resize(600, 400);
    QVERIFY(!plot.grab().isNull());
    QCOMPARE(plot.recordAt(QPointF(300, 200)), kNoRecord);
    QTest::keyClick(&plot, Qt::Key_Right);
    QCOMPARE(plot.current(), kNoRecord);
    plot.setSnapshot(testdata::snapshot());
    plot.setSnapshot(nullptr);
    QVERIFY(plot.markerPosition(3).isNull());
}

void ScatterPlotTest::manyRecordsStayFast()
{
    const auto snapshot = testdata::snapshot({10'000, true, Metric::Psnr});
    const auto plot = shownPlot(snapshot);
    QElapsedTimer timer;
    timer.start();
    constexpr int kRounds = 20;
    for (int i = 0; i < kRounds; ++i)
        plot->setSnapshot(snapshot);
    // Taking a snapshot only queues a replot; 20 a second must leave the window free.
    QVERIFY2(timer.elapsed() < 20 * kRounds, qPrintable(QString::number(timer.elapsed())));
    timer.restart();
    for (int i = 0; i < kRounds; ++i)
        QVERIFY(plot->recordAt(plot->markerPosition(i * 100)) != kNoRecord);
    QVERIFY(timer.elapsed() < 20 * kRounds);
}

void ScatterPlotTest::exports_data()
{
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<bool>("lanes");
    for (const QString& suffix :
         {QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf")}) {
        QTest::addRow("%s", qPrintable(suffix)) << suffix << false;
        QTest::addRow("%s with lanes", qPrintable(suffix)) << suffix << true;
    }
}

void ScatterPlotTest::exports()
{
    QFETCH(QString, suffix);
    QFETCH(bool, lanes);
    QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("plot.") + suffix);
    const auto snapshot = testdata::snapshot({60, lanes, Metric::Psnr});
    QCOMPARE(exportPlot(*snapshot, file, Theme::light(), {900, 600}, 2), QString());
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray bytes = written.readAll();
    if (suffix == QLatin1String("png")) {
        const QImage image = QImage::fromData(bytes);
        QCOMPARE(image.size(), QSize(1800, 1200));
        std::set<QRgb> colors;
        for (int y = 0; y < image.height(); y += 3) {
            for (int x = 0; x < image.width(); x += 3)
                colors.insert(image.pixel(x, y));
        }
        QVERIFY(colors.size() > 100);
        for (const GroupId group : kSweepGroups)
            QVERIFY(colors.count(Theme::light().group(group).rgb()));
    } else if (suffix == QLatin1String("svg")) {
        for (const char* text : {"Per-channel quantization", "Per-block quantization",
                                 "Palettization", "Hollow: refinement", "PSNR of logits, dB"})
            QVERIFY2(bytes.contains(text), text);
    } else {
        QVERIFY(bytes.startsWith("%PDF-"));
        QVERIFY(bytes.trimmed().endsWith("%%EOF"));
        QVERIFY(bytes.size() > 5000);
        QVERIFY2(bytes.contains("/FontFile"), "text must stay text");
    }
}

void ScatterPlotTest::exportProblemsAreTold()
{
    QTemporaryDir folder;
    const auto snapshot = testdata::snapshot();
    QVERIFY(exportPlot(*snapshot, folder.filePath(QStringLiteral("plot.bmp")), Theme::light())
                .contains(QStringLiteral(".bmp")));
    QVERIFY(!exportPlot(*snapshot, folder.filePath(QStringLiteral("none/plot.png")), Theme::light())
                 .isEmpty());
#ifdef Q_OS_UNIX
    // A disk that fills up half way: the old file stays as it was.
    const QString file = folder.filePath(QStringLiteral("plot.svg"));
    QCOMPARE(exportPlot(*snapshot, file, Theme::light()), QString());
    const qint64 before = QFileInfo(file).size();
    rlimit old {};
    getrlimit(RLIMIT_FSIZE, &old);
    const rlimit tight {4096, old.rlim_max};
    const auto handler = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tight);
    const QString problem = exportPlot(*snapshot, file, Theme::darkTheme());
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    QVERIFY(problem.contains(QStringLiteral("plot.svg")));
    QCOMPARE(QFileInfo(file).size(), before);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
#endif
    ResultSnapshot nothing;
    QCOMPARE(exportPlot(nothing, folder.filePath(QStringLiteral("empty.png")), Theme::light()),
             QString());
}

QTEST_MAIN(ScatterPlotTest)
#include "tst_scatter_plot.moc"
