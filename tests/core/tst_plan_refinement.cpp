// SPDX-License-Identifier: GPL-3.0-or-later
// Refinements: which two seeds, which layers the five variants keep, what is left out.
#include "core/plan/analysis.h"
#include "core/plan/sweep_plan.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

#include <algorithm>

using namespace bitfront;
using namespace bitfront::test;

namespace {

const MetricChoice kPrimary {"out_0", Metric::Psnr, 10};

/// stem, a, b are Conv2d, head is Linear; the Linear weighs least.
ModelInfo smallNet()
{
    return makeModel({makeLayer("stem", LayerKind::Conv, {32, 16, 3, 3}),
                      makeLayer("a", LayerKind::Conv, {32, 32, 3, 3}),
                      makeLayer("b", LayerKind::Conv, {32, 32, 3, 3}),
                      makeLayer("head", LayerKind::Linear, {16, 32})});
}

std::vector<std::string> namesOf(const std::vector<CompressionConfig>& configs)
{
    std::vector<std::string> names;
    for (const CompressionConfig& config : configs)
        names.push_back(config.name);
    return names;
}

const CompressionConfig* find(const std::vector<CompressionConfig>& configs,
                              const std::string& suffix)
{
    const auto found = std::find_if(configs.begin(), configs.end(), [&](const auto& config) {
        return config.name == config.seed + suffix;
    });
    return found == configs.end() ? nullptr : &*found;
}

/// The variants of one seed: a lone record.
std::vector<CompressionConfig> refineLone(const ModelInfo& model, const CompressionConfig& seed)
{
    const std::vector<ResultRecord> records {makeRecord(seed, 40, 2)};
    return refineGroup(model, seed.group, records, kPrimary);
}

using Names = std::vector<std::string>;

} // namespace

class TestPlanRefinement : public QObject
{
    Q_OBJECT

private slots:
    void seeds_data();
    void seeds();
    void arrivalDoesNotMatter();
    void survivors();
    void failedElsewhere_data();
    void failedElsewhere();
    void fiveVariants();
    void inheritsTheSeed();
    void duplicatesDropped();
    void nothingLeftDropped();
    void endsAreCompressedLayers();
    void smallestTypeTies();
    void technicalTypeNames();
    void modelsOfTheirOwn_data();
    void modelsOfTheirOwn();
};

void TestPlanRefinement::seeds_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<QList<int>>("ranks"); // 0 = worst, in the order of refinement
    // ceil(0.95·N) − 1 and ceil(0.75·N) − 1; equal ones: the next lower is the second.
    QTest::newRow("1") << 1 << QList<int> {0};
    QTest::newRow("2") << 2 << QList<int> {1, 0};
    QTest::newRow("3") << 3 << QList<int> {2, 1};
    QTest::newRow("4") << 4 << QList<int> {3, 2};
    QTest::newRow("6") << 6 << QList<int> {5, 4};
    QTest::newRow("9") << 9 << QList<int> {8, 6};
    QTest::newRow("16") << 16 << QList<int> {15, 11};
}

void TestPlanRefinement::seeds()
{
    QFETCH(int, count);
    QFETCH(QList<int>, ranks);
    const ModelInfo model = smallNet();
    std::vector<ResultRecord> records;
    for (const CompressionConfig& config : baseConfigurations())
        if (config.group == GroupId::Palette && static_cast<int>(records.size()) < count)
            records.push_back(makeRecord(config, 20 + static_cast<double>(records.size()), 2));
    Names seeds;
    for (const CompressionConfig& config : refineGroup(model, GroupId::Palette, records, kPrimary))
        if (seeds.empty() || seeds.back() != config.seed)
            seeds.push_back(config.seed);
    Names expected;
    for (const int rank : ranks)
        expected.push_back(records[static_cast<std::size_t>(rank)].config.name);
    QCOMPARE(seeds, expected);
}

