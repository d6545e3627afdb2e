// SPDX-License-Identifier: GPL-3.0-or-later
// The cache of lookup tables: nothing is searched twice, tables of one layer are searched together,
// and neither the order of requests nor a lack of room changes a table.
#include "core/base/error.h"
#include "core/engine/weight_compressor.h"
#include "core/kernels/palettize_options.h"
#include "tests/support/palette_helpers.h"

#include <QTest>

#include <thread>

using namespace bitfront;

namespace {

constexpr auto kRounding = PaletteRounding::Automatic;

LayerInfo layerOf(std::vector<std::int64_t> shape)
{
    LayerInfo layer;
    layer.name = "layer";
    layer.shape = std::move(shape);
    return layer;
}

/// Those of a layer in the default sweep.
std::vector<PaletteSpec> sweepSpecs()
{
    std::vector<PaletteSpec> specs;
    for (const CompressionConfig& config : baseConfigurations())
        if (const auto* palette = std::get_if<PaletteConfig>(&config.spec))
            specs.push_back(paletteSpec(*palette));
    return specs;
}

bool sameTables(const PaletteTables& a, const PaletteTables& b)
{
    return a.lut == b.lut && a.boundaries == b.boundaries && a.channelScales == b.channelScales
        && a.rawGroups == b.rawGroups;
}

} // namespace

class TestPaletteCache : public QObject
{
    Q_OBJECT

private slots:
    void expectedTablesAreFoundTogether();
    void othersAreFoundAlone();
    void littleRoomChangesNothing();
    void threadsShareTheirSearches();
    void smallWeightsAreSearchedExactly();
    void failuresLeaveNothingBehind();

private:
    const LayerInfo m_layer = layerOf({64, 480});
    const std::vector<float> m_weights = test::normalValues(64 * 480, 0.05F, 3);
};

void TestPaletteCache::expectedTablesAreFoundTogether()
{
    const std::vector<PaletteSpec> specs = sweepSpecs();
    QCOMPARE(specs.size(), std::size_t {16});
    PaletteCache cache;
    for (const PaletteSpec& spec : specs)
        cache.expect(0, m_layer, spec, kRounding);
    QCOMPARE(cache.work().paletteSearches, 0);
    for (int time = 0; time < 3; ++time) { // base configurations, then refinements
        for (const PaletteSpec& spec : specs) {
            const auto found = cache.find(0, m_weights, m_layer, spec, kRounding, {});
            QVERIFY(sameTables(found->tables,
                               findPalette(m_weights, m_layer.shape, WeightType::Float32, spec)));
        }
    }
    const WorkCounts work = cache.work();
    QCOMPARE(work.palettesAsked, 48);
    // With and without channel scales: one pass each for eight tables, groups of 4 merged upwards.
    QCOMPARE(work.paletteSearches, 2);
    QCOMPARE(work.palettesFound, 16);
    QCOMPARE(work.countedWeights, 2 * m_layer.elements());
    QCOMPARE(work.mergedHistograms, 2 * (16 + 8 + 4));
    QCOMPARE(work.palettesEvicted, 0);
    QVERIFY(work.kmeansProblems > 0 && work.kmeansProbes <= 6 * work.kmeansProblems);
}

void TestPaletteCache::othersAreFoundAlone()
{
    PaletteCache cache;
    PaletteSpec spec;
    spec.groupSize = 8;
    cache.find(0, m_weights, m_layer, spec, kRounding, {});
    cache.find(1, m_weights, m_layer, spec, kRounding, {});
    QCOMPARE(cache.work().paletteSearches, 2);
    QCOMPARE(cache.work().palettesFound, 2);
    // Expecting what is held asks for nothing.
    cache.expect(0, m_layer, spec, kRounding);
    cache.find(0, m_weights, m_layer, spec, kRounding, {});
    QCOMPARE(cache.work().paletteSearches, 2);
}

void TestPaletteCache::littleRoomChangesNothing()
{
    const std::vector<PaletteSpec> specs = sweepSpecs();
    PaletteCache cache(4096);
    for (const PaletteSpec& spec : specs)
        cache.expect(0, m_layer, spec, kRounding);
    for (int time = 0; time < 2; ++time)
        for (const PaletteSpec& spec : specs)
            QVERIFY(sameTables(cache.find(0, m_weights, m_layer, spec, kRounding, {})->tables,
                               findPalette(m_weights, m_layer.shape, WeightType::Float32, spec)));
    QVERIFY(cache.work().palettesEvicted > 0);
    QVERIFY(cache.work().paletteSearches <= 32);
}

void TestPaletteCache::threadsShareTheirSearches()
{
    const std::vector<PaletteSpec> specs = sweepSpecs();
    PaletteCache cache;
    for (std::size_t layer = 0; layer < 3; ++layer)
        for (const PaletteSpec& spec : specs)
            cache.expect(layer, m_layer, spec, kRounding);
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::size_t i = 0; i < 3 * specs.size(); ++i) {
                const std::size_t at = (i * 7 + t * 13) % (3 * specs.size());
                cache.find(at % 3, m_weights, m_layer, specs[at / 3], kRounding, {});
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(cache.work().paletteSearches, 6);
    QCOMPARE(cache.work().palettesFound, 48);
    QVERIFY(!cache.isBusy(0, specs[0], kRounding));
}

void TestPaletteCache::smallWeightsAreSearchedExactly()
{
    const std::vector<float> small = test::normalValues(64 * 480, 2e-5F, 4);
    const std::vector<PaletteSpec> specs = sweepSpecs();
    PaletteCache cache;
    for (const PaletteSpec& spec : specs)
        cache.expect(0, m_layer, spec, kRounding);
    for (const PaletteSpec& spec : specs) {
        const auto found = cache.find(0, small, m_layer, spec, kRounding, {});
        QCOMPARE(found->spec.fastMode, spec.channelScale);
        PaletteSpec alone = spec;
        const PaletteTables tables =
            findPaletteAutomatically(small, m_layer.shape, WeightType::Float32, alone);
        QVERIFY(sameTables(found->tables, tables));
    }
}

void TestPaletteCache::failuresLeaveNothingBehind()
{
    PaletteCache cache;
    PaletteSpec wrong;
    wrong.bits = 5;
    QVERIFY_EXCEPTION_THROWN(cache.find(0, m_weights, m_layer, wrong, kRounding, {}),
                             std::invalid_argument);
    std::stop_source stop;
    stop.request_stop();
    PaletteSpec spec;
    QVERIFY_EXCEPTION_THROWN(cache.find(0, m_weights, m_layer, spec, kRounding, stop.get_token()),
                             Cancelled);
    QCOMPARE(cache.work().palettesFound, 0);
    QVERIFY(!cache.isBusy(0, spec, kRounding));
    QVERIFY(cache.find(0, m_weights, m_layer, spec, kRounding, {}) != nullptr);
}

QTEST_GUILESS_MAIN(TestPaletteCache)
#include "tst_palette_cache.moc"
