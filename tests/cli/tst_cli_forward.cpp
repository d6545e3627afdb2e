// SPDX-License-Identifier: GPL-3.0-or-later
// bitfront-cli forward: outputs in a file, equal to those that Python stored, for models and inputs
// of every kind; and what is offered when inputs do not fit.
#include "core/engine/files/file_bytes.h"
#include "core/engine/files/tensor_file.h"
#include "tests/cli/cli_process.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace bitfront;
using namespace bitfront::test;

namespace {

QString dataFile(const QString& name)
{
    return QStringLiteral(BITFRONT_TEST_DATA) + QLatin1Char('/') + name;
}

std::vector<RawTensor> tensorsOf(const QString& path)
{
    return readSafetensors(readFileBytes(path.toStdString()));
}

const RawTensor* named(const std::vector<RawTensor>& tensors, const std::string& name)
{
    const auto found = std::find_if(tensors.begin(), tensors.end(),
                                    [&](const RawTensor& one) { return one.name == name; });
    return found == tensors.end() ? nullptr : &*found;
}

/// Largest difference relative to the largest value; infinite when something else differs.
double difference(const RawTensor& a, const RawTensor& b)
{
    if (a.dtype != b.dtype || a.shape != b.shape || a.data.size() != b.data.size())
        return INFINITY;
    if (a.dtype != DType::Float32)
        return a.data == b.data ? 0 : a.dtype == DType::Float16 ? 1e-6 : INFINITY;
    double largest = 0, scale = 1e-30;
    for (std::size_t at = 0; at < a.data.size(); at += sizeof(float)) {
        float x = 0, y = 0;
        std::memcpy(&x, a.data.data() + at, sizeof(float));
        std::memcpy(&y, b.data.data() + at, sizeof(float));
        largest = std::max(largest, std::fabs(static_cast<double>(x) - y));
        scale = std::max(scale, std::fabs(static_cast<double>(y)));
    }
    return largest / scale;
}

} // namespace

class TestCliForward : public QObject
{
    Q_OBJECT

private slots:
    void outputs_data();
    void outputs();
    void stored();
    void offers_data();
    void offers();
    void batchesJoin();
    void recordedOptions();
    void resumesWithItsInputs_data();
    void resumesWithItsInputs();
    void nothingIsWritten();

private:
    QString out() const { return m_folder.filePath(QStringLiteral("out.safetensors")); }
    QTemporaryDir m_folder;
};

void TestCliForward::outputs_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("inputs");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* model, const char* inputs, const char* expected) {
        QTest::newRow(model) << model << inputs << expected;
    };
    row("models/mlp.pt", "models/mlp.inputs.npy", "models/mlp.outputs.safetensors");
    row("models/cnn.pt", "models/cnn.inputs.npz", "models/cnn.outputs.safetensors");
    row("models/encoder.pt", "models/encoder.inputs.safetensors",
        "models/encoder.outputs.safetensors");
    row("models/multi.pt", "models/multi.inputs.pt", "models/multi.outputs.safetensors");
    row("models/stateful.pt", "models/stateful.inputs.pt", "models/stateful.outputs.safetensors");
    for (const char* name : {"bn_cnn", "decoder", "dynamic", "multi_input", "multi_output"}) {
        const QString stem = QStringLiteral("pairs/") + QLatin1String(name);
        QTest::newRow(name) << stem + ".pt2" << stem + ".inputs.safetensors"
                            << stem + ".outputs.safetensors";
    }
}

void TestCliForward::outputs()
{
    QFETCH(QString, model);
    QFETCH(QString, inputs);
    QFETCH(QString, expected);
    QFile::remove(out());
    const CliResult result =
        runCli({"forward", dataFile(model), "--inputs", dataFile(inputs), "--out", out()});
    QVERIFY2(result.exitCode == 0, qPrintable(result.err));
    const auto ours = tensorsOf(out()), want = tensorsOf(dataFile(expected));
    QCOMPARE(ours.size(), want.size());
    for (const RawTensor& one : want) {
        const RawTensor* const mine = named(ours, one.name);
        QVERIFY2(mine != nullptr, one.name.c_str());
        QVERIFY2(difference(*mine, one) <= 1e-5, one.name.c_str());
        QVERIFY(result.out.contains(QString::fromStdString(one.name)));
    }
}

