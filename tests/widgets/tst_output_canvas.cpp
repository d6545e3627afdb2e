// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures and lines of outputs as they are painted and as the mouse reads them, whatever values
// they hold.
#include "tests/support/fake_values.h"
#include "widgets/parts/output_canvas.h"

#include <QApplication>
#include <QHelpEvent>
#include <QRegularExpression>
#include <QTest>
#include <QToolTip>

#include <limits>

using namespace bitfront;

namespace {

constexpr QRgb kNotFinite = qRgb(0xCC, 0x79, 0xA7);

void show(OutputCanvas& canvas, const OutputInfo& info, std::vector<float> before,
          std::vector<float> after)
{
    auto view =
        std::make_shared<const OutputView>(info, Metric::Psnr, std::move(before), std::move(after));
    canvas.setSample(view, std::make_shared<const SampleDrawing>(drawSample(*view, 0, 0)));
}

/// Colours in a picture of the canvas.
QList<QRgb> coloursOf(OutputCanvas& canvas)
{
    const QImage image = canvas.grab().toImage();
    QList<QRgb> colours;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (const QRgb pixel = image.pixel(x, y); !colours.contains(pixel))
                colours << pixel;
    return colours;
}

} // namespace

class OutputCanvasTest : public QObject
{
    Q_OBJECT

private slots:
    void everyPixelIsOneOfThePicture_data();
    void everyPixelIsOneOfThePicture();
    void brokenValuesHaveAColour();
    void waitingIsSaid();
};

void OutputCanvasTest::everyPixelIsOneOfThePicture_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<QSize>("size");
    QTest::newRow("enlarged by whole steps") << 8 << 8 << QSize(560, 200);
    QTest::newRow("as large as it is") << 160 << 150 << QSize(560, 200);
    QTest::newRow("made smaller") << 900 << 700 << QSize(560, 300);
}

void OutputCanvasTest::everyPixelIsOneOfThePicture()
{
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(QSize, size);
    OutputCanvas canvas;
    canvas.resize(size);
    const OutputInfo info {"y", "float32", {1, height, width}, 0, 1, 0, false};
    const std::vector<float> values = test::fakeOutputValues(info, 1);
    show(canvas, info, values, values);
    canvas.show();
    QVERIFY(QTest::qWaitForWindowExposed(&canvas));
    static const QRegularExpression kPlace(QStringLiteral("^Row ([0-9]+), column ([0-9]+)"));
    int rows = 0, columns = 0;
    const auto ask = [&](const QPoint& at) {
        // Hiding takes a moment; what stays is no place.
        QToolTip::showText(canvas.mapToGlobal(at), QStringLiteral("beside"), &canvas);
        QHelpEvent help(QEvent::ToolTip, at, canvas.mapToGlobal(at));
        QApplication::sendEvent(&canvas, &help);
        const QRegularExpressionMatch place = kPlace.match(QToolTip::text());
        rows = std::max(rows, place.hasMatch() ? place.captured(1).toInt() + 1 : 0);
        columns = std::max(columns, place.hasMatch() ? place.captured(2).toInt() + 1 : 0);
    };
    // Along a line through the pictures, and down through the last column of the third one.
    int last = 0;
    for (int x = 0; x < canvas.width(); ++x) {
        const int before = columns;
        columns = 0;
        ask({x, 60});
        last = columns > 0 ? x : last;
        columns = std::max(columns, before);
    }
    for (int y = 0; y < canvas.height(); ++y)
        ask({last, y});
    QCOMPARE(columns, width);
    QVERIFY(rows <= height && rows >= height - 5);
}

void OutputCanvasTest::brokenValuesHaveAColour()
{
    OutputCanvas canvas;
    canvas.resize(560, 200);
    const float most = std::numeric_limits<float>::max();
    const OutputInfo info {"y", "float32", {1, 8, 8}, 0, 1, 0, false};
    const std::vector<float> before = test::fakeOutputValues(info, 1);
    std::vector<float> after(64, most);
    after[0] = -most;
    show(canvas, info, before, after);
    QVERIFY(!coloursOf(canvas).contains(kNotFinite));
    QVERIFY(coloursOf(canvas).contains(qRgb(255, 255, 255))); // brighter than anything
    QVERIFY(coloursOf(canvas).contains(qRgb(0, 0, 0)));
    after[9] = std::numeric_limits<float>::quiet_NaN();
    after[10] = std::numeric_limits<float>::infinity();
    show(canvas, info, before, after);
    QVERIFY(coloursOf(canvas).contains(kNotFinite));
    QCOMPARE(canvas.captions()[1], QStringLiteral("Compressed, 2 not finite"));
}

void OutputCanvasTest::waitingIsSaid()
{
    OutputCanvas canvas;
    canvas.resize(560, 200);
    const OutputInfo info {"y", "float32", {1, 40}, 0, 1, 0, false};
    const std::vector<float> values = test::fakeOutputValues(info, 1);
    show(canvas, info, values, values);
    const QImage plain = canvas.grab().toImage();
    canvas.waitFor(QStringLiteral("Computing…"));
    QVERIFY(!canvas.waiting().isShown()); // an answer that comes at once makes nothing flicker
    QTRY_VERIFY(canvas.waiting().isShown());
    QVERIFY(canvas.grab().toImage() != plain);
    show(canvas, info, values, values);
    QVERIFY(!canvas.waiting().isShown());
    QVERIFY(canvas.grab().toImage() == plain);
}

QTEST_MAIN(OutputCanvasTest)
#include "tst_output_canvas.moc"
