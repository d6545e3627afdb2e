// SPDX-License-Identifier: GPL-3.0-or-later
// TorchScript files and torch.export programs of the same models: equal layers, outputs as the
// eager model's, equal measurements; and programs that must be refused.
#include "core/engine/engine_loader.h"
#include "tests/support/format_checks.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

namespace {

/// A row "name.pt" or "name.pt2" for every file.
void addFiles()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("suffix");
    for (const auto& [name, entry] : expectedPairs().items())
        for (const auto& [key, suffix] : {std::pair {"ts", ".pt"}, std::pair {"pt2", ".pt2"}})
            if (entry.at(key).get<bool>())
                QTest::newRow((name + suffix).c_str()) << QString::fromStdString(name) << suffix;
}

/// A row for every model that both formats hold.
void addPairs()
{
    QTest::addColumn<QString>("name");
    for (const auto& [name, entry] : expectedPairs().items())
        if (entry.at("ts").get<bool>() && entry.at("pt2").get<bool>())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

} // namespace

class TestEngineFormats : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_engine = loadEngine(); }
    void outputs_data() { addFiles(); }
    void outputs();
    void sameLayers_data() { addPairs(); }
    void sameLayers();
    void sameMeasurement_data() { addPairs(); }
    void sameMeasurement();
    void argumentsOfPrograms();
    void matrixProducts();
    void notes();
    void freshState_data();
    void freshState();
    void shapesAreChecked_data();
    void shapesAreChecked();
    void otherBatchSizes();
    void storedInputs_data();
    void storedInputs();
    void noStoredInputs();
    void refused_data();
    void refused();
    void everyCutIsRefused();
    void nothingWasWritten();

private:
    std::shared_ptr<Experiment> experiment(const std::string& file, const std::string& inputs)
    {
        const auto model = m_engine->openModel(pairPath(file));
        return m_engine->createExperiment(model, m_engine->loadInputs(pairPath(inputs), *model));
    }
    std::shared_ptr<Engine> m_engine;
};

void TestEngineFormats::outputs()
{
    QFETCH(QString, name);
    QFETCH(QString, suffix);
    const std::string base = name.toStdString();
    const auto run = experiment(base + suffix.toStdString(), base + ".inputs.safetensors");
    const auto stored = readSafetensors(readFileBytes(pairPath(base + ".outputs.safetensors")));
    const json& expected = expectedPairs().at(base);
    QCOMPARE(run->outputs().size(), expected.at("outputs").size());
    for (std::size_t i = 0; i < run->outputs().size(); ++i) {
        const OutputInfo& output = run->outputs()[i];
        QCOMPARE(output.name, expected.at("outputs")[i].get<std::string>());
        const auto wanted = std::find_if(stored.begin(), stored.end(), [&](const RawTensor& raw) {
            return raw.name == output.name;
        });
        QVERIFY(wanted != stored.end());
        QCOMPARE(output.shape, wanted->shape);
        QCOMPARE(output.dtype, std::string(bitfront::name(wanted->dtype)));
        const double error = relativeError(run->baseline(i), *wanted);
        QVERIFY2(error <= expected.at("tolerance").get<double>(),
                 qPrintable(QString("%1: %2").arg(QString::fromStdString(output.name)).arg(error)));
    }
}

void TestEngineFormats::sameLayers()
{
    QFETCH(QString, name);
    const auto script = m_engine->openModel(pairPath(name.toStdString() + ".pt"));
    const auto program = m_engine->openModel(pairPath(name.toStdString() + ".pt2"));
    const ModelInfo &a = script->info(), &b = program->info();
    QCOMPARE(b.format, std::string("torch.export program"));
    QCOMPARE(b.layers.size(), a.layers.size());
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
        QCOMPARE(b.layers[i].name, a.layers[i].name);
        QCOMPARE(b.layers[i].module, a.layers[i].module);
        QCOMPARE(b.layers[i].parameter, a.layers[i].parameter);
        QCOMPARE(b.layers[i].moduleType, a.layers[i].moduleType);
        QCOMPARE(b.layers[i].kind, a.layers[i].kind);
        QCOMPARE(b.layers[i].weightType, a.layers[i].weightType);
        QCOMPARE(b.layers[i].shape, a.layers[i].shape);
        QCOMPARE(b.layers[i].tiedWith, a.layers[i].tiedWith);
        QCOMPARE(program->layerValues(i).values, script->layerValues(i).values);
    }
    QCOMPARE(b.plainParameters.size(), a.plainParameters.size());
    for (std::size_t i = 0; i < a.plainParameters.size(); ++i) {
        QCOMPARE(b.plainParameters[i].name, a.plainParameters[i].name);
        QCOMPARE(b.plainParameters[i].shape, a.plainParameters[i].shape);
    }
    QCOMPARE(b.parameterCount(), a.parameterCount());
    QCOMPARE(b.modules.size(), a.modules.size());
    for (std::size_t i = 0; i < a.modules.size(); ++i) {
        QCOMPARE(b.modules[i].name, a.modules[i].name);
        QCOMPARE(b.modules[i].type.empty(), a.modules[i].type.empty());
    }
}