void TestPlanRefinement::arrivalDoesNotMatter()
{
    const ModelInfo model = smallNet();
    std::vector<ResultRecord> records;
    for (const CompressionConfig& config : baseConfigurations())
        if (config.group == GroupId::PerChannel) // equal qualities and ratios on purpose
            records.push_back(makeRecord(config, 30, 2));
    const auto forward = refineGroup(model, GroupId::PerChannel, records, kPrimary);
    std::reverse(records.begin(), records.end());
    QVERIFY(forward == refineGroup(model, GroupId::PerChannel, records, kPrimary));
    QCOMPARE(forward.size(), std::size_t {6}); // two seeds, three different variants each
}

void TestPlanRefinement::survivors()
{
    const ModelInfo model = smallNet();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    std::vector<ResultRecord> records {makeRecord("perchannel_int4_symmetric", 9.99, 3),
                                       makeRecord("perchannel_int4_asymmetric", nan, 3),
                                       makeRecord("perchannel_int8_asymmetric", -infinity, 3),
                                       makeRecord("palette_pertensor_6bit_pcs0", 50, 3)};
    ResultRecord failed = makeRecord("perchannel_int8_symmetric", 50, 2);
    failed.outcome = Failure {ErrorCode::ForwardFailed, "no", {}, {}};
    records.push_back(failed);
    ResultRecord refined = makeRecord("perchannel_int8_symmetric", 60, 2);
    refined.config.seed = "perchannel_int4_symmetric";
    records.push_back(refined);
    QVERIFY(refineGroup(model, GroupId::PerChannel, records, kPrimary).empty());
    records.push_back(makeRecord("perchannel_int4_symmetric_with_clipping", 10, 3)); // at the floor
    QCOMPARE(refineGroup(model, GroupId::PerChannel, records, kPrimary).size(), std::size_t {3});
    // Identical outputs are the best there is, not an error.
    records.push_back(makeRecord("perchannel_int8_symmetric", infinity, 2));
    QCOMPARE(refineGroup(model, GroupId::PerChannel, records, kPrimary).front().seed,
             std::string("perchannel_int8_symmetric"));
    QVERIFY(refineGroup(model, GroupId::PerChannel, records, {"other", Metric::Psnr, 10}).empty());
}

void TestPlanRefinement::failedElsewhere_data()
{
    QTest::addColumn<double>("other");
    QTest::addColumn<bool>("refined");
    const double infinity = std::numeric_limits<double>::infinity();
    QTest::newRow("no number") << std::numeric_limits<double>::quiet_NaN() << false;
    QTest::newRow("infinite output") << -infinity << false;
    QTest::newRow("identical") << infinity << true;
    QTest::newRow("bad, but a number") << -40.0 << true;
}

/// What the analysis calls failed is no seed, however good the output that ranks is.
void TestPlanRefinement::failedElsewhere()
{
    QFETCH(double, other);
    QFETCH(bool, refined);
    ResultRecord record = makeRecord("perchannel_int8_symmetric", 50, 2);
    std::get<Measurement>(record.outcome).outputs.push_back({"out_1", Metric::Psnr, other, other});
    const std::vector<ResultRecord> records {record};
    QCOMPARE(!refineGroup(smallNet(), GroupId::PerChannel, records, kPrimary).empty(), refined);
    QCOMPARE(analyse(records, 0, kPrimary.floor).points.front().failed, !refined);
}

void TestPlanRefinement::fiveVariants()
{
    const auto configs = refineLone(smallNet(), baseConfig("perchannel_int4_symmetric"));
    const std::string seed = "perchannel_int4_symmetric_skip-";
    // head is last and the only Linear: three variants repeat others and are dropped.
    QCOMPARE(namesOf(configs), (Names {seed + "first", seed + "last", seed + "first-last"}));
    ModelInfo model = smallNet();
    model.layers.insert(model.layers.begin() + 1, makeLayer("fc", LayerKind::Linear, {8, 8}));
    const auto five = refineLone(model, baseConfig("perchannel_int4_symmetric"));
    QCOMPARE(namesOf(five),
             (Names {seed + "first", seed + "last", seed + "first-last", seed + "Linear",
                     seed + "first-last-Linear"}));
    QCOMPARE(five[0].skippedLayers, (Names {"stem"}));
    QCOMPARE(five[1].skippedLayers, (Names {"head"}));
    QCOMPARE(five[2].skippedLayers, (Names {"stem", "head"}));
    QCOMPARE(five[3].skippedLayers, (Names {"fc", "head"}));
    QCOMPARE(five[4].skippedLayers, (Names {"stem", "fc", "head"}));
}

