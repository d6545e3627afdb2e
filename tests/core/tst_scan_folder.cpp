// SPDX-License-Identifier: GPL-3.0-or-later
// Scans within run folders: what is used again and what is not, the state that a run keeps, damaged
// lines, and what probed scans make of lines of every kind.
#include "core/run/report.h"
#include "core/run/sweep_runner.h"
#include "core/scan/recipe_session.h"
#include "tests/support/fake_engine.h"
#include "tests/support/run_files.h"
#include "tests/support/sweep_listener.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace bitfront;
using namespace bitfront::test;

namespace {

namespace fs = std::filesystem;

RecipeRequest requestFor(const std::shared_ptr<Experiment>& experiment, const fs::path& folder,
                         const SweepPlan& plan = {}, double share = 0.25)
{
    RecipeRequest request;
    request.experiment = experiment;
    request.header = fakeHeader(*experiment, plan);
    request.runFolder = folder;
    request.settings.formats = scanFormats(ScanPreset::Quick);
    request.heldOutShare = share;
    return request;
}

SweepPlan planOf(std::size_t count)
{
    SweepPlan plan;
    plan.configs = baseConfigurations();
    plan.configs.resize(count);
    plan.refine = false;
    return plan;
}

SweepEnd sweep(const std::shared_ptr<Experiment>& experiment, const fs::path& folder,
               const SweepPlan& plan, bool resume, std::optional<int> most = std::nullopt)
{
    Listener listener;
    SweepRequest request {experiment, fakeHeader(*experiment, plan), folder, 1, 1, resume};
    request.budget.maxResults = most;
    SweepRunner runner(std::move(request), listener);
    runner.start();
    runner.wait();
    return listener.end;
}

/// A model of two layers and a space of two formats for each, without any engine.
ScanSpace twoUnits()
{
    ScanSpace space;
    for (const char* layer : {"a", "b"}) {
        space.units.push_back({layer, {space.units.size()}, 100, {layer}, {100}});
        space.options.push_back({{"fp16", {}, {}, 1600, 16},
                                 {"x", PaletteConfig {4}, {}, 400, 4},
                                 {"y", PaletteConfig {2}, {}, 200, 2}});
    }
    space.totalElements = 200;
    return space;
}

OutputQuality quality(const char* output, double value)
{
    OutputQuality result;
    result.output = output;
    result.value = value;
    return result;
}

ScanLine line(std::map<std::string, std::string> formats, std::vector<OutputQuality> outputs,
              std::map<std::string, double> errors)
{
    ScanLine result;
    result.formats = std::move(formats);
    result.outputs = std::move(outputs);
    result.weightErrorsDb = std::move(errors);
    return result;
}

} // namespace

class TestScanFolder : public QObject
{
    Q_OBJECT

private slots:
    void otherSettingsTakeOver();
    void floorsChangeNothing();
    void stateStaysWhatItWas();
    void scanFirstThenSweep();
    void otherSplitIsMeasuredAnew();
    void searchIsNotKeptInMemory();
    void linesOfOtherOutputs();
    void noQualityWithoutMeasurement();
    void probedFailureForgetsNothing();
    void probedOutputsByThemselves();
    void tiesWeighByElements();
    void brokenWeightsStay();
    void runThatMustExist();
    void failedOptionsForRecipes();
    void killedScanIsNoStoppedSweep();
};

