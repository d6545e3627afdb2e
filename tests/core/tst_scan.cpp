// SPDX-License-Identifier: GPL-3.0-or-later
// Scans, recipes and their folder with the fake engine, whose errors add up unless told otherwise:
// every measurement is counted, nothing is measured twice, threads change nothing.
#include "core/run/report.h"
#include "core/scan/recipe_session.h"
#include "tests/support/fake_engine.h"
#include "tests/support/run_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <limits>

using namespace bitfront;
using namespace bitfront::test;

namespace {

namespace fs = std::filesystem;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A fake experiment, its counters and a folder.
struct Bench
{
    explicit Bench(const FakeOptions& options = {})
        : counters(std::make_shared<FakeCounters>())
        , experiment(fakeExperiment(options, counters))
        , folder(fs::path(directory.path().toStdString()) / "scan.bitfront")
    {
    }

    RecipeRequest request(int workers = 1, double share = 0.25) const
    {
        RecipeRequest request;
        request.experiment = experiment;
        SweepPlan plan;
        request.header = fakeHeader(*experiment, plan);
        request.runFolder = folder;
        request.settings.formats = scanFormats(ScanPreset::Quick);
        request.heldOutShare = share;
        request.workers = workers;
        return request;
    }

    QTemporaryDir directory;
    std::shared_ptr<FakeCounters> counters;
    std::shared_ptr<Experiment> experiment;
    fs::path folder;
};

double seen(const ResultRecord& record)
{
    const OutputQuality& output = record.measurement()->outputs.front();
    return output.split ? output.split->chosenOn : output.value;
}

} // namespace

class TestScan : public QObject
{
    Q_OBJECT

private slots:
    void everyCellOnce();
    void anyNumberOfWorkers();
    void goesOnWhereItWasStopped();
    void tornLine();
    void otherModelIsMovedAside();
    void predictionIsExactWhereErrorsAddUp();
    void frontierIsMonotone();
    void refinementHelpsWhereTheyDoNot();
    void locksAndTies();
    void qualityTarget();
    void impossibleTarget();
    void heldOut();
    void tooFewSamples();
    void failedOptions();
    void probed();
    void recordsAreNormalOnes();
    void sameTargetTwice();
    void neverWorseThanWhatIsThere();
    void otherOutput();
    void rememberedOnOtherSamples();
    void noEvaluator();
};

void TestScan::everyCellOnce()
{
    const Bench bench;
    RecipeSession session(bench.request());
    const std::size_t cells = session.measurer().space().cellCount();
    QVERIFY(cells > 40);
    QCOMPARE(session.missingCells(), cells);
    std::size_t last = 0;
    session.scan({}, [&](std::size_t done, std::size_t total) {
        QCOMPARE(done, last + 1);
        QCOMPARE(total, cells);
        last = done;
    });
    QCOMPARE(last, cells);
    QCOMPARE(bench.counters->evaluations.load(), int(cells));
    QCOMPARE(session.sensitivity().missing(), std::size_t {0});
    session.scan({});
    QCOMPARE(bench.counters->evaluations.load(), int(cells));
}

void TestScan::anyNumberOfWorkers()
{
    std::vector<std::vector<std::vector<ErrorEnergies>>> tables;
    std::vector<std::string> recipes;
    for (const int workers : {1, 2, 5}) {
        const Bench bench({.interaction = 3});
        RecipeSession session(bench.request(workers));
        session.scan({});
        tables.push_back(session.sensitivity().cells);
        const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, 3.5}, 3, {});
        std::string text = record.config.name + std::to_string(record.recipe->evaluations);
        for (const LayerFormat& format : record.config.formats)
            text += ' ' + formatKey(format.spec);
        recipes.push_back(text);
        QVERIFY(bench.counters->mostAtOnce <= workers);
    }
    QVERIFY(tables[0] == tables[1] && tables[0] == tables[2]);
    QCOMPARE(recipes[1], recipes[0]);
    QCOMPARE(recipes[2], recipes[0]);
}

void TestScan::goesOnWhereItWasStopped()
{
    const Bench bench({.delayMs = 1});
    std::size_t cells = 0;
    {
        RecipeSession session(bench.request(2));
        cells = session.measurer().space().cellCount();
        std::stop_source stop;
        QVERIFY_EXCEPTION_THROWN(session.scan(stop.get_token(),
                                              [&](std::size_t done, std::size_t) {
                                                  if (done == 10)
                                                      stop.request_stop();
                                              }),
                                 Cancelled);
    }
    const std::size_t stored = readScan(bench.folder)->lines.size();
    QVERIFY(stored >= 10 && stored < 14);
    RecipeSession session(bench.request(2));
    QCOMPARE(session.missingCells(), cells - stored);
    session.scan({});
    QCOMPARE(readScan(bench.folder)->lines.size(), cells);
    QCOMPARE(session.measurer().evaluations(), int(cells - stored));
}

