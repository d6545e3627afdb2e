// SPDX-License-Identifier: GPL-3.0-or-later
// Reports against hand-checked expectations: the reference's tables to the byte, and what the long
// forms must say.
#include "core/run/report.h"
#include "core/run/report_facts.h"
#include "tests/support/fake_engine.h"
#include "tests/support/hand_run.h"

#include <QtTest>

#include <set>

using namespace bitfront;
using test::handRecord;
using test::handRun;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

QString text(const std::string& value)
{
    return QString::fromStdString(value);
}

} // namespace

class TestRunReport : public QObject
{
    Q_OBJECT

private slots:
    void tablesToTheByte();
    void skippedLayersAreNamed();
    void fewAndNone_data();
    void fewAndNone();
    void specialQualities();
    void nothingChanged_data();
    void nothingChanged();
    void largerThanFp16IsNotPicked();
    void failuresAreCounted();
    void severalOutputs();
    void groupsNotInThePlanAreSilent();
    void numbers_data();
    void numbers();
    void wallTimes_data();
    void wallTimes();
    void markdownSaysItAll();
    void markdownEscapes();
    void jsonIsStable();
    void sameBytesEveryTime();
    void emptyAndRunning();
};

void TestRunReport::tablesToTheByte()
{
    RunContents run = handRun();
    run.records = {handRecord("w8", GroupId::PerChannel, 8, 40.126),
                   handRecord("w4", GroupId::PerChannel, 4, 20),
                   handRecord("w2", GroupId::PerChannel, 2, 3),
                   handRecord("p4", GroupId::Palette, 4, 22.5)};
    // w8: (384 + 8000) / 1024 = 8.1875 bits, 16 / 8.1875 = 1.954; w4: 4.28125 bits, 3.737; sizes
    // 8384 bits = 0.000999 MiB, 4384 bits = 0.000523 MiB. w4 is as small as p4 but worse.
    const std::string expected =
        "Group 1: Per-Channel Quantization\n"
        "┌─────────────────┬───────────┬──────────────┬───────────────────┐\n"
        "│ Config          │ PSNR (dB) │ Avg Bitwidth │ Compression Ratio │\n"
        "├─────────────────┼───────────┼──────────────┼───────────────────┤\n"
        "│ Baseline (fp16) │     75.13 │        16.00 │              1.0x │\n"
        "│ w8              │     40.13 │         8.19 │             1.95x │\n"
        "│ w4              │     20.00 │         4.28 │             3.74x │\n"
        "└─────────────────┴───────────┴──────────────┴───────────────────┘\n"
        "Only 2 configurations are shown: of 3, 1 fell below the floor of 10.00 dB "
        "and none failed.\n"
        "\n"
        "Group 3: Palettization\n"
        "┌─────────────────┬───────────┬──────────────┬───────────────────┐\n"
        "│ Config          │ PSNR (dB) │ Avg Bitwidth │ Compression Ratio │\n"
        "├─────────────────┼───────────┼──────────────┼───────────────────┤\n"
        "│ Baseline (fp16) │     75.13 │        16.00 │              1.0x │\n"
        "│ p4              │     22.50 │         4.28 │             3.74x │\n"
        "└─────────────────┴───────────┴──────────────┴───────────────────┘\n"
        "Only 1 configuration is shown: of 1, none fell below the floor of 10.00 dB and "
        "none failed.\n"
        "\n"
        "Best picks (all groups)\n"
        "  Best quality: w8, 40.13 dB at 1.95x (0.001 MiB)\n"
        "  Smallest: p4, 22.50 dB at 3.74x (0.001 MiB)\n"
        "  No knee: the front has 2 points of finite quality, four are needed.\n";
    QCOMPARE(text(textReport(run)), text(expected));
}

void TestRunReport::skippedLayersAreNamed()
{
    const QString report = text(textReport(test::fakeRun()));
    QVERIFY(report.contains("Group 2: Per-Block Quantization"));
    QVERIFY(report.contains("Skipped layers (kept at fp16):\n"));
    QVERIFY(report.contains("_skip-first-last-Linear: stem, head.fc1, head.fc2\n"));
    QVERIFY(report.contains("Layers stored otherwise than configured:\n"));
    QVERIFY(report.contains("group 10 instead)") || report.contains("per-channel instead)"));
    for (const QString& line : report.split('\n'))
        QVERIFY2(line.startsWith("│") || line.size() <= 110, qPrintable(line));
    // Every box has one width.
    for (const QString& table : report.split("┌").mid(1)) {
        const QStringList rows = ("┌" + table.section("┘", 0, 0) + "┘").split('\n');
        for (const QString& row : rows)
            QCOMPARE(row.size(), rows.first().size());
    }
}

