// SPDX-License-Identifier: GPL-3.0-or-later
// Weights of LSTM, GRU and RNN as layers: only where that is asked, in every kind of file that
// holds them, with the outputs of an eager model whose weights were replaced by the same values.
#include "core/engine/engine_loader.h"
#include "core/pack/packed_model.h"
#include "core/plan/recipe.h"
#include "core/plan/sweep_plan.h"
#include "tests/support/format_checks.h"

#include <QTest>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

namespace {

std::filesystem::path filePath(const std::string& file)
{
    return std::filesystem::path(BITFRONT_TEST_DATA) / "recurrent" / file;
}

const json& expectedRecurrent()
{
    static const json content = json::parse(std::ifstream(filePath("expected.json")));
    return content;
}

std::vector<const LayerInfo*> recurrentOf(const ModelInfo& model)
{
    std::vector<const LayerInfo*> found;
    for (const LayerInfo& layer : model.layers)
        if (layer.kind == LayerKind::Recurrent)
            found.push_back(&layer);
    return found;
}

/// Layers of a frozen model have no names of modules, but the same ones of parameters.
QStringList parameterNames(const ModelInfo& model)
{
    QStringList names;
    for (const LayerInfo& layer : model.layers)
        names << QString::fromStdString(layer.parameter);
    return names;
}

constexpr LayerOptions kRecurrent {true};

} // namespace

class TestEngineRecurrent : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_engine = loadEngine(); }
    void layers_data() { addFiles(); }
    void layers();
    void outputs_data() { addFiles(); }
    void outputs();
    void quantized_data() { addFiles(); }
    void quantized();
    void packed_data() { addFiles(); }
    void packed();
    void bothFormats_data() { addPairs(); }
    void bothFormats();
    void alone();
    void listsOfParameters();
    void recipeFiles();

private:
    static void addFiles()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("suffix");
        for (const auto& [name, entry] : expectedRecurrent().items())
            for (const auto& [key, suffix] : {std::pair {"ts", ".pt"}, std::pair {"pt2", ".pt2"}})
                if (entry.at(key).get<bool>())
                    QTest::newRow((name + suffix).c_str())
                        << QString::fromStdString(name) << suffix;
    }

    static void addPairs()
    {
        QTest::addColumn<QString>("name");
        for (const auto& [name, entry] : expectedRecurrent().items())
            if (entry.at("ts").get<bool>() && entry.at("pt2").get<bool>())
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }

    std::shared_ptr<const Model> open(const std::string& file, const LayerOptions& layers) const
    {
        return m_engine->openModel(filePath(file), {}, layers);
    }

    std::shared_ptr<Experiment> experiment(const std::string& file,
                                           const LayerOptions& layers) const
    {
        const auto model = open(file, layers);
        const std::string base = file.substr(0, file.find('.'));
        return m_engine->createExperiment(
            model, m_engine->loadInputs(filePath(base + ".inputs.safetensors"), *model));
    }

    /// The file of the row that runs.
    static std::string file() { return QTest::currentDataTag(); }

    std::shared_ptr<Engine> m_engine;
};