/// What was measured layer by layer still holds with other formats or ties; with another treatment
/// of layers that do not divide it does not.
void TestScanFolder::otherSettingsTakeOver()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run.bitfront";
    const std::shared_ptr<Experiment> experiment = fakeExperiment();
    std::size_t cells = 0;
    {
        RecipeSession session(requestFor(experiment, folder));
        session.scan({});
        cells = session.measurer().space().cellCount();
    }
    RecipeRequest fewer = requestFor(experiment, folder);
    fewer.settings.formats.pop_back();
    QCOMPARE(RecipeSession(fewer).missingCells(), std::size_t {0});
    QVERIFY(fs::exists(folder / "scan.jsonl.1"));
    QCOMPARE(readScan(folder)->lines.size(), cells);
    RecipeRequest tied = requestFor(experiment, folder);
    tied.settings.ties = {{experiment->model().layers[1].name, experiment->model().layers[2].name}};
    {
        RecipeSession session(tied);
        // Only the tied unit is new.
        QCOMPARE(session.missingCells(), session.measurer().space().options[1].size() - 1);
        session.scan({});
    }
    RecipeRequest thorough = requestFor(experiment, folder);
    thorough.settings.formats = scanFormats(ScanPreset::Thorough);
    {
        RecipeSession session(thorough);
        QVERIFY(session.missingCells() > 0);
        QVERIFY(session.missingCells() < session.measurer().space().cellCount());
    }
    RecipeRequest skipping = requestFor(experiment, folder);
    skipping.settings.indivisible = IndivisiblePolicy::Skip;
    RecipeSession session(skipping);
    QCOMPARE(session.missingCells(), session.measurer().space().cellCount());
}

void TestScanFolder::floorsChangeNothing()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run";
    const auto experiment = fakeExperiment();
    {
        RecipeSession session(requestFor(experiment, folder));
        session.scan({});
    }
    RecipeRequest request = requestFor(experiment, folder);
    request.header.metrics.front().floor += 10;
    const RecipeSession again(request);
    QCOMPARE(again.missingCells(), std::size_t {0});
    QVERIFY(!fs::exists(folder / "scan.jsonl.1"));
}

/// A scan says nothing about the sweep in the same folder.
void TestScanFolder::stateStaysWhatItWas()
{
    const QTemporaryDir directory;
    const auto experiment = fakeExperiment();
    for (const bool whole : {true, false}) {
        const fs::path folder = fs::path(directory.path().toStdString()) / (whole ? "a" : "b");
        sweep(experiment, folder, planOf(5), false, whole ? std::nullopt : std::optional(5 - 1));
        const RunState before = readRun(folder).state;
        QCOMPARE(before, whole ? RunState::Finished : RunState::Stopped);
        {
            RecipeSession session(requestFor(experiment, folder, planOf(5)));
            session.scan({});
        }
        QCOMPARE(readRun(folder).state, before);
    }
}

void TestScanFolder::scanFirstThenSweep()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run";
    const auto experiment = fakeExperiment();
    {
        RecipeSession session(requestFor(experiment, folder));
        session.scan({});
        session.addRecipe({RecipeTarget::Kind::Bits, 4}, 0, {});
    }
    QCOMPARE(readRun(folder).records.size(), std::size_t {1});
    QCOMPARE(sweep(experiment, folder, planOf(6), true).state, RunState::Finished);
    const RunContents run = readRun(folder);
    QCOMPARE(run.records.size(), std::size_t {7});
    QCOMPARE(run.header.plan.configs.size(), std::size_t {6});
    QVERIFY(run.scan);
    // A plan that is there already is gone on with, whatever is asked for.
    QCOMPARE(sweep(experiment, folder, planOf(9), true).state, RunState::Finished);
    QCOMPARE(readRun(folder).records.size(), std::size_t {7});
}

void TestScanFolder::otherSplitIsMeasuredAnew()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run";
    const auto split = [&](double share) {
        RecipeSession session(requestFor(fakeExperiment(), folder, {}, share));
        session.scan({});
        return session.addRecipe({RecipeTarget::Kind::Bits, 4}, 1, {})
            .measurement()
            ->outputs.front()
            .split.has_value();
    };
    QVERIFY(split(0.25));
    QVERIFY(!split(0)); // what was held out then has taken part in the choice now
    const RunContents run = readRun(folder);
    QVERIFY(!run.records.back().measurement()->outputs.front().split);
}

