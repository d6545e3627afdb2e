// SPDX-License-Identifier: GPL-3.0-or-later
// The plot keeps its labels off the points, says in words what it shows, stays fast and exports.
#include "plot_fixture.h"

#include "widgets/plot_labels.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>
#ifdef Q_OS_UNIX
#include <csignal>
#include <sys/resource.h>
#endif

using namespace bitfront;
using testdata::shownPlot;

class PlotPictureTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { applyTheme(*qobject_cast<QApplication*>(qApp), ThemeMode::Light); }
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

void PlotPictureTest::labelsKeepOff_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("current");
    QTest::addColumn<QSize>("size");
    QTest::newRow("60") << 60 << -1 << QSize(855, 460);
    QTest::newRow("60, one chosen") << 60 << 20 << QSize(855, 460);
    QTest::newRow("60, narrow") << 60 << 4 << QSize(400, 300);
    QTest::newRow("600") << 600 << 11 << QSize(1200, 700);
}

void PlotPictureTest::labelsKeepOff()
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
    // Nor do the numbers of overlapping points cover a point, a label or one another.
    const auto badges = plot->badgeRects();
    for (std::size_t i = 0; i < badges.size(); ++i) {
        QVERIFY(QRectF(plot->rect()).contains(badges[i]));
        for (const QRectF& marker : markers)
            QVERIFY(!badges[i].intersects(marker.adjusted(1, 1, -1, -1)));
        for (const QRectF& label : labels)
            QVERIFY(!badges[i].intersects(label));
        for (std::size_t j = i + 1; j < badges.size(); ++j)
            QVERIFY(!badges[i].intersects(badges[j]));
    }
    QCOMPARE(badges.empty(), count > 60);
}

void PlotPictureTest::labelsSeeLines()
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

void PlotPictureTest::wordsForThoseWhoCannotSee()
{
    const auto snapshot = testdata::snapshot();
    const auto plot = shownPlot(snapshot);
    QVERIFY(!plot->accessibleName().isEmpty());
    QVERIFY(plot->accessibleDescription().startsWith(QStringLiteral("60 results")));
    plot->setCurrent(5);
    QVERIFY(plot->accessibleDescription().contains(QStringLiteral("Selected")));
}

void PlotPictureTest::emptyPlotSaysSo()
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

void PlotPictureTest::manyRecordsStayFast()
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

void PlotPictureTest::exports_data()
{
    QTest::addColumn<QString>("suffix");
    QTest::addColumn<bool>("lanes");
    for (const QString& suffix :
         {QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf")}) {
        QTest::addRow("%s", qPrintable(suffix)) << suffix << false;
        QTest::addRow("%s with lanes", qPrintable(suffix)) << suffix << true;
    }
}

void PlotPictureTest::exports()
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

void PlotPictureTest::exportProblemsAreTold()
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

QTEST_MAIN(PlotPictureTest)
#include "tst_plot_picture.moc"
