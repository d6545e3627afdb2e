// SPDX-License-Identifier: GPL-3.0-or-later
// Reference inputs of every kind of file, bound to arguments, run, and what is said when they do
// not fit.
#include "core/engine/engine_loader.h"
#include "tests/support/engine_data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>

using namespace bitfront;
using namespace bitfront::test;

class TestEngineInputs : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void formats_data();
    void formats();
    void outputs_data();
    void outputs();
    void outputNames();
    void noise();
    void refused_data();
    void refused();
    void refusedWhenRun_data();
    void refusedWhenRun();
    void memorySafety();

private:
    std::shared_ptr<Engine> m_engine;
    std::shared_ptr<const Model> m_mlp;
};

void TestEngineInputs::initTestCase()
{
    m_engine = loadEngine();
    m_mlp = m_engine->openModel(modelPath("mlp.pt"));
}

void TestEngineInputs::formats_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("dtype");
    const auto row = [](const char* file, const char* name, const char* dtype = "float32") {
        QTest::newRow(file) << file << name << dtype;
    };
    row("in_tensor.pt", "0");
    row("in_protocol4.pt", "x");
    row("in_tuple.pt", "0");
    row("in_list.pt", "0");
    row("in_dict.pt", "x");
    row("in_other_name.pt", "y");
    row("mlp.inputs.npy", "0");
    row("in_fortran.npy", "0");
    row("in_big_endian.npy", "0");
    row("in_half.npy", "0", "float16");
    row("in_positional.npz", "arr_0");
    row("in_deflated.npz", "x");
    row("in_named.safetensors", "x");
    row("in_bfloat16.safetensors", "x", "bfloat16");
}

void TestEngineInputs::formats()
{
    QFETCH(QString, file);
    QFETCH(QString, name);
    QFETCH(QString, dtype);
    const auto inputs = m_engine->loadInputs(modelPath(file.toStdString()), *m_mlp);
    // A name that is not the argument's is taken by order, and that is said.
    QCOMPARE(inputs->notes().size(), std::size_t {name == "y" ? 1U : 0U});
    QCOMPARE(inputs->tensors().size(), std::size_t {1});
    const InputTensor& tensor = inputs->tensors().front();
    QCOMPARE(tensor.name, name.toStdString());
    QCOMPARE(tensor.argument, std::string("x"));
    QCOMPARE(tensor.dtype, dtype.toStdString());
    QCOMPARE(tensor.shape, (std::vector<std::int64_t> {32, 24}));
    QVERIFY(tensor.min < -1 && tensor.max > 1);
    QVERIFY(!tensor.looksLikeNoise);
    QCOMPARE(inputs->samples(), 32);
    QCOMPARE(inputs->sha256().size(), std::size_t {64});
    if (dtype != "float32")
        return;
    // Every format holds the same numbers: the outputs say whether all of them arrived in order.
    const auto experiment = m_engine->createExperiment(m_mlp, inputs);
    const auto expected = storedTensors("mlp.outputs.safetensors");
    const std::vector<float> values = experiment->baseline(0);
    std::vector<float> want(values.size());
    QCOMPARE(expected[0].data.size(), want.size() * sizeof(float));
    std::memcpy(want.data(), expected[0].data.data(), expected[0].data.size());
    for (std::size_t i = 0; i < want.size(); ++i)
        QVERIFY(std::fabs(values[i] - want[i]) <= 1e-5F * std::max(1.0F, std::fabs(want[i])));
}

void TestEngineInputs::outputs_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<double>("tolerance");
    for (const auto& [name, entry] : expectedModels().items())
        if (entry.contains("outputs"))
            QTest::newRow(name.c_str())
                << QString::fromStdString(name) << (name == "half" ? 2e-3 : 1e-5);
}

