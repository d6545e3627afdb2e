// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that are gone on with while other things happen: resumed, tried again, run again, scanned,
// written by another process; always the right run, and nothing is said that did not happen.
#include "analyst.h"

#include "core/plan/mixed_config.h"
#include "core/run/file_io.h"
#include "core/run/scan_log.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/parts/message_banner.h"

#include <QAction>
#include <QLabel>
#include <QTabBar>
#include <QTreeView>

#include <algorithm>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// Model and inputs on the disk, and runs of them.
class Again : public Analyst
{
public:
    using Analyst::Analyst;

    RunHeader header(const SweepPlan& plan)
    {
        RunHeader header = fakeRun().header;
        header.model.path = file(QStringLiteral("tiny.pt"), "cnn").toStdString();
        header.inputsPath = file(QStringLiteral("inputs.npy"), "inputs").toStdString();
        header.plan = plan;
        return header;
    }
    QString writeRun(const char* name, const SweepPlan& plan, std::vector<ResultRecord> records,
                     RunState state = RunState::Stopped)
    {
        const QString path = folder.filePath(QLatin1String(name));
        RunWriter writer(path.toStdString(), header(plan));
        for (ResultRecord& record : records)
            writer.append(record);
        writer.finish(state, 1000);
        return path;
    }
    bool openRun(const QString& path)
    {
        window->openRun(path);
        return QTest::qWaitFor([&] {
            return window->run().hasRun() && window->run().folder() == path
                && window->run().snapshot();
        });
    }
    void choose(const std::string& name)
    {
        const auto& all = snapshot().records;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].config.name == name)
                selection().setCurrent(static_cast<RecordId>(i));
    }
    QString message() const { return window->findChild<PlotPanel*>()->message(); }
    void trigger(const char* action) const { find<QAction>(action)->trigger(); }
    bool resumes() const { return find<QAction>("actionResume")->isVisible(); }
};

SweepPlan basePlan()
{
    return makePlan({}, {}, false, IndivisiblePolicy::Nearest);
}

const std::string& failedName()
{
    static const std::string name = baseConfigurations()[2].name;
    return name;
}

std::vector<ResultRecord> first(std::size_t count, const FakeOptions& options = {})
{
    std::vector<ResultRecord> records = fakeRecords(basePlan(), options);
    records.resize(count);
    return records;
}

/// `count` results with layers kept, as no sweep makes them.
std::vector<ResultRecord> mixed(std::size_t count)
{
    const ModelInfo model = fakeModelInfo();
    std::vector<ResultRecord> records;
    for (const ResultRecord& base : fakeRecords(basePlan())) {
        if (records.size() == count)
            break;
        if (!base.measurement() || base.config.name.find("int4") == std::string::npos)
            continue;
        ResultRecord record = base;
        record.config =
            withLayerKept(model, base, model.layers.front().name, KeptFormat::EightBits);
        record.configPath.clear();
        records.push_back(record);
    }
    return records;
}

FakeOptions failing()
{
    return {.failing = {failedName()}};
}

} // namespace

class TestWindowAgain : public QObject
{
    Q_OBJECT

private slots:
    void stoppedBeforeItWasTriedAgain();
    void retryThatCannotRun();
    void failedRecipeIsMeasuredAgain();
    void failedRecipeWaitsForTheSweep();
    void recipesAreNoPartOfTheSweep_data();
    void recipesAreNoPartOfTheSweep();
    void onlyTheRunThatWasMeantIsResumed();
    void scanIsNotGivenUpForARun();
    void noScanWhileAModelIsReopened();
    void anotherRunWhileAModelIsReopened();
    void runAgainIsAsTheRunWas_data();
    void runAgainIsAsTheRunWas();
    void runAgainReadsAChangedFile();
    void closedBeforeAStartThatFails();
    void scanOfAnotherProcessIsSeen();
};