/// The arguments of the export lie in the file and run at once.
void TestCliForward::stored()
{
    const CliResult result =
        runCli({"forward", dataFile("pairs/bn_cnn.pt2"), "--inputs", "stored", "--out", out()});
    QVERIFY2(result.exitCode == 0, qPrintable(result.err));
    QVERIFY(!tensorsOf(out()).empty());
    const CliResult none =
        runCli({"forward", dataFile("models/mlp.pt"), "--inputs", "stored", "--out", out()});
    QCOMPARE(none.exitCode, 2);
    QVERIFY2(none.err.contains("holds no example inputs"), qPrintable(none.err));
}

void TestCliForward::offers_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("inputs");
    QTest::addColumn<QString>("offer"); ///< in the message
    QTest::addColumn<QStringList>("flags"); ///< that do it
    QTest::addColumn<QString>("note");
    QTest::newRow("batch") << "cnn.pt"
                           << "cnn_no_batch.pt"
                           << "--add-batch" << QStringList {"--add-batch"}
                           << "batch dimension of 1";
    QTest::newRow("float64") << "mlp.pt"
                             << "in_double.pt"
                             << "--convert-dtypes" << QStringList {"--convert-dtypes"}
                             << "converted from float64 to float32";
    QTest::newRow("int32") << "mlp.pt"
                           << "in_int.pt"
                           << "--convert-dtypes" << QStringList {"--convert-dtypes"}
                           << "converted from int32 to float32";
    QTest::newRow("two tensors") << "mlp.pt"
                                 << "in_two.pt"
                                 << "--bind" << QStringList {"--bind", "x=1"}
                                 << "“0” of the inputs file is left";
    QTest::newRow("one too many") << "mlp.pt"
                                  << "in_extra.pt"
                                  << "--bind" << QStringList {"--bind", "x=y"}
                                  << "“x” of the inputs file is left out";
}

/// What does not fit is never mended silently: the message names the flag, the flag mends it.
void TestCliForward::offers()
{
    QFETCH(QString, model);
    QFETCH(QString, inputs);
    QFETCH(QString, offer);
    QFETCH(QStringList, flags);
    QFETCH(QString, note);
    QStringList command {"forward",         modelFile(model), "--inputs",
                         modelFile(inputs), "--out",          out()};
    const CliResult refused = runCli(command);
    QCOMPARE(refused.exitCode, 2);
    QVERIFY2(refused.err.contains(offer), qPrintable(refused.err));
    const CliResult mended = runCli(command + flags);
    QVERIFY2(mended.exitCode == 0, qPrintable(mended.err));
    QVERIFY2(mended.err.contains(note), qPrintable(mended.err));
}

void TestCliForward::batchesJoin()
{
    const QStringList whole {
        "forward", modelFile("mlp.pt"), "--inputs", modelFile("mlp.inputs.npy"), "--out", out()};
    QCOMPARE(runCli(whole).exitCode, 0);
    const auto all = tensorsOf(out());
    const CliResult cut = runCli(whole + QStringList {"--batch-size", "5"});
    QVERIFY2(cut.exitCode == 0, qPrintable(cut.err));
    const auto parts = tensorsOf(out());
    QCOMPARE(parts.at(0).shape, all.at(0).shape);
    QVERIFY(difference(parts[0], all[0]) <= 1e-6);
}