void TestPlanRefinement::inheritsTheSeed()
{
    const CompressionConfig seed =
        baseConfig("perblock_bs32_int4_asymmetric", IndivisiblePolicy::PerChannel);
    for (const CompressionConfig& config : refineLone(smallNet(), seed)) {
        QCOMPARE(config.seed, seed.name);
        QVERIFY(config.spec == seed.spec);
        QCOMPARE(config.group, seed.group);
        QCOMPARE(config.indivisible, IndivisiblePolicy::PerChannel);
    }
}

void TestPlanRefinement::duplicatesDropped()
{
    const ModelInfo model = makeModel({makeLayer("fc1", LayerKind::Linear, {16, 16}),
                                       makeLayer("conv", LayerKind::Conv, {64, 64, 3, 3}),
                                       makeLayer("fc2", LayerKind::Linear, {16, 16})});
    const auto configs = refineLone(model, baseConfig("perchannel_int8_symmetric"));
    QCOMPARE(configs.size(), std::size_t {3}); // all Linear = first + last, and so is their union
    QVERIFY(find(configs, "_skip-first-last") != nullptr);
    QVERIFY(find(configs, "_skip-Linear") == nullptr);
}

void TestPlanRefinement::nothingLeftDropped()
{
    const ModelInfo two = makeModel(
        {makeLayer("a", LayerKind::Linear, {16, 16}), makeLayer("b", LayerKind::Linear, {16, 16})});
    const std::string seed = "perchannel_int8_symmetric_skip-";
    QCOMPARE(namesOf(refineLone(two, baseConfig("perchannel_int8_symmetric"))),
             (Names {seed + "first", seed + "last"}));
    const ModelInfo one = makeModel({makeLayer("a", LayerKind::Linear, {16, 16})});
    QVERIFY(refineLone(one, baseConfig("perchannel_int8_symmetric")).empty());
}

void TestPlanRefinement::endsAreCompressedLayers()
{
    ModelInfo model = smallNet();
    model.layers.insert(model.layers.begin(), makeLayer("emb", LayerKind::Embedding, {100, 16}));
    model.layers.push_back(makeLayer("attn", LayerKind::AttentionInput, {48, 16}));
    const auto palettes = refineLone(model, baseConfig("palette_pertensor_6bit_pcs0"));
    QCOMPARE(find(palettes, "_skip-first")->skippedLayers, (Names {"stem"})); // not the embedding
    QCOMPARE(find(palettes, "_skip-last")->skippedLayers, (Names {"attn.in_proj_weight"}));
    const auto quant = refineLone(model, baseConfig("perchannel_int8_symmetric"));
    QCOMPARE(find(quant, "_skip-first")->skippedLayers, (Names {"emb"}));
    QCOMPARE(find(quant, "_skip-last")->skippedLayers, (Names {"head"})); // not the projection
    // A first layer that stays at fp16 anyway, because it does not divide, is no refinement.
    model = smallNet();
    model.layers[0].shape = {32, 3, 3, 3};
    const auto skipped =
        refineLone(model, baseConfig("perblock_bs16_int4_symmetric", IndivisiblePolicy::Skip));
    QCOMPARE(find(skipped, "_skip-first")->skippedLayers, (Names {"a"}));
}