void TestWindowAgain::stoppedBeforeItWasTriedAgain()
{
    Again f({.delayMs = 400});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), first(31, failing()), RunState::Finished)));
    f.choose(failedName());
    f.click("detailRetry");
    QTRY_VERIFY(f.window->run().isRunning());
    f.trigger("actionStop");
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(f.message(), QStringLiteral("Stopped before anything was tried again."));
}

/// What it leaves behind does not hide the failures of the next sweep.
void TestWindowAgain::retryThatCannotRun()
{
    Again f({.failEvaluators = true});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), first(31, failing()), RunState::Finished)));
    f.choose(failedName());
    f.click("detailRetry");
    QTRY_COMPARE(f.window->run().state(), RunState::Failed);
    QTRY_VERIFY(!f.window->run().isRunning());
    SweepEnd end;
    end.state = RunState::Finished;
    end.failed = 1;
    emit f.window->run().sweepFinished(end);
    QCOMPARE(f.message(), QStringLiteral("1 configuration failed; the table says why."));
}

void TestWindowAgain::failedRecipeIsMeasuredAgain()
{
    std::vector<ResultRecord> records = first(31);
    ResultRecord recipe = mixed(1).front();
    recipe.outcome = Failure {ErrorCode::OutOfMemory, "There was not enough memory.", "", ""};
    records.push_back(recipe);
    Again f;
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), records, RunState::Finished)));
    f.choose(recipe.config.name);
    QVERIFY(f.find<QPushButton>("detailRetry")->isEnabled());
    f.click("detailRetry");
    QTRY_VERIFY(f.snapshot().records.back().measurement());
    QCOMPARE(f.forwards(), 1);
    QCOMPARE(f.records(), 32);
    QCOMPARE(f.snapshot().records.back().config.name, recipe.config.name);
    QTRY_VERIFY(f.idle());
}

void TestWindowAgain::failedRecipeWaitsForTheSweep()
{
    std::vector<ResultRecord> records = first(25);
    ResultRecord recipe = mixed(1).front();
    recipe.outcome = Failure {ErrorCode::OutOfMemory, "There was not enough memory.", "", ""};
    records.push_back(recipe);
    Again f({.delayMs = 300});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), records)));
    f.find<QTabBar>("resultTabs")->setCurrentIndex(3);
    auto* list = f.find<QTreeView>("queueList");
    // The only one that failed is the last of the list.
    const auto offered = [&] {
        f.choose(recipe.config.name);
        list->setCurrentIndex(list->model()->index(list->model()->rowCount() - 1, 0));
        return f.find<QPushButton>("queueRetry")->isEnabled()
            || f.find<QPushButton>("detailRetry")->isEnabled();
    };
    QVERIFY(offered());
    f.trigger("actionResume");
    QTRY_VERIFY(f.records() > 26 && f.window->run().isRunning());
    QVERIFY(!offered());
    QVERIFY(f.waitForEnd());
    QTRY_VERIFY(offered());
}

void TestWindowAgain::recipesAreNoPartOfTheSweep_data()
{
    QTest::addColumn<int>("swept");
    QTest::addColumn<int>("recipes");
    QTest::addColumn<bool>("planned"); // else the folder of a scan
    QTest::addColumn<bool>("resumes");
    QTest::addColumn<QString>("message");
    QTest::newRow("stopped") << 25 << 0 << true << true << "Stopped at 25 of 31.";
    QTest::newRow("stopped, then recipes") << 25 << 8 << true << true << "Stopped at 25 of 31.";
    QTest::newRow("nothing left") << 31 << 2 << true << false << "";
    QTest::newRow("scan only") << 0 << 3 << false << false << "";
    QTest::newRow("scan only, nothing measured") << 0 << 0 << false << false << "";
}

