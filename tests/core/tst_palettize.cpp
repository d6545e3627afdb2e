// SPDX-License-Identifier: GPL-3.0-or-later
// Properties of palette tables, of the encoder that finds them and of their application.
#include "core/base/error.h"
#include "core/kernels/half.h"
#include "core/kernels/metrics.h"
#include "core/kernels/palettize.h"
#include "core/kernels/palettize_keys.h"
#include "tests/support/palette_helpers.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

using namespace bitfront;
using namespace bitfront::test;

namespace {

bool sameTables(const PaletteTables& a, const PaletteTables& b)
{
    return a.groups == b.groups && a.entries == b.entries && a.lut == b.lut
        && a.boundaries == b.boundaries && a.channelScales == b.channelScales
        && a.rawGroups == b.rawGroups;
}

bool same(const std::vector<float>& a, const std::vector<float>& b)
{
    return a == b; // −0 and +0 are one value here
}

} // namespace

class TestPalettize : public QObject
{
    Q_OBJECT

private slots:
    void encoderSharesHistograms();
    void sharedAndSingleResultsAgree_data();
    void sharedAndSingleResultsAgree();
    void applyFindsTheNearestEntry_data();
    void applyFindsTheNearestEntry();
    void bothKeyPathsAgree_data();
    void bothKeyPathsAgree();
    void bothKeyTablesAgree_data();
    void bothKeyTablesAgree();
    void errorIsThatOfTheWholeTensor();
    void specialWeights();
    void hugeGroupsAreClusteredRaw();
    void equalWeightsAreAveragedOneByOne();
    void fewerWeightsThanEntries();
    void rejectsBadInput();
    void stops();
};

void TestPalettize::encoderSharesHistograms()
{
    const std::vector<std::int64_t> shape {64, 96};
    const std::vector<float> weights = normalValues(64 * 96, 0.05F, 1);
    std::vector<PaletteSpec> specs;
    for (const std::int64_t size : {0, 4, 8, 16})
        for (const int bits : {4, 6})
            specs.push_back({.bits = bits, .groupSize = size});
    PaletteEncoder encoder(weights, shape, WeightType::Float32, specs.front());
    const std::vector<PaletteTables> tables = encoder.solve(specs);
    QCOMPARE(tables.size(), specs.size());
    const PaletteStats& stats = encoder.stats();
    // Every element is counted once for all eight specs; 16 groups of 4 merge to 8, 4 and 1.
    QCOMPARE(stats.countedElements, std::int64_t {64 * 96});
    QCOMPARE(stats.mergedHistograms, std::int64_t {16 + 8 + 4});
    QCOMPARE(stats.kmeans.problems, std::int64_t {2 * (16 + 8 + 4 + 1)});
    QVERIFY(stats.kmeans.probes <= 6 * stats.kmeans.problems);
}

void TestPalettize::sharedAndSingleResultsAgree_data()
{
    QTest::addColumn<std::vector<std::int64_t>>("shape");
    QTest::addColumn<int>("axis");
    QTest::addColumn<bool>("channelScale");
    QTest::addColumn<bool>("fastMode");
    const std::vector<std::int64_t> linear {48, 36}, conv {24, 16, 3, 3}, depthwise {48, 1, 3, 3};
    QTest::newRow("linear") << linear << 0 << false << true;
    QTest::newRow("linear, scaled") << linear << 0 << true << true;
    QTest::newRow("linear, exact") << linear << 0 << false << false;
    QTest::newRow("linear, columns") << linear << 1 << true << true;
    QTest::newRow("conv") << conv << 0 << true << true;
    QTest::newRow("conv, inputs") << conv << 1 << true << true;
    QTest::newRow("conv, inputs, exact") << conv << 1 << true << false;
    QTest::newRow("depthwise") << depthwise << 0 << true << true;
}