void TestEngineRecurrent::layers()
{
    QFETCH(QString, name);
    const json& expected = expectedRecurrent().at(name.toStdString());
    const auto wanted = expected.at("layers").get<std::vector<std::string>>();
    const auto with = open(file(), kRecurrent);
    QCOMPARE(with->info().layers.size(), wanted.size());
    QVERIFY(with->info().layerOptions.recurrent);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const LayerInfo& layer = with->info().layers[i];
        const bool isRecurrent = wanted[i].find("weight_") != std::string::npos;
        QCOMPARE(layer.kind, isRecurrent ? LayerKind::Recurrent : LayerKind::Linear);
        QCOMPARE(layer.channelAxis(), 0);
        QCOMPARE(layer.shape.size(), std::size_t {2});
        if (isRecurrent)
            QVERIFY(layer.moduleType.rfind("torch.nn.modules.rnn.", 0) == 0);
        if (!expected.at("frozen").get<bool>())
            QCOMPARE(layer.name, wanted[i]);
        else if (isRecurrent) // without names of modules
            QCOMPARE(layer.parameter, wanted[i].substr(wanted[i].rfind('.') + 1));
    }
    const ModelInfo without = open(file(), {})->info();
    QCOMPARE(without.parameterCount(), expected.at("parameters").get<std::int64_t>());
    QCOMPARE(with->info().parameterCount(), without.parameterCount());
    QCOMPARE(without.recurrentWeights, static_cast<int>(recurrentOf(with->info()).size()));
    if (name == "alone")
        return;
    QVERIFY(!without.layerOptions.recurrent);
    QVERIFY(recurrentOf(without).empty());
    QCOMPARE(without.layers.size(), wanted.size() - recurrentOf(with->info()).size());
    QVERIFY(std::any_of(without.notes.begin(), without.notes.end(), [](const std::string& note) {
        return note.find("recurrent layers (LSTM, GRU, RNN) stay as they are") != std::string::npos;
    }));
    for (const std::string& note : without.notes)
        QVERIFY2(note.find("No operator uses") == std::string::npos, note.c_str());
}

void TestEngineRecurrent::outputs()
{
    QFETCH(QString, name);
    const auto stored =
        readSafetensors(readFileBytes(filePath(name.toStdString() + ".outputs.safetensors")));
    for (const LayerOptions& layers : {LayerOptions {}, kRecurrent}) {
        const auto run = experiment(file(), layers);
        QCOMPARE(run->outputs().size(), stored.size());
        for (std::size_t i = 0; i < stored.size(); ++i) {
            const RawTensor* wanted = tensorNamed(stored, run->outputs()[i].name);
            QVERIFY(wanted);
            QVERIFY(relativeError(run->baseline(i), *wanted) < 1e-5);
        }
    }
}

/// Against the eager model with the same values: every weight reached the operator that uses it.
void TestEngineRecurrent::quantized()
{
    QFETCH(QString, name);
    const auto stored =
        readSafetensors(readFileBytes(filePath(name.toStdString() + ".w8.safetensors")));
    const auto run = experiment(file(), kRecurrent);
    const auto evaluator = run->createEvaluator(psnrOf(*run), 1);
    for (int round = 0; round < 2; ++round) { // the second finds what the first left
        const auto values = evaluator->outputs(int8(), {});
        const RawTensor* wanted = tensorNamed(stored, run->outputs().front().name);
        QVERIFY(wanted);
        const double error = relativeError(values.front(), *wanted);
        QVERIFY2(error < 1e-5, qPrintable(QString::number(error)));
        QVERIFY(relativeError(run->baseline(0), *wanted) > 1e-4); // it does change the outputs
    }
}

void TestEngineRecurrent::packed()
{
    QFETCH(QString, name);
    const auto run = experiment(file(), kRecurrent);
    const auto evaluator = run->createEvaluator(psnrOf(*run), 1);
    const Measurement measured = evaluator->evaluate(int8(), {});
    QCOMPARE(measured.size.compressedLayers, measured.size.totalLayers);
    const auto model = open(file(), kRecurrent);
    const PackedModel packed = packModel(*model, "w8", measured.layers);
    QCOMPARE(packed.exactBits(), measured.size.totalBits());
    const auto weights = unpackWeights(readPacked(writePacked(packed)));
    QCOMPARE(weights.size(), packed.parameters.size());
    for (const LayerInfo* layer : recurrentOf(model->info())) {
        const std::string parameter =
            layer->module.empty() ? layer->parameter : layer->module + '.' + layer->parameter;
        const RawTensor* weight = tensorNamed(weights, parameter);
        QVERIFY2(weight, parameter.c_str());
        QCOMPARE(weight->shape, layer->shape);
    }
}

