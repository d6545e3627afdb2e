// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that end early, are gone on with, or are kept aside; and what going on takes over.
#include "tests/cli/cli_process.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <map>

using namespace bitfront::test;

class TestCliResume : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void interruptKeepsResults();
    void resumes_data();
    void resumes();
    void resumeNeedsTheSameFiles();
    void resumesWithStoredInputs();
    void askingChangesNothing();
    void keepsEarlierRuns();
    void recurrentWeights_data();
    void recurrentWeights();

private:
    QStringList demoRun(const QString& folder, const QStringList& options = {}) const;

    QTemporaryDir m_folder;
};

QStringList TestCliResume::demoRun(const QString& folder, const QStringList& options) const
{
    return QStringList {"run",      demoFile("digits_cnn.pt"),
                        "--inputs", demoFile("digits_inputs.pt"),
                        "--out",    m_folder.filePath(folder)}
    + options;
}

void TestCliResume::initTestCase()
{
    QVERIFY(m_folder.isValid());
}

void TestCliResume::interruptKeepsResults()
{
    const QString folder = m_folder.filePath("stopped");
    QProcess process;
    process.start(cliProgram(),
                  demoRun("stopped", {"--yes", "--threads", "1", "--progress", "json"}));
    QByteArray out;
    while (!out.contains("\"record\"") && process.waitForReadyRead(60000))
        out += process.readAllStandardOutput();
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    out += process.readAllStandardOutput();
    const auto events = jsonLines(QString::fromUtf8(out));
    QCOMPARE(events.last()["state"].toString(), "stopped");

    const auto records = jsonLines(fileText(folder + "/results.jsonl"));
    QVERIFY(!records.isEmpty() && records.size() < 61);
    QCOMPARE(static_cast<int>(records.size()), events.last()["done"].toInt());
    for (const QJsonObject& record : records)
        QVERIFY(!record["config"]["name"].toString().isEmpty());
    QCOMPARE(jsonOf(fileText(folder + "/run.json"))["state"].toString(), "stopped");
    QCOMPARE(runCli({"report", folder}).exitCode, 0);
}

void TestCliResume::resumes_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("stopped") << SIGINT;
    QTest::newRow("killed") << SIGKILL;
}

void TestCliResume::resumes()
{
    QFETCH(int, signal);
    const QString folder = m_folder.filePath(QString("resumed-%1").arg(signal));
    QProcess process;
    process.start(
        cliProgram(),
        demoRun(QFileInfo(folder).fileName(), {"--yes", "--threads", "1", "--progress", "json"}));
    QByteArray out;
    while (out.count("\"record\"") < 3 && process.waitForReadyRead(60000))
        out += process.readAllStandardOutput();
    ::kill(static_cast<pid_t>(process.processId()), signal);
    QVERIFY(process.waitForFinished(60000));
    const QString first = fileText(folder + "/results.jsonl");

    const CliResult result =
        runCli({"run", "--resume", folder, "--yes", "--threads", "1", "--progress", "json"});
    QVERIFY2(result.exitCode == 0, qPrintable(result.err));
    QVERIFY2(result.err.contains("Resumes  " + folder), qPrintable(result.err));
    const auto events = jsonLines(result.out);
    const int before = events.first()["done"].toInt();
    QVERIFY(before >= 3 && before < 61);
    QCOMPARE(events.size(), 61 - before + 2); // nothing is measured twice
    QVERIFY(
        fileText(folder + "/results.jsonl").startsWith(first.left(first.lastIndexOf('\n') + 1)));
    QCOMPARE(jsonOf(fileText(folder + "/run.json"))["state"].toString(), "finished");

    // The same numbers as a sweep in one go.
    const auto quality = [](const QString& run) {
        std::map<QString, double> values;
        for (const QJsonObject& record : jsonLines(fileText(run + "/results.jsonl")))
            values[record["config"]["name"].toString()] =
                record["output_quality_metrics"][0]["value"].toDouble();
        return values;
    };
    const QString whole = QString("whole-%1").arg(signal);
    QCOMPARE(runCli(demoRun(whole, {"--yes"})).exitCode, 0);
    QCOMPARE(quality(folder), quality(m_folder.filePath(whole)));
}

void TestCliResume::resumeNeedsTheSameFiles()
{
    const QString folder = m_folder.filePath("moved");
    QCOMPARE(runCli(demoRun("moved", {"--yes", "--no-refine", "--groups", "1a"})).exitCode, 0);
    const QString copy = m_folder.filePath("copy.pt");
    QVERIFY(QFile::copy(demoFile("digits_cnn.pt"), copy));
    const CliResult moved = runCli({"run", copy, "--resume", folder});
    QVERIFY2(moved.exitCode == 0, qPrintable(moved.err)); // nothing is left: nobody is asked
    QVERIFY(moved.out.contains("6 of 6 results are there, nothing is left to run"));

    const CliResult other = runCli(
        {"run", "--resume", folder, "--yes", "--inputs", ownFile("raises_when_coarse.inputs.pt")});
    QCOMPARE(other.exitCode, 2);
    QVERIFY2(other.err.startsWith("error: "), qPrintable(other.err));
    QCOMPARE(runCli({"run", "--resume", m_folder.filePath("nothing"), "--yes"}).exitCode, 2);
}