void TestPalettize::sharedAndSingleResultsAgree()
{
    QFETCH(std::vector<std::int64_t>, shape);
    QFETCH(int, axis);
    QFETCH(bool, channelScale);
    QFETCH(bool, fastMode);
    std::size_t count = 1;
    for (const std::int64_t extent : shape)
        count *= static_cast<std::size_t>(extent);
    const std::vector<float> weights = normalValues(count, 0.1F, 2);
    std::vector<PaletteSpec> specs;
    for (const std::int64_t size : {4, 0, 2, 1})
        for (const int bits : {1, 2, 3, 4, 6, 8})
            specs.push_back({bits, axis, size, channelScale, fastMode});
    PaletteEncoder encoder(weights, shape, WeightType::Float32, specs.front());
    const std::vector<PaletteTables> tables = encoder.solve(specs);
    double before = 0;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        QVERIFY(sameTables(tables[i], findPalette(weights, shape, WeightType::Float32, specs[i])));
        std::vector<float> restored(count), inPlace = weights;
        applyPalette(weights, shape, WeightType::Float32, specs[i], tables[i], restored);
        applyPalette(inPlace, shape, WeightType::Float32, specs[i], tables[i], inPlace);
        QVERIFY(same(inPlace, restored));
        // With more bits the error falls, but for the rounding of fast mode.
        const double error = scaledError(weights, restored, tables[i].channelScales, {});
        if (specs[i].bits > 1)
            QVERIFY(error <= before * 1.001 + 1e-8 * static_cast<double>(count));
        before = error;
    }
}

void TestPalettize::applyFindsTheNearestEntry_data()
{
    QTest::addColumn<int>("elements");
    QTest::addColumn<bool>("fastMode");
    for (const int elements : {40, 300, 5000}) {
        QTest::addRow("%d fast", elements) << elements << true;
        QTest::addRow("%d exact", elements) << elements << false;
    }
}

void TestPalettize::applyFindsTheNearestEntry()
{
    QFETCH(int, elements);
    QFETCH(bool, fastMode);
    const std::vector<std::int64_t> shape {1, elements};
    std::vector<float> weights = normalValues(static_cast<std::size_t>(elements), 0.3F, 3);
    weights[1] = 0.0F;
    weights[2] = -0.0F;
    weights[3] = std::numeric_limits<float>::denorm_min();
    const PaletteSpec spec {.bits = 4, .fastMode = fastMode};
    const PaletteTables tables = findPalette(weights, shape, WeightType::Float32, spec);
    QVERIFY(std::is_sorted(tables.lut.begin(), tables.lut.end()));
    QVERIFY(std::is_sorted(tables.boundaries.begin(), tables.boundaries.end()));
    std::vector<float> restored(weights.size());
    std::vector<std::uint8_t> indices(weights.size());
    applyPalette(weights, shape, WeightType::Float32, spec, tables, restored, indices);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        QCOMPARE(restored[i], tables.lut[indices[i]]);
        for (const float entry : tables.lut)
            QVERIFY(std::fabs(restored[i] - weights[i]) <= std::fabs(entry - weights[i]) + 3e-4F);
    }
}

void TestPalettize::bothKeyPathsAgree_data()
{
    QTest::addColumn<float>("sigma");
    QTest::addColumn<float>("scale");
    QTest::newRow("weights") << 0.05F << 1.0F;
    QTest::newRow("tiny") << 3e-5F << 1.0F;
    QTest::newRow("beyond int16") << 30.0F << 1.0F;
    QTest::newRow("scaled") << 0.05F << 0.21F;
    for (const float scale : {0.1F, 0.30000001F, 1.9999999F, 0.99999994F, 3.3333F, 1e17F})
        QTest::addRow("scaled by %g", double(scale)) << scale / 4 << scale;
}

void TestPalettize::bothKeyPathsAgree()
{
    QFETCH(float, sigma);
    QFETCH(float, scale);
    std::vector<float> values = normalValues(5003, sigma, 9);
    values.insert(values.end(), {0.0F, -0.0F, 5e-5F, 1.5e-4F, -2.5e-4F, 65504.0F, -65504.0F});
    for (const detail::KeyRange range :
         {detail::KeyRange {-300, 500}, detail::KeyRange {-32768, 32767},
          detail::KeyRange {7, 7}}) {
        std::vector<std::uint16_t> fast(values.size()), portable(values.size());
        detail::encodeKeys(values.data(), values.size(), scale, WeightType::Float32, range,
                           fast.data());
        detail::encodeKeys(values.data(), values.size(), scale, WeightType::Float32, range,
                           portable.data(), SimdPath::Portable);
        QVERIFY(fast == portable);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double key = std::nearbyint(double {roundToFloat16(values[i] / scale)} * 1e4);
            const double held = std::clamp(key, double(range.low), double(range.high));
            QCOMPARE(static_cast<double>(portable[i]), held - range.low);
        }
    }
}

void TestPalettize::bothKeyTablesAgree_data()
{
    QTest::addColumn<int>("entries");
    QTest::addColumn<int>("finite");
    for (const int entries : {2, 4, 16, 64, 256})
        for (const int finite : {0, 1, entries / 2, entries - 1})
            QTest::addRow("%d of %d entries", finite + 1, entries) << entries << finite;
}

