// SPDX-License-Identifier: GPL-3.0-or-later
// Exact mode by verdict, sensitivity weights, tables without clustering, vector palettes.
#include "core/kernels/palettize_options.h"
#include "core/kernels/palettize_vector.h"
#include "tests/support/palette_helpers.h"

#include <QTest>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace bitfront;
using namespace bitfront::test;

class TestPalettizeOptions : public QObject
{
    Q_OBJECT

private slots:
    void exactModeSavesSmallWeights();
    void exactModeIsNotChosenForOrdinaryWeights();
    void sensitivityWeightsAreNormalised();
    void uniformTable();
    void uniqueTable();
    void quantizedTablesRejectOtherTypes();
    void vectorsAreSeeded();
    void vectorErrorFallsWithBits();
};

void TestPalettizeOptions::exactModeSavesSmallWeights()
{
    const std::vector<std::int64_t> shape {16, 32};
    const std::vector<float> weights = normalValues(512, 1e-5F, 7);
    PaletteSpec spec {.bits = 4};
    FastModeReport report;
    const PaletteTables tables =
        findPaletteAutomatically(weights, shape, WeightType::Float32, spec, &report);
    QVERIFY(report.exactModeBetter);
    QVERIFY(report.roundingError > 0.99 * report.energy); // fast mode loses the tensor
    QVERIFY(!spec.fastMode);
    std::vector<float> restored(weights.size());
    applyPalette(weights, shape, WeightType::Float32, spec, tables, restored);
    QVERIFY(scaledError(weights, restored, {}, {}) < 0.02 * report.energy);
}

void TestPalettizeOptions::exactModeIsNotChosenForOrdinaryWeights()
{
    const std::vector<std::int64_t> shape {64, 64};
    for (const float sigma : {0.02F, 0.1F, 1.0F}) {
        for (const int bits : {4, 6, 8}) {
            PaletteSpec spec {.bits = bits};
            const std::vector<float> weights = normalValues(4096, sigma, 8);
            findPaletteAutomatically(weights, shape, WeightType::Float32, spec);
            QVERIFY(spec.fastMode);
        }
    }
}

void TestPalettizeOptions::sensitivityWeightsAreNormalised()
{
    using Values = std::vector<float>;
    QCOMPARE(sensitivityWeights(Values {0, 0}), (Values {1, 1}));
    QCOMPARE(sensitivityWeights(Values {0, 2, 8}), (Values {0.25F, 0.25F, 1}));
    QCOMPARE(sensitivityWeights(Values {1e-20F, 1}), (Values {1e-12F, 1}));
    QVERIFY_EXCEPTION_THROWN(sensitivityWeights(Values {-1}), std::invalid_argument);
}

void TestPalettizeOptions::uniformTable()
{
    const std::vector<float> weights {-1, 0.9F, 2, 0.5F, -0.1F};
    const FixedPalette palette = uniformPalette(weights, WeightType::Float32, 2);
    QCOMPARE(palette.lut, (std::vector<float> {-1, 0, 1, 2}));
    QCOMPARE(palette.indices, (std::vector<std::uint8_t> {0, 2, 3, 2, 1})); // 1.5 goes to even
    const FixedPalette flat = uniformPalette(std::vector<float>(3, 4.0F), WeightType::Float32, 1);
    QCOMPARE(flat.lut, (std::vector<float> {4, 4}));
    QCOMPARE(flat.indices, (std::vector<std::uint8_t> {0, 0, 0}));
}

void TestPalettizeOptions::uniqueTable()
{
    const std::vector<float> weights {3, -1, 3, 0, 7, -1};
    const FixedPalette palette = uniquePalette(weights);
    QCOMPARE(palette.bits, 2);
    QCOMPARE(palette.lut, (std::vector<float> {-1, 0, 3, 7}));
    QCOMPARE(palette.indices, (std::vector<std::uint8_t> {2, 0, 2, 1, 3, 0}));
    QCOMPARE(uniquePalette(weights, 3).lut, (std::vector<float> {-1, 0, 3, 7, 0, 0, 0, 0}));
    QVERIFY_EXCEPTION_THROWN(uniquePalette(weights, 1), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(uniquePalette(normalValues(300, 1.0F, 9)), std::invalid_argument);
}

void TestPalettizeOptions::quantizedTablesRejectOtherTypes()
{
    const std::vector<std::int64_t> shape {4, 8};
    const std::vector<float> weights = normalValues(32, 1.0F, 12);
    PaletteTables tables = findPalette(weights, shape, WeightType::Float32, {.bits = 2});
    const auto run = [&](CodeType type) {
        quantizeTables(tables, WeightType::Float32, type, QuantScheme::Symmetric);
    };
    QVERIFY_EXCEPTION_THROWN(run(CodeType::Int4), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(run(CodeType::Float4E2M1), std::invalid_argument);
    run(CodeType::Int8);
    QCOMPARE(tables.lut.size(), std::size_t {4});
}

void TestPalettizeOptions::vectorsAreSeeded()
{
    const std::vector<std::int64_t> shape {8, 40};
    const std::vector<float> weights = normalValues(320, 1.0F, 10);
    VectorPaletteSpec spec;
    spec.base.bits = 3;
    const VectorPalette first = findVectorPalette(weights, shape, WeightType::Float32, spec);
    const VectorPalette second = findVectorPalette(weights, shape, WeightType::Float32, spec);
    QCOMPARE(first.lut, second.lut);
    QCOMPARE(first.indices, second.indices);
    spec.clusterDim = 3;
    QVERIFY_EXCEPTION_THROWN(findVectorPalette(weights, shape, WeightType::Float32, spec),
                             std::invalid_argument);
}

void TestPalettizeOptions::vectorErrorFallsWithBits()
{
    const std::vector<std::int64_t> shape {12, 30};
    const std::vector<float> weights = normalValues(360, 1.0F, 11);
    for (const int axis : {0, 1}) {
        double before = std::numeric_limits<double>::infinity();
        for (const int bits : {1, 2, 3, 4, 6, 8}) {
            VectorPaletteSpec spec;
            spec.base = {.bits = bits, .axis = axis, .groupSize = 6};
            const VectorPalette palette =
                findVectorPalette(weights, shape, WeightType::Float32, spec);
            std::vector<float> restored(weights.size());
            applyVectorPalette(palette, shape, WeightType::Float32, spec, restored);
            const double error = scaledError(weights, restored, {}, {});
            QVERIFY(std::fabs(error - palette.squaredError) <= 1e-5 * error + 1e-9);
            QVERIFY(error <= before);
            before = error;
        }
        QVERIFY(before < 1e-9); // at most 256 vectors in a group: each its own entry
    }
}

QTEST_APPLESS_MAIN(TestPalettizeOptions)
#include "tst_palettize_options.moc"
