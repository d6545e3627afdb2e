// SPDX-License-Identifier: GPL-3.0-or-later
// Opening models with the real engine: what is found in good ones, what is said about bad ones.
#include "core/engine/engine_loader.h"
#include "tests/support/engine_data.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

class TestEngineModels : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void version();
    void layers_data();
    void layers();
    void attention();
    void tiedWeights();
    void customWeight();
    void frozen();
    void trainingMode();
    void argumentsOfForward();
    void fingerprint();
    void bad_data();
    void bad();
    void everyCutIsRefused();
    void nothingWasWritten();
    void stopBeforeLoading();
    void loaderFromManyThreads();

private:
    std::shared_ptr<const Model> open(const char* file)
    {
        return m_engine->openModel(modelPath(file));
    }
    std::shared_ptr<Engine> m_engine;
};

void TestEngineModels::initTestCase()
{
    m_engine = loadEngine();
    QVERIFY(m_engine);
    QCOMPARE(qgetenv("OMP_WAIT_POLICY"), QByteArray("passive"));
    QCOMPARE(qgetenv("GOMP_SPINCOUNT"), QByteArray("0"));
}

void TestEngineModels::version()
{
    QVERIFY(QString::fromStdString(m_engine->version()).startsWith("LibTorch 2."));
}

void TestEngineModels::layers_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"mlp", "cnn", "upsampler", "tied_lm", "encoder", "multi", "half"})
        QTest::newRow(name) << name;
}

void TestEngineModels::layers()
{
    QFETCH(QString, name);
    const json& expected = expectedModels().at(name.toStdString());
    const auto model = open((name + ".pt").toUtf8());
    const ModelInfo& info = model->info();
    QCOMPARE(info.layers.size(), expected["layers"].size());
    for (std::size_t i = 0; i < info.layers.size(); ++i) {
        const LayerInfo& layer = info.layers[i];
        const json& want = expected["layers"][i];
        QCOMPARE(layer.name, want["name"].get<std::string>());
        QCOMPARE(std::string(bitfront::name(layer.kind)), want["kind"].get<std::string>());
        QCOMPARE(layer.shortType(), want["type"].get<std::string>());
        QVERIFY(layer.moduleType.rfind("torch.nn.modules.", 0) == 0);
        QVERIFY(layer.moduleType.find("mangle") == std::string::npos);
        QCOMPARE(layer.shape, want["shape"].get<std::vector<std::int64_t>>());
        QCOMPARE(layer.tiedWith, want["tied"].get<std::vector<std::string>>());
        QCOMPARE(layer.weightType, name == "half" ? WeightType::Float16 : WeightType::Float32);
        QCOMPARE(layer.module, layer.name);
        QCOMPARE(layer.parameter, std::string("weight"));
    }
    QCOMPARE(info.parameterCount(), expected["parameters"].get<std::int64_t>());
    QCOMPARE(info.format, std::string("TorchScript"));
    QCOMPARE(info.fileName, name.toStdString() + ".pt");
    QCOMPARE(info.modules.front().name, std::string());
    QVERIFY(info.notes.empty());
}

void TestEngineModels::attention()
{
    const auto model = open("mha.pt");
    const ModelInfo& info = model->info();
    QCOMPARE(info.layers.size(), std::size_t {3});
    QCOMPARE(info.layers[0].name, std::string("attn.in_proj_weight"));
    QCOMPARE(info.layers[0].kind, LayerKind::AttentionInput);
    QCOMPARE(info.layers[0].module, std::string("attn"));
    QCOMPARE(info.layers[0].parameter, std::string("in_proj_weight"));
    QVERIFY(!info.layers[0].quantizable() && info.layers[0].palettizable());
    QCOMPARE(info.layers[1].name, std::string("attn.out_proj"));
    QCOMPARE(info.layers[1].kind, LayerKind::Linear);
    QCOMPARE(info.layers[2].name, std::string("fc"));
}

void TestEngineModels::tiedWeights()
{
    const auto model = open("tied_lm.pt");
    const LayerInfo& layer = model->info().layers.front();
    QCOMPARE(layer.name, std::string("head")); // the first owner that is not an embedding
    QCOMPARE(layer.kind, LayerKind::Linear);
    QCOMPARE(layer.tiedWith, std::vector<std::string> {"embed"});
}

void TestEngineModels::customWeight()
{
    const auto model = open("custom.pt");
    const ModelInfo& info = model->info();
    QCOMPARE(info.layers.size(), std::size_t {1});
    QCOMPARE(info.layers[0].name, std::string("weight"));
    QCOMPARE(info.layers[0].module, std::string());
    QCOMPARE(info.layers[0].kind, LayerKind::Linear);
    QCOMPARE(info.plainParameters.size(), std::size_t {1});
    QCOMPARE(info.plainParameters[0].name, std::string("scale"));
}

void TestEngineModels::frozen()
{
    const auto model = open("frozen_mlp.pt");
    const ModelInfo& info = model->info();
    const auto original = open("mlp.pt");
    QCOMPARE(info.format, std::string("TorchScript (frozen)"));
    QCOMPARE(info.layers.size(), std::size_t {3});
    QCOMPARE(info.layers[0].name, std::string("linear_1"));
    QCOMPARE(info.layers[0].shortType(), std::string("Linear"));
    QCOMPARE(info.layers[2].shape, original->info().layers[2].shape);
    QCOMPARE(info.parameterCount(), original->info().parameterCount());
    QCOMPARE(info.notes.size(), std::size_t {1});
}

void TestEngineModels::trainingMode()
{
    const auto model = open("training_mlp.pt");
    const ModelInfo& info = model->info();
    QCOMPARE(info.notes.size(), std::size_t {1});
    QVERIFY(info.notes[0].find("training mode") != std::string::npos);
}

