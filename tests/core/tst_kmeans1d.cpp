// SPDX-License-Identifier: GPL-3.0-or-later
// Exact 1-D k-means against a dynamic program in 128-bit integers, and properties of the optimum.
#include "core/kernels/kmeans1d.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace bitfront;

namespace {

struct Problem
{
    std::vector<double> keys, values, weights;

    std::int32_t size() const { return static_cast<std::int32_t>(keys.size()); }
};

__extension__ using Int128 = __int128;

/// Smallest squared error of the keys: sums are exact, only the quotients are rounded (64 bits).
long double optimalCost(const Problem& problem, int clusters)
{
    const std::size_t n = problem.keys.size();
    std::vector<Int128> mass(n + 1), moment(n + 1), square(n + 1);
    for (std::size_t i = 0; i < n; ++i) {
        const auto w = static_cast<Int128>(problem.weights[i]);
        const auto x = static_cast<Int128>(problem.keys[i]);
        mass[i + 1] = mass[i] + w;
        moment[i + 1] = moment[i] + w * x;
        square[i + 1] = square[i] + w * x * x;
    }
    std::vector<long double> before(n + 1, std::numeric_limits<long double>::infinity());
    before[0] = 0;
    for (int k = 0; k < clusters; ++k) {
        std::vector<long double> best(n + 1, std::numeric_limits<long double>::infinity());
        for (std::size_t j = 1; j <= n; ++j)
            for (std::size_t i = 0; i < j; ++i) {
                const Int128 w = mass[j] - mass[i], m = moment[j] - moment[i];
                const Int128 numerator = (square[j] - square[i]) * w - m * m;
                best[j] = std::min(
                    best[j],
                    before[i] + static_cast<long double>(numerator) / static_cast<long double>(w));
            }
        before = best;
    }
    return before[n];
}

/// Squared error of a partition of the keys around exact means.
long double costOf(const Problem& problem, const std::vector<std::int32_t>& starts)
{
    long double total = 0;
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const auto begin = static_cast<std::size_t>(starts[k]);
        const auto end =
            k + 1 < starts.size() ? static_cast<std::size_t>(starts[k + 1]) : problem.keys.size();
        long double mass = 0, mean = 0;
        for (std::size_t i = begin; i < end; ++i) {
            mass += static_cast<long double>(problem.weights[i]);
            mean += static_cast<long double>(problem.weights[i] * problem.keys[i]);
        }
        mean /= mass;
        for (std::size_t i = begin; i < end; ++i) {
            const long double d = static_cast<long double>(problem.keys[i]) - mean;
            total += static_cast<long double>(problem.weights[i]) * d * d;
        }
    }
    return total;
}

enum class Shape
{
    Random,
    HeavyTailed,
    Tied,
    FarFromZero,
    Clumped
};

Problem makeProblem(Shape shape, std::mt19937_64& random)
{
    const std::size_t n = 1 + random() % 60;
    std::vector<std::int64_t> keys;
    std::normal_distribution<double> normal;
    for (std::size_t i = 0; i < n; ++i) {
        double key = 100 * normal(random);
        if (shape == Shape::HeavyTailed)
            key = std::copysign(std::exp(std::min(14.0, 3 + 3 * std::fabs(normal(random)))), key);
        if (shape == Shape::Tied)
            key = static_cast<double>(i) * 3; // every distance alike
        if (shape == Shape::FarFromZero)
            key += 1e8;
        if (shape == Shape::Clumped)
            key = 1e5 * static_cast<double>(random() % 4) + 5 * normal(random);
        keys.push_back(std::llround(key));
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    Problem problem;
    for (const std::int64_t key : keys) {
        problem.keys.push_back(static_cast<double>(key));
        problem.values.push_back(static_cast<double>(static_cast<float>(key) / 1e4F));
        const auto heavy = shape == Shape::HeavyTailed ? 1 + random() % 1000 : 1 + random() % 9;
        problem.weights.push_back(shape == Shape::Tied ? 1 : static_cast<double>(heavy));
    }
    return problem;
}

bool isPartition(const std::vector<std::int32_t>& starts, std::int32_t points, int clusters)
{
    return static_cast<std::int32_t>(starts.size()) == std::min(points, clusters)
        && starts.front() == 0 && starts.back() < points
        && std::adjacent_find(starts.begin(), starts.end(), std::greater_equal<>()) == starts.end();
}

} // namespace