void TestPlanRefinement::smallestTypeTies()
{
    // 1024 weights of each type: Embedding before Linear before Conv.
    ModelInfo model = makeModel({makeLayer("c0", LayerKind::Conv, {16, 16, 1, 1}),
                                 makeLayer("c1", LayerKind::Conv, {48, 16, 1, 1}),
                                 makeLayer("e", LayerKind::Embedding, {64, 16}),
                                 makeLayer("l0", LayerKind::Linear, {48, 16}),
                                 makeLayer("l1", LayerKind::Linear, {16, 16})});
    const auto quant = refineLone(model, baseConfig("perchannel_int8_symmetric"));
    QCOMPARE(find(quant, "_skip-Embedding")->skippedLayers, (Names {"e"}));
    const auto palettes = refineLone(model, baseConfig("palette_pertensor_6bit_pcs0"));
    QCOMPARE(find(palettes, "_skip-Linear")->skippedLayers, (Names {"l0", "l1"}));
}

void TestPlanRefinement::technicalTypeNames()
{
    ModelInfo model =
        makeModel({makeLayer("c0", LayerKind::Conv, {64, 64, 3, 3}),
                   makeLayer("c1", LayerKind::Conv, {64, 64, 3, 3}),
                   makeLayer("attn.out_proj", LayerKind::Linear, {8, 8},
                             "torch.nn.modules.linear.NonDynamicallyQuantizableLinear"),
                   makeLayer("fc", LayerKind::Linear, {8, 8}),
                   makeLayer("c2", LayerKind::Conv, {64, 64, 3, 3})});
    const auto configs = refineLone(model, baseConfig("perchannel_int8_symmetric"));
    QCOMPARE(find(configs, "_skip-Linear")->skippedLayers, (Names {"attn.out_proj", "fc"}));
    for (LayerInfo& layer : model.layers)
        layer.moduleType.clear(); // frozen files know no classes
    const auto nameless = refineLone(model, baseConfig("perchannel_int8_symmetric"));
    QCOMPARE(find(nameless, "_skip-Linear")->skippedLayers, (Names {"attn.out_proj", "fc"}));
}

void TestPlanRefinement::modelsOfTheirOwn_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<int>("layers");
    QTest::addColumn<bool>("nested");
    QTest::addColumn<bool>("expected");
    QTest::newRow("backbone") << "__torch__.net.Backbone" << 4 << true << true;
    QTest::newRow("too small") << "__torch__.net.Backbone" << 3 << true << false;
    QTest::newRow("flat block") << "__torch__.net.Block" << 4 << false << false;
    QTest::newRow("Sequential") << "torch.nn.modules.container.Sequential" << 4 << true << false;
}

void TestPlanRefinement::modelsOfTheirOwn()
{
    QFETCH(QString, type);
    QFETCH(int, layers);
    QFETCH(bool, nested);
    QFETCH(bool, expected);
    std::vector<LayerInfo> list {makeLayer("stem", LayerKind::Conv, {64, 64, 3, 3})};
    for (int i = 0; i < layers; ++i)
        list.push_back(
            makeLayer((nested ? "sub.stage" + std::to_string(i / 2) + ".c" : std::string("sub.c"))
                          + std::to_string(i),
                      LayerKind::Conv, {64, 64, 3, 3}));
    list.push_back(makeLayer("head", LayerKind::Linear, {64, 64}));
    ModelInfo model = makeModel(list);
    model.modules.push_back({"sub", type.toStdString()});
    const auto configs = refineLone(model, baseConfig("perchannel_int8_symmetric"));
    const Names first = find(configs, "_skip-first")->skippedLayers;
    const Names last = find(configs, "_skip-last")->skippedLayers;
    if (expected) {
        QCOMPARE(first, (Names {"stem", list[1].name}));
        QCOMPARE(last, (Names {list[static_cast<std::size_t>(layers)].name, "head"}));
    } else {
        QCOMPARE(first, (Names {"stem"}));
        QCOMPARE(last, (Names {"head"}));
    }
}

QTEST_GUILESS_MAIN(TestPlanRefinement)
#include "tst_plan_refinement.moc"
