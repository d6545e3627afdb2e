// SPDX-License-Identifier: GPL-3.0-or-later
// Storage decisions, exact sizes, indivisible layers. Expected numbers are from numerics, section
// 7, or worked out by hand in the row.
#include "core/plan/layer_storage.h"
#include "core/plan/reference_size.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

#include <random>

using namespace bitfront;
using namespace bitfront::test;

Q_DECLARE_METATYPE(bitfront::LayerInfo)

class TestPlanStorage : public QObject
{
    Q_OBJECT

private slots:
    void tiedModelSizes_data();
    void tiedModelSizes();
    void fallbacks_data();
    void fallbacks();
    void notCompressible();
    void skippedLayers();
    void tiedIsSkippedByAnyOwner();
    void scaledPaletteBits();
    void sumsAreExact_data();
    void sumsAreExact();
    void divisibility();
    void embeddingsArePreChecked();
    void referenceFormula_data();
    void referenceFormula();
    void emptyModel();
    void singleValues();
    void sizesGrowWithBits();
};

void TestPlanStorage::tiedModelSizes_data()
{
    QTest::addColumn<QString>("config");
    QTest::addColumn<int>("bytes");
    QTest::addColumn<double>("ratio");
    QTest::addColumn<double>("averageBits");
    QTest::addColumn<double>("referenceBytes");
    QTest::addColumn<double>("referenceBits");
    QTest::addColumn<double>("referenceRatio");
    QTest::newRow("int4 per channel")
        << "perchannel_int4_symmetric" << 12872 << 3.61 << 4.43 << 15632.0 << 4.05 << 2.97;
    QTest::newRow("int4 block 32")
        << "perblock_bs32_int4_symmetric" << 13712 << 3.39 << 4.72 << 16672.0 << 4.05 << 2.79;
    QTest::newRow("4-bit palette gs 4")
        << "palette_grouped_gs4_4bit_pcs0" << 14624 << 3.18 << 5.04 << 18180.0 << 4.05 << 2.56;
    QTest::newRow("8-bit palette per tensor")
        << "palette_pertensor_8bit_pcs0" << 25216 << 1.84 << 8.68 << 31496.0 << 8.03 << 1.48;
}

void TestPlanStorage::tiedModelSizes()
{
    QFETCH(QString, config);
    QFETCH(int, bytes);
    QFETCH(double, ratio);
    QFETCH(double, averageBits);
    QFETCH(double, referenceBytes);
    QFETCH(double, referenceBits);
    QFETCH(double, referenceRatio);
    const ModelInfo model = tiedModel();
    QCOMPARE(model.parameterCount(), std::int64_t {23232});
    QCOMPARE(model.fp16Bytes(), std::uint64_t {46464});
    const auto layers = planStorage(model, baseConfig(config.toStdString()));
    const SizeAccount size = accountSize(model, layers);
    QCOMPARE(size.totalBits(), std::int64_t {bytes} * 8);
    QVERIFY(std::abs(size.compressionRatio() - ratio) < 0.005);
    QVERIFY(std::abs(size.averageBits() - averageBits) < 0.005);
    QCOMPARE(size.megabytes(), bytes / 1048576.0);
    QCOMPARE(size.compressedLayers, 3);
    const ReferenceSize reference = referenceSize(model, layers);
    QCOMPARE(reference.megabytes * 1048576, referenceBytes);
    QVERIFY(std::abs(reference.averageBits - referenceBits) < 0.005);
    QVERIFY(std::abs(reference.compressionRatio - referenceRatio) < 0.005);
}

