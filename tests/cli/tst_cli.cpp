// SPDX-License-Identifier: GPL-3.0-or-later
// The commands that run no sweep, and every kind of bad input.
#include "tests/cli/cli_process.h"

#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace bitfront::test;

class TestCli : public QObject
{
    Q_OBJECT

private slots:
    void helpIsComplete_data();
    void helpIsComplete();
    void versionNamesTheEngine();
    void readsRunsWithoutLibTorch();
    void inspectsModels_data();
    void inspectsModels();
    void inspectShowsInputsAndOutputs();
    void estimates();
    void refusesBadInput_data();
    void refusesBadInput();
    void refusesUnwritableFolders_data();
    void refusesUnwritableFolders();
    void refusesToStartUnasked();
    void lostOutputIsAnError();
    void fileSizeLimitIsAnError();
    void readerThatLeavesDoesNotEndTheRun();
};

void TestCli::helpIsComplete_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("program") << QStringList {
        "--help"} << QStringList {"inspect", "estimate", "run", "report", "plot", "Exit codes"};
    QTest::newRow("no arguments") << QStringList {} << QStringList {"inspect", "run"};
    QTest::newRow("run") << QStringList {"run", "--help"}
                         << QStringList {"--inputs",  "--out",      "--metric",    "--yes",
                                         "--groups",  "--configs",  "--no-refine", "--indivisible",
                                         "--threads", "--progress", "--floor"};
    QTest::newRow("report") << QStringList {"report", "--help"}
                            << QStringList {"--format", "--out"};
}

void TestCli::helpIsComplete()
{
    QFETCH(QStringList, arguments);
    QFETCH(QStringList, expected);
    const CliResult result = runCli(arguments);
    QCOMPARE(result.exitCode, 0);
    for (const QString& word : expected)
        QVERIFY2(result.out.contains(word), qPrintable(word + " is missing in\n" + result.out));
}

void TestCli::versionNamesTheEngine()
{
    const CliResult result = runCli({"--version"});
    QCOMPARE(result.exitCode, 0);
    QVERIFY(result.out.startsWith("bitfront-cli "));
    QVERIFY2(result.out.contains("engine: LibTorch "), qPrintable(result.out));
}

void TestCli::readsRunsWithoutLibTorch()
{
    // The dynamic loader lists what it loads.
    const QStringList loaderTells {"LD_DEBUG=files"};
    QVERIFY(
        runCli({"inspect", demoFile("digits_cnn.pt")}, loaderTells).err.contains("libtorch_cpu"));
    QVERIFY(!runCli({"--help"}, loaderTells).err.contains("libtorch_cpu"));
    QVERIFY(!runCli({"report", "nowhere"}, loaderTells).err.contains("libtorch_cpu"));
}

void TestCli::inspectsModels_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QJsonObject>("expected");
    const QJsonObject models = jsonOf(fileText(modelFile("expected.json")));
    QVERIFY(!models.isEmpty());
    for (const QString& name : models.keys())
        if (!models[name]["layers"].toArray().isEmpty())
            QTest::newRow(qPrintable(name)) << name + ".pt" << models[name].toObject();
}

void TestCli::inspectsModels()
{
    QFETCH(QString, file);
    QFETCH(QJsonObject, expected);
    const CliResult result = runCli({"inspect", modelFile(file), "--json"});
    QCOMPARE(result.exitCode, 0);
    const QJsonObject model = jsonOf(result.out)["model"].toObject();
    QCOMPARE(model["parameters"].toInt(), expected["parameters"].toInt());
    // The list of the reference holds what it quantizes: all but packed attention projections.
    QJsonArray layers;
    for (const QJsonValue layer : model["layers"].toArray())
        if (layer["kind"].toString() != "attention_input")
            layers.append(layer);
    const QJsonArray wanted = expected["layers"].toArray();
    QCOMPARE(layers.size(), wanted.size());
    for (qsizetype i = 0; i < layers.size(); ++i) {
        QCOMPARE(layers.at(i)["name"], wanted.at(i)["name"]);
        QCOMPARE(layers.at(i)["shape"], wanted.at(i)["shape"]);
    }
}

