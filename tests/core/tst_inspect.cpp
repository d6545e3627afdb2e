// SPDX-License-Identifier: GPL-3.0-or-later
// What views of weights and outputs are told: grids, tables, parts, rankings; and comparisons of
// two results.
#include "core/inspect/layer_view.h"
#include "core/inspect/output_view.h"
#include "core/plan/comparison.h"
#include "tests/support/fake_engine.h"
#include "tests/support/fake_values.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace bitfront;

namespace {

LayerInfo layer(std::vector<std::int64_t> shape)
{
    LayerInfo info;
    info.name = "conv";
    info.moduleType = "torch.nn.modules.conv.Conv2d";
    info.kind = LayerKind::Conv;
    info.shape = std::move(shape);
    return info;
}

LayerStorage stored(const LayerInfo& info, const CompressionSpec& spec)
{
    ModelInfo model;
    model.layers = {info};
    CompressionConfig config;
    config.spec = spec;
    return planStorage(model, config).front();
}

const QuantConfig kInt4Channel {CodeType::Int4, QuantScheme::Symmetric,
                                QuantGranularity::PerChannel, 0};

} // namespace

class InspectTest : public QObject
{
    Q_OBJECT

private slots:
    void weightsLieOnTheirLevels_data();
    void weightsLieOnTheirLevels();
    void partsAreTheirOwnWeights_data();
    void partsAreTheirOwnWeights();
    void untouchedLayersStay();
    void wrongSizesAreRefused();
    void formsOfOutputs_data();
    void formsOfOutputs();
    void worstSampleComesFirst();
    void masksDisagree();
    void errorsAreCounted();
    void comparisons();
    void incomparableRuns_data();
    void incomparableRuns();
};

void InspectTest::weightsLieOnTheirLevels_data()
{
    QTest::addColumn<CompressionSpec>("spec");
    QTest::addColumn<int>("parts");
    QTest::addColumn<int>("levels");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* name, const CompressionSpec& spec, int parts, int levels,
                        const char* part) {
        QTest::newRow(name) << spec << parts << levels << QString::fromUtf8(part);
    };
    row("int4 per channel", kInt4Channel, 16, 16, "channel 2");
    row("int8 per tensor",
        QuantConfig {CodeType::Int8, QuantScheme::Asymmetric, QuantGranularity::PerTensor, 0}, 1,
        256, "");
    row("int4 block 16",
        QuantConfig {CodeType::Int4, QuantScheme::Asymmetric, QuantGranularity::PerBlock, 16}, 32,
        16, "block 2");
    row("int4 clipped",
        QuantConfig {CodeType::Int4, QuantScheme::SymmetricWithClipping,
                     QuantGranularity::PerChannel, 0},
        16, 15, "channel 2");
    row("palette per tensor", PaletteConfig {4, 0, false}, 1, 16, "");
    row("palette grouped", PaletteConfig {4, 4, false}, 4, 16, "channels 5–8");
    row("palette with channel scales", PaletteConfig {4, 4, true}, 16, 16, "channel 2");
}

void InspectTest::weightsLieOnTheirLevels()
{
    QFETCH(CompressionSpec, spec);
    QFETCH(int, parts);
    QFETCH(int, levels);
    QFETCH(QString, name);
    const LayerInfo info = layer({16, 32, 3, 3});
    const std::vector<float> weights = test::bellValues(16 * 32 * 9, 3, 0.1);
    const LayerView view(info, stored(info, spec), PaletteRounding::Automatic, weights);
    QCOMPARE(view.parts(), parts);
    QCOMPARE(QString::fromStdString(view.partName(parts > 1 ? 1 : 0)), name);
    std::int64_t counted = 0;
    std::set<double> values;
    for (int part = 0; part < parts; ++part) {
        const LayerHistogram histogram = view.histogram(part, 40);
        // A palette may not need all its entries for few weights.
        QVERIFY(static_cast<int>(histogram.levels.size()) <= levels);
        QVERIFY(static_cast<int>(histogram.levels.size()) > levels / 2);
        QVERIFY(std::ranges::is_sorted(histogram.levels));
        for (const std::int64_t count : histogram.after.counts)
            counted += count;
        values.insert(histogram.levels.begin(), histogram.levels.end());
    }
    QCOMPARE(counted, info.elements());
    const std::vector<double> all(values.begin(), values.end());
    for (const float weight : view.after()) {
        const auto above = std::ranges::lower_bound(all, double(weight) - 1e-6);
        QVERIFY(above != all.end() && std::abs(*above - weight) < 1e-5);
    }
    const LayerHistogram whole = view.histogram(-1, 40);
    QCOMPARE(whole.levels.empty(), parts > 1);
    QCOMPARE(whole.before.low, whole.after.low);
    QVERIFY(view.before() != view.after());
}

