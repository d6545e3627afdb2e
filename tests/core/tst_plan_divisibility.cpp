// SPDX-License-Identifier: GPL-3.0-or-later
// The group size that stands in for one that does not divide: against its definition, tried number
// by number, and in time for any extent that a file may claim.
#include "core/plan/divisibility.h"
#include "tests/core/plan_builders.h"

#include <QElapsedTimer>
#include <QTest>

#include <random>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// The definition, step by step.
std::int64_t byDefinition(const LayerInfo& layer, std::int64_t wanted, int bits)
{
    const std::int64_t channels = layer.shape[0];
    std::int64_t size = 1;
    for (std::int64_t next = 2; next <= channels; ++next) {
        const bool tablesTooBig = channels / size * (std::int64_t {1} << bits) >= layer.elements();
        if (channels % next == 0 && (next <= wanted || tablesTooBig))
            size = next;
    }
    return size;
}

} // namespace

class TestPlanDivisibility : public QObject
{
    Q_OBJECT

private slots:
    void nearestOfRandomShapes_data();
    void nearestOfRandomShapes();
    void nearestOfHugeExtents();
};

void TestPlanDivisibility::nearestOfRandomShapes_data()
{
    QTest::addColumn<int>("bits");
    for (const int bits : {1, 2, 3, 4, 6, 8})
        QTest::addRow("%d bits", bits) << bits;
}

void TestPlanDivisibility::nearestOfRandomShapes()
{
    QFETCH(int, bits);
    std::mt19937 random(static_cast<unsigned>(bits));
    const auto upTo = [&](int most) {
        return std::uniform_int_distribution<std::int64_t>(1, most)(random);
    };
    for (int i = 0; i < 400; ++i) {
        const LayerInfo layer =
            makeLayer("a", LayerKind::Conv, {upTo(i % 2 == 0 ? 60 : 1500), upTo(40), upTo(3)});
        const std::int64_t wanted = upTo(i % 3 == 0 ? 300 : 20);
        const std::int64_t size = nearestGroupSize(layer, wanted, bits);
        QCOMPARE(layer.shape[0] % size, std::int64_t {0});
        QVERIFY2(size == byDefinition(layer, wanted, bits),
                 qPrintable(QString("%1, wanted %2")
                                .arg(QString::fromStdString(shapeText(layer.shape)))
                                .arg(wanted)));
    }
}

void TestPlanDivisibility::nearestOfHugeExtents()
{
    QElapsedTimer clock;
    clock.start();
    constexpr std::int64_t prime = 2147483647;
    const LayerInfo thin = makeLayer("a", LayerKind::Linear, {prime, 1});
    QCOMPARE(nearestGroupSize(thin, 16, 4), prime); // a table each would be more than the weights
    const LayerInfo even = makeLayer("a", LayerKind::Linear, {std::int64_t {1} << 40, 64});
    QCOMPARE(nearestGroupSize(even, 24, 4), std::int64_t {16});
    const LayerInfo none = makeLayer("a", LayerKind::Linear, {0, 8});
    QCOMPARE(nearestGroupSize(none, 16, 4), std::int64_t {1});
    QVERIFY(clock.elapsed() < 2000);
}

QTEST_GUILESS_MAIN(TestPlanDivisibility)
#include "tst_plan_divisibility.moc"
