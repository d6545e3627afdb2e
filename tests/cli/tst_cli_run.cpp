// SPDX-License-Identifier: GPL-3.0-or-later
// Sweeps from the command line: results, files, progress, and reading runs back.
#include "tests/cli/cli_process.h"

#include <QDir>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <filesystem>
#include <map>

using namespace bitfront::test;

class TestCliRun : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void demoRunIsComplete();
    void reports_data();
    void reports();
    void plots_data();
    void plots();
    void numbersDoNotDependOnThreads();
    void runsTheWholeWay_data();
    void runsTheWholeWay();
    void options_data();
    void options();
    void progressIsJson();
    void someFailuresAreExit3();
    void reportsShowNoOldPicture();
    void asksOnATerminal();
    void reportsThatCannotBeWritten();

private:
    QStringList demoRun(const QString& folder, const QStringList& options = {}) const;

    QTemporaryDir m_folder;
    QString m_demo; ///< a finished run of the demo
    CliResult m_demoResult;
};

QStringList TestCliRun::demoRun(const QString& folder, const QStringList& options) const
{
    return QStringList {"run",      demoFile("digits_cnn.pt"),
                        "--inputs", demoFile("digits_inputs.pt"),
                        "--out",    m_folder.filePath(folder)}
    + options;
}

void TestCliRun::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_demo = m_folder.filePath("demo");
    m_demoResult = runCli(demoRun("demo", {"--yes"}));
}

void TestCliRun::demoRunIsComplete()
{
    QVERIFY2(m_demoResult.exitCode == 0, qPrintable(m_demoResult.err));
    int base = 0;
    int refinements = 0;
    for (const QJsonObject& record : jsonLines(fileText(m_demo + "/results.jsonl"))) {
        const QString name = record["config"]["name"].toString();
        QVERIFY(!name.isEmpty());
        ++(name.contains("_skip-") ? refinements : base);
        QVERIFY(QStringList({"1a", "1b", "2"}).contains(record["group"].toString()));
        QVERIFY(record["time_taken"].toDouble() > 0);
        const QJsonValue quality = record["output_quality_metrics"][0];
        QCOMPARE(quality["name"].toString(), "logits");
        QCOMPARE(quality["metric"].toString(), "psnr");
        QVERIFY(record["compression_metrics"]["compression_ratio"].toDouble() > 1.5);
        QVERIFY(record["compression_metrics"]["average_bitwidth"].toDouble() > 3.9);
        QVERIFY(record["compression_metrics"]["theoretical_model_size"].toDouble() > 0);
        QVERIFY(QFile::exists(m_demo + '/' + record["config"]["path"].toString()));
    }
    QCOMPARE(base, 31);
    QVERIFY(refinements > 0 && refinements <= 30);

    for (const char* part : {"psnr is the default", "Group 1: Per-Channel Quantization",
                             "Group 2: Per-Block Quantization", "Group 3: Palettization"})
        QVERIFY2(m_demoResult.out.contains(part), part);
    QStringList files {"run.json", "report.md", "report.html"};
    if (BITFRONT_HAS_GUI)
        files << "compression_exploration.png";
    for (const QString& file : files)
        QVERIFY2(QFileInfo(m_demo + '/' + file).size() > 1000, qPrintable(file));
    QCOMPARE(jsonOf(fileText(m_demo + "/run.json"))["state"].toString(), "finished");
}

void TestCliRun::reports_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QString>("start");
    QTest::addColumn<QString>("part");
    QTest::newRow("text") << "text"
                          << "Group 1"
                          << "┌─";
    QTest::newRow("md") << "md"
                        << "# "
                        << "| ---";
    QTest::newRow("html") << "html"
                          << "<!DOCTYPE html>"
                          << "</html>";
    QTest::newRow("json") << "json"
                          << "{"
                          << "perchannel_int8_symmetric";
}

void TestCliRun::reports()
{
    QFETCH(QString, format);
    QFETCH(QString, start);
    QFETCH(QString, part);
    const CliResult printed = runCli({"report", m_demo, "--format", format});
    QVERIFY2(printed.exitCode == 0, qPrintable(printed.err));
    QVERIFY2(printed.out.startsWith(start), qPrintable(printed.out.left(200)));
    QVERIFY(printed.out.contains(part));
    if (format == "json")
        QVERIFY(!jsonOf(printed.out).isEmpty());

    const QString file = m_folder.filePath("report." + format);
    QCOMPARE(runCli({"report", m_demo, "--format", format, "--out", file}).exitCode, 0);
    QVERIFY(fileText(file).startsWith(start));
}

void TestCliRun::plots_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("magic");
    QTest::newRow("png") << "plot.png" << QByteArray("\x89PNG");
    QTest::newRow("svg") << "plot.svg" << QByteArray("<?xml");
    QTest::newRow("pdf") << "plot.pdf" << QByteArray("%PDF");
}