void InspectTest::partsAreTheirOwnWeights_data()
{
    QTest::addColumn<CompressionSpec>("spec");
    QTest::addColumn<LayerKind>("kind");
    QTest::addColumn<int>("part");
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("count"); // neighbours
    QTest::addColumn<int>("stride"); // from one lot of neighbours to the next
    QTest::addColumn<int>("number"); // as partName() says it
    const QuantConfig block {CodeType::Int4, QuantScheme::Symmetric, QuantGranularity::PerBlock,
                             16};
    QTest::newRow("channel") << CompressionSpec(kInt4Channel) << LayerKind::Conv << 2 << 2 * 288
                             << 288 << 0 << 3;
    QTest::newRow("channel of a transposed convolution")
        << CompressionSpec(kInt4Channel) << LayerKind::ConvTranspose << 2 << 2 * 9 << 9 << 288 << 3;
    QTest::newRow("block") << CompressionSpec(block) << LayerKind::Conv << 3 << 288 + 144 << 144
                           << 0 << 4;
    QTest::newRow("group") << CompressionSpec(PaletteConfig {4, 4, false}) << LayerKind::Conv << 2
                           << 8 * 288 << 4 * 288 << 0 << 12;
}

/// The weights of a part are raised: its counts tell all of them, and nothing else.
void InspectTest::partsAreTheirOwnWeights()
{
    QFETCH(CompressionSpec, spec);
    QFETCH(LayerKind, kind);
    QFETCH(int, part);
    QFETCH(int, first);
    QFETCH(int, count);
    QFETCH(int, stride);
    QFETCH(int, number);
    LayerInfo info = layer({16, 32, 3, 3});
    info.kind = kind;
    std::vector<float> weights = test::bellValues(16 * 32 * 9, 3, 0.1);
    std::int64_t raised = 0;
    for (int lot = first; lot < std::ssize(weights); lot += stride) {
        for (int i = lot; i < lot + count; ++i, ++raised)
            weights[static_cast<std::size_t>(i)] += 50;
        if (stride == 0)
            break;
    }
    const LayerView view(info, stored(info, spec), PaletteRounding::Automatic, weights);
    const auto counted = [&view](int which) {
        const LayerHistogram histogram = view.histogram(which, 40);
        return histogram.before.low > 40 ? std::accumulate(
                   histogram.before.counts.begin(), histogram.before.counts.end(), std::int64_t(0))
                                         : 0;
    };
    QCOMPARE(counted(part), raised);
    QCOMPARE(counted(part - 1), std::int64_t(0));
    QCOMPARE(counted(part + 1), std::int64_t(0));
    QCOMPARE(view.partHolding(number), part);
    QCOMPARE(view.partHolding(100000), view.parts() - 1);
}

void InspectTest::untouchedLayersStay()
{
    const LayerInfo info = layer({4, 3, 3, 3});
    LayerStorage storage = stored(info, kInt4Channel);
    storage.kind = StorageKind::Untouched;
    const LayerView view(info, storage, PaletteRounding::Automatic, test::bellValues(108, 1, 0.1));
    QCOMPARE(view.parts(), 1);
    QVERIFY(view.before() == view.after());
    QVERIFY(view.histogram(-1, 10).levels.empty());
    // All alike: still a picture with some width.
    const LayerView flat(info, storage, PaletteRounding::Automatic, std::vector<float>(108, 0.5F));
    const LayerHistogram histogram = flat.histogram(-1, 10);
    QVERIFY(histogram.before.high > histogram.before.low);
    QCOMPARE(histogram.before.largest(), std::int64_t(108));
}