void TestPlanStorage::fallbacks_data()
{
    QTest::addColumn<LayerInfo>("layer");
    QTest::addColumn<QString>("config");
    QTest::addColumn<int>("policy");
    QTest::addColumn<QString>("granularity");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* tag, const LayerInfo& layer, const char* config,
                        IndivisiblePolicy policy, const char* granularity, const char* reason) {
        QTest::newRow(tag) << layer << config << static_cast<int>(policy) << granularity << reason;
    };
    using enum IndivisiblePolicy;
    const LayerInfo stem = makeLayer("stem", LayerKind::Conv, {64, 3, 3, 3});
    const LayerInfo depthwise = makeLayer("dw", LayerKind::Conv, {64, 1, 3, 3});
    const LayerInfo head = makeLayer("head", LayerKind::Linear, {10, 96});
    const LayerInfo up = makeLayer("up", LayerKind::ConvTranspose, {24, 16, 2, 2});
    const char* block = "perblock_bs16_int4_asymmetric";
    row("divides", makeLayer("a", LayerKind::Conv, {64, 32, 3, 3}), block, Nearest, "block 16", "");
    row("3 channels", stem, block, Nearest, "per-channel",
        "3 input channels do not divide by 16: per-channel instead");
    row("3 channels, per-channel", stem, block, PerChannel, "per-channel",
        "3 input channels do not divide by 16: per-channel instead");
    row("3 channels, skip", stem, block, Skip, "fp16", "3 input channels do not divide by 16");
    row("depthwise", depthwise, block, Nearest, "per-channel",
        "1 input channel does not divide by 16: per-channel instead");
    row("transposed cuts axis 0", up, block, Skip, "fp16", "24 input channels do not divide by 16");
    row("linear", head, "perblock_bs128_int4_symmetric", Skip, "fp16",
        "96 input features do not divide by 128");
    row("embedding", makeLayer("e", LayerKind::Embedding, {50, 20}), block, Nearest, "per-channel",
        "20 embedding dimensions do not divide by 16: per-channel instead");
    // 10 = 1·2·5·10: 5 ≤ 8 is the largest divisor; 2 tables of 16 entries, 960 weights.
    row("palette, nearest", head, "palette_grouped_gs8_4bit_pcs0", Nearest, "group 5",
        "10 output features do not divide by 8: group 5 instead");
    row("palette, per-channel", head, "palette_grouped_gs8_4bit_pcs1", PerChannel,
        "group 1 + channel scale", "10 output features do not divide by 8: group 1 instead");
    row("palette, skip", head, "palette_grouped_gs8_4bit_pcs0", Skip, "fp16",
        "10 output features do not divide by 8");
    row("palette transposed runs along axis 0", up, "palette_grouped_gs16_4bit_pcs0", Nearest,
        "group 12", "24 input channels do not divide by 16: group 12 instead");
    // 34 = 1·2·17·34. Group 2: 17 tables × 64 = 1088 entries ≥ 306 weights; 17: 128 < 306.
    row("tables too big", makeLayer("t", LayerKind::Conv, {34, 1, 3, 3}),
        "palette_grouped_gs16_6bit_pcs0", Nearest, "group 17",
        "34 output channels do not divide by 16: group 17 instead");
    // The same with 4 bits: 17 × 16 = 272 < 306, so group 2 stays.
    row("tables just small enough", makeLayer("t", LayerKind::Conv, {34, 1, 3, 3}),
        "palette_grouped_gs16_4bit_pcs0", Nearest, "group 2",
        "34 output channels do not divide by 16: group 2 instead");
    // Exactly fp16 size counts as reached: 17 tables × 16 entries = 272 = 34·8 weights.
    row("tables exactly as big", makeLayer("t", LayerKind::Linear, {34, 8}),
        "palette_grouped_gs16_4bit_pcs0", Nearest, "group 17",
        "34 output features do not divide by 16: group 17 instead");
    row("fewer channels than the group", makeLayer("t", LayerKind::Linear, {7, 640}),
        "palette_grouped_gs16_4bit_pcs0", Nearest, "group 7",
        "7 output features do not divide by 16: group 7 instead");
    row("prime", makeLayer("t", LayerKind::Linear, {101, 640}), "palette_grouped_gs16_4bit_pcs0",
        Nearest, "group 1", "101 output features do not divide by 16: group 1 instead");
}

void TestPlanStorage::fallbacks()
{
    QFETCH(LayerInfo, layer);
    QFETCH(QString, config);
    QFETCH(int, policy);
    QFETCH(QString, granularity);
    QFETCH(QString, reason);
    const CompressionConfig chosen =
        baseConfig(config.toStdString(), static_cast<IndivisiblePolicy>(policy));
    const LayerStorage storage = planStorage(makeModel({layer}), chosen).at(0);
    QCOMPARE(QString::fromStdString(storage.granularityText()), granularity);
    QCOMPARE(QString::fromStdString(storage.reason), reason);
    QCOMPARE(storage.kind == StorageKind::Untouched, granularity == "fp16");
    if (const auto* quant = std::get_if<QuantConfig>(&storage.spec);
        quant && storage.kind == StorageKind::Quantized) {
        const auto& wanted = std::get<QuantConfig>(chosen.spec);
        QCOMPARE(quant->dtype, wanted.dtype);
        QCOMPARE(quant->scheme, wanted.scheme);
    }
}

