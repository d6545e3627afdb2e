// SPDX-License-Identifier: GPL-3.0-or-later
// Front, floor, knee and the five representatives of a group, on points worked out by hand.
#include "core/plan/analysis.h"
#include "tests/core/plan_builders.h"

#include <QtTest>

#include <algorithm>
#include <random>
#include <set>

using namespace bitfront;
using namespace bitfront::test;

namespace {

const double kInfinity = std::numeric_limits<double>::infinity();

struct Point
{
    double ratio, quality;
};

/// Records of the palette group (16 names, then refinements of the first) at these points.
std::vector<ResultRecord> recordsAt(const std::vector<Point>& points)
{
    std::vector<CompressionConfig> configs;
    for (const CompressionConfig& config : baseConfigurations())
        if (config.group == GroupId::Palette)
            configs.push_back(config);
    std::vector<ResultRecord> records;
    for (std::size_t i = 0; i < points.size(); ++i) {
        CompressionConfig config = configs[i % configs.size()];
        if (i >= configs.size())
            config.name += "_" + std::to_string(i);
        records.push_back(makeRecord(config, points[i].quality, points[i].ratio));
    }
    return records;
}

using Ids = std::vector<RecordId>;

Ids idsOf(const std::vector<Anchor>& anchors)
{
    Ids ids;
    for (const Anchor& anchor : anchors)
        ids.push_back(anchor.record);
    return ids;
}

} // namespace

class TestPlanAnalysis : public QObject
{
    Q_OBJECT

private slots:
    void frontByHand();
    void equalPoints();
    void failedAndBelowFloor();
    void identicalOutputs();
    void noMemberIsDominated();
    void seedLinks();
    void knee_data();
    void knee();
    void anchorsByHand();
    void anchorsFewerThanFive();
    void anchorsNearEqual();
    void anchorsOneBeatsAll();
    void emptyRun();
};

void TestPlanAnalysis::frontByHand()
{
    const auto records = recordsAt({{2, 50}, {3, 40}, {2.5, 39}, {4, 20}, {1.9, 50}, {3.5, 40}});
    const Analysis analysis = analyse(records, 0, 10);
    QCOMPARE(analysis.front, (Ids {0, 5, 3}));
    QCOMPARE(analysis.points[1].dominatedBy, 5);
    QCOMPARE(analysis.points[2].dominatedBy, 5);
    QCOMPARE(analysis.points[4].dominatedBy, 0);
    QCOMPARE(analysis.points[0].dominatedBy, kNoRecord);
    QVERIFY(analysis.points[0].onFront && !analysis.points[1].onFront);
}

void TestPlanAnalysis::equalPoints()
{
    auto records = recordsAt({{2, 50}, {2, 50}, {2, 50}});
    records[0].config.skippedLayers = {"a"};
    // Fewest kept layers, then the first name: not the order of arrival.
    QCOMPARE(analyse(records, 0, 10).front, (Ids {2}));
    std::swap(records[1], records[2]);
    const Analysis swapped = analyse(records, 0, 10);
    QCOMPARE(swapped.front, (Ids {1}));
    QCOMPARE(swapped.points[0].dominatedBy, 1);
}

void TestPlanAnalysis::failedAndBelowFloor()
{
    auto records = recordsAt({{2, 50}, {9, 9.9}, {10, std::nan("")}, {11, -kInfinity}, {3, 10}});
    records.push_back(makeRecord("perchannel_int8_symmetric", 80, 8));
    records.back().outcome = Failure {ErrorCode::ForwardFailed, "no", {}, {}};
    records.push_back(makeRecord("perchannel_int4_symmetric", 80, 8)); // its second output is NaN
    std::get<Measurement>(records.back().outcome)
        .outputs.push_back({"mask", Metric::Iou, std::nan(""), std::nan("")});
    const Analysis analysis = analyse(records, 0, 10);
    QCOMPARE(analysis.front, (Ids {0, 4})); // at the floor is not below it
    QVERIFY(analysis.points[1].belowFloor && !analysis.points[1].failed);
    for (const std::size_t failed : {2, 3, 5, 6}) {
        QVERIFY(analysis.points[failed].failed);
        QVERIFY(!analysis.points[failed].belowFloor);
    }
    for (const auto& group : analysis.anchors)
        for (const Anchor& anchor : group)
            QVERIFY(anchor.record == 0 || anchor.record == 4);
    QVERIFY(analyse(records, 7, 10).front.empty()); // no such output anywhere
}