/// As after a kill in the middle of a write.
void TestScan::tornLine()
{
    const Bench bench;
    std::vector<std::vector<ErrorEnergies>> whole;
    {
        RecipeSession session(bench.request());
        session.scan({});
        whole = session.sensitivity().cells;
    }
    const fs::path file = bench.folder / kScanFileName;
    const std::string text = slurp(file);
    spit(file, text.substr(0, text.size() - 25));
    QCOMPARE(readScan(bench.folder)->warnings.size(), std::size_t {1});
    const int before = bench.counters->evaluations;
    RecipeSession session(bench.request());
    QCOMPARE(session.missingCells(), std::size_t {1});
    session.scan({});
    QCOMPARE(bench.counters->evaluations.load(), before + 1);
    QVERIFY(session.sensitivity().cells == whole);
    QVERIFY(readScan(bench.folder)->warnings.empty());
}

void TestScan::otherModelIsMovedAside()
{
    const Bench bench;
    {
        RecipeSession session(bench.request());
        session.scan({});
    }
    RecipeRequest other = bench.request();
    other.header.inputsSha256 = std::string(64, 'd');
    const RecipeSession session(other);
    QVERIFY(fs::exists(fs::path(bench.folder.string() + ".1") / kScanFileName));
    QVERIFY(isRunFolder(bench.folder));
}

void TestScan::predictionIsExactWhereErrorsAddUp()
{
    const Bench bench;
    RecipeSession session(bench.request());
    session.scan({});
    for (const double bits : {3.0, 4.0, 6.0}) {
        const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, bits}, 0, {});
        QVERIFY(record.measurement()->size.averageBits() <= bits);
        QVERIFY(std::abs(record.recipe->predicted.front() - seen(record)) < 1e-9);
        QCOMPARE(record.recipe->evaluations, 1);
        // Where errors add up the allocation is the best there is: no round finds a better one.
        const ResultRecord refined = session.addRecipe({RecipeTarget::Kind::Bits, bits}, 3, {});
        QCOMPARE(seen(refined), seen(record));
        QVERIFY(refined.recipe->rounds <= 1);
    }
}

void TestScan::frontierIsMonotone()
{
    const Bench bench({.interaction = 4});
    RecipeSession session(bench.request(2));
    session.scan({});
    double before = -kInfinity;
    for (const double bits : {2.6, 2.8, 3.0, 3.3, 3.7, 4.0, 4.5, 5.0, 6.0, 8.0, 12.0}) {
        const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, bits}, 1, {});
        QVERIFY(record.measurement()->size.averageBits() <= bits);
        QVERIFY2(seen(record) >= before, qPrintable(QString::number(bits)));
        before = seen(record);
    }
}

void TestScan::refinementHelpsWhereTheyDoNot()
{
    const Bench bench({.interaction = 8});
    RecipeSession session(bench.request());
    session.scan({});
    const RecipeTarget target {RecipeTarget::Kind::Bits, 3.4};
    const ResultRecord plain = session.addRecipe(target, 0, {});
    const ResultRecord refined = session.addRecipe(target, 4, {});
    QVERIFY(plain.recipe->predicted.front() > seen(plain) + 1);
    QVERIFY(seen(refined) > seen(plain));
    QVERIFY(refined.measurement()->size.averageBits() <= 3.4);
    QCOMPARE(refined.config.name, plain.config.name + "_2");
    // One line for each measurement but the full ones of the records.
    QCOMPARE(readScan(bench.folder)->lines.size() + 2, std::size_t(bench.counters->evaluations));
}

void TestScan::locksAndTies()
{
    const Bench bench;
    RecipeRequest request = bench.request();
    const std::string first = bench.experiment->model().layers.at(0).name;
    const std::string second = bench.experiment->model().layers.at(1).name;
    const std::string last = bench.experiment->model().layers.back().name;
    request.settings.ties = {{first, second}};
    RecipeSession session(request);
    session.scan({});
    const std::vector<FormatLock> locks {{last, "8"}};
    session.lock(locks);
    for (const double bits : {4.5, 6.0}) {
        const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, bits}, 2, {});
        const auto& layers = record.measurement()->layers;
        QCOMPARE(layers.back().bitsPerCode, 8);
        QCOMPARE(readRun(bench.folder).records.back().recipe->locks,
                 std::vector<std::string> {last + "=8"});
        QCOMPARE(layers[0].bitsPerCode, layers[1].bitsPerCode);
        QCOMPARE(layers[0].kind, layers[1].kind);
    }
}