void TestPalettize::bothKeyTablesAgree()
{
    QFETCH(int, entries);
    QFETCH(int, finite);
    std::mt19937_64 random(static_cast<unsigned>(entries + finite));
    for (const int spread : {300, 9000, 32000}) {
        std::set<int> keys;
        while (keys.size() < static_cast<std::size_t>(finite))
            keys.insert(static_cast<int>(random() % static_cast<unsigned>(2 * spread)) - spread);
        std::vector<float> boundaries, values;
        for (const int key : keys)
            boundaries.push_back(static_cast<float>(key) / 1e4F);
        boundaries.resize(static_cast<std::size_t>(entries) - 1,
                          std::numeric_limits<float>::infinity());
        for (int k = 0; k < entries; ++k)
            values.push_back(static_cast<float>(k) + 0.5F);
        detail::KeyTable fast, portable(SimdPath::Portable);
        QVERIFY(fast.set(boundaries) && portable.set(boundaries));
        QCOMPARE(fast.range().low, portable.range().low);
        std::vector<std::uint16_t> offsets;
        for (std::size_t i = 0; i < fast.range().size(); ++i)
            offsets.push_back(static_cast<std::uint16_t>(i));
        std::vector<std::uint16_t> copy = offsets;
        std::vector<float> out(offsets.size()), same(offsets.size());
        std::vector<std::uint8_t> labels(offsets.size());
        fast.look(offsets.data(), offsets.size(), values.data(), out.data(), labels.data());
        portable.look(copy.data(), copy.size(), values.data(), same.data(), nullptr);
        QVERIFY(out == same);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const int key = static_cast<int>(i) + fast.range().low;
            const auto below = std::distance(keys.begin(), keys.upper_bound(key));
            QCOMPARE(static_cast<std::ptrdiff_t>(labels[i]), below);
            QCOMPARE(out[i], values[labels[i]]);
        }
    }
}

void TestPalettize::errorIsThatOfTheWholeTensor()
{
    const std::vector<std::int64_t> shape {40, 77};
    const std::vector<float> weights = normalValues(40 * 77, 0.05F, 5);
    const PaletteSpec spec {.bits = 3, .groupSize = 4};
    const PaletteTables tables = findPalette(weights, shape, WeightType::Float32, spec);
    std::vector<float> out(weights.size());
    WeightError error;
    applyPalette(weights, shape, WeightType::Float32, spec, tables, out, {}, &error);
    QVERIFY(std::fabs(error.decibels() - relativeErrorDb(weights, out)) < 1e-9);
}

void TestPalettize::specialWeights()
{
    const std::vector<std::int64_t> shape {2, 8};
    const auto restore = [&](const std::vector<float>& weights, PaletteSpec spec) {
        std::vector<float> out(weights.size());
        const PaletteTables tables = findPalette(weights, shape, WeightType::Float32, spec);
        applyPalette(weights, shape, WeightType::Float32, spec, tables, out);
        return out;
    };
    const std::vector<float> equal(16, 0.37F);
    QCOMPARE(restore(equal, {.bits = 4}), std::vector<float>(16, 0.3701F));
    QCOMPARE(restore(equal, {.bits = 4, .fastMode = false}), equal);
    QCOMPARE(restore(equal, {.bits = 4, .channelScale = true}), equal);
    QCOMPARE(restore(std::vector<float>(16, 0.0F), {.bits = 8, .channelScale = true}),
             std::vector<float>(16, 0.0F));
    std::vector<float> few(16, 0.5F);
    few[3] = -0.25F;
    few[4] = 2.0F;
    QCOMPARE(restore(few, {.bits = 6}), few);
    QCOMPARE(restore(few, {.bits = 2, .fastMode = false}), few);
    const std::vector<std::int64_t> single {1, 1};
    const std::vector<float> one {-1.5F};
    const PaletteTables tables = findPalette(one, single, WeightType::Float32, {.bits = 1});
    QCOMPARE(tables.lut, (std::vector<float> {-1.5F, -1.5F}));
}

void TestPalettize::hugeGroupsAreClusteredRaw()
{
    std::vector<float> weights = normalValues(8 * 200, 1.0F, 4);
    const std::vector<std::int64_t> shape {8, 200};
    weights[250] = 65510.0F; // would still round to a finite fp16
    const PaletteSpec spec {.bits = 4, .groupSize = 2};
    const PaletteTables tables = findPalette(weights, shape, WeightType::Float32, spec);
    QCOMPARE(tables.rawGroups, (std::vector<std::uint8_t> {1, 0, 0, 0}));
    std::vector<float> restored(weights.size());
    applyPalette(weights, shape, WeightType::Float32, spec, tables, restored);
    QCOMPARE(restored[250], 65510.0F);
    QVERIFY(std::fabs(restored[0] - weights[0]) < 1.0F);
}

