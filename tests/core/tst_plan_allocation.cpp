// SPDX-License-Identifier: GPL-3.0-or-later
// The choice of formats under a budget: against exhaustive search, its properties, its speed.
#include "core/plan/allocation.h"

#include <QElapsedTimer>
#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace bitfront;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Sizes as layers have them, errors that fall about fourfold per bit, with noise.
AllocationUnits randomUnits(unsigned seed, int units, int options, bool sameSizes)
{
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::normal_distribution<double> normal;
    AllocationUnits result;
    for (int u = 0; u < units; ++u) {
        const double elements = sameSizes ? 1e5 : std::floor(std::exp(6 + 6 * uniform(random)));
        const double weight = std::exp(2 * normal(random));
        std::vector<AllocationOption> one {{16 * elements, 0}};
        for (int o = 1; o < options; ++o) {
            const double bits = 2 + 0.5 * (o % 13);
            one.push_back(
                {std::floor(elements * bits),
                 weight * elements * std::pow(4.0, -bits) * std::exp(0.3 * normal(random))});
        }
        result.push_back(std::move(one));
    }
    return result;
}

double smallest(const AllocationUnits& units)
{
    double sum = 0;
    for (const auto& unit : units) {
        double least = kInfinity;
        for (const AllocationOption& option : unit)
            if (std::isfinite(option.cost))
                least = std::min(least, option.size);
        sum += least;
    }
    return sum;
}

double largest(const AllocationUnits& units)
{
    double sum = 0;
    for (const auto& unit : units)
        sum += unit.front().size;
    return sum;
}

struct Sums
{
    double size = 0, cost = 0;
};

/// Every choice there is.
template<typename Visit>
void forEachChoice(const AllocationUnits& units, std::size_t from, Sums sums, Visit visit)
{
    if (from == units.size())
        return visit(sums);
    for (const AllocationOption& option : units[from])
        forEachChoice(units, from + 1, {sums.size + option.size, sums.cost + option.cost}, visit);
}

} // namespace

class TestPlanAllocation : public QObject
{
    Q_OBJECT

private slots:
    void exhaustive_data();
    void exhaustive();
    void monotone();
    void impossible();
    void infiniteCostsAreNotChosen();
    void negativeCosts();
    void large_data();
    void large();
};

void TestPlanAllocation::exhaustive_data()
{
    QTest::addColumn<int>("units");
    QTest::addColumn<int>("options");
    QTest::addColumn<bool>("sameSizes");
    QTest::newRow("one unit") << 1 << 9 << false;
    QTest::newRow("two units") << 2 << 12 << false;
    QTest::newRow("six units, five options") << 6 << 5 << false;
    QTest::newRow("five units, nine options") << 5 << 9 << false;
    QTest::newRow("nine units, three options") << 9 << 3 << false;
    QTest::newRow("equal sizes") << 6 << 6 << true;
}

void TestPlanAllocation::exhaustive()
{
    QFETCH(int, units);
    QFETCH(int, options);
    QFETCH(bool, sameSizes);
    for (unsigned seed = 0; seed < 25; ++seed) {
        const AllocationUnits problem = randomUnits(seed, units, options, sameSizes);
        const double low = smallest(problem);
        const double limit = low + (0.02 + 0.035 * seed) * (largest(problem) - low);
        double best = kInfinity;
        forEachChoice(problem, 0, {}, [&](const Sums& sums) {
            if (sums.size <= limit)
                best = std::min(best, sums.cost);
        });
        const auto found = cheapestWithin(problem, limit);
        QVERIFY(found && found->exact);
        QVERIFY(found->size <= limit);
        QVERIFY2(std::abs(found->cost - best) <= 1e-9 * best,
                 qPrintable(QString("seed %1: %2, best %3").arg(seed).arg(found->cost).arg(best)));

        double leanest = kInfinity;
        const double costLimit = best * 1.001;
        forEachChoice(problem, 0, {}, [&](const Sums& sums) {
            if (sums.cost <= costLimit)
                leanest = std::min(leanest, sums.size);
        });
        const auto small = smallestWithin(problem, costLimit);
        QVERIFY(small && small->exact);
        QVERIFY(small->cost <= costLimit);
        QCOMPARE(small->size, leanest);
    }
}

void TestPlanAllocation::monotone()
{
    const AllocationUnits problem = randomUnits(7, 40, 17, false);
    const double low = smallest(problem);
    double before = kInfinity;
    for (int step = 0; step <= 50; ++step) {
        const auto found = cheapestWithin(problem, low + step / 50.0 * (largest(problem) - low));
        QVERIFY(found && found->exact);
        QVERIFY(found->cost <= before);
        before = found->cost;
    }
    QCOMPARE(before, 0.0);
}

void TestPlanAllocation::impossible()
{
    const AllocationUnits problem = randomUnits(3, 5, 6, false);
    QVERIFY(!cheapestWithin(problem, smallest(problem) - 1));
    QVERIFY(cheapestWithin(problem, smallest(problem)));
    QVERIFY(!smallestWithin({{{8, 1}}}, 0.5));
    QVERIFY(!cheapestWithin({{{8, kInfinity}}}, 100));
    QVERIFY(!cheapestWithin({{}}, 100));
    QCOMPARE(cheapestWithin({}, 0)->cost, 0.0);
}

void TestPlanAllocation::infiniteCostsAreNotChosen()
{
    const AllocationUnits problem {{{16, 0}, {2, kInfinity}, {4, 1}}, {{16, 0}, {4, 2}}};
    const auto found = cheapestWithin(problem, 8);
    QVERIFY(found);
    QCOMPARE(found->chosen, (std::vector<std::size_t> {2, 1}));
    QVERIFY(!cheapestWithin(problem, 7));
}

/// As in refinements, where a change may gain.
void TestPlanAllocation::negativeCosts()
{
    const AllocationUnits problem {{{8, 0}, {10, -3}, {6, 1}}, {{8, 0}, {6, -0.5}, {4, 4}}};
    const auto found = cheapestWithin(problem, 16);
    QVERIFY(found);
    QCOMPARE(found->chosen, (std::vector<std::size_t> {1, 1}));
    QCOMPARE(found->cost, -3.5);
}

void TestPlanAllocation::large_data()
{
    QTest::addColumn<bool>("sameSizes");
    QTest::newRow("sizes as in models") << false;
    QTest::newRow("equal sizes") << true;
}

/// 200 layers × 40 options in the order of 50 ms: of many runs the median is held to it, ten times
/// over, since the machine may be busy.
void TestPlanAllocation::large()
{
    QFETCH(bool, sameSizes);
    std::vector<double> times;
    for (unsigned seed = 0; seed < 9; ++seed) {
        const AllocationUnits problem = randomUnits(seed, 200, 40, sameSizes);
        const double low = smallest(problem);
        QElapsedTimer timer;
        timer.start();
        const auto found =
            cheapestWithin(problem, low + (0.05 + 0.06 * seed) * (largest(problem) - low));
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QVERIFY(found && found->exact);
    }
    std::sort(times.begin(), times.end());
    qInfo("median %.1f ms, most %.1f ms", times[times.size() / 2], times.back());
    QVERIFY(times[times.size() / 2] < 500);
}

QTEST_APPLESS_MAIN(TestPlanAllocation)
#include "tst_plan_allocation.moc"