void TestEngineInputs::outputs()
{
    QFETCH(QString, name);
    QFETCH(double, tolerance);
    const auto& expected = expectedModels().at(name.toStdString());
    const auto model = m_engine->openModel(modelPath(name.toStdString() + ".pt"));
    const auto inputs =
        m_engine->loadInputs(modelPath(expected["inputs"].get<std::string>()), *model);
    const auto experiment = m_engine->createExperiment(model, inputs);
    const std::vector<RawTensor> stored =
        storedTensors(name.toStdString() + ".outputs.safetensors");
    QCOMPARE(experiment->outputs().size(), expected["outputs"].size());
    for (std::size_t i = 0; i < experiment->outputs().size(); ++i) {
        const OutputInfo& info = experiment->outputs()[i];
        QCOMPARE(info.name, expected["outputs"][i].get<std::string>());
        const auto found = std::find_if(stored.begin(), stored.end(),
                                        [&](const RawTensor& t) { return t.name == info.name; });
        QVERIFY(found != stored.end());
        QCOMPARE(info.shape, found->shape);
        QCOMPARE(info.dtype, std::string(bitfront::name(found->dtype)));
        QCOMPARE(info.nonFinite, 0);
        if (found->dtype != DType::Float32)
            continue;
        const std::vector<float> values = experiment->baseline(i);
        std::vector<float> want(values.size());
        QCOMPARE(found->data.size(), want.size() * sizeof(float));
        std::memcpy(want.data(), found->data.data(), found->data.size());
        float largest = 1;
        for (const float value : want)
            largest = std::max(largest, std::fabs(value));
        for (std::size_t k = 0; k < want.size(); ++k)
            QVERIFY2(std::fabs(values[k] - want[k]) <= tolerance * largest,
                     qPrintable(QString("%1: %2, not %3").arg(k).arg(values[k]).arg(want[k])));
    }
}

void TestEngineInputs::outputNames()
{
    const auto model = m_engine->openModel(modelPath("multi.pt"));
    const auto inputs = m_engine->loadInputs(modelPath("multi.inputs.pt"), *model);
    const auto experiment = m_engine->createExperiment(model, inputs);
    const auto& outputs = experiment->outputs();
    QCOMPARE(outputs.size(), std::size_t {4});
    QCOMPARE(outputs[0].name, std::string("out_0.a"));
    QCOMPARE(outputs[1].name, std::string("out_0.mask"));
    QVERIFY(outputs[1].binary && outputs[1].dtype == "bool");
    QCOMPARE(outputs[2].name, std::string("out_1.0"));
    QCOMPARE(outputs[3].dtype, std::string("int64"));
    QVERIFY(!outputs[0].binary);
}

void TestEngineInputs::noise()
{
    const auto inputs = m_engine->loadInputs(modelPath("in_noise.pt"), *m_mlp);
    QVERIFY(inputs->tensors().front().looksLikeNoise);
}

void TestEngineInputs::refused_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* model, const char* file, ErrorCode code, const char* says) {
        QTest::newRow(file) << model << file << static_cast<int>(code) << says;
    };
    const ErrorCode mismatch = ErrorCode::InputMismatch, format = ErrorCode::BadFormat;
    row("mlp.pt", "missing.npy", ErrorCode::FileNotReadable, "does not exist");
    row("mlp.pt", "in_two.pt", mismatch, "2 tensors|1 argument|x: Tensor");
    row("mlp.pt", "in_extra.pt", mismatch, "“y”|does not take|x: Tensor");
    row("mlp.pt", "in_empty.pt", mismatch, "no tensor|x: Tensor");
    row("mlp.pt", "in_text.pt", mismatch, "“x”|a text|not a tensor");
    row("encoder.pt", "encoder_missing.pt", mismatch, "lacks “attention_mask”|ids: Tensor");
    row("encoder.pt", "in_named.safetensors", mismatch,
        "1 tensor|2 arguments|attention_mask: Tensor");
    row("mlp.pt", "in_nan.pt", ErrorCode::NonFinite, "“x”|1 NaN");
    row("mlp.pt", "in_evil.pt", format, "system|running Python code|not loaded");
    row("mlp.pt", "in_object.npy", format, "Python objects");
    row("mlp.pt", "in_legacy.pt", format, "before PyTorch 1.6");
    row("mlp.pt", "in_truncated.safetensors", format, "safetensors|outside of the file");
    row("mlp.pt", "bad_truncated.pt", format, "cut off");
    row("mlp.pt", "bad_text.pt", format, "a web page|.npz");
    row("mlp.pt", "mlp.pt", format, "TorchScript model, not tensors");
    row("mlp.pt", "bad_pickled_module.pt", format, "__main__.Mlp");
}