void InspectTest::wrongSizesAreRefused()
{
    const LayerInfo info = layer({4, 3, 3, 3});
    for (const std::size_t count : {std::size_t(0), std::size_t(107)}) {
        bool refused = false;
        try {
            const LayerView view(info, stored(info, kInt4Channel), PaletteRounding::Automatic,
                                 std::vector<float>(count));
        } catch (const Error& error) {
            refused = error.code() == ErrorCode::Internal;
        }
        QVERIFY(refused);
    }
    bool refused = false;
    try {
        const OutputView view({"y", "float32", {2, 3}, 0, 1, 0, false}, Metric::Psnr,
                              std::vector<float>(6), std::vector<float>(5));
    } catch (const Error& error) {
        refused = error.failure().message.find("'y'") != std::string::npos;
    }
    QVERIFY(refused);
}

void InspectTest::formsOfOutputs_data()
{
    QTest::addColumn<std::vector<std::int64_t>>("shape");
    QTest::addColumn<Metric>("metric");
    QTest::addColumn<OutputForm>("form");
    QTest::addColumn<int>("samples");
    QTest::addColumn<int>("planes");
    using Shape = std::vector<std::int64_t>;
    QTest::newRow("logits") << Shape {16, 10} << Metric::Psnr << OutputForm::Line << 16 << 1;
    QTest::newRow("one value") << Shape {} << Metric::Psnr << OutputForm::Line << 1 << 1;
    QTest::newRow("a row") << Shape {40} << Metric::Psnr << OutputForm::Line << 1 << 1;
    QTest::newRow("pictures") << Shape {2, 3, 16, 20} << Metric::Psnr << OutputForm::Picture << 2
                              << 3;
    QTest::newRow("masks") << Shape {2, 1, 16, 20} << Metric::Iou << OutputForm::Mask << 2 << 1;
    QTest::newRow("sound") << Shape {2, 1, 900} << Metric::Snr << OutputForm::Line << 2 << 1;
    QTest::newRow("words") << Shape {1, 8, 9000} << Metric::Psnr << OutputForm::Line << 1 << 1;
    QTest::newRow("boxes") << Shape {2, 100, 4} << Metric::Psnr << OutputForm::Line << 2 << 1;
}

void InspectTest::formsOfOutputs()
{
    QFETCH(std::vector<std::int64_t>, shape);
    QFETCH(Metric, metric);
    QFETCH(OutputForm, form);
    QFETCH(int, samples);
    QFETCH(int, planes);
    const OutputInfo info {"y", "float32", shape, 0, 1, 0, false};
    const std::vector<float> values = test::fakeOutputValues(info, 1);
    const OutputView view(info, metric, values, values);
    QCOMPARE(view.form(), form);
    QCOMPARE(view.samples(), std::int64_t(samples));
    QCOMPARE(view.picture().planes, std::int64_t(planes));
    QCOMPARE(view.ranking().size(), static_cast<std::size_t>(samples));
}

void InspectTest::worstSampleComesFirst()
{
    const OutputInfo info {"y", "float32", {4, 50}, 0, 1, 0, false};
    const std::vector<float> before = test::fakeOutputValues(info, 5);
    std::vector<float> after = before;
    for (std::size_t i = 0; i < 50; ++i) {
        after[i] += 0.1F; // sample 0: a little
        after[100 + i] += 1; // sample 2: a lot
    }
    after[160] = std::nanf(""); // sample 3: broken
    const OutputView view(info, Metric::Psnr, before, after);
    QCOMPARE(view.ranking()[0].sample, std::int64_t(3));
    QCOMPARE(view.ranking()[1].sample, std::int64_t(2));
    QCOMPARE(view.ranking()[2].sample, std::int64_t(0));
    QCOMPARE(view.ranking()[3].sample, std::int64_t(1));
    QVERIFY(std::isinf(view.ranking()[3].value));
    QVERIFY(std::abs(view.difference(2)[7] - 1) < 1e-5);
}

