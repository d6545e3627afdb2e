// SPDX-License-Identifier: GPL-3.0-or-later
// Predictions without a measurement, results with one layer kept, and one more result for a run.
#include "core/plan/mixed_config.h"
#include "core/plan/recipe_prediction.h"
#include "core/run/add_result.h"
#include "core/run/file_io.h"
#include "core/scan/recipe_session.h"
#include "tests/support/fake_engine.h"
#include "tests/support/run_files.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace bitfront;
using namespace bitfront::test;

namespace {

namespace fs = std::filesystem;

struct Folder
{
    explicit Folder(const FakeOptions& options = {})
        : counters(std::make_shared<FakeCounters>())
        , experiment(fakeExperiment(options, counters))
        , path(fs::path(directory.path().toStdString()) / "run.bitfront")
    {
        writeFakeRun(path, options);
    }
    ResultRecord record(std::size_t index) const { return readRun(path).records.at(index); }

    QTemporaryDir directory;
    std::shared_ptr<FakeCounters> counters;
    std::shared_ptr<Experiment> experiment;
    fs::path path;
};

const LayerStorage& storageOf(const ResultRecord& record, const std::string& layer)
{
    for (const LayerStorage& storage : record.measurement()->layers)
        if (storage.layer == layer)
            return storage;
    throw std::out_of_range(layer);
}

} // namespace

class TestLayerVariant : public QObject
{
    Q_OBJECT

private slots:
    void onlyThatLayerChanges_data();
    void onlyThatLayerChanges();
    void refusals();
    void packedAttentionGetsAPalette();
    void oneMoreResult();
    void namesAreFree();
    void predictionIsTheSolvers();
    void predictionOfALargeModel();
    void budgets();
};

void TestLayerVariant::onlyThatLayerChanges_data()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<int>("bits");
    QTest::newRow("8 bits") << int(KeptFormat::EightBits) << 8;
    QTest::newRow("fp16") << int(KeptFormat::Half) << 16;
}

void TestLayerVariant::onlyThatLayerChanges()
{
    QFETCH(int, format);
    QFETCH(int, bits);
    const Folder folder;
    const ModelInfo& model = folder.experiment->model();
    int tried = 0;
    for (const ResultRecord& record : readRun(folder.path).records) {
        const LayerStorage& before = storageOf(record, "body.conv2");
        if (before.bitsPerCode >= 8)
            continue;
        ++tried;
        const CompressionConfig config =
            withLayerKept(model, record, "body.conv2", static_cast<KeptFormat>(format));
        QVERIFY(config.isMixed() && !config.isRefinement());
        const auto layers = planStorage(model, config);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const LayerStorage& old = record.measurement()->layers[i];
            if (layers[i].layer == "body.conv2") {
                QCOMPARE(layers[i].bitsPerCode, bits);
            } else {
                QCOMPARE(layers[i].kind, old.kind);
                QCOMPARE(layers[i].bits, old.bits);
            }
        }
    }
    QVERIFY(tried > 20);
}

void TestLayerVariant::refusals()
{
    const Folder folder;
    const ModelInfo& model = folder.experiment->model();
    const ResultRecord int8 = folder.record(0);
    QCOMPARE(storageOf(int8, "stem").bitsPerCode, 8);
    QCOMPARE(failureOf([&] { withLayerKept(model, int8, "nowhere", KeptFormat::Half); }).code,
             ErrorCode::BadArgument);
    const Failure same =
        failureOf([&] { withLayerKept(model, int8, "stem", KeptFormat::EightBits); });
    QVERIFY(contains(same.message, "already"));
    ResultRecord failed = int8;
    failed.outcome = Failure {};
    QCOMPARE(failureOf([&] { withLayerKept(model, failed, "stem", KeptFormat::Half); }).code,
             ErrorCode::BadArgument);
}

/// Attention's packed projection cannot be quantized; embeddings keep to the sweep's choice.
void TestLayerVariant::packedAttentionGetsAPalette()
{
    const FakeOptions options {.model = FakeModelKind::Transformer};
    const Folder folder(options);
    const ModelInfo& model = folder.experiment->model();
    for (const ResultRecord& record : readRun(folder.path).records)
        if (storageOf(record, "block.attn.in_proj_weight").bitsPerCode == 4) {
            const CompressionConfig config =
                withLayerKept(model, record, "block.attn.in_proj_weight", KeptFormat::EightBits);
            const auto layers = planStorage(model, config);
            QCOMPARE(layers.at(1).kind, StorageKind::Palettized);
            QCOMPARE(layers.at(1).bitsPerCode, 8);
            return;
        }
    QFAIL("no configuration palettizes the projection");
}

void TestLayerVariant::oneMoreResult()
{
    const Folder folder;
    const RunContents before = readRun(folder.path);
    ResultRecord base;
    for (const ResultRecord& record : before.records)
        if (storageOf(record, "stem").bitsPerCode == 4)
            base = record;
    const CompressionConfig config =
        withLayerKept(folder.experiment->model(), base, "stem", KeptFormat::EightBits);
    const ResultRecord added = addResult(folder.path, *folder.experiment, config, 1, {});
    QCOMPARE(folder.counters->evaluations.load(), 1);
    const RunContents after = readRun(folder.path);
    QCOMPARE(after.records.size(), before.records.size() + 1);
    QCOMPARE(after.records.back().config.name, config.name);
    QVERIFY(after.records.back().config.formats == config.formats);
    QVERIFY(fs::exists(folder.path / added.configPath));
    QCOMPARE(after.state, before.state);
    QCOMPARE(after.wallMs, before.wallMs);
    QVERIFY(!isFolderLocked(folder.path));
    // Once more: nothing is measured, nothing written.
    addResult(folder.path, *folder.experiment, config, 1, {});
    QCOMPARE(folder.counters->evaluations.load(), 1);
    QCOMPARE(readRun(folder.path).records.size(), after.records.size());
    // Another writer keeps us out.
    const FolderLock held(folder.path);
    QCOMPARE(failureOf([&] { addResult(folder.path, *folder.experiment, config, 1, {}); }).code,
             ErrorCode::FileNotWritable);
}

