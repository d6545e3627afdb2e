// SPDX-License-Identifier: GPL-3.0-or-later
// What is compressed and how, where Bitfront deliberately differs from coreai-opt
// (docs/numerics.md): measured with the real engine.
#include "core/engine/engine_loader.h"
#include "core/kernels/metrics.h"
#include "core/pack/packed_model.h"
#include "core/plan/json.h"
#include "core/plan/sweep_plan.h"
#include "tests/support/engine_data.h"
#include "tests/support/raw_floats.h"

#include <QTest>

#include <cmath>

using namespace bitfront;
using namespace bitfront::test;

namespace {

CompressionConfig paletteConfig(int bits, PaletteOptions options, bool scale = false)
{
    CompressionConfig config;
    config.spec = PaletteConfig {bits, 0, scale};
    config.group = GroupId::Palette;
    config.name = canonicalName(config.spec);
    config.palette = options;
    return config;
}

const LayerStorage& layerOf(const Measurement& measured, const std::string& layer)
{
    for (const LayerStorage& one : measured.layers)
        if (one.layer == layer)
            return one;
    throw std::runtime_error("no layer " + layer);
}

std::int64_t roundedBytes(const ModelInfo& info, const std::vector<LayerStorage>& layers)
{
    std::int64_t bytes = info.plainElements() * 2;
    for (const LayerStorage& layer : layers)
        for (const std::int64_t bits : {layer.bits.codes, layer.bits.scales, layer.bits.zeroPoints,
                                        layer.bits.tables, layer.bits.channelScales})
            bytes += (bits + 7) / 8;
    return bytes;
}

/// What the engine records as weightErrorDb, of unpacked weights.
double errorOf(const Model& model, std::size_t layer, const RawTensor& unpacked)
{
    return relativeErrorDb(model.layerValues(layer).values, floatsOf(unpacked));
}

} // namespace

class TestSemantics : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_engine = loadEngine(); }
    void zeroGammaIsHarmless();
    void smallWeightsAreNotLost();
    void scaledSmallWeightsNeedNoException();
    void embeddingsOnRequest();
    void zerosStayZeros();
    void tiedOwnersDecideTogether();
    void packedFiles_data();
    void packedFiles();

private:
    std::shared_ptr<Experiment> experiment(const std::string& name, const std::string& inputs);
    /// All base configurations and what refines them, measured.
    std::vector<ResultRecord> sweep(Experiment& ready, bool refine);

    std::shared_ptr<Engine> m_engine;
};

std::shared_ptr<Experiment> TestSemantics::experiment(const std::string& name,
                                                      const std::string& inputs)
{
    const auto model = m_engine->openModel(modelPath(name + ".pt"));
    return m_engine->createExperiment(model, m_engine->loadInputs(modelPath(inputs), *model));
}

void TestSemantics::zeroGammaIsHarmless()
{
    // Graph mode of the reference quantizes weight·gamma/σ and divides again: 0/0 is NaN.
    const auto ready = experiment("zero_gamma", "zero_gamma.inputs.pt");
    const auto evaluator = ready->createEvaluator({{"out_0", Metric::Psnr, 10}}, 1);
    for (const CompressionConfig& config : baseConfigurations()) {
        const Measurement measured = evaluator->evaluate(config, {});
        QVERIFY2(std::isfinite(measured.outputs[0].value) && measured.outputs[0].value > 15,
                 config.name.c_str());
        QCOMPARE(measured.size.compressedLayers, 2);
    }
}

