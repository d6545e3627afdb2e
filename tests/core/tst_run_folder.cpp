// SPDX-License-Identifier: GPL-3.0-or-later
// Run folders: what is written is read back, torn and damaged lines included.
#include "core/plan/json.h"
#include "core/run/file_io.h"
#include "core/run/run_folder.h"
#include "core/run/run_json.h"
#include "tests/support/fake_engine.h"
#include "tests/support/run_files.h"

#include <QtTest>

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace bitfront;
using test::contains;
using test::failureOf;
using test::slurp;
using test::spit;
namespace fs = std::filesystem;

namespace {

/// A run of the first `count` configurations: every record costs several flushes to the disk.
void writeSmallRun(const fs::path& folder, std::size_t count)
{
    const auto experiment = test::fakeExperiment();
    const SweepPlan plan = makePlan({GroupId::PerChannel}, {}, false, IndivisiblePolicy::Nearest);
    std::vector<ResultRecord> records = test::fakeRecords(plan);
    RunWriter writer(folder, test::fakeHeader(*experiment, plan));
    for (std::size_t i = 0; i < count; ++i)
        writer.append(records.at(i));
    writer.finish(RunState::Stopped, 1);
}

} // namespace

class TestRunFolder : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void roundTrip();
    void everyValueSurvives();
    void linesHoldTheReferencesFields();
    void tornTailAtEveryByte();
    void missingAndForeignFiles_data();
    void missingAndForeignFiles();
    void pipesAreRefused();
    void replacingTouchesNothingElse();
    void extentsAreChecked_data();
    void extentsAreChecked();
    void interruptedRunIsSaid();
    void awkwardNames();

private:
    fs::path path(const std::string& name) const
    {
        return fs::path(m_dir->path().toStdString()) / name;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestRunFolder::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
}

void TestRunFolder::roundTrip()
{
    const fs::path folder = path("deep/er/run");
    test::FakeOptions options;
    options.model = test::FakeModelKind::Transformer;
    options.failing = {"perchannel_int4_symmetric"};
    const RunContents written = test::fakeRun(options);
    QVERIFY(!isRunFolder(folder));
    test::writeFakeRun(folder, options);
    QVERIFY(isRunFolder(folder));
    const RunContents read = readRun(folder);
    QCOMPARE(read.warnings.size(), std::size_t(0));
    QVERIFY(read.state == RunState::Finished);
    QCOMPARE(read.wallMs, written.wallMs);
    QCOMPARE(runJsonText(read.header, read.state, read.wallMs),
             runJsonText(written.header, written.state, written.wallMs));
    QVERIFY(read.header.plan.configs == written.header.plan.configs);
    QCOMPARE(read.records.size(), written.records.size());
    for (std::size_t i = 0; i < read.records.size(); ++i)
        QCOMPARE(recordLine(read.records[i]), recordLine(written.records[i]));
    QVERIFY2(!fs::exists(folder / "lock"), "the lock file stays behind");
    // Every record's configuration is stated in its file.
    for (const ResultRecord& record : read.records)
        QVERIFY(contains(slurp(folder / record.configPath), record.config.name));
}

void TestRunFolder::everyValueSurvives()
{
    const auto experiment = test::fakeExperiment();
    test::FakeOptions options;
    options.nan = {"perchannel_int8_symmetric"};
    options.identical = {"perchannel_int8_asymmetric"};
    const SweepPlan plan = makePlan({GroupId::PerChannel}, {}, false, IndivisiblePolicy::Skip);
    RunHeader header = test::fakeHeader(*experiment, plan);
    header.inputs[0].min = -std::numeric_limits<double>::infinity();
    header.inputs[0].max = std::numeric_limits<double>::quiet_NaN();
    header.inputs[0].looksLikeNoise = true;
    header.commandLine = "bitfront-cli run \"ä b\\c\" --out 'x\ny'";
    {
        RunWriter writer(path("run"), header);
        for (ResultRecord record : test::fakeRecords(plan, options))
            writer.append(record);
        writer.finish(RunState::Stopped, 12.5);
    }
    const RunContents run = readRun(path("run"));
    QVERIFY(run.state == RunState::Stopped);
    QCOMPARE(run.wallMs, 12.5);
    QCOMPARE(run.header.commandLine, header.commandLine);
    QVERIFY(std::isinf(run.header.inputs[0].min) && run.header.inputs[0].min < 0);
    QVERIFY(std::isnan(run.header.inputs[0].max));
    QVERIFY(run.header.inputs[0].looksLikeNoise);
    QVERIFY(run.header.plan.indivisible == IndivisiblePolicy::Skip);
    QVERIFY(!run.header.plan.refine);
    QVERIFY(std::isnan(run.records[0].measurement()->outputs[0].value));
    QVERIFY(run.records[1].measurement()->outputs[0].identical());
    QCOMPARE(run.header.probe.paletteMs, header.probe.paletteMs);
}