class TestKmeans1d : public QObject
{
    Q_OBJECT

private slots:
    void costIsOptimal_data();
    void costIsOptimal();
    void costNeverRisesWithMoreClusters();
    void floatWeightsAreOptimal();
    void bothPathsAgree();
    void manyPointsAgreeWithTheReference();
    void sharesWorkBetweenClusterCounts();
    void tinyProblems();
    void vanishingWeights();
};

void TestKmeans1d::costIsOptimal_data()
{
    QTest::addColumn<int>("shape");
    QTest::addColumn<int>("problems");
    QTest::newRow("random") << int(Shape::Random) << 2500;
    QTest::newRow("heavy-tailed") << int(Shape::HeavyTailed) << 2500;
    QTest::newRow("tied") << int(Shape::Tied) << 2000;
    QTest::newRow("far from zero") << int(Shape::FarFromZero) << 1500;
    QTest::newRow("clumped") << int(Shape::Clumped) << 1500;
}

void TestKmeans1d::costIsOptimal()
{
    QFETCH(int, shape);
    QFETCH(int, problems);
    std::mt19937_64 random(20240 + static_cast<unsigned>(shape));
    for (int round = 0; round < problems; ++round) {
        const Problem problem = makeProblem(static_cast<Shape>(shape), random);
        const int clusters = 1 + static_cast<int>(random() % 24);
        Kmeans1d solver;
        // On the integer keys themselves, so that the oracle judges the same points.
        solver.setPoints(problem.keys, problem.weights, problem.keys);
        const std::vector<std::int32_t> starts = solver.solve(clusters);
        QVERIFY(isPartition(starts, problem.size(), clusters));
        const long double optimum = optimalCost(problem, clusters);
        const long double cost = costOf(problem, starts);
        const auto text = QString("round %1: n %2, K %3, excess %4")
                              .arg(round)
                              .arg(problem.size())
                              .arg(clusters)
                              .arg(static_cast<double>(cost - optimum));
        QVERIFY2(cost <= optimum * (1 + 1e-10L) + 1e-9L, qPrintable(text));
    }
}

void TestKmeans1d::costNeverRisesWithMoreClusters()
{
    std::mt19937_64 random(7);
    for (int round = 0; round < 200; ++round) {
        const Problem problem = makeProblem(static_cast<Shape>(round % 5), random);
        Kmeans1d solver;
        solver.setPoints(problem.values, problem.weights, problem.keys);
        double before = std::numeric_limits<double>::infinity();
        for (int clusters = 1; clusters <= problem.size() + 1; ++clusters) {
            const double cost = solver.cost(solver.solve(clusters));
            QVERIFY(cost <= before * (1 + 1e-9));
            before = cost;
        }
        QVERIFY(before <= 1e-20 * problem.values.back() * problem.values.back());
    }
}

void TestKmeans1d::floatWeightsAreOptimal()
{
    std::mt19937_64 random(8);
    std::uniform_real_distribution<double> uniform(0, 1);
    for (int round = 0; round < 1000; ++round) {
        Problem problem = makeProblem(static_cast<Shape>(round % 3), random);
        for (double& weight : problem.weights) // dyadic, so that the oracle can take integers
            weight = std::ceil(std::pow(uniform(random), 6) * 0x1p20);
        Problem scaled = problem;
        for (double& weight : scaled.weights)
            weight *= 0x1p-20;
        const int clusters = 2 + static_cast<int>(random() % 16);
        Kmeans1d solver;
        solver.setPoints(scaled.keys, scaled.weights, {});
        const long double cost = costOf(problem, solver.solve(clusters));
        QVERIFY(cost <= optimalCost(problem, clusters) * (1 + 1e-10L) + 1e-3L);
    }
}