void TestCliResume::resumesWithStoredInputs()
{
    const QString folder = m_folder.filePath("stored");
    const QString model = modelFile("../pairs/bn_cnn.pt2");
    const CliResult first = runCli({"run", model, "--inputs", "stored", "--out", folder, "--yes",
                                    "--groups", "1a", "--no-refine"});
    QVERIFY2(first.exitCode == 0, qPrintable(first.err));
    QVERIFY(jsonOf(fileText(folder + "/run.json"))["command_line"].toString().contains(
        " --inputs stored "));
    const CliResult again = runCli({"run", "--resume", folder, "--yes"});
    QVERIFY2(again.exitCode == 0, qPrintable(again.err));
    QVERIFY(again.out.contains("nothing is left to run"));
}

// A run that nobody agreed to go on with stays the run that it was.
void TestCliResume::askingChangesNothing()
{
    const QString folder = m_folder.filePath("consent");
    const QString file = folder + "/run.json";
    const CliResult partial =
        runCli({"run", ownFile("raises_when_coarse.pt"), "--inputs",
                ownFile("raises_when_coarse.inputs.pt"), "--out", folder, "--yes", "--no-refine"});
    QCOMPARE(partial.exitCode, 3);
    const QString before = fileText(file);
    QCOMPARE(jsonOf(before)["state"].toString(), "finished");
    const CliResult asked = runCli({"run", "--resume", folder, "--retry-failed"});
    QCOMPARE(asked.exitCode, 2); // no terminal, no --yes
    QCOMPARE(fileText(file), before);
}

void TestCliResume::keepsEarlierRuns()
{
    const QStringList options {"--yes", "--no-refine", "--configs", "perchannel_int8_symmetric"};
    for (int i = 0; i < 2; ++i)
        QCOMPARE(runCli(demoRun("again", options)).exitCode, 0);
    for (const char* folder : {"again", "again.1"})
        QCOMPARE(jsonLines(fileText(m_folder.filePath(folder) + "/results.jsonl")).size(), 1);
}

void TestCliResume::recurrentWeights_data()
{
    QTest::addColumn<QString>("model");
    QTest::newRow("TorchScript, traced") << "lstm.pt";
    QTest::newRow("TorchScript, scripted") << "twins.pt";
    QTest::newRow("torch.export") << "lstm.pt2";
}

// Left alone without the option; with it layers like others, also for who goes on, scans, packs.
void TestCliResume::recurrentWeights()
{
    QFETCH(QString, model);
    const QString file = modelFile("../recurrent/" + model);
    const QString inputs = file.left(file.lastIndexOf('.')) + ".inputs.safetensors";
    const auto folderOf = [&](const char* name) { return m_folder.filePath(model + name); };
    const QStringList few {"--yes", "--no-refine", "--configs", "perchannel_int8_symmetric"};
    const auto sweep = [&](const QString& folder, const QStringList& options) {
        return runCli(QStringList {"run", file, "--inputs", inputs, "--out", folder} + few
                      + options);
    };
    const auto layers = [](const QString& folder) {
        QStringList names;
        for (const QJsonValue layer :
             jsonLines(fileText(folder + "/results.jsonl")).first()["layers"].toArray())
            names << layer["name"].toString();
        return names;
    };
    const QString plain = folderOf(".plain"), all = folderOf(".all");
    const CliResult without = sweep(plain, {});
    QVERIFY2(without.exitCode == 0, qPrintable(without.err));
    QCOMPARE(layers(plain), QStringList {"head"});
    const QJsonObject plainRun = jsonOf(fileText(plain + "/run.json"));
    QVERIFY(!plainRun["model"].toObject().contains("layer_options"));
    QVERIFY(!plainRun["command_line"].toString().contains("--recurrent"));

    const CliResult with = sweep(all, {"--recurrent"});
    QVERIFY2(with.exitCode == 0, qPrintable(with.err));
    QCOMPARE(layers(all).size(), 9);
    const QJsonObject run = jsonOf(fileText(all + "/run.json"));
    QVERIFY(run["model"]["layer_options"]["recurrent"].toBool());
    QVERIFY(run["command_line"].toString().contains(" --recurrent"));

    const CliResult resumed = runCli({"run", "--resume", all, "--yes"});
    QVERIFY2(resumed.exitCode == 0 && resumed.out.contains("nothing is left to run"),
             qPrintable(resumed.out + resumed.err));
    const QString packed = folderOf(".safetensors");
    const CliResult pack =
        runCli({"pack", all, "--config", "perchannel_int8_symmetric", "--out", packed});
    QVERIFY2(pack.exitCode == 0, qPrintable(pack.err));

    const QString scanned = folderOf(".scan");
    const CliResult scan = runCli({"scan", file, "--inputs", inputs, "--out", scanned, "--yes",
                                   "--formats", "perchannel_int8_symmetric", "--recurrent"});
    QVERIFY2(scan.exitCode == 0, qPrintable(scan.err));
    QVERIFY(fileText(scanned + "/scan.jsonl").contains("weight_hh_l"));
    const CliResult recipe = runCli({"recipe", scanned, "--ratio", "1.2"});
    QVERIFY2(recipe.exitCode == 0 && recipe.out.contains(QRegularExpression("weight_\\w+: int8")),
             qPrintable(recipe.out + recipe.err));
}

QTEST_GUILESS_MAIN(TestCliResume)
#include "tst_cli_resume.moc"