void TestScan::qualityTarget()
{
    const Bench bench({.interaction = 3});
    RecipeSession session(bench.request());
    session.scan({});
    double before = 0;
    for (const double quality : {15.0, 20.0, 25.0, 30.0, 40.0}) {
        const ResultRecord record =
            session.addRecipe({RecipeTarget::Kind::Quality, quality}, 2, {});
        QVERIFY2(seen(record) >= quality - 1e-9, qPrintable(QString::number(seen(record))));
        const double bits = record.measurement()->size.averageBits();
        QVERIFY(bits >= before - 0.2); // refinement is a search: nearly monotone
        before = bits;
        // Nothing of the same quality is found at 15 % less.
        const ResultRecord smaller =
            session.addRecipe({RecipeTarget::Kind::Bits, bits * 0.85}, 2, {});
        QVERIFY(seen(smaller) < quality);
    }
}

void TestScan::impossibleTarget()
{
    const Bench bench;
    RecipeSession session(bench.request());
    session.scan({});
    const Failure small = failureOf([&] {
        session.addRecipe({RecipeTarget::Kind::Bits, 0.5}, 2, {});
    });
    QCOMPARE(small.code, ErrorCode::BadArgument);
    QVERIFY(contains(small.message, "at most 0.5 bits"));
    QVERIFY(readRun(bench.folder).records.empty());
}

void TestScan::heldOut()
{
    const Bench bench({.heldOutLossDb = 7});
    RecipeSession session(bench.request());
    QCOMPARE(session.scanHeader().split.heldOut, std::int64_t {4});
    QCOMPARE(session.scanHeader().split.total, std::int64_t {16});
    session.scan({});
    const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, 4}, 1, {});
    const OutputQuality& output = record.measurement()->outputs.front();
    QVERIFY(output.split);
    QCOMPARE(output.split->heldOut, output.split->chosenOn - 7);
    QCOMPARE(recipeWarnings(record).size(), std::size_t {1});
    QVERIFY(contains(recipeWarnings(record).front(), "held out"));
}

void TestScan::tooFewSamples()
{
    const Bench bench({.model = FakeModelKind::Transformer});
    RecipeSession session(bench.request());
    QCOMPARE(session.scanHeader().split.heldOut, std::int64_t {0});
    QVERIFY(!session.scanHeader().split.reason.empty());
    session.scan({});
    const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, 5}, 1, {});
    QVERIFY(!record.measurement()->outputs.front().split);
    QCOMPARE(record.recipe->predicted.size(), std::size_t {2});
}

void TestScan::failedOptions()
{
    // All measurements of a scan carry this name: every option fails.
    const Bench bench({.failing = {"scan"}});
    RecipeSession session(bench.request());
    session.scan({});
    QCOMPARE(session.sensitivity().cost(0, 1), kInfinity);
    const Failure failure = failureOf([&] {
        session.addRecipe({RecipeTarget::Kind::Bits, 4}, 1, {});
    });
    QCOMPARE(failure.code, ErrorCode::BadArgument);
    const ResultRecord whole = session.addRecipe({RecipeTarget::Kind::Bits, 16}, 0, {});
    QCOMPARE(whole.measurement()->size.averageBits(), 16.0);
}

void TestScan::probed()
{
    const Bench bench;
    RecipeRequest request = bench.request();
    request.settings.method = ScanMethod::Probed;
    RecipeSession session(request);
    const ScanSpace& space = session.measurer().space();
    session.scan({});
    QCOMPARE(session.sensitivity().missing(), std::size_t {0});
    QCOMPARE(session.measurer().evaluations(), int(scanChoices(space, ScanMethod::Probed).size()));
    QVERIFY(session.measurer().evaluations() <= int(3 * space.units.size() + 16));
    // In the fake the error of the outputs is the change of the weights times a factor.
    const Bench measured;
    RecipeSession truth(measured.request());
    truth.scan({});
    for (std::size_t u = 0; u < space.units.size(); ++u)
        for (std::size_t o = 1; o < space.options[u].size(); ++o) {
            const double ratio = session.sensitivity().cost(u, o) / truth.sensitivity().cost(u, o);
            QVERIFY(std::abs(ratio - 1) < 1e-6);
        }
}

void TestScan::recordsAreNormalOnes()
{
    const Bench bench;
    ResultRecord record;
    {
        RecipeSession session(bench.request());
        session.scan({});
        record = session.addRecipe({RecipeTarget::Kind::Bits, 4}, 1, {});
    }
    const RunContents run = readRun(bench.folder);
    QCOMPARE(run.state, RunState::Finished);
    QCOMPARE(run.records.size(), std::size_t {1});
    QVERIFY(run.records.front().config == record.config);
    QCOMPARE(run.records.front().config.group, GroupId::Mixed);
    QVERIFY(fs::exists(bench.folder / run.records.front().configPath));
    QVERIFY(contains(textReport(run), "Mixed Precision"));
    QVERIFY(contains(htmlReport(run, ""), "mixed_4_bits"));
    QVERIFY(contains(jsonReport(run), "\"mixed\""));
}