/// All base configurations, their refinements' layers, and reuse in programs.
void TestEngineRecurrent::bothFormats()
{
    QFETCH(QString, name);
    const std::string base = name.toStdString();
    const auto script = experiment(base + ".pt", kRecurrent);
    const auto program = experiment(base + ".pt2", kRecurrent);
    QCOMPARE(parameterNames(program->model()), parameterNames(script->model()));
    const auto fp16 = script->fp16Quality(psnrOf(*script)).front().value,
               other = program->fp16Quality(psnrOf(*program)).front().value;
    QVERIFY2(std::abs(fp16 - other) < 1e-3, qPrintable(QString("%1 %2").arg(fp16).arg(other)));
    const auto a = script->createEvaluator(psnrOf(*script), 1);
    const auto b = program->createEvaluator(psnrOf(*program), 1);
    for (const CompressionConfig& config : baseConfigurations()) {
        const Measurement first = a->evaluate(config, {}), second = b->evaluate(config, {});
        QVERIFY2(first.size == second.size && first.layers == second.layers, config.name.c_str());
        const double x = first.outputs.front().value, y = second.outputs.front().value;
        QVERIFY2(x == y || std::abs(x - y) < 5e-3,
                 qPrintable(QString("%1: %2 and %3 dB")
                                .arg(QString::fromStdString(config.name))
                                .arg(x, 0, 'g', 10)
                                .arg(y, 0, 'g', 10)));
    }
    CompressionConfig one = int8();
    for (std::size_t i = 0; i + 1 < program->model().layers.size(); ++i)
        one.skippedLayers.push_back(program->model().layers[i].name);
    const double x = a->evaluate(one, {}).outputs.front().value;
    const double y = b->evaluate(one, {}).outputs.front().value; // takes over values of passes
    QVERIFY(x == y || std::abs(x - y) < 1e-3);
}

/// With nothing else to compress, these weights are it, asked or not.
void TestEngineRecurrent::alone()
{
    for (const char* file : {"alone.pt", "alone.pt2"}) {
        const ModelInfo info = open(file, {})->info();
        QCOMPARE(info.layers.size(), std::size_t {2});
        QVERIFY(info.layerOptions.recurrent);
        QCOMPARE(info.notes.size(), std::size_t {1});
        QVERIFY(info.notes[0].find("the only ones that can be compressed") != std::string::npos);
    }
}

/// Scripted code may read parameters from a list, or do more with it; neither makes them unused.
void TestEngineRecurrent::listsOfParameters()
{
    for (const char* file : {"listed.pt", "grown.pt"}) {
        const auto run = experiment(file, {});
        const ModelInfo& info = run->model();
        QCOMPARE(info.layers.size(), std::size_t {1});
        QCOMPARE(info.plainParameters.size(), std::size_t {2}); // the weight and the bias of "a"
        QVERIFY(info.notes.empty());
        const auto evaluator = run->createEvaluator(psnrOf(*run), 1);
        QVERIFY(std::isfinite(evaluator->evaluate(int8(), {}).outputs.front().value));
    }
}

/// coreai-opt has no operator for them: the file names them instead of promising.
void TestEngineRecurrent::recipeFiles()
{
    const ModelInfo with = open("lstm.pt", kRecurrent)->info();
    const std::string yaml = recipeYaml(with, int8());
    QVERIFY(yaml.find("#   rnn.weight_hh_l1_reverse\n") != std::string::npos);
    QVERIFY(yaml.find("module_name_configs") == std::string::npos);
    QVERIFY(yaml.find("execution_mode: eager") != std::string::npos);
    QVERIFY(recipeYaml(open("lstm.pt", {})->info(), int8()).find("recurrent") == std::string::npos);
}

QTEST_GUILESS_MAIN(TestEngineRecurrent)
#include "tst_engine_recurrent.moc"
