// SPDX-License-Identifier: GPL-3.0-or-later
// Measuring configurations with the real engine: against numbers computed by Python alone,
// repeatable, independent of how many evaluators run, and with the model left as it was.
#include "core/engine/engine_loader.h"
#include "tests/support/engine_data.h"

#include <QTest>

#include <cmath>
#include <thread>

using namespace bitfront;
using namespace bitfront::test;

namespace {

CompressionConfig configOf(const CompressionSpec& spec, GroupId group)
{
    CompressionConfig config;
    config.spec = spec;
    config.group = group;
    config.name = canonicalName(spec);
    return config;
}

CompressionConfig w8()
{
    return configOf(QuantConfig {}, GroupId::PerChannel);
}

CompressionConfig w4Block16()
{
    QuantConfig quant;
    quant.dtype = CodeType::Int4;
    quant.granularity = QuantGranularity::PerBlock;
    quant.blockSize = 16;
    return configOf(quant, GroupId::PerBlock);
}

CompressionConfig palette(int bits, std::int64_t group, bool scale = false)
{
    PaletteConfig config;
    config.bits = bits;
    config.groupSize = group;
    config.channelScale = scale;
    return configOf(config, GroupId::Palette);
}

/// psnr for every floating-point output.
std::vector<MetricChoice> psnrOf(const Experiment& experiment)
{
    std::vector<MetricChoice> choices;
    for (const OutputInfo& output : experiment.outputs())
        if (output.dtype.rfind("float", 0) == 0)
            choices.push_back({output.name, Metric::Psnr, 10});
    return choices;
}

std::vector<double> valuesOf(const Measurement& measurement)
{
    std::vector<double> values;
    for (const OutputQuality& quality : measurement.outputs)
        values.push_back(quality.value);
    return values;
}

} // namespace

class TestEngineEvaluate : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_engine = loadEngine(); }
    void w8AgainstPython_data();
    void w8AgainstPython();
    void w8OfFrozen();
    void measurement();
    void sameFromEveryEvaluator();
    void sameWithSeveralThreads();
    void sweepComputesNothingTwice();
    void restoredAfterEverything();
    void stateStartsAnew();
    void nanOutputsAreValues();
    void nonFiniteWeightsAreLeftOut();
    void skippedLayers();
    void attentionIsPalettized();
    void fp16();
    void metricsMustFit_data();
    void metricsMustFit();
    void cancelledInside();
    void progress();

private:
    std::shared_ptr<Experiment> experiment(const std::string& name, std::string inputs = {})
    {
        if (inputs.empty())
            inputs = expectedModels().at(name).at("inputs").get<std::string>();
        const auto model = m_engine->openModel(modelPath(name + ".pt"));
        return m_engine->createExperiment(model, m_engine->loadInputs(modelPath(inputs), *model));
    }
    std::shared_ptr<Engine> m_engine;
};

void TestEngineEvaluate::w8AgainstPython_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("tolerance"); // dB: summation order differs, half precision outputs
    for (const auto& [name, entry] : expectedModels().items())
        if (entry.contains("w8") && entry.contains("inputs"))
            QTest::newRow(name.c_str())
                << QString::fromStdString(name) << (name == "half" ? 0.2 : 0.02);
}

void TestEngineEvaluate::w8AgainstPython()
{
    QFETCH(QString, name);
    QFETCH(double, tolerance);
    const auto ready = experiment(name.toStdString());
    const Measurement result = ready->createEvaluator(psnrOf(*ready), 1)->evaluate(w8(), {});
    const auto& expected = expectedModels().at(name.toStdString()).at("w8");
    QCOMPARE(result.outputs.size(), expected.size());
    for (const OutputQuality& quality : result.outputs) {
        const double want = expected.at(quality.output).get<double>();
        QVERIFY2(std::fabs(quality.value - want) <= tolerance,
                 qPrintable(QString("%1: %2 dB, not %3")
                                .arg(QString::fromStdString(quality.output))
                                .arg(quality.value)
                                .arg(want)));
    }
}