void TestSemantics::smallWeightsAreNotLost()
{
    const auto ready = experiment("small_weights", "small_weights.inputs.pt");
    const auto evaluator = ready->createEvaluator({{"out_0", Metric::Psnr, 10}}, 1);
    const Measurement automatic = evaluator->evaluate(paletteConfig(6, {}), {});
    const Measurement reference =
        evaluator->evaluate(paletteConfig(6, {PaletteRounding::Reference, false}), {});
    // The reference's rounding to 4 decimals leaves nothing of these weights: error = weights.
    QVERIFY(std::abs(*layerOf(reference, "small").weightErrorDb) < 0.01);
    QVERIFY(*layerOf(automatic, "small").weightErrorDb < -25);
    QVERIFY(automatic.outputs[0].value > reference.outputs[0].value + 10);

    QVERIFY(layerOf(automatic, "small").exactPalette);
    QVERIFY(!layerOf(automatic, "small").note().empty());
    QVERIFY(layerOf(automatic, "small").reason.empty()); // no fallback
    QVERIFY(!layerOf(automatic, "first").exactPalette);
    QVERIFY(!layerOf(reference, "small").exactPalette);
    QCOMPARE(layerOf(automatic, "first").weightErrorDb, layerOf(reference, "first").weightErrorDb);
    QVERIFY(automatic.size == reference.size);

    ResultRecord record;
    record.config = paletteConfig(6, {PaletteRounding::Reference, true});
    record.outcome = automatic;
    const ResultRecord back = recordFromLine(recordLine(record));
    QVERIFY(back.config.palette == record.config.palette);
    QVERIFY(layerOf(*back.measurement(), "small").exactPalette);
}

void TestSemantics::scaledSmallWeightsNeedNoException()
{
    const auto ready = experiment("small_weights", "small_weights.inputs.pt");
    const auto evaluator = ready->createEvaluator({{"out_0", Metric::Psnr, 10}}, 1);
    const Measurement measured = evaluator->evaluate(paletteConfig(6, {}, true), {});
    QVERIFY(!layerOf(measured, "small").exactPalette);
    QVERIFY(*layerOf(measured, "small").weightErrorDb < -25);
}

void TestSemantics::embeddingsOnRequest()
{
    const auto ready = experiment("encoder", "encoder.inputs.safetensors");
    const auto evaluator =
        ready->createEvaluator({{ready->outputs()[0].name, Metric::Psnr, 10}}, 1);
    const Measurement usual = evaluator->evaluate(paletteConfig(4, {}), {});
    const Measurement asked =
        evaluator->evaluate(paletteConfig(4, {PaletteRounding::Automatic, true}), {});
    QCOMPARE(layerOf(usual, "tokens").kind, StorageKind::Untouched);
    QCOMPARE(layerOf(asked, "tokens").kind, StorageKind::Palettized);
    QCOMPARE(asked.size.compressedLayers, usual.size.compressedLayers + 2);
    QVERIFY(asked.size.totalBits() < usual.size.totalBits());
    QVERIFY(*layerOf(asked, "tokens").weightErrorDb < -10);
}

void TestSemantics::zerosStayZeros()
{
    const auto ready = experiment("zero_layer", "zero_layer.inputs.pt");
    for (const ResultRecord& record : sweep(*ready, false)) {
        const Measurement* measured = record.measurement();
        QVERIFY2(measured, record.config.name.c_str());
        const LayerStorage& none = layerOf(*measured, "none");
        QVERIFY(none.weightErrorDb && std::isinf(*none.weightErrorDb) && *none.weightErrorDb < 0);
        QVERIFY(!none.exactPalette);
        QVERIFY2(measured->outputs[0].value > 15, record.config.name.c_str());
        QCOMPARE(layerOf(*measured, "one").kind, StorageKind::Untouched);
        QVERIFY(!layerOf(*measured, "one").reason.empty());
    }
}

void TestSemantics::tiedOwnersDecideTogether()
{
    const auto ready = experiment("tied_lm", "tied_lm.inputs.safetensors");
    const ModelInfo& info = ready->model();
    const auto evaluator = ready->createEvaluator({{"out_0", Metric::Psnr, 10}}, 1);
    for (const CompressionConfig& base : baseConfigurations()) {
        for (const std::string& owner : {info.layers[0].name, info.layers[0].tiedWith.at(0)}) {
            CompressionConfig config = base;
            config.skippedLayers = {owner};
            const Measurement measured = evaluator->evaluate(config, {});
            QCOMPARE(measured.layers[0].kind, StorageKind::Untouched);
            QVERIFY(measured.layers[1].kind != StorageKind::Untouched);
        }
        const Measurement measured = evaluator->evaluate(base, {});
        QVERIFY(measured.layers[0].kind != StorageKind::Untouched);
        std::int64_t bits = info.plainElements() * 16; // every tensor once, whoever shares it
        for (const LayerStorage& layer : measured.layers)
            bits += layer.bits.total();
        QCOMPARE(measured.size.totalBits(), bits);
        QCOMPARE(measured.size.totalElements, info.parameterCount());
    }
}