void TestRunReport::fewAndNone_data()
{
    QTest::addColumn<double>("first");
    QTest::addColumn<double>("second");
    QTest::addColumn<bool>("fails");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("all below") << 9.9 << -3.0 << false
                               << "All 2 configurations fell below the floor of 10.00 dB.";
    QTest::newRow("one left")
        << 30.0 << 9.9 << false
        << "Only 1 configuration is shown: of 2, 1 fell below the floor of 10.00 dB "
           "and none failed.";
    QTest::newRow("below and failed")
        << 9.9 << 0.0 << true
        << "No configuration can be shown: of 2, 1 fell below the floor of "
           "10.00 dB and 1 failed.";
    QTest::newRow("NaN counts as failed")
        << 30.0 << kNan << false
        << "Only 1 configuration is shown: of 2, none fell below the floor of "
           "10.00 dB and 1 failed.";
}

void TestRunReport::fewAndNone()
{
    QFETCH(double, first);
    QFETCH(double, second);
    QFETCH(bool, fails);
    QFETCH(QString, sentence);
    RunContents run = handRun();
    run.records = {handRecord("a", GroupId::PerChannel, 8, first),
                   handRecord("b", GroupId::PerChannel, 4, second)};
    if (fails)
        run.records[1].outcome = Failure {ErrorCode::ForwardFailed, "It broke.", "Mend it.", "b"};
    const QString report = text(textReport(run));
    QVERIFY2(report.contains(sentence), qPrintable(report));
    QVERIFY(report.contains("No configuration of this group has run.")); // the palettes
}

void TestRunReport::specialQualities()
{
    RunContents run = handRun();
    run.header.fp16Quality[0].value = kInfinity;
    run.records = {handRecord("same", GroupId::PerChannel, 8, kInfinity)};
    const QString report = text(textReport(run));
    QVERIFY(report.contains("│ Baseline (fp16) │ identical │        16.00 │"));
    QVERIFY(report.contains("│ same            │ identical │         8.19 │             1.95x │"));
    QVERIFY(report.contains("Best in everything: same, identical at 1.95x"));
}

void TestRunReport::nothingChanged_data()
{
    QTest::addColumn<double>("first");
    QTest::addColumn<double>("second");
    QTest::addColumn<bool>("said");
    QTest::newRow("all identical") << kInfinity << kInfinity << true;
    QTest::newRow("one changed") << kInfinity << 90.0 << false;
}

void TestRunReport::nothingChanged()
{
    QFETCH(double, first);
    QFETCH(double, second);
    QFETCH(bool, said);
    RunContents run = handRun();
    run.records = {handRecord("a", GroupId::PerChannel, 8, first),
                   handRecord("b", GroupId::PerChannel, 4, second)};
    QCOMPARE(text(textReport(run)).contains("No configuration changed any output."), said);
    run.records.clear();
    QVERIFY(!text(textReport(run)).contains("No configuration changed any output."));
}

void TestRunReport::largerThanFp16IsNotPicked()
{
    RunContents run = handRun();
    run.records = {handRecord("large", GroupId::PerChannel, 20, 60),
                   handRecord("small", GroupId::PerChannel, 8, 40)};
    QVERIFY(text(textReport(run)).contains("Best in everything: small, 40.00 dB at 1.95x"));
    run.records.pop_back();
    QVERIFY(!text(textReport(run)).contains("Best in everything"));
}

void TestRunReport::failuresAreCounted()
{
    RunContents run = handRun();
    run.records = {handRecord("good", GroupId::PerChannel, 8, 40),
                   handRecord("nan", GroupId::PerChannel, 4, kNan),
                   handRecord("bad", GroupId::PerChannel, 4, 20)};
    run.records[2].outcome = Failure {ErrorCode::ForwardFailed, "It broke.", "Mend it.", ""};
    const QString report = text(textReport(run));
    QVERIFY(report.contains("1 configuration failed; the first was bad: It broke."));
    QVERIFY(report.contains("1 configuration gave outputs that are not finite"));
    run.records.resize(1);
    QVERIFY(!text(textReport(run)).contains("failed; the first"));
    QVERIFY(!text(textReport(run)).contains("not finite"));
}