void TestWindowAgain::recipesAreNoPartOfTheSweep()
{
    QFETCH(int, swept);
    QFETCH(int, recipes);
    QFETCH(bool, planned);
    QFETCH(bool, resumes);
    QFETCH(QString, message);
    std::vector<ResultRecord> records = first(static_cast<std::size_t>(swept));
    for (ResultRecord& recipe : mixed(static_cast<std::size_t>(recipes)))
        records.push_back(std::move(recipe));
    SweepPlan plan = basePlan();
    if (!planned)
        plan.configs.clear();
    plan.refine = !planned;
    Again f;
    QVERIFY(f.openRun(f.writeRun("run", plan, records)));
    QCOMPARE(f.records(), swept + recipes);
    QCOMPARE(f.resumes(), resumes);
    QVERIFY2(message.isEmpty() ? f.message().isEmpty() : f.message().startsWith(message),
             qPrintable(f.message()));
    QCOMPARE(Settings(f.settings).recentRuns().value(0).finished, !planned);
}

void TestWindowAgain::onlyTheRunThatWasMeantIsResumed()
{
    Again f;
    const QString wanted = f.writeRun("wanted", basePlan(), first(5));
    const QString other = f.writeRun("other", basePlan(), first(6));
    RecentRun entry;
    entry.folder = wanted;
    entry.when = QDateTime::currentDateTimeUtc();
    entry.finished = false;
    Settings(f.settings).addRecentRun(entry);
    f.window = std::make_unique<MainWindow>([&f] { return f.engine; }, f.settings);
    f.window->show();
    QTRY_VERIFY(f.find<MessageBanner>("unfinishedRun")->isVisible());
    f.click("resumeUnfinished");
    QVERIFY(f.openRun(other)); // before the first was read
    QTest::qWait(200);
    QVERIFY(!f.window->run().isRunning());
    QCOMPARE(f.records(), 6);
    QVERIFY(f.message().startsWith(QStringLiteral("Stopped at 6 of 31.")));
}

void TestWindowAgain::scanIsNotGivenUpForARun()
{
    Again f({.delayMs = 15});
    const QString other = f.writeRun("other", basePlan(), first(6));
    const QString scanned = f.writeRun("run", basePlan(), first(31), RunState::Finished);
    QVERIFY(f.openRun(scanned));
    f.trigger("actionGoTo8");
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    f.click("startScan");
    QTRY_VERIFY(f.scan().view() && f.scan().view()->done > 2);
    f.window->openRun(other); // dropped, or clicked in a list
    QTest::qWait(150);
    QCOMPARE(f.window->run().folder(), scanned);
    QVERIFY(f.scan().isWorking() && !f.scan().isCancelling());
    QVERIFY2(f.message().contains(QStringLiteral("Wait until that is done")),
             qPrintable(f.message()));
    f.click("bannerAction");
    QTRY_VERIFY(f.idle());
    QVERIFY(f.openRun(other));
}

void TestWindowAgain::noScanWhileAModelIsReopened()
{
    Again f({.delayMs = 5, .openDelayMs = 150});
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), first(6))));
    f.trigger("actionGoTo8");
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    f.trigger("actionResume");
    QVERIFY(!f.find<QPushButton>("startScan")->isEnabled());
    QVERIFY2(f.text("scanObstacle").contains(QStringLiteral("about to begin")),
             qPrintable(f.text("scanObstacle")));
    QTRY_VERIFY(f.window->run().isRunning());
    QVERIFY(f.waitForEnd());
    QCOMPARE(f.window->run().state(), RunState::Finished);
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
}

void TestWindowAgain::anotherRunWhileAModelIsReopened()
{
    Again f({.openDelayMs = 150});
    const QString other = f.writeRun("other", basePlan(), first(6));
    QVERIFY(f.openRun(f.writeRun("run", basePlan(), first(5))));
    f.trigger("actionResume");
    QVERIFY(f.openRun(other));
    QTest::qWait(700);
    QVERIFY(!f.window->run().isRunning());
    QCOMPARE(f.window->run().folder(), other);
    QVERIFY(f.resumes() && f.find<QAction>("actionResume")->isEnabled());
}