void TestCliRun::plots()
{
    QFETCH(QString, file);
    QFETCH(QByteArray, magic);
    const QString path = m_folder.filePath(file);
    const CliResult result = runCli({"plot", m_demo, "--out", path});
    if (!BITFRONT_HAS_GUI) {
        QCOMPARE(result.exitCode, 2);
        QVERIFY(result.err.contains("built without the window"));
        return;
    }
    QVERIFY2(result.exitCode == 0, qPrintable(result.err));
    QFile written(path);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray content = written.readAll();
    QVERIFY(content.startsWith(magic));
    QVERIFY(content.size() > 4000);
    // A place that cannot be written.
    QCOMPARE(runCli({"plot", m_demo, "--out", "/proc/" + file}).exitCode, 2);
}

void TestCliRun::numbersDoNotDependOnThreads()
{
    const auto numbers = [this](const QString& folder) {
        std::map<QString, QJsonObject> byName;
        for (QJsonObject record :
             jsonLines(fileText(m_folder.filePath(folder) + "/results.jsonl"))) {
            const QString name = record["config"].toObject()["name"].toString();
            for (const char* varying :
                 {"time_taken", "forward_ms", "finished_at", "peak_memory_bytes"})
                record.remove(varying);
            byName[name] = record;
        }
        return byName;
    };
    for (const QString threads : {"1", "2"})
        QCOMPARE(runCli(demoRun("threads" + threads, {"--yes", "--threads", threads})).exitCode, 0);
    const auto one = numbers("threads1");
    const auto two = numbers("threads2");
    QVERIFY(one.size() > 31);
    QCOMPARE(one.size(), two.size());
    for (const auto& [name, record] : one)
        QVERIFY2(two.count(name) == 1 && two.at(name) == record, qPrintable(name));
}

void TestCliRun::runsTheWholeWay_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("inputs");
    QTest::newRow("transformer encoder, two inputs") << "encoder.pt"
                                                     << "encoder.inputs.safetensors";
    QTest::newRow("tied language model") << "tied_lm.pt"
                                         << "tied_lm.inputs.safetensors";
    QTest::newRow("several outputs") << "multi.pt"
                                     << "multi.inputs.pt";
    QTest::newRow("fp16 weights") << "half.pt"
                                  << "half.inputs.safetensors";
    QTest::newRow("npz inputs") << "cnn.pt"
                                << "cnn.inputs.npz";
}

void TestCliRun::runsTheWholeWay()
{
    QFETCH(QString, model);
    QFETCH(QString, inputs);
    const QString folder = m_folder.filePath("whole_" + model);
    const CliResult result =
        runCli({"run", modelFile(model), "--inputs", modelFile(inputs), "--out", folder, "--yes"});
    QVERIFY2(result.exitCode == 0, qPrintable(result.out + result.err));
    QVERIFY(jsonLines(fileText(folder + "/results.jsonl")).size() >= 31);
    QCOMPARE(runCli({"report", folder}).exitCode, 0);
}

void TestCliRun::options_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<int>("records"); // -1: with refinements, more than the base ones
    QTest::addColumn<QString>("metric");
    QTest::newRow("groups") << QStringList {"--groups", "1b", "--no-refine"} << 9 << "psnr";
    QTest::newRow("configurations")
        << QStringList {"--configs", "perchannel_int8_symmetric,palette_pertensor_6bit_pcs0",
                        "--no-refine"}
        << 2 << "psnr";
    QTest::newRow("metric") << QStringList {"--groups", "1a", "--no-refine", "--metric",
                                            "logits=snr"}
                            << 6 << "snr";
    QTest::newRow("refined") << QStringList {"--groups", "1a"} << -1 << "psnr";
    // Nothing reaches 500 dB, so there is no seed to refine.
    QTest::newRow("floor") << QStringList {"--groups", "1a", "--floor", "500"} << 6 << "psnr";
}

void TestCliRun::options()
{
    QFETCH(QStringList, options);
    QFETCH(int, records);
    QFETCH(QString, metric);
    const QString folder = QString("options_") + QTest::currentDataTag();
    const CliResult result = runCli(demoRun(folder, options + QStringList {"--yes"}));
    QVERIFY2(result.exitCode == 0, qPrintable(result.err));
    const auto lines = jsonLines(fileText(m_folder.filePath(folder) + "/results.jsonl"));
    if (records < 0)
        QVERIFY(lines.size() > 6);
    else
        QCOMPARE(lines.size(), records);
    QCOMPARE(lines[0]["output_quality_metrics"][0]["metric"].toString(), metric);
    QCOMPARE(result.out.contains("is the default"), !options.contains("--metric"));
}