void TestEngineInputs::refused()
{
    QFETCH(QString, model);
    QFETCH(QString, file);
    QFETCH(int, code);
    QFETCH(QString, says);
    const auto opened = m_engine->openModel(modelPath(model.toStdString()));
    const auto failure =
        failureOf([&] { m_engine->loadInputs(modelPath(file.toStdString()), *opened); });
    QVERIFY2(test::says(failure, says.toStdString()), textOf(failure).c_str());
    QCOMPARE(static_cast<int>(failure->code), code);
    QVERIFY(!failure->hint.empty());
    QVERIFY(!QFile::exists("bitfront_was_here.bin"));
}

void TestEngineInputs::refusedWhenRun_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* model, const char* file, ErrorCode code,
                        const char* says) {
        QTest::newRow(name) << model << file << static_cast<int>(code) << says;
    };
    const ErrorCode mismatch = ErrorCode::InputMismatch;
    row("float64", "mlp.pt", "in_double.pt", mismatch,
        "“x” is float64|weights are float32|torch.float32");
    row("int32", "mlp.pt", "in_int.pt", mismatch, "“x” is int32|expects float32");
    row("narrow", "mlp.pt", "in_narrow.pt", mismatch, "32 × 7|24 features|net.0: Linear");
    row("no batch", "cnn.pt", "cnn_no_batch.pt", mismatch,
        "3 × 16 × 16|4 dimensions|batch dimension seems to be missing|stem: Conv2d");
    row("channels", "cnn.pt", "cnn_one_channel.pt", mismatch, "3 channels");
    row("ids", "encoder.pt", "encoder_out_of_range.pt", mismatch,
        "no entry for|index out of range");
    row("floats for ids", "tied_lm.pt", "in_tensor.pt", mismatch, "float32|int64");
    row("NaN outputs", "nan_output.pt", "six.pt", ErrorCode::NonFinite, "“out_0”|48 values");
}

void TestEngineInputs::refusedWhenRun()
{
    QFETCH(QString, model);
    QFETCH(QString, file);
    QFETCH(int, code);
    QFETCH(QString, says);
    const auto opened = m_engine->openModel(modelPath(model.toStdString()));
    const auto inputs = m_engine->loadInputs(modelPath(file.toStdString()), *opened);
    const auto failure = failureOf([&] { m_engine->createExperiment(opened, inputs); });
    QVERIFY2(test::says(failure, says.toStdString()), textOf(failure).c_str());
    QCOMPARE(static_cast<int>(failure->code), code);
    QVERIFY(!failure->hint.empty());
    QVERIFY2(failure->message.size() < 500, failure->message.c_str());
    QVERIFY2(failure->message.find("Traceback") == std::string::npos, failure->message.c_str());
}

/// Every truncation of every kind of inputs file fails cleanly.
void TestEngineInputs::memorySafety()
{
    const QTemporaryDir folder;
    const std::string path = folder.filePath("cut").toStdString();
    for (const char* file :
         {"in_dict.pt", "mlp.inputs.npy", "in_deflated.npz", "in_named.safetensors"}) {
        const FileBytes whole = readFileBytes(modelPath(file));
        for (std::size_t size = 0; size < whole.size(); size += 41) {
            std::ofstream(path, std::ios::binary)
                .write(reinterpret_cast<const char*>(whole.data()),
                       static_cast<std::streamsize>(size));
            const auto failure = failureOf([&] { m_engine->loadInputs(path, *m_mlp); });
            QVERIFY2(failure && failure->code == ErrorCode::BadFormat, textOf(failure).c_str());
        }
    }
}

QTEST_GUILESS_MAIN(TestEngineInputs)
#include "tst_engine_inputs.moc"
