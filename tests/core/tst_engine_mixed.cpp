// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed configurations and held-out samples with the real engine: the demo model, measured by hand.
#include "core/engine/engine_loader.h"
#include "core/plan/scan_space.h"
#include "core/plan/sensitivity.h"
#include "core/scan/recipe_session.h"
#include "tests/support/engine_data.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace bitfront;
using namespace bitfront::test;

namespace {

std::filesystem::path demoPath(const std::string& file)
{
    return std::filesystem::path(BITFRONT_TEST_DATA) / ".." / ".." / "resources" / "demo" / file;
}

const std::vector<MetricChoice>& metrics()
{
    static const std::vector<MetricChoice> choices {{"logits", Metric::Psnr, 10}};
    return choices;
}

} // namespace

class TestEngineMixed : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void sameAsUniform_data();
    void sameAsUniform();
    void heldOutSamples();
    void heldOutBatches();
    void nothingHeldOut();
    void countedPasses();
    void matrixProducts_data();
    void matrixProducts();
    void unchangedLayersAreKept();
    void scanGoesOnWithItsTables();

private:
    std::shared_ptr<Experiment> experiment(const InputOptions& options = {}) const
    {
        return m_engine->createExperiment(
            m_model, m_engine->loadInputs(demoPath("digits_inputs.pt"), *m_model, options));
    }

    std::shared_ptr<Engine> m_engine;
    std::shared_ptr<const Model> m_model;
};

void TestEngineMixed::initTestCase()
{
    m_engine = loadEngine();
    m_model = m_engine->openModel(demoPath("digits_cnn.pt"));
    QCOMPARE(experiment()->outputs().front().name, metrics().front().output);
}

void TestEngineMixed::sameAsUniform_data()
{
    QTest::addColumn<QString>("key");
    for (const CompressionSpec& spec : scanFormats(ScanPreset::Quick))
        QTest::newRow(formatKey(spec).c_str()) << QString::fromStdString(formatKey(spec));
}

/// One format for all layers is the uniform configuration, to the last bit of every output.
void TestEngineMixed::sameAsUniform()
{
    QFETCH(QString, key);
    ScanSettings settings;
    settings.formats = formatsFromKeys({key.toStdString()});
    const ScanSpace space = makeScanSpace(m_model->info(), settings);
    ScanChoice all = space.uncompressed();
    for (std::size_t u = 0; u < all.size(); ++u)
        all[u] = space.options[u].size() - 1;
    CompressionConfig uniform;
    uniform.name = key.toStdString();
    uniform.spec = settings.formats.front();
    uniform.group = std::holds_alternative<PaletteConfig>(uniform.spec) ? GroupId::Palette
                                                                        : GroupId::PerChannel;
    // What takes as much as fp16 is no option of a recipe.
    for (std::size_t u = 0; u < all.size(); ++u)
        if (all[u] == 0)
            uniform.skippedLayers.push_back(space.units[u].name);
    const auto evaluatorOf = [&] { return experiment()->createEvaluator(metrics(), 1); };
    const Measurement mixed =
        evaluatorOf()->evaluate(space.config(all, m_model->info(), "mixed_x"), {});
    const Measurement plain = evaluatorOf()->evaluate(uniform, {});
    QCOMPARE(mixed.outputs.front().value, plain.outputs.front().value);
    QCOMPARE(mixed.size.totalBits(), plain.size.totalBits());
    for (std::size_t i = 0; i < mixed.layers.size(); ++i) {
        QVERIFY(mixed.layers[i].kind == plain.layers[i].kind);
        QVERIFY(mixed.layers[i].spec == plain.layers[i].spec || all[i] == 0);
        QVERIFY(mixed.layers[i].weightErrorDb == plain.layers[i].weightErrorDb);
    }
}

/// The parts' errors, weighted by their samples, are the error of all: same peak or not.
void TestEngineMixed::heldOutSamples()
{
    const auto whole = experiment();
    const SampleSplit split = whole->holdOut(0.25);
    QCOMPARE(split.total, whole->inputs().samples());
    QCOMPARE(split.heldOut, split.total / 4);
    QVERIFY(!split.byBatch);
    const std::vector<MetricChoice> snr {{"logits", Metric::Snr, 10}};
    CompressionConfig config;
    config.spec = QuantConfig {CodeType::Int4, QuantScheme::Symmetric};
    const Measurement measured = whole->createEvaluator(snr, 1)->evaluate(config, {});
    const OutputQuality& output = measured.outputs.front();
    QVERIFY(output.split);
    const std::vector<float> baseline = whole->baseline(0);
    const std::size_t width = baseline.size() / std::size_t(split.total);
    double energy[2] = {0, 0};
    for (std::size_t i = 0; i < baseline.size(); ++i)
        energy[i / width % 4 == 3] += double(baseline[i]) * double(baseline[i]);
    const auto noise = [](double decibels) { return std::pow(10.0, -decibels / 10); };
    const double sum =
        noise(output.split->chosenOn) * energy[0] + noise(output.split->heldOut) * energy[1];
    QVERIFY(std::abs(sum / (noise(output.value) * (energy[0] + energy[1])) - 1) < 1e-5);
    QVERIFY(output.split->chosenOn != output.split->heldOut);
}