void TestScanFolder::searchIsNotKeptInMemory()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run";
    RecipeSession session(requestFor(fakeExperiment(), folder));
    session.scan({});
    const std::size_t cells = session.measurer().space().cellCount();
    session.addRecipe({RecipeTarget::Kind::Bits, 3.3}, 2, {});
    QVERIFY(readScan(folder)->lines.size() > cells);
    QCOMPARE(session.measurer().lines().size(), cells);
    QCOMPARE(readRun(folder).scan->lines.size(), cells);
}

void TestScanFolder::linesOfOtherOutputs()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run";
    std::size_t cells = 0;
    {
        RecipeSession session(requestFor(fakeExperiment(), folder));
        session.scan({});
        cells = session.measurer().space().cellCount();
    }
    spit(folder / kScanFileName,
         slurp(folder / kScanFileName)
             + R"({"formats":{"fc":"palette_tensor_4bit_pcs0"},"output_quality_metrics":[]})"
               "\n");
    const auto scan = readScan(folder);
    QCOMPARE(scan->lines.size(), cells);
    QCOMPARE(scan->warnings.size(), std::size_t {1});
    QVERIFY(!textReport(readRun(folder)).empty());
}

void TestScanFolder::noQualityWithoutMeasurement()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run";
    RecipeSession session(requestFor(fakeExperiment({.failing = {"scan"}}), folder));
    session.scan({});
    const Failure failure = failureOf([&] {
        session.addRecipe({RecipeTarget::Kind::Quality, 40}, 1, {});
    });
    QCOMPARE(failure.code, ErrorCode::BadArgument);
    QVERIFY(contains(failure.message, "no recipe can promise a quality"));
}

void TestScanFolder::probedFailureForgetsNothing()
{
    const ScanSpace space = twoUnits();
    std::vector<ScanLine> lines {
        line({{"a", "x"}, {"b", "x"}}, {quality("out", 20)}, {{"a", -20}, {"b", -20}}),
        line({{"a", "y"}, {"b", "y"}}, {quality("out", 10)}, {{"a", -10}, {"b", -10}}),
        line({{"a", "x"}}, {quality("out", 30)}, {{"a", -20}}),
        line({{"b", "x"}}, {quality("out", 30)}, {{"b", -20}})};
    QCOMPARE(sensitivityOf(space, ScanMethod::Probed, lines).missing(), std::size_t {0});
    ScanLine failed = line({{"a", "y"}, {"b", "x"}}, {}, {});
    failed.failure = Failure {ErrorCode::OutOfMemory, "", "", ""};
    lines.push_back(failed);
    const Sensitivity known = sensitivityOf(space, ScanMethod::Probed, lines);
    QCOMPARE(known.missing(), std::size_t {0});
    // 10 dB more change of the weights, 10 dB more error.
    QVERIFY(std::abs(known.cost(0, 2) / known.cost(0, 1) - 10) < 1e-9);
}

/// A layer that does nothing to one of two outputs.
void TestScanFolder::probedOutputsByThemselves()
{
    const double identical = std::numeric_limits<double>::infinity();
    const std::vector<ScanLine> lines {
        line({{"a", "y"}, {"b", "y"}}, {quality("u", 10), quality("v", 10)},
             {{"a", -10}, {"b", -identical}}),
        line({{"a", "x"}}, {quality("u", 30), quality("v", identical)}, {{"a", -20}}),
        line({{"b", "x"}}, {quality("u", 25), quality("v", 30)}, {{"b", -20}})};
    const Sensitivity known = sensitivityOf(twoUnits(), ScanMethod::Probed, lines);
    QCOMPARE(known.missing(), std::size_t {0});
    QVERIFY(std::abs(known.cost(0, 2, 0) - 0.01) < 1e-9);
    QCOMPARE(known.cost(0, 2, 1), 0.0);
    QCOMPARE(known.cost(1, 2), 0.0); // its weights do not change at all
    QCOMPARE(known.indexOf("v"), std::size_t {1});
}