void TestEngineFormats::sameMeasurement()
{
    QFETCH(QString, name);
    const std::string base = name.toStdString();
    std::vector<Measurement> results;
    for (const char* suffix : {".pt", ".pt2"}) {
        const auto run = experiment(base + suffix, base + ".inputs.safetensors");
        results.push_back(run->createEvaluator(psnrOf(*run), 1)->evaluate(int8(), {}));
    }
    QVERIFY(results[0].layers == results[1].layers);
    QVERIFY(results[0].size == results[1].size);
    QCOMPARE(results[1].outputs.size(), results[0].outputs.size());
    for (std::size_t i = 0; i < results[0].outputs.size(); ++i) {
        const double a = results[0].outputs[i].value, b = results[1].outputs[i].value;
        // Half precision outputs are rounded, and fused operators of one format round elsewhere.
        QVERIFY2(a == b || std::abs(a - b) < 0.02,
                 qPrintable(QString("%1 and %2 dB").arg(a).arg(b)));
    }
}

void TestEngineFormats::argumentsOfPrograms()
{
    const auto nested = m_engine->openModel(pairPath("nested.pt2"));
    std::vector<std::string> names;
    for (const ArgumentInfo& argument : nested->info().arguments)
        names.push_back(argument.name);
    QCOMPARE(names, (std::vector<std::string> {"batch.x", "batch.y", "pair.0", "pair.1", "scale"}));
    const auto dynamic = m_engine->openModel(pairPath("dynamic.pt2"));
    const ArgumentInfo& ids = dynamic->info().arguments.at(0);
    QCOMPARE(ids.name, std::string("ids"));
    QCOMPARE(ids.dtype, std::string("int64"));
    QVERIFY(ids.required && ids.shape.size() == 2);
    QVERIFY(QString::fromStdString(ids.shape[0]).endsWith(" (1 to 64)"));
    QCOMPARE(ids.shape[1], std::string("7"));
}

/// Weights on the right of a product, as they stand and transposed; a factor of another name.
void TestEngineFormats::matrixProducts()
{
    for (const char* file : {"products.pt", "products.pt2", "decomposed_products.pt2"}) {
        const ModelInfo info = m_engine->openModel(pairPath(file))->info();
        QCOMPARE(info.layers.size(), std::size_t {2});
        QCOMPARE(info.layers[0].name, std::string("first"));
        QCOMPARE(info.layers[0].kind, LayerKind::Matmul);
        QCOMPARE(info.layers[0].channelAxis(), 1);
        QCOMPARE(info.layers[1].name, std::string("second"));
        QCOMPARE(info.layers[1].kind, LayerKind::Linear);
        QCOMPARE(info.layers[1].channelAxis(), 0);
        QCOMPARE(info.plainParameters.size(), std::size_t {1});
        QCOMPARE(info.plainParameters[0].name, std::string("mix"));
    }
}

void TestEngineFormats::notes()
{
    for (const char* file : {"functional.pt", "functional.pt2"}) {
        const auto model = m_engine->openModel(pairPath(file));
        QCOMPARE(model->info().layers.size(), std::size_t {2});
        QCOMPARE(model->info().notes.size(), std::size_t {1});
        QVERIFY(model->info().notes[0].find("No operator uses unused.weight, unused.bias")
                != std::string::npos);
    }
    const auto state = experiment("stateful.pt2", "stateful.inputs.safetensors");
    QCOMPARE(state->model().notes.size(), std::size_t {1});
    QVERIFY(state->model().notes[0].find("changes its own state") != std::string::npos);
    const auto object = m_engine->openModel(pairPath("cpp_object.pt"));
    QCOMPARE(object->info().notes.size(), std::size_t {1});
    QVERIFY(object->info().notes[0].find("objects written in C++") != std::string::npos);
}

/// State of every kind starts anew for every configuration.
void TestEngineFormats::freshState_data()
{
    QTest::addColumn<QString>("file");
    for (const char* file : {"stateful.pt", "stateful.pt2", "script_state.pt"})
        QTest::newRow(file) << file;
}

