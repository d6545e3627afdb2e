// SPDX-License-Identifier: GPL-3.0-or-later
// scan, recipe and frontier from the command line: folders that every other command takes, killed
// and gone on with, and what is refused.
#include "tests/cli/cli_process.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace bitfront::test;

namespace {

/// Formats of a small scan: one of each width.
const QString kFormats =
    "perchannel_int8_symmetric,palette_grouped_gs16_6bit_pcs0,perchannel_int4_symmetric,"
    "palette_pertensor_4bit_pcs0,palette_pertensor_3bit_pcs0,palette_pertensor_2bit_pcs0";

QList<QJsonObject> recordsOf(const QString& folder)
{
    return jsonLines(fileText(folder + "/results.jsonl"));
}

double bitsOf(const QJsonObject& record)
{
    return record["compression_metrics"]["average_bitwidth"].toDouble();
}

double seenOf(const QJsonObject& record)
{
    return record["output_quality_metrics"][0]["split"]["chosen_on"].toDouble();
}

} // namespace

class TestCliScan : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY(m_directory.isValid()); }
    void scanThenRecipes();
    void recipesAreTakenByOtherCommands();
    void killedScanGoesOn();
    void fullDisk();
    void frontier();
    void refused_data();
    void refused();

private:
    QString path(const QString& name) const { return m_directory.filePath(name); }
    QStringList command(const QString& name, const QString& folder, bool yes = true) const
    {
        QStringList words {name,        demoFile("digits_cnn.pt"),
                           "--inputs",  demoFile("digits_inputs.pt"),
                           "--out",     folder,
                           "--formats", kFormats};
        if (yes)
            words << "--yes";
        return words;
    }

    QTemporaryDir m_directory;
};

void TestCliScan::scanThenRecipes()
{
    const CliResult scan = runCli(command("scan", path("scan")));
    QCOMPARE(scan.exitCode, 0);
    QVERIFY2(scan.out.contains("Held out 64 of 256 samples"), qPrintable(scan.out));
    QVERIFY(scan.out.contains("layer3.1.conv2"));
    const auto lines = jsonLines(fileText(path("scan") + "/scan.jsonl"));
    QCOMPARE(lines.size(), 1 + 13 * 6);
    QCOMPARE(lines.first()["settings"]["formats"].toArray().size(), 6);

    QCOMPARE(runCli({"recipe", path("scan"), "--bits", "4.5"}).exitCode, 0);
    QCOMPARE(runCli({"recipe", path("scan"), "--mb", "0.1", "--lock", "fc*=8"}).exitCode, 0);
    QCOMPARE(runCli({"recipe", path("scan"), "--ratio", "2.5", "--refine", "0"}).exitCode, 0);
    const CliResult quality = runCli({"recipe", path("scan"), "--min-quality", "35"});
    QCOMPARE(quality.exitCode, 0);
    QVERIFY(quality.out.contains("mixed_quality_35"));
    const auto records = recordsOf(path("scan"));
    QCOMPARE(records.size(), 4);
    for (const QJsonObject& record : records) {
        QCOMPARE(record["group"].toString(), "mixed");
        QVERIFY(record["recipe"]["predicted"][0].toDouble() > 20);
        QVERIFY(QFileInfo::exists(path("scan") + '/' + record["config"]["path"].toString()));
    }
    QVERIFY(bitsOf(records[0]) <= 4.5);
    QVERIFY(records[1]["compression_metrics"]["theoretical_model_size"].toDouble() <= 0.1);
    for (const QJsonValue& layer : records[1]["layers"].toArray())
        if (layer["name"].toString().startsWith("fc"))
            QCOMPARE(layer["bits_per_code"].toInt(), 8);
    QVERIFY(records[2]["compression_metrics"]["compression_ratio"].toDouble() >= 2.5);
    QVERIFY(seenOf(records[3]) >= 35);
}

void TestCliScan::recipesAreTakenByOtherCommands()
{
    const CliResult report = runCli({"report", path("scan")});
    QCOMPARE(report.exitCode, 0);
    QVERIFY(report.out.contains("Mixed Precision"));
    QVERIFY(report.out.contains("of the error comes from"));
    const CliResult html = runCli({"report", path("scan"), "--format", "html"});
    QVERIFY(html.out.contains("What each layer costs"));
    const QString file = path("packed.safetensors");
    QCOMPARE(runCli({"pack", path("scan"), "--config", "mixed_4.5_bits", "--out", file}).exitCode,
             0);
    const double bytes = bitsOf(recordsOf(path("scan")).first()) * 160698 / 8;
    QVERIFY(double(QFileInfo(file).size()) < bytes * 1.35); // with names and formats
}