void TestScanFolder::tiesWeighByElements()
{
    ScanSpace space = twoUnits();
    space.units.resize(1);
    space.options.resize(1);
    space.units.front() = {"a + b", {0, 1}, 1000, {"a", "b"}, {990, 10}};
    const std::vector<ScanLine> lines {
        line({{"a + b", "x"}}, {quality("u", 30)}, {{"a", -20}, {"b", -20}}),
        line({{"a + b", "y"}}, {}, {{"a", -20}, {"b", 0}})};
    std::vector<ScanLine> probed = lines;
    probed.back().formats.emplace("other", "y"); // not of the unit alone: its error is not known
    const Sensitivity known = sensitivityOf(space, ScanMethod::Probed, probed);
    QVERIFY(std::abs(known.cost(0, 2) / known.cost(0, 1) - (0.99 + 1)) < 1e-9);
}

/// The engine leaves layers with NaN alone: a recipe must not count on them.
void TestScanFolder::brokenWeightsStay()
{
    ModelInfo model = fakeModelInfo();
    model.layers.at(1).finite = false;
    ScanSettings settings;
    settings.formats = scanFormats(ScanPreset::Quick);
    const ScanSpace space = makeScanSpace(model, settings);
    QVERIFY(space.options.at(0).size() > 1);
    QCOMPARE(space.options.at(1).size(), std::size_t {1});
}

/// The window's run: another one in its place is not moved aside, none is begun.
void TestScanFolder::runThatMustExist()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run.bitfront";
    const std::shared_ptr<Experiment> experiment = fakeExperiment();
    RecipeRequest request = requestFor(experiment, folder);
    request.mustExist = true;
    QCOMPARE(failureOf([&] { const RecipeSession session(request); }).code,
             ErrorCode::InputMismatch);
    QVERIFY(!fs::exists(folder));
    RecipeRequest other = requestFor(experiment, folder);
    other.header.inputsSha256 = std::string(64, 'd');
    RecipeSession(other).scan({});
    QCOMPARE(failureOf([&] { const RecipeSession session(request); }).code,
             ErrorCode::InputMismatch);
    QVERIFY(readScan(folder));
    QVERIFY(!fs::exists(folder.string() + ".1"));
}

/// Whoever scans again tries again what has failed; whoever looks for a recipe does not.
void TestScanFolder::failedOptionsForRecipes()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run.bitfront";
    FakeOptions failing;
    failing.failing = {"scan"};
    const auto measureAgain = [&](bool retry) {
        const auto counters = std::make_shared<FakeCounters>();
        RecipeRequest request = requestFor(fakeExperiment(failing, counters), folder);
        request.retryFailed = retry;
        RecipeSession session(request);
        session.scan({});
        return counters->evaluations.load();
    };
    const int cells = measureAgain(true);
    QVERIFY(cells > 40);
    QCOMPARE(measureAgain(false), 0);
    QCOMPARE(measureAgain(true), cells);
    QCOMPARE(readScan(folder)->lines.size(), std::size_t(2 * cells));
}

/// A folder of a scan alone has no sweep that could be gone on with, even after a kill.
void TestScanFolder::killedScanIsNoStoppedSweep()
{
    const QTemporaryDir directory;
    const fs::path folder = fs::path(directory.path().toStdString()) / "run.bitfront";
    const std::shared_ptr<Experiment> experiment = fakeExperiment();
    RecipeSession(requestFor(experiment, folder)).scan({});
    QCOMPARE(readRun(folder).state, RunState::Finished);
    std::string text = slurp(folder / "run.json");
    for (const char* state : {"running", "stopped"}) {
        const std::size_t at = text.find("\"finished\"");
        QVERIFY(at != std::string::npos);
        std::string changed = text;
        changed.replace(at, 10, '"' + std::string(state) + '"');
        spit(folder / "run.json", changed);
        RecipeSession(requestFor(experiment, folder)).scan({});
        QCOMPARE(readRun(folder).state, RunState::Finished);
    }
}

QTEST_APPLESS_MAIN(TestScanFolder)
#include "tst_scan_folder.moc"