void TestLayerVariant::namesAreFree()
{
    std::vector<ResultRecord> known(2);
    known[0].config.name = "mixed_4_bits";
    known[0].config.formats = {{"a", std::nullopt}};
    known[1].config.name = "mixed_4_bits_2";
    CompressionConfig config;
    QCOMPARE(freeName(known, "mixed_5_bits", config), std::string("mixed_5_bits"));
    QCOMPARE(freeName(known, "mixed_4_bits", known[0].config), std::string("mixed_4_bits"));
    QCOMPARE(freeName(known, "mixed_4_bits", config), std::string("mixed_4_bits_2"));
    config.formats = {{"b", std::nullopt}};
    QCOMPARE(freeName(known, "mixed_4_bits", config), std::string("mixed_4_bits_3"));
}

void TestLayerVariant::predictionIsTheSolvers()
{
    const Folder folder;
    RecipeRequest request;
    request.experiment = folder.experiment;
    request.header = fakeHeader(*folder.experiment, {});
    request.runFolder = folder.path.parent_path() / "scan.bitfront";
    request.settings.formats = scanFormats(ScanPreset::Quick);
    RecipeSession session(request);
    session.scan({});
    int before = folder.counters->evaluations;
    const ScanSpace& space = session.measurer().space();
    for (const double bits : {2.5, 3.0, 4.5, 7.0, 15.9}) {
        const RecipeTarget target {RecipeTarget::Kind::Bits, bits};
        const auto mine = predictRecipe(space, session.sensitivity(), allOptions(space), target, 0);
        QCOMPARE(folder.counters->evaluations.load(), before);
        if (!mine) {
            QVERIFY_EXCEPTION_THROWN(session.search().find(target, 0, {}), Error);
            continue;
        }
        // A search of its own: what it verifies first is what was predicted.
        session.lock({});
        QVERIFY(mine->choice == session.search().find(target, 0, {}).choice);
        before = folder.counters->evaluations;
        QVERIFY(mine->averageBits <= bits);
        QCOMPARE(mine->bits, space.bits(mine->choice));
        QVERIFY(mine->exact);
    }
}

/// What the slider asks for while it is dragged: 200 layers in 40 formats. Time is only printed.
void TestLayerVariant::predictionOfALargeModel()
{
    ScanSpace space;
    for (std::size_t u = 0; u < 200; ++u) {
        const std::int64_t elements = 1000 + std::int64_t(u * u % 977) * 500;
        space.units.push_back({"layer" + std::to_string(u), {u}, elements});
        space.options.emplace_back();
        for (int o = 0; o < 40; ++o)
            space.options.back().push_back(
                {std::to_string(o), {}, {}, elements * (160 - 3 * o) / 10 + o, 16});
        space.totalElements += elements;
    }
    Sensitivity sensitivity = emptySensitivity(space, {Metric::Psnr, Metric::Snr});
    for (std::size_t u = 0; u < 200; ++u)
        for (std::size_t o = 1; o < 40; ++o) {
            const double error =
                double(1 + u * 31 % 17) * 1e-8 * std::pow(1.3, double(o)) * double(1 + (u + o) % 3);
            sensitivity.cells[u][o] = {error, error / 2};
        }
    double slowest = 0;
    for (int step = 0; step < 40; ++step) {
        const double bits = 5 + step * 0.25;
        QElapsedTimer clock;
        clock.start();
        const auto found = predictRecipe(space, sensitivity, allOptions(space),
                                         {RecipeTarget::Kind::Bits, bits}, 0);
        slowest = std::max(slowest, double(clock.nsecsElapsed()) / 1e6);
        QVERIFY(found && found->averageBits <= bits && found->averageBits > bits - 0.05);
    }
    qInfo("slowest of 40 predictions: %.1f ms", slowest);
}

void TestLayerVariant::budgets()
{
    const Folder folder;
    RecipeRequest request;
    request.experiment = folder.experiment;
    request.header = fakeHeader(*folder.experiment, {});
    request.runFolder = folder.path.parent_path() / "scan.bitfront";
    request.settings.formats = scanFormats(ScanPreset::Quick);
    RecipeSession session(request);
    session.scan({});
    const ScanSpace& space = session.measurer().space();
    const auto predicts = [&](const AllowedOptions& allowed, double bits) {
        return predictRecipe(space, session.sensitivity(), allowed,
                             {RecipeTarget::Kind::Bits, bits}, 0)
            .has_value();
    };
    const BudgetRange free = budgetRange(space, session.sensitivity(), allOptions(space));
    QVERIFY(free.least > 2 && free.most > 8 && free.most < 10);
    QVERIFY(predicts(allOptions(space), free.least + 1e-6));
    QVERIFY(!predicts(allOptions(space), free.least - 1e-3));
    const std::vector<FormatLock> locks {{"*", "8+"}};
    const AllowedOptions locked = applyLocks(space, folder.experiment->model(), locks);
    const BudgetRange dear = budgetRange(space, session.sensitivity(), locked);
    QVERIFY(dear.least > 8);
    QVERIFY(predicts(locked, dear.least + 1e-6));
    QVERIFY(!predicts(locked, 7));
}

QTEST_APPLESS_MAIN(TestLayerVariant)
#include "tst_layer_variant.moc"
