// SPDX-License-Identifier: GPL-3.0-or-later
// Writing run folders against full disks, forbidden places, dead processes and other writers.
#include "core/run/file_io.h"
#include "core/run/run_folder.h"
#include "tests/support/fake_engine.h"
#include "tests/support/run_files.h"

#include <QtTest>

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace bitfront;
using test::contains;
using test::failureOf;
using test::slurp;
using test::spit;
namespace fs = std::filesystem;

class TestRunDurability : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void earlierRunIsMovedAside();
    void foreignFolderIsRefused();
    void debrisOfADeadWriterIsReused();
    void secondWriterIsToldWho();
    void lockDiesWithItsProcess();
    void oneOwnerAmongMany();
    void pipeAsLock();
    void sizeLimitLeavesNothingPartial();
    void unwritablePlaces_data();
    void unwritablePlaces();
    void deletedFolderIsNoticed();
    void replaceKeepsTheOldContent();
    void replaceFollowsLinks();
    void replaceWritesIntoPipes();

private:
    fs::path path(const char* name) const { return fs::path(m_dir->path().toStdString()) / name; }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestRunDurability::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    QVERIFY(m_dir->isValid());
}

void TestRunDurability::earlierRunIsMovedAside()
{
    for (int i = 0; i < 3; ++i) {
        test::FakeOptions options;
        options.qualityShiftDb = i;
        // A trailing slash must not turn "run.1" into "run/.1".
        test::writeFakeRun(path(i == 2 ? "run/" : "run"), options);
    }
    const auto firstQuality = [this](const char* name) {
        return readRun(path(name)).records[0].measurement()->outputs[0].value;
    };
    QVERIFY(isRunFolder(path("run")) && isRunFolder(path("run.1")) && isRunFolder(path("run.2")));
    QVERIFY(!fs::exists(path("run.3")));
    QVERIFY(std::abs(firstQuality("run.2") - firstQuality("run.1") - 1) < 1e-9);
    QVERIFY(std::abs(firstQuality("run") - firstQuality("run.2") - 1) < 1e-9);
    QVERIFY(!fs::exists(path("run.1/lock")));
}

void TestRunDurability::foreignFolderIsRefused()
{
    fs::create_directory(path("photos"));
    spit(path("photos/cat.jpg"), "meow");
    const Failure failure = failureOf([&] { test::writeFakeRun(path("photos")); });
    QVERIFY(failure.code == ErrorCode::FileNotWritable);
    QVERIFY2(contains(failure.message, "not empty and holds no Bitfront run"),
             failure.message.c_str());
    QCOMPARE(std::distance(fs::directory_iterator(path("photos")), fs::directory_iterator()), 1);
    fs::create_directory(path("empty"));
    test::writeFakeRun(path("empty"));
    QVERIFY(isRunFolder(path("empty")));
}

void TestRunDurability::debrisOfADeadWriterIsReused()
{
    fs::create_directories(path("run/configs"));
    spit(path("run/lock"), "process 1 on nowhere\n");
    spit(path("run/results.jsonl"), "");
    spit(path("run/.run.json.4711.0"), "{\"sch");
    test::writeFakeRun(path("run"));
    QCOMPARE(readRun(path("run")).records.size(), test::fakeRun().records.size());
    QVERIFY(!fs::exists(path("run.1")));
    // Records without a run.json are somebody's work.
    fs::create_directories(path("orphan"));
    spit(path("orphan/results.jsonl"), "{}\n");
    QVERIFY(failureOf([&] { test::writeFakeRun(path("orphan")); }).code
            == ErrorCode::FileNotWritable);
}

void TestRunDurability::secondWriterIsToldWho()
{
    const auto experiment = test::fakeExperiment();
    const SweepPlan plan = makePlan({}, {}, false, IndivisiblePolicy::Nearest);
    const RunHeader header = test::fakeHeader(*experiment, plan);
    const RunWriter writer(path("run"), header);
    const Failure failure = failureOf([&] { const RunWriter second(path("run"), header); });
    QVERIFY(failure.code == ErrorCode::FileNotWritable);
    QVERIFY2(contains(failure.message,
                      "is being written by process " + std::to_string(::getpid()) + " on "),
             failure.message.c_str());
    QVERIFY(!fs::exists(path("run.1")));
    QVERIFY(isFolderLocked(path("run")));
}