void TestEngineModels::argumentsOfForward()
{
    const auto encoder = open("encoder.pt");
    const auto& two = encoder->info().arguments;
    QCOMPARE(two.size(), std::size_t {2});
    QCOMPARE(two[0].name, std::string("ids"));
    QCOMPARE(two[1].name, std::string("attention_mask"));
    QCOMPARE(two[1].type, std::string("Tensor"));
    QVERIFY(two[0].required && two[1].required);
    const auto multi = open("multi.pt");
    QCOMPARE(multi->info().arguments[1].type, std::string("float"));
    QVERIFY(!multi->info().arguments[1].required);
}

void TestEngineModels::fingerprint()
{
    const auto model = open("mlp.pt");
    QFile file(QString::fromStdString(modelPath("mlp.pt").string()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray digest =
        QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex();
    QCOMPARE(QByteArray::fromStdString(model->info().sha256), digest);
    QCOMPARE(model->info().fileBytes, static_cast<std::uint64_t>(file.size()));
}

void TestEngineModels::bad_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* file, ErrorCode code, const char* says) {
        QTest::newRow(file) << file << static_cast<int>(code) << says;
    };
    const ErrorCode format = ErrorCode::BadFormat;
    row("no_such_file.pt", ErrorCode::FileNotReadable, "no_such_file.pt” does not exist");
    row(".", ErrorCode::FileNotReadable, "is a folder");
    row("bad_state_dict.pt", format, "state dict|load_state_dict|torch.jit.trace");
    row("bad_pickled_module.pt", format, "Python pickle|__main__.Mlp|torch.jit.save");
    row("bad_legacy.pt", format, "before PyTorch 1.6|torch.jit.save");
    row("bad_model.safetensors", format, "safetensors|torch.jit.trace");
    row("mlp.inputs.npy", format, "NumPy array|reference inputs");
    row("cnn.inputs.npz", format, "NumPy archive|reference inputs");
    row("in_dict.pt", format, "tensors saved by torch.save|reference inputs");
    row("bad_exported.pt2", ErrorCode::UnsupportedModel,
        "torch.export program|PyTorch 2.1 to 2.7|torch.export.load");
    row("bad_compiled.pt2", format, "AOTInductor");
    row("bad_truncated.pt", format, "cut off|again");
    row("bad_empty.pt", format, "is empty");
    row("bad_text.pt", format, "a web page|Download");
    row("bad_bytes.pt", format, "no kind known here");
    row("bad_onnx.pt", format, "ONNX");
    row("bad_coreml.mlpackage.zip", format, "Core ML");
    row("bad_bit.pt", format, "damaged|checksum");
    row("bad_evil_script.pt", format, "system|not loaded");
    row("bad_writer.pt", ErrorCode::UnsupportedModel, "torch.save|not loaded");
    row("bad_writer_at_load.pt", ErrorCode::UnsupportedModel, "torch.save|not loaded");
    row("bad_foreign_ops.pt", ErrorCode::UnsupportedModel, "ops.torchvision.nms");
    row("no_layers.pt", ErrorCode::UnsupportedModel, "no weights that could be compressed");
    row("quantized.pt", ErrorCode::UnsupportedModel, "quantized already|before quantization");
    row("double.pt", ErrorCode::UnsupportedModel, "float64|model.float()");
}

void TestEngineModels::bad()
{
    QFETCH(QString, file);
    QFETCH(int, code);
    QFETCH(QString, says);
    const auto failure = failureOf([&] { m_engine->openModel(modelPath(file.toStdString())); });
    QVERIFY(failure.has_value());
    QVERIFY2(test::says(failure, says.toStdString()), textOf(failure).c_str());
    QCOMPARE(static_cast<int>(failure->code), code);
    QVERIFY2(!failure->hint.empty(), "a failure without a way out");
    QVERIFY2(failure->message.find('\n') == std::string::npos, failure->message.c_str());
    QVERIFY2(failure->message.size() < 400, failure->message.c_str());
    QVERIFY(failure->context.find(file == "." ? "models" : file.toStdString())
            != std::string::npos);
}

void TestEngineModels::everyCutIsRefused()
{
    const QTemporaryDir folder;
    const FileBytes whole = readFileBytes(modelPath("half.pt"));
    const std::string path = folder.filePath("cut.pt").toStdString();
    for (std::size_t size = 0; size < whole.size(); size += 97) {
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(whole.data()), static_cast<std::streamsize>(size));
        const auto failure = failureOf([&] { m_engine->openModel(path); });
        QVERIFY2(failure && failure->code == ErrorCode::BadFormat, textOf(failure).c_str());
    }
}

/// Models that write files were opened above: neither LibTorch nor a pickle may have done so.
void TestEngineModels::nothingWasWritten()
{
    QVERIFY(!QFile::exists("bitfront_was_here.bin"));
    QVERIFY(!QFile::exists(QDir(BITFRONT_TEST_DATA).filePath("models/bitfront_was_here.bin")));
}

void TestEngineModels::stopBeforeLoading()
{
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN(m_engine->openModel(modelPath("mlp.pt"), stop.get_token()), Cancelled);
}

void TestEngineModels::loaderFromManyThreads()
{
    std::vector<std::thread> threads;
    std::vector<std::shared_ptr<Engine>> engines(6);
    for (auto& engine : engines)
        threads.emplace_back([&engine] { engine = loadEngine(); });
    for (std::thread& thread : threads)
        thread.join();
    for (const auto& engine : engines)
        QCOMPARE(engine, m_engine);
}

QTEST_GUILESS_MAIN(TestEngineModels)
#include "tst_engine_models.moc"