void TestPlanStorage::notCompressible()
{
    const ModelInfo model = makeModel({makeLayer("e", LayerKind::Embedding, {10, 8}),
                                       makeLayer("attn", LayerKind::AttentionInput, {24, 8})});
    const auto palette = planStorage(model, baseConfig("palette_pertensor_6bit_pcs0"));
    QCOMPARE(palette[0].kind, StorageKind::Untouched);
    QCOMPARE(palette[0].reason, std::string("embeddings are not palettized"));
    QCOMPARE(palette[0].bits.total(), std::int64_t {80 * 16});
    QCOMPARE(palette[1].kind, StorageKind::Palettized);
    const auto quant = planStorage(model, baseConfig("perchannel_int8_symmetric"));
    QCOMPARE(quant[0].kind, StorageKind::Quantized);
    QCOMPARE(quant[0].bits.scales, std::int64_t {10 * 16}); // one per row
    QCOMPARE(quant[1].kind, StorageKind::Untouched);
    QVERIFY(quant[1].reason.find("not quantized") != std::string::npos);
}

void TestPlanStorage::skippedLayers()
{
    CompressionConfig config = baseConfig("perchannel_int8_symmetric");
    config.skippedLayers = {"fc2"};
    const ModelInfo model = tiedModel();
    const auto layers = planStorage(model, config);
    QCOMPARE(layers[1].kind, StorageKind::Quantized);
    QCOMPARE(layers[2].kind, StorageKind::Untouched);
    QCOMPARE(layers[2].reason, std::string("kept at fp16 by this configuration"));
    const SizeAccount size = accountSize(model, layers);
    QCOMPARE(size.compressedLayers, 2);
    QCOMPARE(size.totalLayers, 3);
    QCOMPARE(size.untouchedBits, std::int64_t {(64 * 128 + 448) * 16});
}

void TestPlanStorage::tiedIsSkippedByAnyOwner()
{
    CompressionConfig config = baseConfig("perchannel_int8_symmetric");
    config.skippedLayers = {"embed"};
    const auto layers = planStorage(tiedModel(), config);
    QCOMPARE(layers[0].kind, StorageKind::Untouched);
    QVERIFY(layers[0].reason.find("shares its weight with embed") != std::string::npos);
}

void TestPlanStorage::scaledPaletteBits()
{
    const ModelInfo model = makeModel({makeLayer("up", LayerKind::ConvTranspose, {24, 16, 2, 2})});
    const auto palette = planStorage(model, baseConfig("palette_grouped_gs8_6bit_pcs1")).at(0);
    QCOMPARE(palette.bits.codes, std::int64_t {24 * 16 * 4 * 6});
    QCOMPARE(palette.bits.tables, std::int64_t {3 * 64 * 16});
    QCOMPARE(palette.bits.channelScales, std::int64_t {24 * 16}); // axis 0, always
    // Blocks along the input axis 0, one row of them per output channel; zero points at code width.
    const auto block =
        planStorage(makeModel({makeLayer("up", LayerKind::ConvTranspose, {32, 10, 2, 2})}),
                    baseConfig("perblock_bs16_int4_asymmetric"))
            .at(0);
    QCOMPARE(block.bits.scales, std::int64_t {2 * 10 * 16});
    QCOMPARE(block.bits.zeroPoints, std::int64_t {2 * 10 * 4});
}

void TestPlanStorage::sumsAreExact_data()
{
    QTest::addColumn<QString>("config");
    for (const CompressionConfig& config : baseConfigurations())
        QTest::newRow(config.name.c_str()) << QString::fromStdString(config.name);
}