void TestCli::inspectShowsInputsAndOutputs()
{
    const QStringList arguments {"inspect", demoFile("digits_cnn.pt"), "--inputs",
                                 demoFile("digits_inputs.pt")};
    const CliResult text = runCli(arguments);
    QCOMPARE(text.exitCode, 0);
    for (const char* part : {"160,698 parameters", "layer3.0.down.0", "256 × 1 × 8 × 8", "logits",
                             "suggested metric: psnr", "10 output"})
        QVERIFY2(text.out.contains(part), qPrintable(part + ("\n" + text.out)));

    const CliResult json = runCli(arguments + QStringList {"--json"});
    QCOMPARE(json.exitCode, 0);
    const QJsonObject object = jsonOf(json.out);
    QCOMPARE(object["schema"].toString(), "bitfront-inspect");
    QCOMPARE(object["inputs"]["tensors"][0]["argument"].toString(), "x");
    QCOMPARE(object["outputs"][0]["name"].toString(), "logits");
    QCOMPARE(object["outputs"][0]["suggested_metric"].toString(), "psnr");
    QCOMPARE(object["divisibility"].toArray().size(), 13);
}

void TestCli::estimates()
{
    const QStringList arguments {"estimate", demoFile("digits_cnn.pt"), "--inputs",
                                 demoFile("digits_inputs.pt")};
    const CliResult text = runCli(arguments);
    QCOMPARE(text.exitCode, 0);
    QVERIFY2(text.out.contains("31 base configurations"), qPrintable(text.out));
    QVERIFY(text.out.contains("up to 30 refinements"));
    QVERIFY(text.out.contains("psnr is the default"));

    const QJsonObject all = jsonOf(runCli(arguments + QStringList {"--json"}).out);
    QCOMPARE(all["schema"].toString(), "bitfront-estimate");
    QCOMPARE(all["configurations"].toInt(), 31);
    QCOMPARE(all["refinements_up_to"].toInt(), 30);
    const QJsonObject total = all["time"]["total"].toObject();
    QVERIFY(total["low_ms"].toDouble() > 0);
    QVERIFY(total["high_ms"].toDouble() > total["low_ms"].toDouble());

    const QJsonObject trimmed =
        jsonOf(runCli(arguments + QStringList {"--json", "--groups", "1a,2", "--no-refine"}).out);
    QCOMPARE(trimmed["configurations"].toInt(), 22);
    QCOMPARE(trimmed["refinements_up_to"].toInt(), 0);
}

void TestCli::refusesBadInput_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("message");
    const auto model = [](const char* row, const QString& file, const QString& message) {
        QTest::newRow(row) << QStringList {"inspect", file} << message;
    };
    model("missing file", "nowhere.pt", "does not exist");
    model("folder", modelFile(""), "is a folder");
    model("web page", modelFile("bad_text.pt"), "is a web page");
    model("empty", modelFile("bad_empty.pt"), "empty");
    model("state dict", modelFile("bad_state_dict.pt"), "is a state dict");
    model("truncated", modelFile("bad_truncated.pt"), "cut off");
    model("exported program", modelFile("bad_exported.pt2"), "torch.export");
    model("writes files", modelFile("bad_writer.pt"), "torch.save");
    model("no layers", modelFile("no_layers.pt"), "no weights that could be compressed");

    const auto inputs = [](const char* row, const QString& file, const QString& input,
                           const QString& message) {
        QTest::newRow(row) << QStringList {"estimate", modelFile(file), "--inputs", input}
                           << message;
    };
    inputs("inputs missing", "mlp.pt", "nowhere.npy", "does not exist");
    inputs("inputs no tensor", "mlp.pt", modelFile("in_text.pt"), "not a tensor");
    inputs("inputs are a state dict", "mlp.pt", modelFile("bad_state_dict.pt"),
           "look like weights, not inputs");
    inputs("wrong count", "mlp.pt", modelFile("in_two.pt"), "holds 2 tensors");
    inputs("argument missing", "encoder.pt", modelFile("encoder_missing.pt"), "attention_mask");
    inputs("wrong shape", "mlp.pt", modelFile("in_narrow.pt"), "32 × 7");
    inputs("wrong dtype", "mlp.pt", modelFile("in_int.pt"), "int32");
    inputs("NaN in the inputs", "mlp.pt", modelFile("in_nan.pt"), "NaN");
    inputs("NaN in the output", "nan_output.pt", modelFile("nan_weight.inputs.npy"), "NaN");

    const auto option = [](const char* row, const QStringList& options, const QString& message) {
        QTest::newRow(row) << QStringList {"estimate", modelFile("mlp.pt"), "--inputs",
                                           modelFile("mlp.inputs.npy")}
                + options << message;
    };
    option("unknown output", {"--metric", "foo=psnr"}, "Its outputs are: out_0.");
    option("unfit metric", {"--metric", "out_0=iou"}, "IoU needs masks");
    option("unknown metric", {"--metric", "out_0=ssim"}, "OUTPUT=psnr");
    option("output twice", {"--metric", "out_0=psnr", "--metric", "out_0=snr"}, "two metrics");
    option("unknown group", {"--groups", "1a,3"}, "no group “3”");
    option("misspelt configuration", {"--configs", "perchannel_int8_symetric"},
           "Did you mean “perchannel_int8_symmetric”");
    option("unknown policy", {"--indivisible", "pad"}, "nearest, per-channel or skip");
    option("floor that is no number", {"--floor", "nan"}, "--floor is no number");
    option("floor that is no quality", {"--floor", "1e16"}, "--floor is no quality");
    option("no threads", {"--threads", "0"}, "--threads");
    option("unknown option", {"--fast"}, "--fast");

    QTest::newRow("unknown command") << QStringList {"frobnicate"} << "frobnicate";
    QTest::newRow("inputs not given")
        << QStringList {"estimate", modelFile("mlp.pt")} << "--inputs";
    QTest::newRow("no run") << QStringList {"report", modelFile("")} << "holds no run";
    QTest::newRow("unknown format") << QStringList {"report", ".", "--format", "pdf"} << "--format";
    QTest::newRow("no picture") << QStringList {"plot", ".", "--out", "plot.bmp"}
                                << ".png, .svg or";
}