void TestRunReport::severalOutputs()
{
    test::FakeOptions options;
    options.model = test::FakeModelKind::Transformer;
    const RunContents run = test::fakeRun(options);
    QVERIFY(text(textReport(run)).startsWith("Quality is that of output “logits”.\n\n"));
    const QString markdown = text(markdownReport(run, ""));
    QVERIFY(markdown.contains("| Configuration | logits PSNR (dB) | mask IoU | Avg bitwidth |"));
    QVERIFY(markdown.contains("judged by psnr, floor 10.00 dB; ranks and refines"));
    QVERIFY(markdown.contains("judged by iou, floor IoU 0.1000"));
    // Judged by its second output, the floor and the unit are those of IoU.
    RunContents byMask = run;
    std::swap(byMask.header.metrics[0], byMask.header.metrics[1]);
    const QString report = text(textReport(byMask));
    QVERIFY(report.contains("│ IoU    │") || report.contains("│ IoU │"));
    QVERIFY(report.contains("Best quality:") && report.contains(", IoU 0.9"));
}

void TestRunReport::groupsNotInThePlanAreSilent()
{
    RunContents run = handRun();
    run.records = {handRecord("w8", GroupId::PerChannel, 8, 40)};
    for (const std::string& report :
         {textReport(run), markdownReport(run, ""), htmlReport(run, "")}) {
        QVERIFY(report.find("Group 1: Per-Channel Quantization") != std::string::npos);
        QVERIFY(report.find("Group 2") == std::string::npos);
    }
}

void TestRunReport::numbers_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<int>("decimals");
    QTest::addColumn<QString>("expected");
    QTest::newRow("plain") << 3.14159 << 2 << "3.14";
    QTest::newRow("round") << 2.675 << 2 << "2.67"; // the double is 2.67499…
    QTest::newRow("whole") << 40.0 << 0 << "40";
    QTest::newRow("minus zero") << -0.0001 << 2 << "0.00";
    QTest::newRow("minus") << -6.25 << 1 << "-6.2";
    QTest::newRow("huge") << 1e11 << 1 << "100000000000.0";
    QTest::newRow("of a damaged file") << 1e300 << 1 << "1.0e+300";
    QTest::newRow("inf") << kInfinity << 2 << "inf";
    QTest::newRow("nan") << kNan << 2 << "NaN";
}

void TestRunReport::numbers()
{
    QFETCH(double, value);
    QFETCH(int, decimals);
    QFETCH(QString, expected);
    QCOMPARE(text(fixedText(value, decimals)), expected);
}

void TestRunReport::wallTimes_data()
{
    QTest::addColumn<double>("milliseconds");
    QTest::addColumn<QString>("expected");
    QTest::newRow("short") << 61500.0 << "61.5 s";
    QTest::newRow("minutes") << 245300.0 << "4 min 05 s";
    QTest::newRow("rounded up") << 179700.0 << "3 min 00 s";
    QTest::newRow("hours") << 7385000.0 << "2 h 03 min";
    QTest::newRow("damaged") << 1e300 << "an unknown time";
    QTest::newRow("negative") << -5.0 << "an unknown time";
    QTest::newRow("no number") << kNan << "an unknown time";
}

void TestRunReport::wallTimes()
{
    QFETCH(double, milliseconds);
    QFETCH(QString, expected);
    QCOMPARE(text(wallTimeText(milliseconds)), expected);
}

void TestRunReport::markdownSaysItAll()
{
    RunContents run = handRun();
    run.records = {handRecord("w8", GroupId::PerChannel, 8, 40.126),
                   handRecord("w4", GroupId::PerChannel, 4, 20)};
    run.records.push_back(run.records[1]);
    run.records[2].config.name = "w2";
    run.records[2].outcome = Failure {ErrorCode::ForwardFailed, "It broke.", "Mend it.", "w2"};
    run.header.inputs[0].looksLikeNoise = true;
    run.warnings = {"results.jsonl line 7 is damaged and was left out."};
    const QString report = text(markdownReport(run, "compression exploration.png"));
    for (const char* part :
         {"# Compression exploration of tiny.pt",
          "3 configurations in 4 min 05 s; 1 failed.",
          "> **Warning:** results.jsonl line 7 is damaged",
          "> **Warning:** Input “x” looks like noise.",
          "![Quality against compression ratio](compression%20exploration.png)",
          "| Best quality | `w8` | 40.13 | 8.19 | 1.95x | 0.001 |",
          "### Group 1: Per-Channel Quantization",
          "| `w4` | 20.00 | 4.28 | 3.74x | best ratio |",
          "| `w8` | 40.13 | 8.19 | 1.95x | 0.001 | 100 | 12 | on front |",
          "| `w2` | It broke. | Mend it. |",
          "### Best quality: w8",
          "| `fc` | Linear | 10 × 100 | 8.00 | 8-bit, per-channel | 0.98 | -48.0 |",
          "- **Model SHA-256:** `0123abcd`",
          "- **Inputs SHA-256:** `feed`",
          "- **Versions:** Bitfront 0.1.0, LibTorch 2.13.0",
          "- **Layers that do not divide:** policy \"nearest\"",
          "- **Command:** `bitfront-cli run tiny.pt --inputs in.npz --out tiny.bitfront --yes`",
          "- **Wall time:** 4 min 05 s",
          "coreai-opt's exploration script",
          "judged by psnr, floor 10.00 dB",
          "## What the columns mean"})
        QVERIFY2(report.contains(part), part);
    QVERIFY(!text(markdownReport(run, "")).contains("]("));
    QVERIFY(report.endsWith('\n') && !report.endsWith("\n\n"));
}

