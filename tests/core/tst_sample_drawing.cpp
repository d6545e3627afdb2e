// SPDX-License-Identifier: GPL-3.0-or-later
// Samples reduced to what a screen shows: small ones as they are, large ones without losing what
// matters in them.
#include "core/inspect/sample_drawing.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace bitfront;

namespace {

OutputView viewOf(std::vector<std::int64_t> shape, std::vector<float> before,
                  std::vector<float> after, Metric metric = Metric::Psnr)
{
    OutputInfo info {"y", "float32", std::move(shape), 0, 1, 0, metric == Metric::Iou};
    return {std::move(info), metric, std::move(before), std::move(after)};
}

/// 0, 1, 2, … in every picture of `size` pixels, in steps that are exact.
std::vector<float> ramp(std::size_t count, std::size_t size)
{
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<float>(i % size) / 128.0F;
    return values;
}

} // namespace

class SampleDrawingTest : public QObject
{
    Q_OBJECT

private slots:
    void smallPicturesAreExact();
    void largePicturesKeepTheirErrors();
    void masks();
    void linesKeepTheirSpikes_data();
    void linesKeepTheirSpikes();
    void explodingValues();
    void stops();
};

void SampleDrawingTest::smallPicturesAreExact()
{
    const std::vector<float> before = ramp(2 * 2 * 8 * 10, 80);
    std::vector<float> after = before;
    after[80 * 3 + 17] -= 0.5F; // sample 1, plane 1
    const OutputView view = viewOf({2, 2, 8, 10}, before, after);
    const SampleDrawing drawing = drawSample(view, 1, 5); // there are two planes only
    QCOMPARE(drawing.plane, std::int64_t(1));
    QCOMPARE(drawing.width, std::int64_t(10));
    QCOMPARE(drawing.height, std::int64_t(8));
    QVERIFY(std::equal(drawing.before.begin(), drawing.before.end(), before.begin() + 80 * 3));
    QVERIFY(std::equal(drawing.after.begin(), drawing.after.end(), after.begin() + 80 * 3));
    QCOMPARE(drawing.change[17], -0.5F);
    QCOMPARE(drawing.reach, 0.5);
    QCOMPARE(std::ranges::count(drawing.change, 0.0F), std::ptrdiff_t(79));
    QCOMPARE(drawing.low, 0.0);
    QCOMPARE(drawSample(view, 1, 0).reach, 0.0);
}

void SampleDrawingTest::largePicturesKeepTheirErrors()
{
    constexpr std::size_t kWidth = 2000, kHeight = 900, kAll = kWidth * kHeight;
    std::vector<float> before(kAll, 0.25F), after(kAll, 0.25F);
    after[kAll - 1] = -2; // the very last pixel
    after[0] = std::numeric_limits<float>::infinity();
    const OutputView view = viewOf({1, kHeight, kWidth}, before, after);
    QCOMPARE(view.form(), OutputForm::Picture);
    const SampleDrawing drawing = drawSample(view, 0, 0);
    QCOMPARE(drawing.width, kMostCells);
    QCOMPARE(drawing.height, kMostCells);
    QCOMPARE(std::ssize(drawing.change), kMostCells * kMostCells);
    QCOMPARE(drawing.change.back(), -2.25F); // no mean hides it
    QCOMPARE(drawing.reach, 2.25);
    QVERIFY(std::isnan(drawing.after.front()) && std::isnan(drawing.change.front()));
    QCOMPARE(drawing.notFinite, std::int64_t(1));
    QVERIFY(drawing.after.back() < 0.25F);
    QCOMPARE(std::ranges::count(drawing.before, 0.25F), kMostCells * kMostCells);
}

void SampleDrawingTest::masks()
{
    std::vector<float> before(100, 0), after(100, 0);
    after[42] = after[43] = 1;
    const SampleDrawing drawing = drawSample(viewOf({1, 10, 10}, before, after, Metric::Iou), 0, 0);
    QCOMPARE(drawing.disagreement, 0.02);
    QCOMPARE(drawing.high, 1.0); // whatever the uncompressed one holds
    QCOMPARE(drawing.change[42], 1.0F);
}

void SampleDrawingTest::linesKeepTheirSpikes_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {1, 2, 60, 2048, 2049, 8001, 100003})
        QTest::addRow("%d values", count) << count;
}

void SampleDrawingTest::linesKeepTheirSpikes()
{
    QFETCH(int, count);
    const auto size = static_cast<std::size_t>(count);
    const std::vector<float> before = ramp(2 * size, 50);
    for (const std::size_t spike : {std::size_t(0), size / 2, size / 3, size - 1}) {
        std::vector<float> after = before;
        after[size + spike] = 99; // of the second sample
        const OutputView view = viewOf({2, count}, before, after);
        const SampleDrawing drawing = drawSample(view, 1, 0);
        QCOMPARE(std::ssize(drawing.lineAfter), std::min<std::ptrdiff_t>(count, kMostColumns));
        const auto column = std::ranges::max_element(drawing.lineAfter, {}, &ValueColumn::high);
        QCOMPARE(column->high, 99.0F);
        const auto place = (column - drawing.lineAfter.begin()) * std::ptrdiff_t(count)
            / std::ssize(drawing.lineAfter);
        QVERIFY(std::abs(place - std::ptrdiff_t(spike)) <= count / kMostColumns + 1);
        QVERIFY(column->low <= column->high);
        QCOMPARE(drawing.high, 99.0);
        QCOMPARE(drawing.errors.largest(), std::int64_t(std::max(count - 1, 1)));
    }
}

void SampleDrawingTest::explodingValues()
{
    const float most = std::numeric_limits<float>::max();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> before(64, 1);
    std::vector<float> after(64, -most);
    after[1] = most;
    after[2] = nan;
    before[3] = -std::numeric_limits<float>::infinity(); // a masked logit
    after[3] = -65504;
    before[4] = most;
    const SampleDrawing picture = drawSample(viewOf({1, 8, 8}, before, after), 0, 0);
    QVERIFY(std::isfinite(picture.reach));
    QVERIFY(std::isnan(picture.change[2]));
    QCOMPARE(picture.after[3], -65504.0F);
    QVERIFY(std::isnan(picture.change[3]));
    QCOMPARE(picture.change[4], -most); // twice as much, were there room for it
    QCOMPARE(picture.notFinite, std::int64_t(1));
    QCOMPARE(picture.low, 1.0);
    const SampleDrawing line = drawSample(viewOf({64}, before, after), 0, 0);
    QVERIFY(std::isfinite(line.high - line.low));
    QVERIFY(std::isnan(line.lineAfter[2].low) && std::isnan(line.lineAfter[2].high));
    QCOMPARE(line.lineAfter[1].high, most);
}

void SampleDrawingTest::stops()
{
    std::stop_source stop;
    stop.request_stop();
    for (const std::vector<std::int64_t>& shape :
         {std::vector<std::int64_t> {64}, std::vector<std::int64_t> {1, 8, 8}}) {
        const OutputView view = viewOf(shape, std::vector<float>(64), std::vector<float>(64));
        bool stopped = false;
        try {
            drawSample(view, 0, 0, stop.get_token());
        } catch (const Cancelled&) {
            stopped = true;
        }
        QVERIFY(stopped);
    }
}

QTEST_APPLESS_MAIN(SampleDrawingTest)
#include "tst_sample_drawing.moc"