void TestPlanStorage::sumsAreExact()
{
    QFETCH(QString, config);
    ModelInfo model = tiedModel();
    model.layers.push_back(makeLayer("conv", LayerKind::Conv, {48, 3, 3, 3}));
    model.layers.push_back(makeLayer("attn", LayerKind::AttentionInput, {192, 64}));
    model.layers.push_back(makeLayer("emb", LayerKind::Embedding, {33, 20}));
    for (const auto policy :
         {IndivisiblePolicy::Nearest, IndivisiblePolicy::PerChannel, IndivisiblePolicy::Skip}) {
        const auto layers = planStorage(model, baseConfig(config.toStdString(), policy));
        QCOMPARE(layers.size(), model.layers.size());
        std::int64_t bits = model.plainElements() * 16, elements = model.plainElements();
        for (const LayerStorage& layer : layers) {
            bits += layer.bits.total();
            elements += layer.elements;
            QCOMPARE(layer.bits.codes, layer.elements * layer.bitsPerCode);
            QCOMPARE(layer.kind == StorageKind::Untouched, layer.bitsPerCode == 16);
        }
        const SizeAccount size = accountSize(model, layers);
        QCOMPARE(size.totalBits(), bits);
        QCOMPARE(size.totalElements, elements);
        QCOMPARE(size.compressionRatio() * size.averageBits(), 16.0);
    }
}

void TestPlanStorage::divisibility()
{
    const ModelInfo model = makeModel({makeLayer("stem", LayerKind::Conv, {40, 3, 3, 3}),
                                       makeLayer("mid", LayerKind::Conv, {128, 128, 3, 3}),
                                       makeLayer("emb", LayerKind::Embedding, {30, 32}),
                                       makeLayer("attn", LayerKind::AttentionInput, {30, 10})});
    const auto notes = checkDivisibility(model, baseConfigurations());
    QCOMPARE(notes.size(), std::size_t {4});
    using Sizes = std::vector<std::int64_t>;
    QCOMPARE(notes[0].layer, std::string("stem"));
    QCOMPARE(notes[0].axisText, std::string("3 input channels"));
    QCOMPARE(notes[0].blockSizes, (Sizes {16, 32, 128}));
    QVERIFY(notes[0].groupSizes.empty());
    QCOMPARE(notes[1].axisText, std::string("40 output channels"));
    QCOMPARE(notes[1].groupSizes, (Sizes {16}));
    QCOMPARE(notes[2].layer, std::string("emb")); // blocks only: embeddings are not palettized
    QCOMPARE(notes[2].blockSizes, (Sizes {128}));
    QCOMPARE(notes[3].layer, std::string("attn.in_proj_weight")); // palettes only
    QCOMPARE(notes[3].groupSizes, (Sizes {4, 8, 16}));
    QVERIFY(checkDivisibility(model, {baseConfig("perchannel_int4_symmetric")}).empty());
}

/// What is palettized on request is checked on request, and only for the sizes that are asked so.
void TestPlanStorage::embeddingsArePreChecked()
{
    const ModelInfo model = makeModel({makeLayer("emb", LayerKind::Embedding, {30, 32})});
    CompressionConfig small = baseConfig("palette_grouped_gs4_6bit_pcs1");
    const CompressionConfig large = baseConfig("palette_grouped_gs16_4bit_pcs0");
    QVERIFY(checkDivisibility(model, {small, large}).empty());
    small.palette.embeddings = true;
    const auto notes = checkDivisibility(model, {small, large});
    QCOMPARE(notes.size(), std::size_t {1});
    QCOMPARE(notes[0].axisText, std::string("30 rows"));
    QCOMPARE(notes[0].groupSizes, std::vector<std::int64_t> {4});
    QVERIFY(!planStorage(model, small).at(0).reason.empty());
}

void TestPlanStorage::referenceFormula_data()
{
    // Rows of the golden index ("size"): what the reference's own script answers for one weight.
    QTest::addColumn<LayerInfo>("layer");
    QTest::addColumn<QString>("config");
    QTest::addColumn<double>("bytes");
    const LayerInfo linear = makeLayer("a", LayerKind::Linear, {64, 128});
    QTest::newRow("per channel 4") << linear << "perchannel_int4_symmetric" << 4224.0;
    QTest::newRow("block 32") << linear << "perblock_bs32_int4_symmetric" << 4608.0;
    QTest::newRow("block 32 asym") << linear << "perblock_bs32_int4_asymmetric" << 4736.0;
    QTest::newRow("conv block 16 counts the kernel")
        << makeLayer("a", LayerKind::Conv, {64, 16, 3, 3}) << "perblock_bs16_int4_symmetric"
        << 5760.0;
    QTest::newRow("per channel 8 asym") << linear << "perchannel_int8_asymmetric" << 8384.0;
    QTest::newRow("palette gs 16") << linear << "palette_grouped_gs16_4bit_pcs0" << 4232.0;
    QTest::newRow("palette 8 bit") << linear << "palette_pertensor_8bit_pcs0" << 8706.0;
    QTest::newRow("palette gs 4 pcs") << linear << "palette_grouped_gs4_6bit_pcs1" << 8352.0;
}