void TestCli::refusesBadInput()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, message);
    const CliResult result = runCli(arguments);
    QCOMPARE(result.exitCode, 2);
    QVERIFY2(result.err.startsWith("error: "), qPrintable(result.err));
    QVERIFY2(result.err.contains(message), qPrintable(result.err));
    QVERIFY2(result.err.count('\n') == 1, qPrintable(result.err));
    QVERIFY(result.out.isEmpty());
}

void TestCli::refusesUnwritableFolders_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("message");
    // /proc takes no new folders, not even from root.
    QTest::newRow("read-only") << "/proc/bitfront"
                               << "annot";
    QTest::newRow("below a file") << demoFile("DATA.md/run") << "is not a folder";
    QTest::newRow("no name") << QString() << "has no name";
    QTest::newRow("somebody's folder") << demoFile("") << "holds no Bitfront run";
}

void TestCli::refusesUnwritableFolders()
{
    QFETCH(QString, folder);
    QFETCH(QString, message);
    const CliResult result = runCli({"run", modelFile("mlp.pt"), "--inputs",
                                     modelFile("mlp.inputs.npy"), "--out", folder, "--yes"});
    QCOMPARE(result.exitCode, 2);
    QVERIFY2(result.err.startsWith("error: ") && result.err.contains(message),
             qPrintable(result.err));
}

void TestCli::refusesToStartUnasked()
{
    const QTemporaryDir folder;
    const CliResult result = runCli({"run", modelFile("mlp.pt"), "--inputs",
                                     modelFile("mlp.inputs.npy"), "--out", folder.filePath("run")});
    QCOMPARE(result.exitCode, 2);
    QVERIFY2(result.err.contains("--yes"), qPrintable(result.err));
    QVERIFY2(result.out.contains("31 base configurations"), "the estimate comes first");
    QVERIFY(!QFile::exists(folder.filePath("run")));
}

void TestCli::lostOutputIsAnError()
{
    QProcess process;
    process.setStandardOutputFile(QStringLiteral("/dev/full"));
    process.start(cliProgram(), {"--help"});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 2);
    const QByteArray error = process.readAllStandardError();
    QVERIFY2(error.startsWith("error: Not all of the output"), error.constData());
}

void TestCli::fileSizeLimitIsAnError()
{
    const QTemporaryDir folder;
    QProcess process;
    process.start("/bin/sh",
                  {"-c", "ulimit -f 1; exec \"$0\" run --help > \"$1\"", cliProgram(),
                   folder.filePath("help.txt")});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 2);
    const QByteArray error = process.readAllStandardError();
    QVERIFY2(error.startsWith("error: Not all of the output"), error.constData());
}

void TestCli::readerThatLeavesDoesNotEndTheRun()
{
    const QTemporaryDir folder;
    const QString run = folder.filePath("run");
    QProcess process;
    process.start("/bin/sh",
                  {"-c",
                   "\"$0\" run \"$1\" --inputs \"$2\" --out \"$3\" --yes --groups 1a --no-refine"
                   " | true",
                   cliProgram(), modelFile("mlp.pt"), modelFile("mlp.inputs.npy"), run});
    QVERIFY(process.waitForFinished(60000));
    QFile header(run + "/run.json");
    QVERIFY(header.open(QIODevice::ReadOnly));
    QVERIFY(header.readAll().contains("\"finished\""));
    QVERIFY(QFile::exists(run + "/report.md"));
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