void TestEngineFormats::freshState()
{
    QFETCH(QString, file);
    const std::string name = file.toStdString();
    const auto run = experiment(name, name.substr(0, name.find('.')) + ".inputs.safetensors");
    const auto evaluator = run->createEvaluator(psnrOf(*run), 1);
    const double first = evaluator->evaluate(int8(), {}).outputs.at(0).value;
    for (int i = 0; i < 3; ++i)
        QCOMPARE(evaluator->evaluate(int8(), {}).outputs.at(0).value, first);
    const auto other = run->createEvaluator(psnrOf(*run), 1);
    QCOMPARE(other->evaluate(int8(), {}).outputs.at(0).value, first);
    QVERIFY(run->model().notes.at(0).find("changes its own state") != std::string::npos);
}

void TestEngineFormats::shapesAreChecked_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QByteArray>("shape");
    QTest::addColumn<int>("dtype");
    QTest::addColumn<QString>("says");
    const int f32 = static_cast<int>(DType::Float32), i64 = static_cast<int>(DType::Int64);
    QTest::newRow("fixed batch") << "mlp" << QByteArray("[4,24]") << f32
                                 << "“x” has shape 4 × 24|takes 8 × 24|axis 0 must be 8|Dim(";
    QTest::newRow("features") << "mlp" << QByteArray("[8,23]") << f32 << "axis 1 must be 24";
    QTest::newRow("no batch") << "mlp" << QByteArray("[24]") << f32 << "batch dimension|x[None]";
    QTest::newRow("type") << "mlp" << QByteArray("[8,24]") << static_cast<int>(DType::Float64)
                          << "“x” is of type float64|exported for float32";
    QTest::newRow("range") << "dynamic" << QByteArray("[65,7]") << i64
                           << "outside of the range|1 to 64";
    QTest::newRow("other axis") << "dynamic" << QByteArray("[3,8]") << i64 << "axis 1 must be 7";
}

void TestEngineFormats::shapesAreChecked()
{
    QFETCH(QString, model);
    QFETCH(QByteArray, shape);
    QFETCH(int, dtype);
    QFETCH(QString, says);
    RawTensor tensor;
    tensor.name = model == "mlp" ? "x" : "ids";
    tensor.dtype = static_cast<DType>(dtype);
    tensor.shape = json::parse(shape.toStdString()).get<std::vector<std::int64_t>>();
    tensor.data.resize(checkedBytes(tensor.shape, tensor.dtype));
    const QTemporaryDir folder;
    const std::string path = folder.filePath("x.safetensors").toStdString();
    const auto bytes = writeSafetensors(std::span(&tensor, 1), {});
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    const auto opened = m_engine->openModel(pairPath(model.toStdString() + ".pt2"));
    const auto failure =
        failureOf([&] { m_engine->createExperiment(opened, m_engine->loadInputs(path, *opened)); });
    QVERIFY2(bitfront::test::says(failure, says.toStdString()), textOf(failure).c_str());
    QCOMPARE(failure->code, ErrorCode::InputMismatch);
}

void TestEngineFormats::otherBatchSizes()
{
    RawTensor ids {"ids", DType::Int64, {11, 7}, std::vector<std::uint8_t>(11 * 7 * 8)};
    const QTemporaryDir folder;
    const std::string path = folder.filePath("ids.safetensors").toStdString();
    const auto bytes = writeSafetensors(std::span(&ids, 1), {});
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    std::vector<std::vector<float>> values;
    for (const char* file : {"dynamic.pt", "dynamic.pt2"}) {
        const auto model = m_engine->openModel(pairPath(file));
        const auto run = m_engine->createExperiment(model, m_engine->loadInputs(path, *model));
        QCOMPARE(run->outputs()[0].shape, (std::vector<std::int64_t> {11, 3, 3}));
        values.push_back(run->baseline(0));
    }
    QCOMPARE(values[1].size(), values[0].size());
    for (std::size_t i = 0; i < values[0].size(); ++i) // sums may be rounded in another order
        QVERIFY(std::abs(values[1][i] - values[0][i]) < 1e-6F);
}

void TestEngineFormats::storedInputs_data()
{
    QTest::addColumn<QString>("name");
    for (const auto& [name, entry] : expectedPairs().items())
        if (entry.at("pt2").get<bool>() && entry.value("stored", true))
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
}