void TestRunFolder::linesHoldTheReferencesFields()
{
    test::FakeOptions options;
    options.failing = {"perchannel_int8_asymmetric"};
    test::writeFakeRun(path("run"), options);
    const QByteArrayList lines =
        QByteArray::fromStdString(slurp(path("run/results.jsonl"))).trimmed().split('\n');
    const QJsonObject good = QJsonDocument::fromJson(lines[0]).object();
    QCOMPARE(good["group"].toString(), QString("1a"));
    QCOMPARE(good["config"]["name"].toString(), QString("perchannel_int8_symmetric"));
    QCOMPARE(good["config"]["path"].toString(), QString("configs/perchannel_int8_symmetric.yaml"));
    QVERIFY(good["time_taken"].isDouble());
    QCOMPARE(good["output_quality_metrics"][0]["name"].toString(), QString("out_0"));
    QCOMPARE(good["output_quality_metrics"][0]["metric"].toString(), QString("psnr"));
    QVERIFY(good["compression_metrics"]["average_bitwidth"].toDouble() > 8);
    QVERIFY(good["compression_metrics"]["compression_ratio"].toDouble() > 1.9);
    QVERIFY(good["compression_metrics"]["theoretical_model_size"].toDouble() > 0.1);
    const QJsonObject bad = QJsonDocument::fromJson(lines[1]).object();
    QCOMPARE(bad["error"]["code"].toString(), QString("forward_failed"));
}

void TestRunFolder::tornTailAtEveryByte()
{
    constexpr std::size_t records = 2;
    writeSmallRun(path("run"), records);
    const fs::path file = path("run/results.jsonl");
    const std::string whole = slurp(file);
    const std::size_t last = whole.find('\n') + 1;
    for (std::size_t cut = last; cut <= whole.size(); ++cut) {
        spit(file, whole.substr(0, cut));
        const RunContents run = readRun(path("run"));
        const bool complete = cut + 1 >= whole.size(); // only the newline may be missing
        const bool torn = cut > last && !complete;
        QCOMPARE(run.records.size(), complete ? records : records - 1);
        QCOMPARE(run.warnings.size(), std::size_t(torn ? 1 : 0));
        if (torn)
            QCOMPARE(run.warnings[0],
                     std::string("The last line of results.jsonl was cut off and was left out."));
    }
}

void TestRunFolder::missingAndForeignFiles_data()
{
    QTest::addColumn<QString>("runJson"); // null: remove
    QTest::addColumn<bool>("keepResults");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const auto format = static_cast<int>(ErrorCode::BadFormat);
    QTest::newRow("no run.json") << QString() << true << format << "there is no run.json";
    QTest::newRow("empty") << "" << true << format << "not valid JSON";
    QTest::newRow("text") << "hello" << true << format << "not valid JSON";
    QTest::newRow("other JSON") << "{\"a\":1}" << true << format << "does not say so";
    QTest::newRow("array") << "[]" << true << format << "does not say so";
    QTest::newRow("deep") << "{\"schema\":" + QString(500000, '[') + QString(500000, ']') + "}"
                          << true << format << "nested too deep";
    QTest::newRow("no version") << "{\"schema\":\"bitfront-run\"}" << true << format
                                << "no format version";
    QTest::newRow("newer") << "{\"schema\":\"bitfront-run\",\"schema_version\":2}" << true << format
                           << "newer Bitfront (format 2";
    QTest::newRow("huge version") << "{\"schema\":\"bitfront-run\",\"schema_version\":99999999999}"
                                  << true << format << "newer Bitfront";
    QTest::newRow("version 2^32 + 1")
        << "{\"schema\":\"bitfront-run\",\"schema_version\":4294967297}" << true << format
        << "newer Bitfront (format 4294967297";
    QTest::newRow("version of 64 bits")
        << "{\"schema\":\"bitfront-run\",\"schema_version\":18446744073709551615}" << true << format
        << "newer Bitfront (format 18446744073709551615";
    QTest::newRow("negative version")
        << "{\"schema\":\"bitfront-run\",\"schema_version\":-4294967295}" << true << format
        << "no format version";
    QTest::newRow("fields missing") << "{\"schema\":\"bitfront-run\",\"schema_version\":1,"
                                       "\"state\":\"finished\"}"
                                    << true << format << "wall_time_ms";
    QTest::newRow("odd state")
        << "{\"schema\":\"bitfront-run\",\"schema_version\":1,\"state\":\"odd\"}" << true << format
        << "odd";
    QTest::newRow("no results") << "keep" << false << static_cast<int>(ErrorCode::FileNotReadable)
                                << "results.jsonl: the folder or file does not exist";
}

