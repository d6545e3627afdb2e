// SPDX-License-Identifier: GPL-3.0-or-later
// Time estimates and their wording, metric suggestions and what a metric cannot judge.
#include "core/plan/sweep_plan.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

using namespace bitfront;
using namespace bitfront::test;

namespace {

OutputInfo makeOutput(const char* dtype, Shape shape, double min, double max, bool binary = false)
{
    OutputInfo output;
    output.name = "logits";
    output.dtype = dtype;
    output.shape = std::move(shape);
    output.min = min;
    output.max = max;
    output.binary = binary;
    return output;
}

} // namespace

Q_DECLARE_METATYPE(bitfront::OutputInfo)

class TestPlanEstimate : public QObject
{
    Q_OBJECT

private slots:
    void followsThePlan();
    void workersShareTheWork();
    void remainingLearns();
    void words_data();
    void words();
    void suggestions_data();
    void suggestions();
    void unfit_data();
    void unfit();
};

void TestPlanEstimate::followsThePlan()
{
    ProbeTimes probe;
    probe.forwardMs = 10;
    probe.quantMs = 100;
    probe.paletteMs = 1010;
    // 15 quantizations at 100 ms whatever their granularity, up to 20 refinements of the same cost.
    const SweepPlan quant =
        makePlan({GroupId::PerChannel, GroupId::PerBlock}, {}, true, IndivisiblePolicy::Nearest);
    const TimeEstimate estimate = estimateTime(quant, probe);
    QCOMPARE(estimate.baseCount, 15);
    QCOMPARE(estimate.refinementCount, 20);
    QCOMPARE(estimate.base.lowMs, 1500 * 0.8);
    QCOMPARE(estimate.base.highMs, 1500 * 1.4);
    QCOMPARE(estimate.refinement.lowMs, 2000 * 0.8);
    QCOMPARE(estimate.total().highMs, 3500 * 1.4);
    // The probed palette itself costs what the probe took, without refinements nothing else does.
    const SweepPlan one =
        makePlan({}, {"palette_grouped_gs16_6bit_pcs0"}, false, IndivisiblePolicy::Skip);
    QCOMPARE(estimateTime(one, probe).base.lowMs, 1010 * 0.8);
    QCOMPARE(estimateTime(one, probe).refinement.highMs, 0.0);
    QCOMPARE(estimateTime(one, probe).refinementCount, 0);
    // Small groups search more tables.
    const SweepPlan small =
        makePlan({}, {"palette_grouped_gs4_6bit_pcs0"}, true, IndivisiblePolicy::Skip);
    QVERIFY(estimateTime(small, probe).base.lowMs > estimateTime(one, probe).base.lowMs);
    // Refinements of palettes find their seed's tables again: cheaper than the seed, not free.
    const TimeEstimate lone = estimateTime(small, probe);
    QVERIFY(lone.refinement.lowMs < 5 * lone.base.lowMs);
    QVERIFY(lone.refinement.lowMs > 5 * 10 * 0.8);
}

void TestPlanEstimate::workersShareTheWork()
{
    ProbeTimes probe;
    probe.forwardMs = 10;
    probe.quantMs = 100;
    const SweepPlan plan = makePlan({GroupId::PerChannel}, {}, false, IndivisiblePolicy::Nearest);
    probe.workers = 3;
    QCOMPARE(estimateTime(plan, probe).base.lowMs, 600 * 0.8 / 3);
    probe.workers = 64; // six jobs keep six workers busy, no more
    QCOMPARE(estimateTime(plan, probe).base.lowMs, 100 * 0.8);
    QCOMPARE(estimateTime({}, probe).total().highMs, 0.0);
}

void TestPlanEstimate::remainingLearns()
{
    ProbeTimes probe;
    probe.forwardMs = 10;
    probe.quantMs = 100;
    probe.paletteMs = 1000;
    const GroupId pending[] = {GroupId::PerBlock, GroupId::PerBlock, GroupId::Palette};
    const TimeRange blind = estimateRemaining(probe, {}, pending);
    QCOMPARE(blind.lowMs, 1200 * 0.8);
    std::vector<ResultRecord> finished {makeRecord("perchannel_int8_symmetric", 50, 2)};
    std::get<Measurement>(finished[0].outcome).timeMs = 200; // twice the probe
    QCOMPARE(estimateRemaining(probe, finished, pending).lowMs, 2400 * 0.8);
    for (const char* name : {"perblock_bs16_int4_symmetric", "perblock_bs32_int4_symmetric",
                             "perblock_bs128_int4_symmetric"}) {
        finished.push_back(makeRecord(name, 30, 3));
        std::get<Measurement>(finished.back().outcome).timeMs = 50;
    }
    const TimeRange known = estimateRemaining(probe, finished, std::span(pending).first(2));
    QVERIFY(known.lowMs < 100 && known.highMs > 100); // two of 50 ms
    QVERIFY(known.highMs - known.lowMs < blind.highMs - blind.lowMs);
    QCOMPARE(estimateRemaining(probe, finished, {}).highMs, 0.0);
}