void TestEngineEvaluate::w8OfFrozen()
{
    const auto ready = experiment("frozen_mlp", "mlp.inputs.npy");
    const Measurement result = ready->createEvaluator(psnrOf(*ready), 1)->evaluate(w8(), {});
    const double want = expectedModels().at("frozen_mlp").at("w8").at("out_0").get<double>();
    QVERIFY(std::fabs(result.outputs.at(0).value - want) <= 0.02);
}

void TestEngineEvaluate::measurement()
{
    const auto ready = experiment("cnn");
    const auto evaluator = ready->createEvaluator(psnrOf(*ready), 1);
    const Measurement eight = evaluator->evaluate(w8(), {});
    QCOMPARE(eight.layers.size(), ready->model().layers.size());
    QCOMPARE(eight.size, accountSize(ready->model(), eight.layers));
    QVERIFY(eight.size.compressionRatio() > 1.2 && eight.size.compressionRatio() < 2);
    QVERIFY(eight.timeMs >= eight.forwardMs && eight.forwardMs > 0);
    QVERIFY(eight.peakMemoryBytes > 10'000'000);
    QVERIFY(ready->forwardMs() > 0);
    for (const LayerStorage& layer : eight.layers) {
        QCOMPARE(layer.kind, StorageKind::Quantized);
        QVERIFY(layer.weightErrorDb && *layer.weightErrorDb < -35 && *layer.weightErrorDb > -70);
    }
    const Measurement four = evaluator->evaluate(w4Block16(), {});
    QVERIFY(four.outputs[0].value < eight.outputs[0].value - 10);
    const Measurement many = evaluator->evaluate(palette(8, 0), {});
    const Measurement few = evaluator->evaluate(palette(4, 0), {});
    QVERIFY(many.outputs[0].value > few.outputs[0].value + 10);
}