void TestRunDurability::lockDiesWithItsProcess()
{
    fs::create_directory(path("run"));
    int ready[2] = {};
    QCOMPARE(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            const FolderLock lock(path("run"));
            [[maybe_unused]] const ssize_t told = ::write(ready[1], "x", 1);
            ::pause();
        } catch (const Error&) {
        }
        ::_exit(1);
    }
    ::close(ready[1]); // a child that dies ends the read below
    char byte = 0;
    QCOMPARE(::read(ready[0], &byte, 1), ssize_t(1));
    const Failure failure = failureOf([&] { const FolderLock lock(path("run")); });
    QVERIFY2(contains(failure.message, "process " + std::to_string(child)),
             failure.message.c_str());
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    QVERIFY(fs::exists(path("run/lock")));
    QVERIFY(!isFolderLocked(path("run")));
    const FolderLock lock(path("run"));
    QVERIFY(isFolderLocked(path("run")));
}

void TestRunDurability::oneOwnerAmongMany()
{
    const auto experiment = test::fakeExperiment();
    const RunHeader header = test::fakeHeader(
        *experiment, makePlan({GroupId::PerChannel}, {}, false, IndivisiblePolicy::Nearest));
    constexpr int kProcesses = 12;
    int gate[2] = {};
    int tried[2] = {};
    int done[2] = {};
    QCOMPARE(::pipe(gate) + ::pipe(tried) + ::pipe(done), 0);
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(gate[1]);
            ::close(done[1]);
            char byte = 0;
            [[maybe_unused]] ssize_t got = ::read(gate[0], &byte, 1); // until the gate closes
            try {
                const RunWriter writer(path("run"), header);
                got = ::write(tried[1], "x", 1);
                got = ::read(done[0], &byte, 1); // hold the run until all have tried
                ::_exit(10);
            } catch (const Error& error) {
                got = ::write(tried[1], "x", 1);
                ::_exit(contains(error.what(), "is being written by") ? 20 : 30);
            }
        }
        children.push_back(child);
    }
    ::close(gate[1]);
    ::close(tried[1]);
    char byte = 0;
    for (int i = 0; i < kProcesses; ++i)
        QCOMPARE(::read(tried[0], &byte, 1), ssize_t(1));
    ::close(done[1]);
    int owners = 0;
    int refused = 0;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        owners += WEXITSTATUS(status) == 10 ? 1 : 0;
        refused += WEXITSTATUS(status) == 20 ? 1 : 0;
    }
    QCOMPARE(owners, 1);
    QCOMPARE(refused, kProcesses - 1);
    QVERIFY(!fs::exists(path("run.1")));
}

void TestRunDurability::sizeLimitLeavesNothingPartial()
{
    // RLIMIT_FSIZE stands in for a full disk: writes come back short, then fail.
    const auto experiment = test::fakeExperiment();
    const SweepPlan plan = makePlan({}, {}, true, IndivisiblePolicy::Nearest);
    const std::vector<ResultRecord> records = test::fakeRecords(plan);
    RunWriter writer(path("run"), test::fakeHeader(*experiment, plan));
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit old = {};
    ::getrlimit(RLIMIT_FSIZE, &old);
    rlimit limited = old;
    limited.rlim_cur = 20000;
    ::setrlimit(RLIMIT_FSIZE, &limited);
    std::size_t written = 0;
    std::string configPath;
    const Failure failure = failureOf([&] {
        for (ResultRecord record : records) {
            writer.append(record);
            ++written;
        }
    });
    ::setrlimit(RLIMIT_FSIZE, &old);
    QVERIFY(failure.code == ErrorCode::FileNotWritable);
    QVERIFY2(contains(failure.message, "results.jsonl: the file would grow past the size limit"),
             failure.message.c_str());
    QVERIFY(written > 0 && written < records.size());
    const std::string text = slurp(path("run/results.jsonl"));
    QCOMPARE(text.back(), '\n');
    QCOMPARE(static_cast<std::size_t>(std::ranges::count(text, '\n')), written);
    QCOMPARE(static_cast<std::size_t>(std::distance(fs::directory_iterator(path("run/configs")),
                                                    fs::directory_iterator())),
             written);
    // The trouble over, the writer goes on where it was.
    ResultRecord record = records[written];
    writer.append(record);
    writer.finish(RunState::Finished, 1);
    const RunContents run = readRun(path("run"));
    QCOMPARE(run.records.size(), written + 1);
    QCOMPARE(run.warnings.size(), std::size_t(0));
}

