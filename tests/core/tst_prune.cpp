// SPDX-License-Identifier: GPL-3.0-or-later
// Pruning masks against golden vectors, their ties, and the schemes the goldens do not hold.
#include "core/kernels/prune.h"
#include "tests/support/golden.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

using namespace bitfront;
using namespace bitfront::test;

namespace {

using Mask = QList<int>;

Mask maskOf(const QList<float>& weights, const std::vector<std::int64_t>& shape,
            const PruneSpec& spec)
{
    const std::vector<float> values(weights.begin(), weights.end());
    const std::vector<std::uint8_t> mask = pruneMask(values, shape, spec);
    return {mask.begin(), mask.end()};
}

} // namespace

class TestPrune : public QObject
{
    Q_OBJECT

private slots:
    void golden_data();
    void golden();
    void tiesKeepTheFirst();
    void blocks_data();
    void blocks();
    void nOfM_data();
    void nOfM();
    void countsHoldForAnyShape_data();
    void countsHoldForAnyShape();
    void awkwardWeights();
    void wrongArgumentsThrow();

private:
    Golden m_golden;
};

void TestPrune::golden_data()
{
    QTest::addColumn<int>("position");
    const auto& cases = m_golden.index().at("cases");
    for (std::size_t i = 0; i < cases.size(); ++i)
        if (cases[i].at("family") == "prune")
            QTest::newRow(cases[i].at("id").get<std::string>().c_str()) << static_cast<int>(i);
}

void TestPrune::golden()
{
    QFETCH(int, position);
    const nlohmann::json& entry =
        m_golden.index().at("cases").at(static_cast<std::size_t>(position));
    const nlohmann::json& config = entry.at("config");
    PruneSpec spec;
    spec.sparsity = config.at("target_sparsity").get<double>();
    if (config.at("scheme") == "channel") {
        spec.scheme = PruneScheme::Channel;
        spec.axis = config.at("axis").get<int>();
    }
    const GoldenTensor weight = m_golden.weight(entry);
    const std::vector<float> values = weight.floats();
    const std::vector<std::uint8_t> mask = pruneMask(values, weight.shape, spec);
    const std::vector<std::int64_t> expected = m_golden.tensor(entry, "mask").integers();
    QCOMPARE(std::accumulate(mask.begin(), mask.end(), std::int64_t {0}),
             entry.at("kept").get<std::int64_t>());
    if (!entry.at("tie_sensitive").get<bool>()) {
        QVERIFY(std::equal(mask.begin(), mask.end(), expected.begin(), expected.end()));
        return;
    }
    if (spec.scheme
        == PruneScheme::Unstructured) { // which of equal weights stay is open: compare what stays
        std::vector<float> ours;
        std::vector<float> theirs;
        for (std::size_t i = 0; i < mask.size(); ++i) {
            if (mask[i] != 0)
                ours.push_back(std::fabs(values[i]));
            if (expected[i] != 0)
                theirs.push_back(std::fabs(values[i]));
        }
        std::sort(ours.begin(), ours.end());
        std::sort(theirs.begin(), theirs.end());
        QCOMPARE(ours, theirs);
    }
}

void TestPrune::tiesKeepTheFirst()
{
    PruneSpec spec;
    QCOMPARE(maskOf({1, -1, 1, -1}, {4}, spec), (Mask {1, 1, 0, 0}));
    spec.sparsity = 0.25;
    QCOMPARE(maskOf({2, 1, -1, 1}, {4}, spec), (Mask {1, 1, 1, 0}));
    spec.scheme = PruneScheme::Channel;
    spec.sparsity = 0.5;
    QCOMPARE(maskOf({1, 2, 2, 1, 3, 3, 3, 0}, {4, 2}, spec), (Mask {1, 1, 0, 0, 1, 1, 0, 0}));
    spec.axis = -1;
    QCOMPARE(maskOf({1, 1, 1, 1}, {2, 2}, spec), (Mask {1, 0, 1, 0}));
}

void TestPrune::blocks_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<double>("sparsity");
    QTest::addColumn<QList<int>>("expected");
    // 4 x 2: columns of blocks run down axis 0; norms of size 2: 5, 5 / 1, 13
    QTest::newRow("half of blocks of two") << 2 << 0.5 << Mask {1, 1, 1, 1, 0, 1, 0, 1};
    QTest::newRow("one block goes") << 2 << 0.25 << Mask {1, 1, 1, 1, 0, 1, 0, 1};
    QTest::newRow("ties stay") << 2 << 0.6 << Mask {1, 1, 1, 1, 0, 1, 0, 1};
    QTest::newRow("the strongest alone") << 2 << 0.75 << Mask {0, 0, 0, 0, 0, 1, 0, 1};
    QTest::newRow("padded") << 3 << 0.5 << Mask {0, 1, 0, 1, 0, 1, 0, 1};
    QTest::newRow("all") << 2 << 1.0 << Mask {0, 0, 0, 0, 0, 0, 0, 0};
    QTest::newRow("none") << 2 << 0.0 << Mask {1, 1, 1, 1, 1, 1, 1, 1};
}