void TestEngineMixed::heldOutBatches()
{
    InputOptions options;
    options.batchSize = 48;
    const auto whole = experiment(options);
    const auto batches = std::int64_t(whole->inputs().batches());
    const SampleSplit split = whole->holdOut(0.25);
    QVERIFY(split.byBatch);
    QCOMPARE(split.total, batches);
    QCOMPARE(split.heldOut, std::int64_t(std::llround(double(batches) / 4)));
    CompressionConfig config;
    config.spec = QuantConfig {CodeType::Int4, QuantScheme::Symmetric};
    const Measurement measured = whole->createEvaluator(metrics(), 1)->evaluate(config, {});
    QVERIFY(measured.outputs.front().split);
}

void TestEngineMixed::nothingHeldOut()
{
    const auto whole = experiment();
    QCOMPARE(whole->holdOut(0).heldOut, std::int64_t {0});
    CompressionConfig config;
    config.spec = QuantConfig {};
    QVERIFY(!whole->createEvaluator(metrics(), 1)->evaluate(config, {}).outputs.front().split);
    const auto model = m_engine->openModel(modelPath("mlp.pt"));
    const auto few = m_engine->createExperiment(
        model, m_engine->loadInputs(modelPath("mlp.inputs.npy"), *model));
    const SampleSplit split = few->holdOut(0.25);
    QCOMPARE(split.heldOut > 0, few->inputs().samples() >= 4);
    QCOMPARE(split.reason.empty(), split.heldOut > 0);
}

/// A scan takes one pass for each option of each layer, a recipe one for each measurement that is
/// not known yet and one for its record.
void TestEngineMixed::countedPasses()
{
    const QTemporaryDir directory;
    RecipeRequest request;
    request.experiment = experiment();
    request.header.model = m_model->info();
    request.header.inputsSha256 = request.experiment->inputs().sha256();
    request.header.metrics = metrics();
    request.runFolder = std::filesystem::path(directory.path().toStdString()) / "run";
    request.settings.formats =
        formatsFromKeys({"perchannel_int8_symmetric", "palette_pertensor_4bit_pcs0",
                         "palette_pertensor_2bit_pcs0"});
    request.workers = 2;
    const std::int64_t before = request.experiment->work().forwardPasses;
    RecipeSession session(request);
    session.scan({});
    const auto cells = std::int64_t(session.measurer().space().cellCount());
    QCOMPARE(request.experiment->work().forwardPasses - before, cells);
    const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, 5}, 1, {});
    QVERIFY(record.measurement());
    QCOMPARE(request.experiment->work().forwardPasses - before,
             cells + record.recipe->evaluations + 1);
    const auto units = std::int64_t(session.measurer().space().units.size());
    QVERIFY(record.recipe->evaluations <= 1 + 3 * units + 3);
}

void TestEngineMixed::matrixProducts_data()
{
    QTest::addColumn<QString>("file");
    for (const char* file : {"products.pt", "products.pt2", "decomposed_products.pt2"})
        QTest::newRow(file) << file;
}