/// A run says how its inputs were read, and its command line repeats that.
void TestCliForward::recordedOptions()
{
    const QString folder = m_folder.filePath(QStringLiteral("run"));
    const CliResult result =
        runCli({"run", modelFile("mlp.pt"), "--inputs", modelFile("in_double.pt"),
                "--convert-dtypes", "--batch-size", "8", "--bind", "x=x", "--out", folder,
                "--configs", "perchannel_int8_symmetric", "--no-refine", "--yes"});
    const QJsonObject run = jsonOf(fileText(folder + "/run.json"));
    QVERIFY2(!run.isEmpty(), qPrintable(result.err));
    const QJsonObject options = run["inputs"].toObject()["options"].toObject();
    QCOMPARE(options["convert_dtypes"].toBool(), true);
    QCOMPARE(options["batch_size"].toInt(), 8);
    QCOMPARE(options["bind"].toObject()["x"].toString(), QStringLiteral("x"));
    const QString line = run["command_line"].toString();
    QVERIFY2(line.contains("--bind x=x --convert-dtypes --batch-size 8"), qPrintable(line));
    const auto records = jsonLines(fileText(folder + "/results.jsonl"));
    QVERIFY(!records.isEmpty());
    const QJsonObject quality =
        records.first()["output_quality_metrics"].toArray().first().toObject();
    QCOMPARE(quality["value_by_batch"].toArray().size(), 4);
}

void TestCliForward::resumesWithItsInputs_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::newRow("stored") << QStringList {dataFile("pairs/mlp.pt2"), "--inputs", "stored"};
    QTest::newRow("bound, converted") << QStringList {
        dataFile("pairs/half.pt"), "--inputs", dataFile("models/in_other_name.pt"), "--bind", "x=y",
        "--convert-dtypes"};
    QTest::newRow("pictures") << QStringList {
        dataFile("pairs/bn_cnn.pt"),
        "--inputs",
        dataFile("inputs/pictures/a.png"),
        "--inputs",
        dataFile("inputs/pictures/b.jpg"),
        "--batch-size",
        "1",
        "--images",
        R"({"resize": [12, 12], "mean": [0.5], "std": [0.25]})"};
}

/// A run that lost its last record measures it again, with the inputs read as before.
void TestCliForward::resumesWithItsInputs()
{
    QFETCH(QStringList, words);
    const QString folder = m_folder.filePath(QString("resumed ") + QTest::currentDataTag());
    const CliResult whole =
        runCli(QStringList {"run"} + words
               + QStringList {"--out", folder, "--yes", "--no-refine", "--configs",
                              "perchannel_int8_symmetric,perchannel_int4_symmetric"});
    QVERIFY2(whole.exitCode == 0, qPrintable(whole.err));
    const auto results = jsonLines(fileText(folder + "/results.jsonl"));
    QCOMPARE(results.size(), 2);
    const auto rewrite = [](const QString& path, const QString& text) {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(text.toUtf8()) > 0;
    };
    const QString lines = fileText(folder + "/results.jsonl");
    QVERIFY(rewrite(folder + "/results.jsonl", lines.left(lines.indexOf('\n') + 1)));
    QString run = fileText(folder + "/run.json");
    QVERIFY(rewrite(folder + "/run.json", run.replace("\"finished\"", "\"stopped\"")));
    const CliResult again = runCli({"run", "--resume", folder, "--yes"});
    QVERIFY2(again.exitCode == 0, qPrintable(again.err));
    const auto resumed = jsonLines(fileText(folder + "/results.jsonl"));
    QCOMPARE(resumed.size(), 2);
    for (int i = 0; i < 2; ++i)
        QCOMPARE(resumed[i]["output_quality_metrics"], results[i]["output_quality_metrics"]);
}

void TestCliForward::nothingIsWritten()
{
    QFile::remove(out());
    const CliResult evil = runCli(
        {"forward", modelFile("mlp.pt"), "--inputs", modelFile("in_evil.pt"), "--out", out()});
    QCOMPARE(evil.exitCode, 2);
    QVERIFY2(evil.err.contains("running Python code"), qPrintable(evil.err));
    QVERIFY(!QFileInfo::exists(out()));
    const CliResult nowhere =
        runCli({"forward", modelFile("mlp.pt"), "--inputs", modelFile("mlp.inputs.npy"), "--out",
                m_folder.filePath(QStringLiteral("no/such/folder/out.safetensors"))});
    QCOMPARE(nowhere.exitCode, 2);
}

QTEST_GUILESS_MAIN(TestCliForward)
#include "tst_cli_forward.moc"