void TestScan::sameTargetTwice()
{
    const Bench bench;
    {
        RecipeSession session(bench.request());
        session.scan({});
        session.addRecipe({RecipeTarget::Kind::Bits, 4}, 1, {});
    }
    RecipeSession session(bench.request());
    session.scan({});
    session.addRecipe({RecipeTarget::Kind::Bits, 4}, 1, {});
    QCOMPARE(session.measurer().evaluations(), 0);
    QCOMPARE(readRun(bench.folder).records.size(), std::size_t {1});
}

/// A new search knows the recipes of earlier ones, as far as they keep to target and locks.
void TestScan::neverWorseThanWhatIsThere()
{
    const Bench bench({.interaction = 8});
    ResultRecord refined;
    {
        RecipeSession session(bench.request());
        session.scan({});
        refined = session.addRecipe({RecipeTarget::Kind::Bits, 3.4}, 4, {});
    }
    RecipeSession session(bench.request());
    session.scan({});
    const ResultRecord more = session.addRecipe({RecipeTarget::Kind::Bits, 3.401}, 0, {});
    QCOMPARE(seen(more), seen(refined));
    QVERIFY(more.config.formats == refined.config.formats);
    // Less than it takes, and with a lock that it does not keep.
    const ResultRecord less = session.addRecipe({RecipeTarget::Kind::Bits, 3.2}, 0, {});
    QVERIFY(less.measurement()->size.averageBits() <= 3.2);
    const auto small =
        std::ranges::find_if(refined.measurement()->layers,
                             [](const LayerStorage& layer) { return layer.bitsPerCode < 8; });
    QVERIFY(small != refined.measurement()->layers.end());
    const std::vector<FormatLock> locks {{small->layer, "8+"}};
    session.lock(locks);
    const ResultRecord locked = session.addRecipe({RecipeTarget::Kind::Bits, 4.4}, 0, {});
    const auto index = small - refined.measurement()->layers.begin();
    QVERIFY(locked.measurement()->layers[std::size_t(index)].bitsPerCode >= 8);
}

/// A quality may be asked of any output.
void TestScan::otherOutput()
{
    const Bench bench({.model = FakeModelKind::Transformer});
    RecipeSession session(bench.request());
    session.scan({});
    const auto& outputs = session.sensitivity().outputs;
    QCOMPARE(outputs, (std::vector<std::string> {"logits", "mask"}));
    const ResultRecord record =
        session.addRecipe({RecipeTarget::Kind::Quality, 0.98, "mask"}, 1, {});
    QVERIFY(record.measurement()->outputs.at(1).value >= 0.98);
    QCOMPARE(record.recipe->target, std::string("quality of at least 0.98 of “mask”"));
    QCOMPARE(record.config.name, std::string("mixed_quality_0.98_mask"));
    const ResultRecord higher =
        session.addRecipe({RecipeTarget::Kind::Quality, 0.999, "mask"}, 1, {});
    QVERIFY(higher.measurement()->size.totalBits() > record.measurement()->size.totalBits());
    const Failure failure = failureOf([&] {
        session.addRecipe({RecipeTarget::Kind::Quality, 0.98, "masks"}, 1, {});
    });
    QCOMPARE(failure.code, ErrorCode::BadArgument);
    QVERIFY(contains(failure.hint, "logits, mask"));
    const Failure beyond = failureOf([&] {
        session.addRecipe({RecipeTarget::Kind::Quality, 300}, 1, {});
    });
    QCOMPARE(beyond.code, ErrorCode::BadArgument);
    QVERIFY2(contains(beyond.message, "at 16 bits reaches"), beyond.message.c_str());
}

/// A recipe of another share held out is measured again before it counts.
void TestScan::rememberedOnOtherSamples()
{
    const Bench bench({.interaction = 8});
    {
        RecipeSession session(bench.request(1, 0.5));
        session.scan({});
        session.addRecipe({RecipeTarget::Kind::Bits, 3.4}, 4, {});
    }
    RecipeSession session(bench.request(1, 0.25));
    session.scan({});
    const int before = bench.counters->evaluations;
    const ResultRecord record = session.addRecipe({RecipeTarget::Kind::Bits, 3.4}, 0, {});
    QCOMPARE(bench.counters->evaluations - before, 2); // found and remembered
    QVERIFY(record.measurement()->outputs.front().split);
}

void TestScan::noEvaluator()
{
    const Bench bench({.failEvaluators = true});
    RecipeSession session(bench.request(3));
    const Failure failure = failureOf([&] { session.scan({}); });
    QCOMPARE(failure.code, ErrorCode::OutOfMemory);
}

QTEST_APPLESS_MAIN(TestScan)
#include "tst_scan.moc"