void TestWindowAgain::runAgainIsAsTheRunWas_data()
{
    QTest::addColumn<bool>("recurrent");
    QTest::addColumn<bool>("addsBatch");
    QTest::newRow("another choice of configurations") << false << false;
    QTest::newRow("and of layers") << true << false;
    QTest::newRow("and of inputs") << false << true;
}

/// Its model and its inputs are set up already, but otherwise.
void TestWindowAgain::runAgainIsAsTheRunWas()
{
    QFETCH(bool, recurrent);
    QFETCH(bool, addsBatch);
    Again f;
    RunHeader header =
        f.header(makePlan({GroupId::Palette}, {}, false, IndivisiblePolicy::Nearest));
    header.model.layerOptions.recurrent = recurrent;
    header.inputOptions.addBatch = addsBatch;
    const QString path = f.folder.filePath(QStringLiteral("run"));
    RunWriter(path.toStdString(), header).finish(RunState::Finished, 1000);
    QVERIFY(f.openProject());
    QVERIFY(f.openRun(path));
    f.trigger("actionPrimary");
    QTRY_COMPARE(f.window->setup().inputsState(), LoadState::Ready);
    const PlanChoice& plan = f.window->setup().plan();
    QCOMPARE(plan.count(), plan.total(GroupId::Palette));
    QVERIFY(!plan.refine);
    QCOMPARE(f.window->setup().model()->layerOptions.recurrent, recurrent);
    QCOMPARE(f.window->setup().inputOptions().addBatch, addsBatch);
    QVERIFY(f.window->setup().metricsConfirmed());
}

void TestWindowAgain::runAgainReadsAChangedFile()
{
    Again f;
    QVERIFY(f.sweep());
    const std::size_t layers = f.window->setup().model()->layers.size();
    f.file(QStringLiteral("tiny.pt"), "transformer of another size");
    f.trigger("actionPrimary");
    QTRY_COMPARE(f.window->setup().modelState(), LoadState::Ready);
    QVERIFY(f.window->setup().model()->layers.size() != layers);
}

void TestWindowAgain::closedBeforeAStartThatFails()
{
    Again f;
    QVERIFY(f.openEstimate());
    f.window->setup().setRunFolder(f.file(QStringLiteral("file"), "no folder")
                                   + QStringLiteral("/run.bitfront"));
    f.click("startSweep");
    QVERIFY(f.window->run().isRunning());
    QVERIFY(!f.window->close());
    QTRY_VERIFY(!f.window->isVisible());
}

/// A command line scans in a folder whose sweep was finished long ago.
void TestWindowAgain::scanOfAnotherProcessIsSeen()
{
    Again f;
    QVERIFY(f.openScanned());
    const QString folder = f.window->run().folder();
    const std::string scan = readFile(toPath(folder) / kScanFileName);
    std::filesystem::remove(toPath(folder) / kScanFileName);
    RunContents earlier;
    auto writer = std::make_unique<RunWriter>(RunWriter::resume(toPath(folder), earlier));
    Again other;
    QVERIFY(other.openRun(folder));
    QVERIFY(other.window->run().isFollowing());
    QVERIFY(!other.scan().view());
    const std::size_t half = scan.find('\n', scan.size() / 2) + 1;
    replaceFile(toPath(folder) / kScanFileName, scan.substr(0, half));
    QTRY_VERIFY(other.scan().view());
    const auto done = other.scan().view()->done;
    QVERIFY(!other.scan().view()->isComplete());
    replaceFile(toPath(folder) / kScanFileName, scan);
    writer->finish(RunState::Finished, 1000);
    writer.reset();
    QTRY_VERIFY(!other.window->run().isFollowing());
    QTRY_VERIFY(other.scan().view()->isComplete());
    QVERIFY(other.scan().view()->done > done);
    QCOMPARE(other.window->run().state(), RunState::Finished);
}

QTEST_MAIN(TestWindowAgain)
#include "tst_window_again.moc"