void TestCliRun::progressIsJson()
{
    const CliResult result =
        runCli(demoRun("json", {"--yes", "--groups", "1a", "--progress", "json"}));
    QCOMPARE(result.exitCode, 0);
    const auto events = jsonLines(result.out);
    QVERIFY(events.size() >= 8);
    QCOMPARE(events.first()["event"].toString(), "started");
    QCOMPARE(events.first()["folder"].toString(), m_folder.filePath("json"));
    for (qsizetype i = 1; i + 1 < events.size(); ++i) {
        QCOMPARE(events[i]["event"].toString(), "record");
        QCOMPARE(events[i]["done"].toInt(), static_cast<int>(i));
        QVERIFY(events[i]["quality"].toDouble() > 20);
        QVERIFY(events[i]["compression_ratio"].toDouble() > 1);
    }
    QCOMPARE(events.last()["event"].toString(), "ended");
    QCOMPARE(events.last()["state"].toString(), "finished");
    QCOMPARE(events.last()["done"].toInt(), static_cast<int>(events.size()) - 2);
    // What people read goes to the other stream.
    QVERIFY(result.err.contains("Group 1: Per-Channel Quantization"));
}

void TestCliRun::someFailuresAreExit3()
{
    const QString folder = m_folder.filePath("partial");
    const CliResult result =
        runCli({"run", ownFile("raises_when_coarse.pt"), "--inputs",
                ownFile("raises_when_coarse.inputs.pt"), "--out", folder, "--yes"});
    QVERIFY2(result.exitCode == 3, qPrintable(result.err));
    QVERIFY(
        result.out.contains("failed: The model's forward pass failed: the weights are too coarse"));
    int failed = 0;
    int measured = 0;
    for (const QJsonObject& record : jsonLines(fileText(folder + "/results.jsonl")))
        ++(record.contains("error") ? failed : measured);
    QVERIFY(failed > 0 && measured > 0);
    QCOMPARE(runCli({"report", folder}).exitCode, 0);
}

// The picture of a run that was stopped early does not fit the tables of the whole one.
void TestCliRun::reportsShowNoOldPicture()
{
    if (!BITFRONT_HAS_GUI)
        QSKIP("This build draws no pictures.");
    const QString picture = m_demo + "/compression_exploration.png";
    const QString results = m_demo + "/results.jsonl";
    const auto html = [&] { return runCli({"report", m_demo, "--format", "html"}).out; };
    const auto markdown = [&] { return runCli({"report", m_demo, "--format", "md"}).out; };
    QVERIFY(html().contains("data:image/png")
            && markdown().contains("compression_exploration.png"));
    const auto resultsTime = std::filesystem::last_write_time(results.toStdString());
    std::filesystem::last_write_time(picture.toStdString(), resultsTime - std::chrono::hours(1));
    QVERIFY(!html().contains("data:image/png") && html().contains("<svg"));
    QVERIFY(!markdown().contains("compression_exploration.png"));
    std::filesystem::last_write_time(picture.toStdString(), resultsTime + std::chrono::hours(1));
    QVERIFY(html().contains("data:image/png"));
}

void TestCliRun::asksOnATerminal()
{
    const CliResult no = runCliOnTerminal(demoRun("asked", {"--groups", "1a"}), "[Y/n]", "n\n");
    QCOMPARE(no.exitCode, 130);
    QVERIFY(no.out.contains("6 base configurations"));
    QVERIFY(!QFile::exists(m_folder.filePath("asked")));

    const CliResult yes = runCliOnTerminal(demoRun("asked", {"--groups", "1a"}), "[Y/n]", "\n");
    QVERIFY2(yes.exitCode == 0, qPrintable(yes.out));
    // The bar rewrites one line and says how far it is.
    QVERIFY2(yes.out.contains(QRegularExpression("\r\x1b\\[K\\[[#-]+\\] \\d+ of \\d+  .*left")),
             qPrintable(yes.out));
    QVERIFY(yes.out.contains("Group 1: Per-Channel Quantization"));
}

// The results are safe, and the command says where, even when its reports find no place.
void TestCliRun::reportsThatCannotBeWritten()
{
    const QString folder = m_folder.filePath("no-reports");
    QProcess process;
    process.start(cliProgram(),
                  demoRun("no-reports", {"--yes", "--threads", "1", "--progress", "json"}));
    QByteArray out;
    while (!out.contains("\"record\"") && process.waitForReadyRead(60000))
        out += process.readAllStandardOutput();
    QVERIFY(QDir().mkpath(folder + "/report.md")); // where a file should go
    QVERIFY(process.waitForFinished(60000));
    const QString err = QString::fromUtf8(process.readAllStandardError());
    QCOMPARE(process.exitCode(), 2);
    QVERIFY2(err.contains("error: ") && err.contains("report.md"), qPrintable(err));
    QVERIFY2(err.contains("Run folder: " + folder + " (61 results"), qPrintable(err));
    QCOMPARE(jsonLines(fileText(folder + "/results.jsonl")).size(), 61);
}

QTEST_GUILESS_MAIN(TestCliRun)
#include "tst_cli_run.moc"