void TestEngineEvaluate::sameFromEveryEvaluator()
{
    const auto ready = experiment("encoder");
    const auto metrics = psnrOf(*ready);
    const std::vector<CompressionConfig> configs {w8(), palette(4, 4), w4Block16(),
                                                  palette(6, 8, true), palette(4, 4)};
    std::vector<std::vector<double>> alone;
    const auto single = ready->createEvaluator(metrics, 1);
    for (const CompressionConfig& config : configs)
        alone.push_back(valuesOf(single->evaluate(config, {})));
    QCOMPARE(alone[1], alone[4]);

    const auto fresh = experiment("encoder"); // no lookup tables found yet: threads race for them
    constexpr int workers = 4;
    std::vector<std::vector<std::vector<double>>> together(workers);
    std::vector<std::thread> threads;
    for (auto& mine : together)
        threads.emplace_back([&] {
            const auto evaluator = fresh->createEvaluator(metrics, 1);
            for (const CompressionConfig& config : configs)
                mine.push_back(valuesOf(evaluator->evaluate(config, {})));
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const auto& mine : together)
        QCOMPARE(mine, alone);
}

void TestEngineEvaluate::sameWithSeveralThreads()
{
    const auto ready = experiment("encoder");
    const auto other = experiment("encoder");
    const auto single = ready->createEvaluator(psnrOf(*ready), 1);
    const auto several = other->createEvaluator(psnrOf(*other), 4);
    for (const CompressionConfig& config :
         {w8(), w4Block16(), palette(4, 4), palette(6, 8, true)}) {
        const Measurement one = single->evaluate(config, {}), four = several->evaluate(config, {});
        QCOMPARE(valuesOf(one), valuesOf(four));
        for (std::size_t i = 0; i < one.layers.size(); ++i)
            QVERIFY(one.layers[i] == four.layers[i]);
    }
}

void TestEngineEvaluate::sweepComputesNothingTwice()
{
    const std::vector<CompressionConfig> configs = baseConfigurations();
    const auto ready = experiment("encoder"), plain = experiment("encoder");
    ready->announce(configs);
    const std::int64_t baselines = ready->work().forwardPasses;
    const auto evaluator = ready->createEvaluator(psnrOf(*ready), 1);
    const auto unannounced = plain->createEvaluator(psnrOf(*plain), 1);
    for (const CompressionConfig& config : configs)
        QCOMPARE(valuesOf(evaluator->evaluate(config, {})),
                 valuesOf(unannounced->evaluate(config, {})));
    const WorkCounts base = ready->work();
    std::int64_t layers = 0, weights = 0;
    for (const LayerInfo& layer : ready->model().layers) {
        layers += layer.palettizable() ? 1 : 0;
        weights += layer.palettizable() ? layer.elements() : 0;
    }
    QVERIFY(layers > 0);
    QCOMPARE(base.forwardPasses - baselines, 31);
    QCOMPARE(base.palettesAsked, 16 * layers);
    QCOMPARE(base.paletteSearches, 2 * layers); // with and without channel scales
    QVERIFY(base.countedWeights >= 2 * weights && base.countedWeights <= 4 * weights);
    QVERIFY(plain->work().paletteSearches > base.paletteSearches);

    // A refinement is an assignment and a forward pass.
    CompressionConfig refined = palette(4, 4);
    refined.skippedLayers = {ready->model().layers.front().name};
    evaluator->evaluate(refined, {});
    QCOMPARE(ready->work().forwardPasses, base.forwardPasses + 1);
    QCOMPARE(ready->work().paletteSearches, base.paletteSearches);
    QCOMPARE(ready->work().kmeansProbes, base.kmeansProbes);
}

void TestEngineEvaluate::restoredAfterEverything()
{
    const auto ready = experiment("tied_lm");
    const auto evaluator = ready->createEvaluator(psnrOf(*ready), 1);
    CompressionConfig nothing = w8();
    for (const LayerInfo& layer : ready->model().layers)
        nothing.skippedLayers.push_back(layer.name);
    const auto identical = [&] {
        return evaluator->evaluate(nothing, {}).outputs.at(0).identical();
    };
    QVERIFY(identical());
    evaluator->evaluate(w4Block16(), {});
    QVERIFY(identical());
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN(evaluator->evaluate(w8(), stop.get_token()), Cancelled);
    QVERIFY(identical());
    CompressionConfig wrong = palette(5, 0); // no such number of bits
    QVERIFY(failureOf([&] { evaluator->evaluate(wrong, {}); }).has_value());
    QVERIFY(identical());
    // Another evaluator of the same experiment never saw any of it.
    QVERIFY(
        ready->createEvaluator(psnrOf(*ready), 1)->evaluate(nothing, {}).outputs[0].identical());
}

void TestEngineEvaluate::stateStartsAnew()
{
    const auto ready = experiment("stateful");
    QCOMPARE(ready->model().notes.size(), std::size_t {1});
    QVERIFY(ready->model().notes[0].find("state") != std::string::npos);
    const auto first = ready->createEvaluator(psnrOf(*ready), 1);
    const auto values = valuesOf(first->evaluate(w8(), {}));
    QVERIFY(values[0] > 30); // a state carried over would add whole units
    for (int i = 0; i < 3; ++i)
        QCOMPARE(valuesOf(first->evaluate(w8(), {})), values);
    QCOMPARE(valuesOf(ready->createEvaluator(psnrOf(*ready), 1)->evaluate(w8(), {})), values);
}

void TestEngineEvaluate::nanOutputsAreValues()
{
    const auto ready = experiment("fragile_nan");
    const Measurement result = ready->createEvaluator(psnrOf(*ready), 1)->evaluate(w8(), {});
    QVERIFY(std::isnan(result.outputs.at(0).value));
    QVERIFY(std::isnan(result.outputs.at(0).referenceValue));
}

void TestEngineEvaluate::nonFiniteWeightsAreLeftOut()
{
    const auto ready = experiment("nan_weight");
    const auto evaluator = ready->createEvaluator(psnrOf(*ready), 1);
    for (const CompressionConfig& config : {w8(), palette(4, 0)}) {
        const Measurement result = evaluator->evaluate(config, {});
        QVERIFY(result.layers[0].kind != StorageKind::Untouched);
        QCOMPARE(result.layers[1].kind, StorageKind::Untouched);
        QVERIFY(result.layers[1].reason.find("NaN") != std::string::npos);
        QCOMPARE(result.layers[1].bits.total(), 16 * result.layers[1].elements);
        QCOMPARE(result.size.compressedLayers, 1);
    }
}

void TestEngineEvaluate::skippedLayers()
{
    const auto ready = experiment("mlp");
    const auto evaluator = ready->createEvaluator(psnrOf(*ready), 1);
    CompressionConfig config = w4Block16();
    const double all = evaluator->evaluate(config, {}).outputs[0].value;
    config.skippedLayers = {"head"};
    const Measurement kept = evaluator->evaluate(config, {});
    QVERIFY(kept.outputs[0].value > all);
    QCOMPARE(kept.layers.back().kind, StorageKind::Untouched);
    QVERIFY(!kept.layers.back().weightErrorDb);
}

void TestEngineEvaluate::attentionIsPalettized()
{
    const auto ready = experiment("mha");
    const auto evaluator = ready->createEvaluator(psnrOf(*ready), 1);
    QCOMPARE(evaluator->evaluate(w8(), {}).layers[0].kind, StorageKind::Untouched);
    const Measurement result = evaluator->evaluate(palette(4, 4), {});
    QCOMPARE(result.layers[0].kind, StorageKind::Palettized);
    QVERIFY(result.outputs[0].value > 10 && result.outputs[0].value < 60);
}

void TestEngineEvaluate::fp16()
{
    const auto ready = experiment("cnn");
    const auto single = ready->fp16Quality(psnrOf(*ready));
    QCOMPARE(single.size(), std::size_t {1});
    QVERIFY(single[0].value > 65 && single[0].value < 110);
    const auto half = experiment("half");
    QVERIFY(half->fp16Quality(psnrOf(*half))[0].identical());
}

void TestEngineEvaluate::metricsMustFit_data()
{
    QTest::addColumn<QString>("output");
    QTest::addColumn<int>("metric");
    QTest::addColumn<QString>("says");
    const int psnr = static_cast<int>(Metric::Psnr), iou = static_cast<int>(Metric::Iou);
    QTest::newRow("unknown output") << "logits" << psnr << "no output “logits”|out_0.a";
    QTest::newRow("iou of numbers") << "out_0.a" << iou << "out_0.a";
    QTest::newRow("iou of a mask") << "out_0.mask" << iou << "";
}

void TestEngineEvaluate::metricsMustFit()
{
    QFETCH(QString, output);
    QFETCH(int, metric);
    QFETCH(QString, says);
    const auto ready = experiment("multi");
    const MetricChoice choice {output.toStdString(), static_cast<Metric>(metric), 10};
    const auto failure = failureOf([&] { ready->createEvaluator({choice}, 1); });
    QCOMPARE(failure.has_value(), !says.isEmpty());
    if (!failure) {
        const Measurement result = ready->createEvaluator({choice}, 1)->evaluate(w8(), {});
        QVERIFY(result.outputs.at(0).value > 0.8);
        return;
    }
    QCOMPARE(failure->code, ErrorCode::MetricUnfit);
    QVERIFY2(test::says(failure, says.toStdString()), textOf(failure).c_str());
}

/// Cancelled and Error are thrown inside the library that was loaded at run time and caught here.
void TestEngineEvaluate::cancelledInside()
{
    const auto ready = experiment("encoder");
    const auto evaluator = ready->createEvaluator(psnrOf(*ready), 1);
    std::stop_source stop;
    EvaluationProgress progress;
    std::thread stopper([&] {
        while (progress.layersDone < 2)
            std::this_thread::yield();
        stop.request_stop();
    });
    bool cancelled = false;
    for (int i = 0; i < 200 && !cancelled; ++i) {
        try {
            evaluator->evaluate(w8(), stop.get_token(), &progress);
        } catch (const Cancelled&) {
            cancelled = true;
        }
    }
    stopper.join();
    QVERIFY(cancelled);
}

void TestEngineEvaluate::progress()
{
    const auto ready = experiment("encoder");
    EvaluationProgress progress;
    ready->createEvaluator(psnrOf(*ready), 1)->evaluate(palette(4, 0), {}, &progress);
    int palettizable = 0;
    for (const LayerInfo& layer : ready->model().layers)
        palettizable += layer.palettizable() ? 1 : 0;
    QCOMPARE(progress.layersTotal.load(), palettizable);
    QCOMPARE(progress.layersDone.load(), palettizable);
}

QTEST_GUILESS_MAIN(TestEngineEvaluate)
#include "tst_engine_evaluate.moc"