void TestRunFolder::missingAndForeignFiles()
{
    QFETCH(QString, runJson);
    QFETCH(bool, keepResults);
    QFETCH(int, code);
    QFETCH(QString, message);
    writeSmallRun(path("run"), 6);
    if (runJson.isNull())
        fs::remove(path("run/run.json"));
    else if (runJson != "keep")
        spit(path("run/run.json"), runJson.toStdString());
    if (!keepResults)
        fs::remove(path("run/results.jsonl"));
    const Failure failure = failureOf([&] { readRun(path("run")); });
    QCOMPARE(static_cast<int>(failure.code), code);
    QVERIFY2(contains(failure.message, message.toStdString()), failure.message.c_str());
    QVERIFY(!failure.hint.empty());
}

void TestRunFolder::pipesAreRefused()
{
    writeSmallRun(path("run"), 3);
    for (const char* name : {"run/results.jsonl", "run/run.json"}) {
        fs::remove(path(name));
        QCOMPARE(::mkfifo(path(name).c_str(), 0600), 0);
        const Failure failure = failureOf([&] { readRun(path("run")); });
        QVERIFY2(contains(failure.message, "not a file"), failure.message.c_str());
    }
}

void TestRunFolder::replacingTouchesNothingElse()
{
    spit(path("notes.tmp"), "mine");
    spit(path(".notes." + std::to_string(::getpid()) + ".0"), "also mine");
    spit(path("notes"), "old");
    replaceFile(path("notes"), "new");
    QCOMPARE(slurp(path("notes")), std::string("new"));
    QCOMPARE(slurp(path("notes.tmp")), std::string("mine"));
    QCOMPARE(std::distance(fs::directory_iterator(path("")), {}), 3);
}

void TestRunFolder::extentsAreChecked_data()
{
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("value");
    QTest::newRow("input") << "/inputs/tensors/0/shape/0"
                           << "1e300";
    QTest::newRow("output") << "/outputs/0/shape"
                            << "[4294967296, 4294967296]";
    QTest::newRow("layer") << "/model/layers/0/shape/0"
                           << "-1";
}

void TestRunFolder::extentsAreChecked()
{
    QFETCH(QString, pointer);
    QFETCH(QString, value);
    writeSmallRun(path("run"), 1);
    nlohmann::json json = nlohmann::json::parse(slurp(path("run/run.json")));
    json.at(nlohmann::json::json_pointer(pointer.toStdString())) =
        nlohmann::json::parse(value.toStdString());
    spit(path("run/run.json"), json.dump());
    const Failure failure = failureOf([&] { readRun(path("run")); });
    QCOMPARE(failure.code, ErrorCode::BadFormat);
    QVERIFY2(contains(failure.message, "'shape'"), failure.message.c_str());
}

void TestRunFolder::interruptedRunIsSaid()
{
    const auto experiment = test::fakeExperiment();
    const SweepPlan plan = makePlan({GroupId::PerChannel}, {}, false, IndivisiblePolicy::Nearest);
    {
        RunWriter writer(path("run"), test::fakeHeader(*experiment, plan));
        QCOMPARE(readRun(path("run")).warnings.size(), std::size_t(0)); // it is still being written
        QVERIFY(readRun(path("run")).state == RunState::Running);
    }
    const RunContents run = readRun(path("run"));
    QCOMPARE(run.warnings.size(), std::size_t(1));
    QVERIFY(contains(run.warnings[0], "interrupted"));
}

void TestRunFolder::awkwardNames()
{
    const auto experiment = test::fakeExperiment();
    const SweepPlan plan = makePlan({GroupId::PerChannel}, {}, false, IndivisiblePolicy::Nearest);
    RunWriter writer(path("run"), test::fakeHeader(*experiment, plan));
    const ResultRecord model = test::fakeRecords(plan).front();
    const std::vector<std::pair<std::string, std::string>> names = {
        {"../../etc/passwd", "configs/_._.._etc_passwd.yaml"},
        {"a b", "configs/a_b.yaml"},
        {"a_b", "configs/a_b_2.yaml"},
        {"größe", "configs/gr____e.yaml"},
        {std::string(500, 'x'), "configs/" + std::string(180, 'x') + ".yaml"},
        {std::string(501, 'x'), "configs/" + std::string(180, 'x') + "_2.yaml"}};
    for (const auto& [name, file] : names) {
        ResultRecord record = model;
        record.config.name = name;
        writer.append(record);
        QCOMPARE(record.configPath, file);
        QVERIFY(fs::is_regular_file(path("run") / file));
    }
    const RunContents run = readRun(path("run"));
    for (std::size_t i = 0; i < names.size(); ++i)
        QCOMPARE(run.records[i].config.name, names[i].first);
}

QTEST_GUILESS_MAIN(TestRunFolder)
#include "tst_run_folder.moc"