/// The example inputs of a program are those that it was exported with.
void TestEngineFormats::storedInputs()
{
    QFETCH(QString, name);
    const std::string base = name.toStdString();
    const auto model = m_engine->openModel(pairPath(base + ".pt2"));
    QVERIFY(model->hasStoredInputs());
    const auto stored = m_engine->loadInputs(kStoredInputs, *model);
    const auto given = m_engine->loadInputs(pairPath(base + ".inputs.safetensors"), *model);
    QCOMPARE(stored->tensors().size(), given->tensors().size());
    QCOMPARE(stored->sha256().size(), std::size_t {64});
    for (const InputTensor& tensor : given->tensors())
        QVERIFY(std::any_of(
            stored->tensors().begin(), stored->tensors().end(), [&](const InputTensor& other) {
                return other.argument == tensor.argument && other.shape == tensor.shape
                    && other.min == tensor.min && other.max == tensor.max;
            }));
    const auto a = m_engine->createExperiment(model, stored);
    const auto b = m_engine->createExperiment(model, given);
    for (std::size_t i = 0; i < a->outputs().size(); ++i)
        QCOMPARE(a->baseline(i), b->baseline(i));
}

void TestEngineFormats::noStoredInputs()
{
    const auto script = m_engine->openModel(pairPath("mlp.pt"));
    QVERIFY(!script->hasStoredInputs());
    const auto none = failureOf([&] { m_engine->loadInputs(kStoredInputs, *script); });
    QVERIFY2(says(none, "holds no example inputs"), textOf(none).c_str());
    const auto evil = m_engine->openModel(pairPath("bad_samples.pt2"));
    const auto foreign = failureOf([&] { m_engine->loadInputs(kStoredInputs, *evil); });
    QVERIFY2(says(foreign, "bad_format|posix.system"), textOf(foreign).c_str());
    const auto ownClass = m_engine->openModel(pairPath("containers.pt2"));
    const auto object = failureOf([&] { m_engine->loadInputs(kStoredInputs, *ownClass); });
    QVERIFY2(says(object, "Python object|Given"), textOf(object).c_str());
}

void TestEngineFormats::refused_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* file, ErrorCode code, const char* says) {
        QTest::newRow(file) << static_cast<int>(code) << says;
    };
    const ErrorCode format = ErrorCode::BadFormat, model = ErrorCode::UnsupportedModel;
    row("bad_schema.pt2", model, "version 9 of the export format");
    row("bad_operator.pt2", model, "an operator that cannot run here: torchvision.nms.default");
    row("bad_file_operator.pt2", model, "cannot run here: aten.from_file.default");
    row("bad_python_target.pt2", model, "cannot run here: os.system");
    row("bad_scan.pt2", model, "cannot run here: higher_order.scan");
    row("bad_map.pt2", model, "cannot run here: higher_order.map_impl");
    row("bad_pt2e.pt2", model,
        "cannot run here: quantized_decomposed.dequantize_per_tensor.default");
    row("bad_unfinished.pt2", format, "without a program in it|flex_attention");
    row("bad_value.pt2", format, "uses the value “nobody” before");
    row("bad_sizes.pt2", format, "head.weight|beyond its data");
    row("bad_negative.pt2", format, "head.weight|starts before its data");
    row("bad_strides.pt2", format, "head.weight|larger than any memory");
    row("bad_pickled_weight.pt2", model, "head.weight|Python object");
    row("bad_json.pt2", format, "bad_json.pt2|no JSON where its description");
    row("bad_missing_weight.pt2", format, "weight_0|missing");
    row("bad_version.pt2", model, "version “7”");
    row("bad_truncated.pt2", format, "cut off");
    row("old_2_8.pt2", model, "PyTorch 2.8|2.9 and newer|torch.export.load");
    row("old_2_5.pt2", model, "PyTorch 2.1 to 2.7|2.9 and newer");
}

void TestEngineFormats::refused()
{
    QFETCH(int, code);
    QFETCH(QString, says);
    const auto path = pairPath(QTest::currentDataTag());
    const auto failure = failureOf([&] { m_engine->openModel(path); });
    QVERIFY2(bitfront::test::says(failure, says.toStdString()), textOf(failure).c_str());
    QCOMPARE(static_cast<int>(failure->code), code);
    QCOMPARE(failure->context, path.string());
}

void TestEngineFormats::everyCutIsRefused()
{
    const FileBytes whole = readFileBytes(pairPath("mlp.pt2"));
    const QTemporaryDir folder;
    const std::string path = folder.filePath("cut.pt2").toStdString();
    for (std::size_t size = 0; size < whole.size(); size += whole.size() / 40) {
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(whole.data()), static_cast<std::streamsize>(size));
        QVERIFY(failureOf([&] { m_engine->openModel(path); }));
    }
}

void TestEngineFormats::nothingWasWritten()
{
    QVERIFY(!QFile::exists("bitfront_was_here.bin"));
    QVERIFY(!QDir(BITFRONT_TEST_DATA).exists("pairs/bitfront_was_here.bin"));
}

QTEST_GUILESS_MAIN(TestEngineFormats)
#include "tst_engine_formats.moc"