void TestRunReport::markdownEscapes()
{
    RunContents run = handRun();
    run.header.model.fileName = "a|b_<i>*_.pt";
    run.header.commandLine = "run `x|y`";
    run.records = {handRecord("w8", GroupId::PerChannel, 8, 40)};
    const QString report = text(markdownReport(run, ""));
    QVERIFY(report.startsWith("# Compression exploration of a\\|b\\_\\<i\\>\\*\\_.pt\n"));
    QVERIFY(report.contains("`` run `x\\|y` ``"));
}

void TestRunReport::jsonIsStable()
{
    RunContents run = handRun();
    run.records = {handRecord("w8", GroupId::PerChannel, 8, 40.126),
                   handRecord("w4", GroupId::PerChannel, 4, 20),
                   handRecord("nan", GroupId::PerChannel, 2, kNan)};
    const QJsonObject json =
        QJsonDocument::fromJson(QByteArray::fromStdString(jsonReport(run))).object();
    QCOMPARE(json["schema"].toString(), QString("bitfront-report"));
    QCOMPARE(json["schema_version"].toInt(), 1);
    const QStringList keys = json.keys();
    QCOMPARE(std::set<QString>(keys.begin(), keys.end()),
             (std::set<QString> {"schema", "schema_version", "run", "judged", "done", "failed",
                                 "warnings", "front", "knee", "picks", "groups", "results"}));
    QCOMPARE(json["run"]["schema"].toString(), QString("bitfront-run"));
    QCOMPARE(json["judged"]["output"].toString(), QString("out_0"));
    QCOMPARE(json["judged"]["metric"].toString(), QString("psnr"));
    QCOMPARE(json["judged"]["floor"].toDouble(), 10.0);
    QCOMPARE(json["front"].toArray().size(), 2);
    QCOMPARE(json["front"][0]["config"].toString(), QString("w8"));
    QCOMPARE(json["front"][0]["quality"].toDouble(), 40.126);
    QCOMPARE(json["front"][0]["average_bitwidth"].toDouble(), 8.1875);
    QVERIFY(json["knee"]["record"].isNull());
    QCOMPARE(json["groups"][0]["group"].toString(), QString("1a"));
    QCOMPARE(json["groups"][0]["title"].toString(), QString("Group 1: Per-Channel Quantization"));
    QCOMPARE(json["groups"][0]["representatives"][0]["reason"].toString(), QString("best quality"));
    QCOMPARE(json["results"].toArray().size(), 3);
    QVERIFY(json["results"][0]["on_front"].toBool());
    QVERIFY(json["results"][2]["failed"].toBool());
    QCOMPARE(json["results"][2]["result"]["output_quality_metrics"][0]["value"].toString(),
             QString("NaN"));
    QCOMPARE(json["picks"][1]["label"].toString(), QString("Smallest"));
}

void TestRunReport::sameBytesEveryTime()
{
    const RunContents run = test::fakeRun();
    QCOMPARE(textReport(run), textReport(test::fakeRun()));
    QCOMPARE(markdownReport(run, "p.png"), markdownReport(test::fakeRun(), "p.png"));
    QCOMPARE(htmlReport(run, ""), htmlReport(test::fakeRun(), ""));
    QCOMPARE(jsonReport(run), jsonReport(test::fakeRun()));
}

void TestRunReport::emptyAndRunning()
{
    RunContents run = handRun();
    run.state = RunState::Running;
    QVERIFY(text(textReport(run)).contains("No configuration of this group has run."));
    QVERIFY(text(textReport(run)).contains("  No configuration is above the floor of 10.00 dB."));
    QVERIFY(text(markdownReport(run, "")).contains("0 configurations so far."));
    QVERIFY(text(htmlReport(run, "")).contains("There are no results yet."));
    QVERIFY(QJsonDocument::fromJson(QByteArray::fromStdString(jsonReport(run))).isObject());
}

QTEST_GUILESS_MAIN(TestRunReport)
#include "tst_run_report.moc"