void TestPlanAnalysis::identicalOutputs()
{
    const auto records = recordsAt({{1.5, kInfinity}, {1.8, kInfinity}, {2, 60}, {1.6, 70}});
    const Analysis analysis = analyse(records, 0, 10);
    QCOMPARE(analysis.front, (Ids {1, 2}));
    QVERIFY(analysis.points[0].identical && !analysis.points[0].failed);
    QCOMPARE(analysis.points[3].dominatedBy, 1);
    QCOMPARE(analysis.anchors[2].front().record, 1);
}

void TestPlanAnalysis::noMemberIsDominated()
{
    std::mt19937 random(7);
    std::uniform_real_distribution<double> ratio(1, 4), quality(0, 60);
    for (int round = 0; round < 50; ++round) {
        std::vector<Point> points;
        for (int i = 0; i < 60; ++i)
            points.push_back({ratio(random), std::round(quality(random))});
        const Analysis analysis = analyse(recordsAt(points), 0, 10);
        for (std::size_t i = 0; i < points.size(); ++i) {
            const AnalysedPoint& point = analysis.points[i];
            const bool beaten =
                std::any_of(analysis.points.begin(), analysis.points.end(), [&](const auto& other) {
                    return other.ratio >= point.ratio && other.quality >= point.quality
                        && (other.ratio > point.ratio || other.quality > point.quality);
                });
            QCOMPARE(point.onFront, !beaten && !point.belowFloor);
            QCOMPARE(point.dominatedBy != kNoRecord, !point.onFront && beaten);
        }
        QVERIFY(std::is_sorted(analysis.front.begin(), analysis.front.end(), [&](int a, int b) {
            return analysis.points[static_cast<std::size_t>(a)].ratio
                < analysis.points[static_cast<std::size_t>(b)].ratio;
        }));
    }
}

void TestPlanAnalysis::seedLinks()
{
    auto records = recordsAt({{2, 50}, {3, 40}});
    records.push_back(makeRecord("palette_pertensor_8bit_pcs0", 55, 1.8));
    records[2].config.seed = records[1].config.name;
    records[2].config.name = records[1].config.name + "_skip-first";
    const Analysis analysis = analyse(records, 0, 10);
    QCOMPARE(analysis.points[2].seed, 1);
    QCOMPARE(analysis.points[1].seed, kNoRecord);
}

void TestPlanAnalysis::knee_data()
{
    QTest::addColumn<QList<QPointF>>("points"); // ratio, quality
    QTest::addColumn<int>("expected");
    QTest::addColumn<QString>("reason");
    using Points = QList<QPointF>;
    QTest::newRow("three points") << Points {{1, 50}, {3, 48}, {4, 10}} << -1 << "has 3 points";
    // (3, 46): x = 2/3, y = 0.9, distance 0.4; past it 36 dB over 1×, 3.6 dB per 0.1×.
    QTest::newRow("clear") << Points {{1, 50}, {2, 48}, {3, 46}, {4, 10}} << 2 << "3.6 dB";
    QTest::newRow("on the chord") << Points {{1, 40}, {2, 30}, {3, 20}, {4, 10}} << -1 << "rises";
    QTest::newRow("sags") << Points {{1, 50}, {2, 20}, {3, 15}, {4, 10}} << -1 << "rises";
    // x + y − 1 = 2/3 + 0.4 − 1 = 0.0667, distance 0.047: just too little; 0.41 gives 0.054.
    QTest::newRow("just too flat") << Points {{1, 50}, {2, 30}, {3, 26}, {4, 10}} << -1 << "rises";
    QTest::newRow("just enough") << Points {{1, 50}, {2, 30}, {3, 26.4}, {4, 10}} << 2 << "dB";
    QTest::newRow("identical end does not count")
        << Points {{1, kInfinity}, {2, 40}, {3, 39}, {4, 10}} << -1 << "has 3 points";
}

void TestPlanAnalysis::knee()
{
    QFETCH(QList<QPointF>, points);
    QFETCH(int, expected);
    QFETCH(QString, reason);
    std::vector<Point> list;
    for (const QPointF& point : points)
        list.push_back({point.x(), point.y()});
    const Knee knee = analyse(recordsAt(list), 0, 10).knee;
    QCOMPARE(knee.record, expected);
    QVERIFY2(QString::fromStdString(knee.reason).contains(reason), knee.reason.c_str());
}