void InspectTest::masksDisagree()
{
    const OutputInfo info {"m", "bool", {1, 10, 10}, 0, 1, 0, true};
    std::vector<float> before(100, 0), after(100, 0);
    before[3] = after[4] = after[5] = 1;
    const OutputView view(info, Metric::Iou, before, after);
    QCOMPARE(view.form(), OutputForm::Mask);
    QCOMPARE(view.disagreement(0), 0.03);
}

void InspectTest::errorsAreCounted()
{
    const OutputInfo info {"y", "float32", {2, 3}, 0, 1, 0, false};
    const OutputView view(info, Metric::Psnr, {0, 0, 0, 0, 0, 0}, {1, 0, -2, 0.5F, 0.5F, 0.5F});
    const ValueBins one = view.errors(0, 5);
    QCOMPARE(one.low, -2.0);
    QCOMPARE(one.high, 2.0);
    QCOMPARE(one.counts, (std::vector<std::int64_t> {1, 0, 1, 1, 0}));
    const ValueBins all = view.errors(-1, 5);
    QCOMPARE(std::accumulate(all.counts.begin(), all.counts.end(), std::int64_t(0)),
             std::int64_t(6));
}

void InspectTest::comparisons()
{
    const RunContents run = test::fakeRun();
    const auto find = [&](const char* code) {
        return *std::ranges::find_if(run.records, [&](const ResultRecord& record) {
            return shortCode(record.config) == code;
        });
    };
    const ResultRecord a = find("c4"), b = find("c8");
    const Comparison comparison = compareResults(a, b);
    QVERIFY(comparison.sizeShare < 0.7 && comparison.sizeShare > 0.4);
    QCOMPARE(comparison.qualities.size(), a.measurement()->outputs.size());
    QCOMPARE(comparison.layers.size(), a.measurement()->layers.size());
    for (std::size_t i = 1; i < comparison.layers.size(); ++i)
        QVERIFY(std::llabs(comparison.layers[i - 1].bits())
                >= std::llabs(comparison.layers[i].bits()));
    std::int64_t sum = 0;
    for (const LayerDelta& delta : comparison.layers)
        sum += delta.bits();
    QCOMPARE(sum, b.measurement()->size.totalBits() - a.measurement()->size.totalBits());
    QVERIFY(comparison.differing > 0);
    const Comparison itself = compareResults(a, a);
    QCOMPARE(itself.sizeShare, 1.0);
    QCOMPARE(itself.differing, 0);
}

void InspectTest::incomparableRuns_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("inputs");
    QTest::addColumn<Metric>("metric");
    QTest::addColumn<QString>("reason");
    QTest::newRow("alike") << "m"
                           << "i" << Metric::Psnr << "";
    QTest::newRow("model") << "other"
                           << "i" << Metric::Psnr << "different models";
    QTest::newRow("inputs") << "m"
                            << "other" << Metric::Psnr << "different inputs";
    QTest::newRow("metric") << "m"
                            << "i" << Metric::Snr << "same metric";
}

void InspectTest::incomparableRuns()
{
    QFETCH(QString, model);
    QFETCH(QString, inputs);
    QFETCH(Metric, metric);
    QFETCH(QString, reason);
    const RunIdentity a {"net.pt", "m", "i", {{"y", Metric::Psnr, 10}}};
    const RunIdentity b {"net.pt", model.toStdString(), inputs.toStdString(), {{"y", metric, 10}}};
    const QString said = QString::fromStdString(incomparableReason(a, b));
    QVERIFY(reason.isEmpty() ? said.isEmpty() : said.contains(reason));
}

QTEST_APPLESS_MAIN(InspectTest)
#include "tst_inspect.moc"
