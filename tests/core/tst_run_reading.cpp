// SPDX-License-Identifier: GPL-3.0-or-later
// Reading results back: lines that are damaged or not of this run, and many of them.
#include "core/plan/json.h"
#include "core/run/run_folder.h"
#include "tests/support/fake_engine.h"
#include "tests/support/run_files.h"

#include <QtTest>

using namespace bitfront;
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

class TestRunReading : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void damagedLines_data();
    void damagedLines();
    void manyLinesKeepTheirOrder();

private:
    fs::path path(const char* name) const { return fs::path(m_dir->path().toStdString()) / name; }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestRunReading::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
}

void TestRunReading::damagedLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("garbage") << QByteArray("!!! not json");
    QTest::newRow("zeros") << QByteArray(4096, '\0');
    QTest::newRow("half a record") << QByteArray("{\"group\":\"1a\",\"config\":{\"name\":\"x\"");
    QTest::newRow("another document") << QByteArray("{\"group\":\"1a\"}");
    QTest::newRow("array") << QByteArray("[1,2]");
    QTest::newRow("number") << QByteArray("7");
    QTest::newRow("wrong types") << QByteArray("{\"group\":3,\"config\":[],\"time_taken\":\"x\"}");
    QTest::newRow("deep") << QByteArray(100000, '[');
    // Valid, and fatal to whoever copies it level by level.
    QTest::newRow("deep and whole")
        << "{\"config\":" + QByteArray(500000, '[') + QByteArray(500000, ']') + "}";
    // Measured, as far as it says, but without what the run judges.
    const RunContents known = test::fakeRun();
    const auto withOutputs = [&known](int count) {
        ResultRecord record = known.records.at(9);
        Measurement measured = *record.measurement();
        measured.outputs.resize(static_cast<std::size_t>(count), measured.outputs.front());
        record.outcome = measured;
        return QByteArray::fromStdString(recordLine(record));
    };
    QTest::newRow("no output") << withOutputs(0);
    QTest::newRow("one output too many") << withOutputs(2);
    QTest::newRow("not UTF-8") << QByteArray("{\"group\":\"\xff\xfe\"}");
}

void TestRunReading::damagedLines()
{
    QFETCH(QByteArray, line);
    writeSmallRun(path("run"), 6);
    const fs::path file = path("run/results.jsonl");
    const std::string whole = slurp(file);
    const std::size_t records = readRun(path("run")).records.size();
    std::size_t at = 0;
    for (int i = 0; i < 3; ++i)
        at = whole.find('\n', at) + 1;
    spit(file, whole.substr(0, at) + line.toStdString() + "\n" + whole.substr(at));
    const RunContents run = readRun(path("run"));
    QCOMPARE(run.records.size(), records);
    QCOMPARE(run.warnings.size(), std::size_t(1));
    QCOMPARE(run.warnings[0], std::string("results.jsonl line 4 is damaged and was left out."));
}

void TestRunReading::manyLinesKeepTheirOrder()
{
    writeSmallRun(path("run"), 6);
    const fs::path file = path("run/results.jsonl");
    const std::string all = slurp(file), line = all.substr(0, all.find('\n') + 1);
    const std::string name = recordFromLine(line).config.name;
    std::string text;
    std::vector<std::string> names, warnings;
    for (int number = 1; number <= 3000; ++number) {
        if (number % 97 == 0) {
            text += line.substr(0, 40) + "\n";
            warnings.push_back("results.jsonl line " + std::to_string(number)
                               + " is damaged and was left out.");
            continue;
        }
        names.push_back(std::to_string(number % 2500)); // 500 of them twice
        std::string copy = line;
        copy.replace(copy.find('"' + name + '"') + 1, name.size(), names.back());
        text += copy;
    }
    spit(file, text);
    std::vector<std::string> unique;
    for (const std::string& one : names)
        if (std::find(unique.begin(), unique.end(), one) == unique.end())
            unique.push_back(one);
    const RunContents run = readRun(path("run"));
    QVERIFY(run.warnings == warnings);
    QCOMPARE(run.records.size(), unique.size());
    for (std::size_t i = 0; i < unique.size(); ++i)
        QCOMPARE(run.records[i].config.name, unique[i]);
}

QTEST_GUILESS_MAIN(TestRunReading)
#include "tst_run_reading.moc"