void TestRunDurability::unwritablePlaces_data()
{
    QTest::addColumn<QString>("folder"); // "%1" is the test's folder
    QTest::addColumn<QString>("cause");
    // Root may write anywhere that modes forbid, so these places refuse root too.
    QTest::newRow("below a file") << "%1/file/run"
                                  << "a part of the path is a file, not a folder";
    QTest::newRow("a file itself") << "%1/file"
                                   << "not a folder";
    QTest::newRow("proc") << "/proc/bitfront-run"
                          << "";
    QTest::newRow("sysfs") << "/sys/kernel/bitfront-run"
                           << "";
}

void TestRunDurability::unwritablePlaces()
{
    QFETCH(QString, folder);
    QFETCH(QString, cause);
    spit(path("file"), "x");
    const std::string where = folder.replace("%1", m_dir->path()).toStdString();
    const Failure failure = failureOf([&] { test::writeFakeRun(where); });
    QVERIFY(failure.code == ErrorCode::FileNotWritable);
    QVERIFY2(contains(failure.message, where), failure.message.c_str());
    QVERIFY2(contains(failure.message, cause.toStdString()), failure.message.c_str());
    QVERIFY2(!contains(failure.message, "being written by"), "read-only is not locked");
    QVERIFY(!failure.hint.empty());
}

void TestRunDurability::deletedFolderIsNoticed()
{
    const auto experiment = test::fakeExperiment();
    const SweepPlan plan = makePlan({}, {}, true, IndivisiblePolicy::Nearest);
    std::vector<ResultRecord> records = test::fakeRecords(plan);
    RunWriter writer(path("run"), test::fakeHeader(*experiment, plan));
    writer.append(records[0]);
    fs::remove(path("run/results.jsonl"));
    const Failure lineFailure = failureOf([&] { writer.append(records[1]); });
    QVERIFY2(contains(lineFailure.message, "results.jsonl: the folder or file does not exist"),
             lineFailure.message.c_str());
    fs::remove_all(path("run"));
    const Failure failure = failureOf([&] { writer.append(records[1]); });
    QVERIFY(failure.code == ErrorCode::FileNotWritable);
    QVERIFY(contains(failure.message, "does not exist"));
}

void TestRunDurability::replaceKeepsTheOldContent()
{
    replaceFile(path("file"), "old");
    QCOMPARE(slurp(path("file")), std::string("old"));
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit old = {};
    ::getrlimit(RLIMIT_FSIZE, &old);
    rlimit limited = old;
    limited.rlim_cur = 4096;
    ::setrlimit(RLIMIT_FSIZE, &limited);
    const Failure failure = failureOf([&] { replaceFile(path("file"), std::string(100000, 'n')); });
    ::setrlimit(RLIMIT_FSIZE, &old);
    QVERIFY(failure.code == ErrorCode::FileNotWritable);
    QCOMPARE(slurp(path("file")), std::string("old"));
    QVERIFY(!fs::exists(path("file.tmp")));
}

void TestRunDurability::replaceFollowsLinks()
{
    spit(path("target"), "old");
    fs::create_symlink("target", path("link"));
    replaceFile(path("link"), "new");
    QVERIFY(fs::is_symlink(path("link")));
    QCOMPARE(slurp(path("target")), std::string("new"));
    // The target need not exist yet.
    fs::create_symlink("later", path("dangling"));
    replaceFile(path("dangling"), "new");
    QVERIFY(fs::is_symlink(path("dangling")));
    QCOMPARE(slurp(path("later")), std::string("new"));
}

/// What is no file, such as /dev/stdout, is written into, not replaced by a file.
/// In a folder of unknown origin: nobody writes into the pipe, and nobody waits for that.
void TestRunDurability::pipeAsLock()
{
    QCOMPARE(::mkfifo(path(kLockName).c_str(), 0600), 0);
    QVERIFY(!isFolderLocked(path("")));
}

void TestRunDurability::replaceWritesIntoPipes()
{
    QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
    const FileHandle reader(::open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK));
    QVERIFY(reader.isOpen());
    replaceFile(path("pipe"), "text");
    QVERIFY(fs::is_fifo(path("pipe")));
    QVERIFY(!fs::exists(path("pipe.tmp")));
    char buffer[16] = {};
    QCOMPARE(::read(reader.get(), buffer, sizeof buffer), ssize_t {4});
    QCOMPARE(buffer, "text");
}

QTEST_GUILESS_MAIN(TestRunDurability)
#include "tst_run_durability.moc"