void TestPrune::blocks()
{
    QFETCH(int, size);
    QFETCH(double, sparsity);
    QFETCH(QList<int>, expected);
    PruneSpec spec;
    spec.scheme = PruneScheme::Block;
    spec.blockSize = size;
    spec.sparsity = sparsity;
    QCOMPARE(maskOf({3, 4, 4, -3, 1, 5, 0, 12}, {4, 2}, spec), expected);
}

void TestPrune::nOfM_data()
{
    QTest::addColumn<int>("dropped");
    QTest::addColumn<int>("groupSize");
    QTest::addColumn<int>("axis");
    QTest::addColumn<QList<int>>("expected");
    QTest::newRow("2:4") << 2 << 4 << 1 << Mask {0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1};
    QTest::newRow("1:2") << 1 << 2 << 1 << Mask {0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1};
    QTest::newRow("rows") << 1 << 2 << 0 << Mask {0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0};
    QTest::newRow("none") << 0 << 4 << 1 << Mask(12, 1);
    QTest::newRow("all") << 2 << 2 << 1 << Mask(12, 0);
}

/// Two rows of six: with groups of four the last group of a row is half padding, which goes first.
void TestPrune::nOfM()
{
    QFETCH(int, dropped);
    QFETCH(int, groupSize);
    QFETCH(int, axis);
    QFETCH(QList<int>, expected);
    PruneSpec spec;
    spec.scheme = PruneScheme::NOfM;
    spec.dropped = dropped;
    spec.groupSize = groupSize;
    spec.axis = axis;
    const QList<float> weights = {1, -5, 2, 4, 3, 6, 7, 2, 2.5F, 0, -1, 5};
    QCOMPARE(maskOf(weights, {2, 6}, spec), expected);
}

void TestPrune::countsHoldForAnyShape_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 0; seed < 30; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

void TestPrune::countsHoldForAnyShape()
{
    QFETCH(int, seed);
    std::mt19937 random(static_cast<unsigned>(seed));
    std::uniform_int_distribution<std::int64_t> extent(1, 9);
    const std::vector<std::int64_t> shape = {extent(random), extent(random), extent(random)};
    const auto count = static_cast<std::size_t>(shape[0] * shape[1] * shape[2]);
    std::vector<float> weights(count);
    std::uniform_int_distribution<int> coarse(-4, 4); // many ties
    for (float& weight : weights)
        weight = static_cast<float>(coarse(random));
    PruneSpec spec;
    spec.sparsity = std::uniform_real_distribution<double>(0, 1)(random);
    const std::vector<std::uint8_t> mask = pruneMask(weights, shape, spec);
    const auto removed =
        static_cast<std::size_t>(std::floor(static_cast<double>(count) * spec.sparsity));
    QCOMPARE(std::accumulate(mask.begin(), mask.end(), std::size_t {0}), count - removed);
    float weakestKept = std::numeric_limits<float>::infinity();
    float strongestDropped = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const float size = std::fabs(weights[i]);
        if (mask[i] != 0)
            weakestKept = std::min(weakestKept, size);
        else
            strongestDropped = std::max(strongestDropped, size);
    }
    QVERIFY(weakestKept >= strongestDropped);
    std::vector<float> pruned(count);
    applyMask(weights, mask, pruned);
    for (std::size_t i = 0; i < count; ++i)
        QCOMPARE(pruned[i], mask[i] != 0 ? weights[i] : 0.0F);
}

void TestPrune::awkwardWeights()
{
    const float nan = std::numeric_limits<float>::quiet_NaN();
    PruneSpec spec;
    QCOMPARE(maskOf({1, nan, 5, 2}, {4}, spec), (Mask {0, 1, 1, 0}));
    QCOMPARE(maskOf({}, {0, 4}, spec), Mask {});
    QCOMPARE(maskOf({0, 0, 0, 0}, {2, 2}, spec), (Mask {1, 1, 0, 0}));
    spec.sparsity = -1;
    QCOMPARE(maskOf({1, 2}, {2}, spec), (Mask {1, 1}));
    spec.sparsity = 2;
    QCOMPARE(maskOf({1, 2}, {2}, spec), (Mask {0, 0}));
}

void TestPrune::wrongArgumentsThrow()
{
    PruneSpec spec;
    QVERIFY_EXCEPTION_THROWN(maskOf({1, 2, 3}, {2, 2}, spec), std::invalid_argument);
    spec.scheme = PruneScheme::Channel;
    spec.axis = 2;
    QVERIFY_EXCEPTION_THROWN(maskOf({1, 2, 3, 4}, {2, 2}, spec), std::invalid_argument);
    spec.axis = -3;
    QVERIFY_EXCEPTION_THROWN(maskOf({1, 2, 3, 4}, {2, 2}, spec), std::invalid_argument);
    spec.scheme = PruneScheme::NOfM;
    spec.axis = 1;
    spec.dropped = 5;
    QVERIFY_EXCEPTION_THROWN(maskOf({1, 2, 3, 4}, {2, 2}, spec), std::invalid_argument);
    spec.scheme = PruneScheme::Block;
    spec.blockSize = 0;
    QVERIFY_EXCEPTION_THROWN(maskOf({1, 2, 3, 4}, {2, 2}, spec), std::invalid_argument);
}

QTEST_GUILESS_MAIN(TestPrune)
#include "tst_prune.moc"