void TestPlanAnalysis::anchorsByHand()
{
    // Normalised over ratio 1…5 and quality 10…50; the line runs from (0,1) to (1,0). |x + y − 1|:
    // 2: 0.25+0.75−1 = 0, 3: 0.5+0.75−1 = 0.25, 4: 0.5+0.125−1 = −0.375, 5: 0.75+0.5−1 = 0.25+,
    // 6: 0.25+0.25−1 = −0.5
    const auto records =
        recordsAt({{1, 50}, {5, 10}, {2, 40}, {3, 40}, {3, 15}, {4, 30.4}, {2, 20}, {4.9, 5}});
    const auto anchors = analyse(records, 0, 10).anchors;
    QCOMPARE(anchors.size(), std::size(kGroups));
    QCOMPARE(idsOf(anchors[2]), (Ids {0, 1, 6, 4, 5}));
    QVERIFY(anchors[0].empty() && anchors[1].empty() && anchors[3].empty());
    QCOMPARE(anchors[2][0].reason, std::string("best quality"));
    QCOMPARE(anchors[2][1].reason, std::string("best ratio"));
    QCOMPARE(anchors[2][2].reason, std::string("far from the line between them"));
}

void TestPlanAnalysis::anchorsFewerThanFive()
{
    const auto one = analyse(recordsAt({{2, 50}}), 0, 10).anchors[2];
    QCOMPARE(idsOf(one), (Ids {0}));
    QCOMPARE(one[0].reason, std::string("best quality and best ratio"));
    QCOMPARE(analyse(recordsAt({{2, 50}, {3, 40}, {4, 30}}), 0, 10).anchors[2].size(),
             std::size_t {3});
    QVERIFY(analyse(recordsAt({{2, 5}, {3, 4}}), 0, 10).anchors[2].empty());
}

void TestPlanAnalysis::anchorsNearEqual()
{
    // 0 and 1 print alike at the top: fewer overrides win although 0 is a hair better.
    auto records = recordsAt({{2, 50.04}, {2.002, 50}, {4, 20}});
    std::get<Measurement>(records[0].outcome).layers.resize(1);
    std::get<Measurement>(records[0].outcome).layers[0].reason = "3 input channels do not divide";
    QCOMPARE(idsOf(analyse(records, 0, 10).anchors[2]), (Ids {1, 2, 0}));
    // Equal overrides: the larger group. Records 4 and 8 are groups of 4 and 16.
    std::vector<ResultRecord> groups {makeRecord("palette_grouped_gs4_6bit_pcs0", 50, 2),
                                      makeRecord("palette_grouped_gs16_6bit_pcs0", 49.95, 2),
                                      makeRecord("palette_grouped_gs16_4bit_pcs0", 20, 4)};
    QCOMPARE(analyse(groups, 0, 10).anchors[2].front().record, 1);
    // Six points of which two pairs print alike: the pairs' twins fill up last, nobody twice.
    const auto ids = idsOf(
        analyse(recordsAt({{1, 50}, {5, 10}, {2, 20}, {2.001, 20.01}, {3, 40}, {3.001, 40.01}}), 0,
                10)
            .anchors[2]);
    QCOMPARE(ids.size(), std::size_t {5});
    QVERIFY((ids[2] == 2 || ids[2] == 3) && (ids[3] == 4 || ids[3] == 5));
    QCOMPARE(Ids(ids).size(), std::set<RecordId>(ids.begin(), ids.end()).size());
}

void TestPlanAnalysis::anchorsOneBeatsAll()
{
    const auto anchors = analyse(recordsAt({{5, 50}, {2, 20}, {3, 45}}), 0, 10).anchors[2];
    QCOMPARE(idsOf(anchors), (Ids {0, 1, 2}));
    QCOMPARE(anchors[0].reason, std::string("best quality and best ratio"));
    QCOMPARE(anchors[1].reason, std::string("far from the best"));
}

void TestPlanAnalysis::emptyRun()
{
    const Analysis analysis = analyse({}, 0, 10);
    QVERIFY(analysis.front.empty() && analysis.points.empty());
    QCOMPARE(analysis.knee.record, kNoRecord);
    QCOMPARE(analysis.anchors.size(), std::size(kGroups));
}

QTEST_GUILESS_MAIN(TestPlanAnalysis)
#include "tst_plan_analysis.moc"