/// As after a power cut: nothing that has a whole line is measured again.
void TestCliScan::killedScanGoesOn()
{
    const QString folder = path("killed");
    QProcess process;
    process.start(cliProgram(),
                  command("scan", folder) << "--threads"
                                          << "1");
    const QString file = folder + "/scan.jsonl";
    QTRY_VERIFY_WITH_TIMEOUT(fileText(file).count('\n') > 8, 60000);
    ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
    QVERIFY(process.waitForFinished());
    const QString before = fileText(file);
    const CliResult again = runCli(command("scan", folder));
    QCOMPARE(again.exitCode, 0);
    if (before.count('\n') < 1 + 13 * 6)
        QVERIFY2(again.out.contains("of them are there"), qPrintable(again.out));
    const QString after = fileText(file);
    QVERIFY(after.startsWith(before.left(before.lastIndexOf('\n') + 1)));
    QCOMPARE(after.count('\n'), 1 + 13 * 6);
}

/// A limit to the size of files stands in for it: what fitted is kept and counts as a part.
void TestCliScan::fullDisk()
{
    const QString folder = path("full");
    QStringList words {"-c", "ulimit -f 12; trap '' XFSZ; exec \"$0\" \"$@\"", cliProgram()};
    words += command("scan", folder);
    QProcess process;
    process.start("bash", words);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 3);
    QVERIFY(process.readAllStandardError().contains("would grow past the size limit"));
    QVERIFY(fileText(folder + "/scan.jsonl").count('\n') > 8);
    const CliResult again = runCli(command("scan", folder));
    QCOMPARE(again.exitCode, 0);
    QVERIFY(again.out.contains("of them are there"));
}

void TestCliScan::frontier()
{
    const QString folder = path("frontier");
    const QStringList words = command("frontier", folder)
        << "--configs"
        << "perchannel_int4_symmetric,perchannel_int8_symmetric"
        << "--no-refine"
        << "--bits"
        << "5,3.5,8"
        << "--refine"
        << "1";
    const CliResult first = runCli(words);
    QVERIFY2(first.exitCode == 0, qPrintable(first.err));
    const auto records = recordsOf(folder);
    QCOMPARE(records.size(), 5);
    double before = 0;
    for (const QJsonObject& record : records) {
        QVERIFY(!record["output_quality_metrics"][0]["split"].toObject().isEmpty());
        if (record["group"].toString() != "mixed")
            continue;
        QVERIFY(seenOf(record) > before); // in the order of the sizes
        before = seenOf(record);
    }
    QVERIFY(before > 50);
    // Once more: everything is there.
    const QString scan = fileText(folder + "/scan.jsonl");
    const CliResult second = runCli(words);
    QCOMPARE(second.exitCode, 0);
    QCOMPARE(fileText(folder + "/scan.jsonl"), scan);
    QCOMPARE(recordsOf(folder).size(), 5);
    QVERIFY(!QFileInfo::exists(folder + ".1"));
}

void TestCliScan::refused_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<QString>("message");
    const QString folder = path("scan");
    QTest::newRow("no terminal") << command("scan", path("other"), false) << "--yes";
    QTest::newRow("no target") << QStringList {"recipe", folder} << "--min-quality";
    QTest::newRow("two targets") << QStringList {"recipe", folder, "--bits", "4", "--mb", "1"}
                                 << "--bits";
    QTest::newRow("no run") << QStringList {"recipe", path("nothing"), "--bits", "4"} << "nothing";
    QTest::newRow("too small") << QStringList {"recipe", folder, "--bits", "1"} << "at most 1 bits";
    QTest::newRow("no such format") << QStringList {"scan",      demoFile("digits_cnn.pt"),
                                                    "--inputs",  demoFile("digits_inputs.pt"),
                                                    "--out",     path("x"),
                                                    "--formats", "perchanel_int8_symmetric"}
                                    << "Did you mean";
    QTest::newRow("no such layer")
        << QStringList {"recipe", folder, "--bits", "5", "--lock", "nolayer=8"} << "nolayer";
    QTest::newRow("no such output")
        << QStringList {"recipe", folder, "--min-quality", "30", "--output", "mask"} << "“mask”";
    QTest::newRow("size of an output")
        << QStringList {"recipe", folder, "--bits", "5", "--output", "logits"} << "--min-quality";
    QTest::newRow("other inputs") << QStringList {"recipe", folder,     "--bits",
                                                  "5",      "--inputs", modelFile("mlp.inputs.npy")}
                                  << "input";
}

void TestCliScan::refused()
{
    QFETCH(QStringList, words);
    QFETCH(QString, message);
    const auto before = recordsOf(path("scan")).size();
    const CliResult result = runCli(words);
    QCOMPARE(result.exitCode, 2);
    QVERIFY2(result.err.contains(message, Qt::CaseInsensitive), qPrintable(result.err));
    QCOMPARE(recordsOf(path("scan")).size(), before);
}

QTEST_GUILESS_MAIN(TestCliScan)
#include "tst_cli_scan.moc"