void TestPlanStorage::referenceFormula()
{
    QFETCH(LayerInfo, layer);
    QFETCH(QString, config);
    QFETCH(double, bytes);
    const ModelInfo model = makeModel({layer});
    const auto layers = planStorage(model, baseConfig(config.toStdString()));
    QCOMPARE(referenceSize(model, layers).megabytes * 1048576, bytes);
}

void TestPlanStorage::emptyModel()
{
    const ModelInfo model = makeModel({});
    const SizeAccount size = accountSize(model, planStorage(model, baseConfigurations().front()));
    QCOMPARE(size.averageBits(), 16.0);
    QCOMPARE(size.compressionRatio(), 1.0);
    const ModelInfo hollow = makeModel({makeLayer("a", LayerKind::Linear, {0, 16})});
    QCOMPARE(planStorage(hollow, baseConfigurations().front()).at(0).kind, StorageKind::Untouched);
}

void TestPlanStorage::singleValues()
{
    const ModelInfo model = makeModel(
        {makeLayer("one", LayerKind::Linear, {1, 1}), makeLayer("two", LayerKind::Linear, {1, 2})});
    for (const char* config : {"perchannel_int4_symmetric", "palette_pertensor_6bit_pcs0"}) {
        const std::vector<LayerStorage> layers = planStorage(model, baseConfig(config));
        QCOMPARE(layers[0].kind, StorageKind::Untouched);
        QCOMPARE(QString::fromStdString(layers[0].reason), QString("the weight is one value"));
        QCOMPARE(layers[0].bits.total(), std::int64_t {16});
        QVERIFY(layers[1].kind != StorageKind::Untouched);
    }
}

void TestPlanStorage::sizesGrowWithBits()
{
    // Any shape, any kind of layer: more bits never take less room, finer scopes neither.
    std::mt19937 random(3);
    const auto pick = [&](std::int64_t most) {
        return 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
    };
    const auto bitsOf = [](const ModelInfo& model, const CompressionSpec& spec) {
        CompressionConfig config;
        config.spec = spec;
        config.indivisible = IndivisiblePolicy::Skip; // else group sizes would differ between bits
        const std::vector<LayerStorage> layers = planStorage(model, config);
        std::int64_t sum = model.plainElements() * 16;
        for (const LayerStorage& layer : layers)
            sum += layer.bits.total();
        const std::int64_t total = accountSize(model, layers).totalBits();
        return sum == total ? total : -1;
    };
    for (int trial = 0; trial < 300; ++trial) {
        ModelInfo model = makeModel({});
        for (const LayerKind kind :
             {LayerKind::Linear, LayerKind::Conv, LayerKind::ConvTranspose}) {
            Shape shape {pick(64), pick(64)};
            if (kind != LayerKind::Linear)
                shape.insert(shape.end(), {pick(5), pick(5)});
            model.layers.push_back(
                makeLayer("layer" + std::to_string(model.layers.size()), kind, shape));
        }
        addPlain(model, "bias", pick(99));
        using enum QuantGranularity;
        for (const QuantScheme scheme : {QuantScheme::Symmetric, QuantScheme::Asymmetric})
            for (const std::int64_t block : {0, 16, 32}) {
                const QuantGranularity granularity = block == 0 ? PerChannel : PerBlock;
                const auto at = [&](CodeType type) {
                    return bitsOf(model, QuantConfig {type, scheme, granularity, block});
                };
                QVERIFY(0 < at(CodeType::Int2));
                QVERIFY(at(CodeType::Int2) <= at(CodeType::Int4));
                QVERIFY(at(CodeType::Int4) <= at(CodeType::Int8));
                QVERIFY(bitsOf(model, QuantConfig {CodeType::Int4, scheme, PerTensor, 0})
                        <= at(CodeType::Int4));
            }
        for (const std::int64_t group : {0, 4, 8, 16}) {
            std::int64_t before = 0;
            for (const int bits : {1, 2, 3, 4, 6, 8}) {
                const std::int64_t plain = bitsOf(model, PaletteConfig {bits, group, false});
                QVERIFY(before <= plain);
                QVERIFY(plain <= bitsOf(model, PaletteConfig {bits, group, true}));
                before = plain;
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestPlanStorage)
#include "tst_plan_storage.moc"
