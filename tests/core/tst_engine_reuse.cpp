// SPDX-License-Identifier: GPL-3.0-or-later
// Passes through exported programs take over what no compressed weight can change: the same results
// bit for bit, with fewer operators executed.
#include "core/engine/engine_loader.h"
#include "tests/support/engine_data.h"

#include <QTest>

#include <thread>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

namespace {

std::filesystem::path pairPath(const std::string& file)
{
    return std::filesystem::path(BITFRONT_TEST_DATA) / "pairs" / file;
}

/// int4 per channel for the layers of these indices alone.
CompressionConfig int4Of(const ModelInfo& model, const std::vector<std::size_t>& changed)
{
    QuantConfig quant;
    quant.dtype = CodeType::Int4;
    CompressionConfig config;
    config.spec = quant;
    config.group = GroupId::PerChannel;
    config.name = canonicalName(config.spec);
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        if (std::find(changed.begin(), changed.end(), i) == changed.end())
            config.skippedLayers.push_back(model.layers[i].name);
    return config;
}

std::vector<MetricChoice> metricsOf(const Experiment& experiment)
{
    std::vector<MetricChoice> choices;
    for (const OutputInfo& output : experiment.outputs())
        for (const Metric metric : {Metric::Psnr, Metric::Snr})
            if (metricUnfitReason(output, metric).empty())
                choices.push_back({output.name, metric, 10});
    return choices;
}

std::vector<double> valuesOf(const Measurement& measurement)
{
    std::vector<double> values;
    for (const OutputQuality& quality : measurement.outputs)
        for (const double value : {quality.value, quality.referenceValue})
            values.push_back(value);
    return values;
}

} // namespace

class TestEngineReuse : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_engine = loadEngine(); }
    void layerByLayer_data();
    void layerByLayer();
    void fewerOperators();
    void budget();
    void severalWorkers();
    void notForTorchScript();

private:
    std::shared_ptr<Experiment> experiment(const std::string& name, const char* suffix = ".pt2")
    {
        const auto model = m_engine->openModel(pairPath(name + suffix));
        return m_engine->createExperiment(
            model, m_engine->loadInputs(pairPath(name + ".inputs.safetensors"), *model));
    }
    std::shared_ptr<Engine> m_engine;
};

void TestEngineReuse::layerByLayer_data()
{
    QTest::addColumn<QString>("name");
    const json content = json::parse(std::ifstream(pairPath("expected.json")));
    for (const auto& [name, entry] : content.items())
        if (entry.at("pt2").get<bool>())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

/// One layer after the other, and pairs of layers backwards, against an evaluator without reuse.
void TestEngineReuse::layerByLayer()
{
    QFETCH(QString, name);
    const auto ready = experiment(name.toStdString());
    const ModelInfo& model = ready->model();
    const auto reusing = ready->createEvaluator(metricsOf(*ready), 1);
    ready->setReuseBudget(0);
    const auto whole = ready->createEvaluator(metricsOf(*ready), 1);
    std::vector<std::vector<std::size_t>> choices;
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        choices.push_back({i});
    for (std::size_t i = model.layers.size(); i-- > 1;)
        choices.push_back({i, i / 2});
    int executed = 0, total = 0;
    for (const auto& changed : choices) {
        const CompressionConfig config = int4Of(model, changed);
        const Measurement a = reusing->evaluate(config, {});
        const Measurement b = whole->evaluate(config, {});
        QCOMPARE(valuesOf(a), valuesOf(b));
        QCOMPARE(whole->operatorCounts().executed, whole->operatorCounts().total);
        executed += reusing->operatorCounts().executed;
        total += reusing->operatorCounts().total;
    }
    qInfo("%d of %d operators executed", executed, total);
    QVERIFY(executed <= total);
    if (model.layers.size() > 2)
        QVERIFY(executed < total);
}

void TestEngineReuse::fewerOperators()
{
    const auto ready = experiment("decoder");
    const ModelInfo& model = ready->model();
    const auto evaluator = ready->createEvaluator(metricsOf(*ready), 1);
    const std::size_t last = model.layers.size() - 1;
    const CompressionConfig config = int4Of(model, {last}); // blocks.1.down
    QCOMPARE(model.layers[last].name, std::string("blocks.1.down"));
    evaluator->evaluate(config, {});
    const OperatorCounts first = evaluator->operatorCounts();
    QVERIFY(first.executed > first.total / 2); // nothing was there yet
    evaluator->evaluate(config, {});
    const OperatorCounts second = evaluator->operatorCounts();
    QCOMPARE(second.total, first.total);
    QCOMPARE(second.executed, 4); // the layer, the residual, the norm, the head
    evaluator->evaluate(int4Of(model, {}), {});
    QCOMPARE(evaluator->operatorCounts().executed, 4); // they were never unchanged before
    evaluator->evaluate(int4Of(model, {}), {});
    QCOMPARE(evaluator->operatorCounts().executed, 0);
}

/// A budget too small for anything still gives the same results.
void TestEngineReuse::budget()
{
    std::vector<std::vector<double>> values;
    std::vector<int> executed;
    for (const std::uint64_t bytes : {std::uint64_t {0}, std::uint64_t {1}, std::uint64_t {4096},
                                      std::uint64_t {16384}, std::uint64_t {1} << 30}) {
        const auto ready = experiment("bn_cnn");
        ready->setReuseBudget(bytes);
        const auto evaluator = ready->createEvaluator(metricsOf(*ready), 1);
        const ModelInfo& model = ready->model();
        std::vector<double> all;
        int count = 0;
        for (std::size_t i = 0; i < model.layers.size(); ++i) {
            const std::vector<double> some = valuesOf(evaluator->evaluate(int4Of(model, {i}), {}));
            all.insert(all.end(), some.begin(), some.end());
            count += evaluator->operatorCounts().executed;
        }
        values.push_back(std::move(all));
        executed.push_back(count);
    }
    for (const auto& other : values)
        QCOMPARE(other, values.front());
    QVERIFY(executed.back() < executed.front());
    for (std::size_t i = 1; i < executed.size(); ++i)
        QVERIFY(executed[i] <= executed[i - 1]);
}

void TestEngineReuse::severalWorkers()
{
    const auto ready = experiment("vit");
    const ModelInfo& model = ready->model();
    std::vector<std::vector<double>> alone;
    const auto single = ready->createEvaluator(metricsOf(*ready), 1);
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        alone.push_back(valuesOf(single->evaluate(int4Of(model, {i}), {})));
    ready->setReuseBudget(1 << 20); // a new, empty store
    std::vector<std::vector<std::vector<double>>> together(3);
    std::vector<std::thread> threads;
    for (auto& results : together)
        threads.emplace_back([&] {
            const auto evaluator = ready->createEvaluator(metricsOf(*ready), 1);
            for (std::size_t i = 0; i < model.layers.size(); ++i)
                results.push_back(valuesOf(evaluator->evaluate(int4Of(model, {i}), {})));
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const auto& results : together)
        QCOMPARE(results, alone);
}

void TestEngineReuse::notForTorchScript()
{
    const auto ready = experiment("mlp", ".pt");
    const auto evaluator = ready->createEvaluator(metricsOf(*ready), 1);
    evaluator->evaluate(int4Of(ready->model(), {0}), {});
    QCOMPARE(evaluator->operatorCounts().total, 0);
}

QTEST_GUILESS_MAIN(TestEngineReuse)
#include "tst_engine_reuse.moc"