void TestSemantics::packedFiles_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("inputs");
    QTest::addColumn<bool>("refine");
    const auto row = [](const char* model, const char* form, bool refine) {
        QTest::newRow(model) << model << QString("%1.inputs.%2").arg(model, form) << refine;
    };
    row("half", "safetensors", true); // fp16 weights
    row("tied_lm", "safetensors", true); // an embedding that is its own head
    row("upsampler", "pt", true); // transposed convolutions
    row("encoder", "safetensors", false); // embeddings, packed attention weights
    row("cnn", "npz", false); // grouped convolutions, batch norm
    row("nan_weight", "npy", false); // a layer that no configuration can compress
    row("small_weights", "pt", true); // palettes of unrounded weights
}

void TestSemantics::packedFiles()
{
    QFETCH(QString, model);
    QFETCH(QString, inputs);
    QFETCH(bool, refine);
    const auto opened = m_engine->openModel(modelPath(model.toStdString() + ".pt"));
    const auto ready = m_engine->createExperiment(
        opened, m_engine->loadInputs(modelPath(inputs.toStdString()), *opened));
    const std::vector<ResultRecord> records = sweep(*ready, refine);
    QVERIFY(records.size() >= 31 && (!refine || records.size() > 31));
    for (const ResultRecord& record : records) {
        const Measurement* measured = record.measurement();
        if (!measured)
            continue; // outputs that are not finite
        const PackedModel packed = packModel(*opened, record.config.name, measured->layers);
        QCOMPARE(packed.exactBits(), measured->size.totalBits());
        QVERIFY(packed.modelSha256 == opened->info().sha256);
        const std::vector<std::uint8_t> file = writePacked(packed);
        std::uint64_t header = 0;
        for (int i = 7; i >= 0; --i)
            header = header << 8 | file.at(static_cast<std::size_t>(i));
        const std::int64_t payload = roundedBytes(opened->info(), measured->layers);
        QCOMPARE(static_cast<std::int64_t>(packed.payloadBytes()), payload);
        QCOMPARE(static_cast<std::int64_t>(file.size()),
                 8 + static_cast<std::int64_t>(header) + payload);

        const PackedModel back = readPacked(file);
        QVERIFY(writePacked(back) == file);
        const std::vector<RawTensor> weights = unpackWeights(back);
        QCOMPARE(weights.size(),
                 opened->info().layers.size() + opened->info().plainParameters.size());
        for (std::size_t i = 0; i < measured->layers.size(); ++i) {
            QVERIFY2(model != "half" || packed.parameters[i].exact,
                     packed.parameters[i].name.c_str());
            if (packed.parameters[i].exact && measured->layers[i].weightErrorDb)
                QCOMPARE(errorOf(*opened, i, weights[i]), *measured->layers[i].weightErrorDb);
        }
    }
}

std::vector<ResultRecord> TestSemantics::sweep(Experiment& ready, bool refine)
{
    const MetricChoice psnr {ready.outputs()[0].name, Metric::Psnr, 10};
    const auto evaluator = ready.createEvaluator({psnr}, 1);
    std::vector<ResultRecord> records;
    const auto measure = [&](const CompressionConfig& config) {
        ResultRecord record;
        record.config = config;
        try {
            record.outcome = evaluator->evaluate(config, {});
        } catch (const Error& error) {
            record.outcome = error.failure();
        }
        records.push_back(std::move(record));
    };
    for (const CompressionConfig& config : baseConfigurations())
        measure(config);
    if (refine)
        for (const GroupId group : kGroups)
            for (const CompressionConfig& config : refineGroup(ready.model(), group, records, psnr))
                measure(config);
    return records;
}

QTEST_GUILESS_MAIN(TestSemantics)
#include "tst_semantics.moc"