void TestKmeans1d::bothPathsAgree()
{
    if (bestSimdPath() == SimdPath::Portable)
        QSKIP("no AVX2 on this machine");
    std::mt19937_64 random(9);
    std::normal_distribution<double> normal(0, 400);
    for (int round = 0; round < 120; ++round) {
        std::vector<double> counts(6001), values, weights;
        for (int i = 0; i < 100 << (round % 9); ++i) {
            const auto key = std::lround(normal(random)) + 3000;
            if (key >= 0 && key <= 6000)
                counts[static_cast<std::size_t>(key)] += 1;
        }
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] > 0) {
                values.push_back(static_cast<double>(i));
                weights.push_back(counts[i]);
            }
        }
        Kmeans1d portable(SimdPath::Portable), vectorised(SimdPath::Avx2);
        portable.setPoints(values, weights, values);
        vectorised.setPoints(values, weights, values);
        for (const int clusters : {2, 4, 8, 16, 64, 256}) {
            const std::vector<std::int32_t> starts = portable.solve(clusters);
            QCOMPARE(vectorised.solve(clusters), starts);
            QCOMPARE(vectorised.centroids(starts), portable.centroids(starts));
        }
        QCOMPARE(vectorised.stats().probes, portable.stats().probes);
    }
}

void TestKmeans1d::manyPointsAgreeWithTheReference()
{
    std::mt19937_64 random(10);
    std::normal_distribution<float> normal(0, 0.05F);
    for (int round = 0; round < 12; ++round) {
        std::vector<double> keys;
        for (int i = 0; i < 3000; ++i)
            keys.push_back(std::nearbyint(static_cast<double>(normal(random)) * 1e4));
        std::sort(keys.begin(), keys.end());
        Problem problem;
        for (const double key : keys) {
            if (problem.keys.empty() || problem.keys.back() != key) {
                problem.keys.push_back(key);
                problem.values.push_back(static_cast<double>(static_cast<float>(key) / 1e4F));
                problem.weights.push_back(0);
            }
            problem.weights.back() += 1;
        }
        detail::ReferenceCost reference;
        reference.reset(problem.values, problem.weights);
        Kmeans1d solver;
        solver.setPoints(problem.values, problem.weights, problem.keys);
        for (const int clusters : {4, 16, 64})
            QCOMPARE(solver.solve(clusters), detail::matrixSearch(reference, clusters));
    }
}

void TestKmeans1d::sharesWorkBetweenClusterCounts()
{
    std::vector<double> values, weights;
    for (int i = -2000; i <= 2000; ++i) {
        values.push_back(i);
        weights.push_back(std::ceil(1000 * std::exp(-i * i / 5e5)));
    }
    Kmeans1d solver;
    solver.setPoints(values, weights, values);
    for (const int clusters : {16, 64, 256})
        solver.solve(clusters);
    QCOMPARE(solver.stats().problems, std::int64_t {3});
    QCOMPARE(solver.stats().points, std::int64_t {3 * 4001});
    QCOMPARE(solver.stats().small, std::int64_t {0});
    QVERIFY2(solver.stats().probes <= 18, "more than six passes per problem");
}

void TestKmeans1d::tinyProblems()
{
    const std::vector<double> one {0.25}, weight {3}, two {-1, 5}, weights {1, 1};
    Kmeans1d solver;
    solver.setPoints(one, weight);
    QCOMPARE(solver.solve(16), std::vector<std::int32_t> {0});
    QCOMPARE(solver.centroids(std::vector<std::int32_t> {0}), std::vector<double> {0.25});
    solver.setPoints(two, weights);
    QCOMPARE(solver.solve(1), std::vector<std::int32_t> {0});
    QCOMPARE(solver.centroids(std::vector<std::int32_t> {0}), std::vector<double> {2});
    QCOMPARE(solver.solve(2), (std::vector<std::int32_t> {0, 1}));
    QCOMPARE(solver.stats().problems, std::int64_t {0});
}

void TestKmeans1d::vanishingWeights()
{
    // Sensitivities reach from 1e-12 to 1: in a sum with large weights the small ones disappear.
    std::mt19937_64 random(12);
    std::vector<double> values, weights;
    for (int i = 0; i < 3000; ++i) {
        values.push_back(i * 1e-3);
        weights.push_back(random() % 2 == 0 ? 1e-12 : 1e4);
    }
    Kmeans1d solver;
    solver.setPoints(values, weights);
    for (const int clusters : {2, 16, 256}) {
        const std::vector<std::int32_t> starts = solver.solve(clusters);
        QVERIFY(isPartition(starts, 3000, clusters));
        QVERIFY(std::isfinite(solver.cost(starts)));
        const double even = 3.0 * 3.0 / (12.0 * clusters * clusters) * 1500e4;
        QVERIFY(solver.cost(starts) < even * 1.02);
    }
}

QTEST_APPLESS_MAIN(TestKmeans1d)
#include "tst_kmeans1d.moc"