/// Weights on the right of a product have their channels on the other axis: a cell of the scan is
/// the sweep's configuration of that format with the other layer kept.
void TestEngineMixed::matrixProducts()
{
    QFETCH(QString, file);
    const auto path = [](const QString& name) {
        return std::filesystem::path(BITFRONT_TEST_DATA) / "pairs" / name.toStdString();
    };
    const auto model = m_engine->openModel(path(file));
    const QString inputs = file.startsWith("products") ? "products.inputs.safetensors"
                                                       : "decomposed_products.inputs.safetensors";
    const auto experiment =
        m_engine->createExperiment(model, m_engine->loadInputs(path(inputs), *model));
    const std::vector<MetricChoice> choices {
        {experiment->outputs().front().name, Metric::Psnr, 10}};
    const QTemporaryDir directory;
    RecipeRequest request;
    request.experiment = experiment;
    request.header.model = model->info();
    request.header.inputsSha256 = experiment->inputs().sha256();
    request.header.metrics = choices;
    request.runFolder = std::filesystem::path(directory.path().toStdString()) / "run";
    request.settings.formats = scanFormats(ScanPreset::Quick);
    request.heldOutShare = 0;
    RecipeSession session(request);
    session.scan({});
    const ScanSpace& space = session.measurer().space();
    QCOMPARE(space.units.size(), std::size_t {2});
    const auto evaluator = experiment->createEvaluator(choices, 1);
    int compared = 0;
    for (std::size_t u = 0; u < 2; ++u)
        for (std::size_t o = 1; o < space.options[u].size(); ++o, ++compared) {
            CompressionConfig uniform;
            uniform.name = space.options[u][o].key;
            uniform.spec = *space.options[u][o].spec;
            uniform.indivisible = space.indivisible;
            uniform.skippedLayers = {space.units[1 - u].name};
            const Measurement alone = evaluator->evaluate(uniform, {});
            QCOMPARE(session.sensitivity().cost(u, o),
                     errorEnergy(Metric::Psnr, alone.outputs.front().value));
            ScanChoice choice = space.uncompressed();
            choice[u] = o;
            QCOMPARE(space.bits(choice), alone.size.totalBits());
        }
    QVERIFY(compared >= 10);
    const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, 6}, 1, {});
    QVERIFY(record.measurement() && record.measurement()->size.averageBits() <= 6);
}

/// A recipe that differs in one layer costs that layer and a pass, and gives what it gives alone.
void TestEngineMixed::unchangedLayersAreKept()
{
    ScanSettings settings;
    settings.formats =
        formatsFromKeys({"palette_pertensor_4bit_pcs0", "palette_pertensor_3bit_pcs0",
                         "perchannel_int8_symmetric"});
    const ScanSpace space = makeScanSpace(m_model->info(), settings);
    ScanChoice choice = space.uncompressed();
    for (std::size_t u = 0; u < choice.size(); ++u)
        choice[u] = u % 2 == 0 && space.options[u].size() > 3 ? 3 : 1;
    const auto ready = experiment();
    const auto evaluator = ready->createEvaluator(metrics(), 1);
    const auto measure = [&](Evaluator& one) {
        return one.evaluate(space.config(choice, m_model->info(), "mixed_x"), {});
    };
    measure(*evaluator);
    const std::int64_t asked = ready->work().palettesAsked;
    QVERIFY(asked > 2);
    QCOMPARE(measure(*evaluator).size.totalBits(), space.bits(choice));
    QCOMPARE(ready->work().palettesAsked, asked);
    for (const std::size_t unit : {std::size_t {0}, choice.size() - 1}) {
        choice[unit] = 2;
        const std::int64_t before = ready->work().palettesAsked;
        const Measurement again = measure(*evaluator);
        const std::int64_t after = ready->work().palettesAsked;
        const Measurement alone = measure(*ready->createEvaluator(metrics(), 1));
        QVERIFY(after - before <= 1);
        QCOMPARE(again.outputs.front().value, alone.outputs.front().value);
        QVERIFY(again.layers == alone.layers);
    }
}

/// As in a process that goes on where another was stopped.
void TestEngineMixed::scanGoesOnWithItsTables()
{
    const QTemporaryDir directory;
    RecipeRequest request;
    request.runFolder = std::filesystem::path(directory.path().toStdString()) / "run";
    request.settings.formats =
        formatsFromKeys({"palette_pertensor_4bit_pcs0", "palette_grouped_gs4_4bit_pcs0",
                         "perchannel_int8_symmetric"});
    std::vector<double> values;
    std::vector<std::int64_t> searches;
    for (int process = 0; process < 2; ++process) {
        request.experiment = experiment();
        request.header.model = request.experiment->model();
        request.header.inputsSha256 = request.experiment->inputs().sha256();
        request.header.metrics = metrics();
        RecipeSession session(request);
        session.scan({});
        values.push_back(session.addRecipe({RecipeTarget::Kind::Bits, 6.0 - process}, 0, {})
                             .measurement()
                             ->outputs.front()
                             .value);
        searches.push_back(request.experiment->work().paletteSearches);
    }
    QVERIFY(searches[0] > 0);
    QCOMPARE(searches[1], std::int64_t {0});
    QVERIFY(values[0] > values[1]);
    QVERIFY(std::filesystem::exists(request.runFolder / kTablesFileName));
}

QTEST_GUILESS_MAIN(TestEngineMixed)
#include "tst_engine_mixed.moc"