void TestPlanEstimate::words_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<QString>("expected");
    const auto row = [](double low, double high, const char* text) {
        QTest::newRow(text) << low * 1000 << high * 1000 << text;
    };
    row(0, 0, "under 1 s");
    row(0.3, 0.99, "under 1 s");
    row(0.2, 1.2, "about 1 s");
    row(2.4, 4.4, "2–4 s");
    row(38, 71, "40–70 s");
    row(1, 80, "5–80 s");
    row(70, 110, "1–2 min");
    row(160, 190, "about 3 min");
    row(11.4 * 60, 17.1 * 60, "11–17 min");
    row(42 * 60, 71 * 60, "40–70 min");
    row(3600, 2 * 3600, "1–2 h");
    row(1.4 * 3600, 2.6 * 3600, "1.5–2.5 h");
    row(20.2 * 3600, 30.4 * 3600, "20–30 h");
}

void TestPlanEstimate::words()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(durationText({low, high})), expected);
}

void TestPlanEstimate::suggestions_data()
{
    QTest::addColumn<OutputInfo>("output");
    QTest::addColumn<int>("metric");
    const auto row = [](const char* tag, const OutputInfo& output, Metric metric) {
        QTest::newRow(tag) << output << static_cast<int>(metric);
    };
    row("class scores", makeOutput("float32", {256, 10}, -9, 14), Metric::Psnr);
    row("boolean", makeOutput("bool", {1, 8, 8}, 0, 1), Metric::Iou);
    row("0 and 1", makeOutput("float32", {1, 8, 8}, 0, 1, true), Metric::Iou);
    row("probabilities", makeOutput("float32", {1, 10}, 0, 0.9), Metric::Psnr);
    row("mono clip", makeOutput("float32", {1, 16000}, -0.8, 0.9), Metric::Snr);
    row("stereo clips", makeOutput("float16", {4, 2, 44100}, -1, 1), Metric::Snr);
    row("many scores", makeOutput("float32", {1, 21841}, -9, 14), Metric::Psnr);
    row("image", makeOutput("float32", {1, 3, 4096}, -1, 1), Metric::Psnr);
    row("indices", makeOutput("int64", {4, 5}, 0, 9), Metric::Psnr);
}

void TestPlanEstimate::suggestions()
{
    QFETCH(OutputInfo, output);
    QFETCH(int, metric);
    const MetricSuggestion suggestion = suggestMetric(output);
    QCOMPARE(suggestion.metric, static_cast<Metric>(metric));
    QVERIFY(!suggestion.reason.empty());
    QCOMPARE(metricUnfitReason(output, suggestion.metric), std::string());
    QCOMPARE(defaultFloor(suggestion.metric), suggestion.metric == Metric::Iou ? 0.1 : 10.0);
}

void TestPlanEstimate::unfit_data()
{
    QTest::addColumn<OutputInfo>("output");
    QTest::addColumn<int>("metric");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* tag, const OutputInfo& output, Metric metric,
                        const char* reason) {
        QTest::newRow(tag) << output << static_cast<int>(metric) << reason;
    };
    OutputInfo broken = makeOutput("float32", {2, 10}, -9, 14);
    broken.nonFinite = 12;
    row("NaN", broken, Metric::Psnr,
        "Output “logits” has 12 NaN or infinite values before any compression. Quality cannot be "
        "measured.");
    row("IoU of scores", makeOutput("float32", {2, 10}, -9.2, 14), Metric::Iou,
        "IoU needs masks; “logits” ranges -9.2…14. Use psnr or snr.");
    row("soft mask is fine", makeOutput("float32", {2, 8, 8}, 0.01, 0.97), Metric::Iou, "");
    row("zero", makeOutput("float32", {2, 10}, 0, 0), Metric::Snr,
        "Output “logits” is zero everywhere for these inputs. There is no signal to compare with; "
        "use other inputs.");
    row("empty", makeOutput("float32", {0, 4}, 0, 0), Metric::Psnr,
        "Output “logits” is empty for these inputs. There is nothing to compare.");
    row("complex", makeOutput("complex64", {4}, 0, 1), Metric::Psnr,
        "Output “logits” holds complex numbers; the metrics compare real numbers only.");
}

void TestPlanEstimate::unfit()
{
    QFETCH(OutputInfo, output);
    QFETCH(int, metric);
    QFETCH(QString, reason);
    QCOMPARE(QString::fromStdString(metricUnfitReason(output, static_cast<Metric>(metric))),
             reason);
}

QTEST_GUILESS_MAIN(TestPlanEstimate)
#include "tst_plan_estimate.moc"