void TestPalettize::equalWeightsAreAveragedOneByOne()
{
    // The reference's running mean takes every weight in turn; weighting distinct values instead
    // rounds to another float now and then.
    const PaletteSpec spec {.bits = 1, .fastMode = false};
    int different = 0;
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::vector<float> weights = normalValues(33, 0.1F, seed);
        for (std::size_t i = 0; i < weights.size(); i += 2)
            weights[i] = i % 3 == 0 ? 0 : weights[1];
        const PaletteTables tables =
            findPalette(weights, std::vector<std::int64_t> {1, 33}, WeightType::Float32, spec);
        std::sort(weights.begin(), weights.end());
        const auto second =
            std::lower_bound(weights.begin(), weights.end(), tables.boundaries.front());
        for (const bool isSecond : {false, true}) {
            const auto begin = isSecond ? second : weights.begin();
            const auto end = isSecond ? weights.end() : second;
            double mean = 0, merged = 0, count = 0;
            for (auto value = begin; value != end; ++value)
                mean += (double {*value} - mean) / (count += 1);
            count = 0;
            for (auto value = begin; value != end;) {
                const auto next = std::upper_bound(value, end, *value);
                const auto copies = static_cast<double>(next - value);
                merged += (double {*value} - merged) * copies / (count += copies);
                value = next;
            }
            QCOMPARE(tables.lut[isSecond ? 1 : 0], static_cast<float>(mean));
            different += static_cast<float>(mean) != static_cast<float>(merged);
        }
    }
    QVERIFY(different > 0); // or this test proves nothing
}

void TestPalettize::fewerWeightsThanEntries()
{
    const PaletteSpec spec {.bits = 2, .fastMode = false};
    const auto tableOf = [&](std::vector<float> weights) {
        const auto count = static_cast<std::int64_t>(weights.size());
        return findPalette(weights, std::vector<std::int64_t> {1, count}, WeightType::Float32, spec)
            .lut;
    };
    // Padded at the end; zeros come first only for entries that equal weights leave unused.
    QCOMPARE(tableOf({0.5F, -0.25F}), (std::vector<float> {-0.25F, 0.5F, 0.5F, 0.5F}));
    QCOMPARE(tableOf({0.5F, 0.5F, -0.25F}), (std::vector<float> {0, -0.25F, 0.5F, 0.5F}));
    QCOMPARE(tableOf({0.5F, 0.5F, 0.5F, 0.5F, 1}), (std::vector<float> {0, 0, 0.5F, 1}));
}

void TestPalettize::rejectsBadInput()
{
    const std::vector<std::int64_t> shape {4, 4};
    std::vector<float> weights = normalValues(16, 1.0F, 5);
    const auto rejected = [&](const PaletteSpec& spec) {
        try {
            findPalette(weights, shape, WeightType::Float32, spec);
        } catch (const std::invalid_argument&) {
            return true;
        }
        return false;
    };
    QVERIFY(!rejected({.bits = 4, .groupSize = 2}));
    QVERIFY(rejected({.bits = 4, .groupSize = 3}));
    QVERIFY(rejected({.bits = 4, .groupSize = 8}));
    QVERIFY(rejected({.bits = 4, .groupSize = -1}));
    QVERIFY(rejected({.bits = 5}));
    QVERIFY(rejected({.bits = 4, .axis = 2}));
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
          -std::numeric_limits<float>::infinity()}) {
        for (const std::size_t at : {std::size_t {0}, std::size_t {9}, std::size_t {15}}) {
            const float kept = std::exchange(weights[at], bad);
            for (const bool scale : {false, true})
                for (const bool fast : {false, true})
                    QVERIFY(rejected({.bits = 4, .channelScale = scale, .fastMode = fast}));
            weights[at] = kept;
        }
    }
}

void TestPalettize::stops()
{
    const std::vector<std::int64_t> shape {16, 16};
    const std::vector<float> weights = normalValues(256, 1.0F, 6);
    std::stop_source source;
    source.request_stop();
    QVERIFY_EXCEPTION_THROWN(
        findPalette(weights, shape, WeightType::Float32, {.bits = 4}, source.get_token()),
        Cancelled);
}

QTEST_APPLESS_MAIN(TestPalettize)
#include "tst_palettize.moc"
