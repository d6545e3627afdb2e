// SPDX-License-Identifier: GPL-3.0-or-later
// Every case of a golden directory (BITFRONT_GOLDEN_DIR, default: the committed one), ending with a
// table of how each family fared. A case that nothing here covers counts as failed.
#include "tests/support/golden_checks.h"

#include <QTest>

#include <cstdio>
#include <map>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

namespace {

struct Tally
{
    int bitEqual = 0;
    int withinTolerance = 0;
    int failed = 0;
};

} // namespace

class TestGolden : public QObject
{
    Q_OBJECT

private slots:
    void tensors_data();
    void tensors();
    void metrics();
    void sizes();
    void sweepNames();
    void endToEnd_data();
    void endToEnd();
    void joint_data();
    void joint();
    void cleanupTestCase();

private:
    void count(const std::string& family, const std::string& id, const Verdict& verdict);
    void expectNoFailures(const std::string& family);

    Golden m_golden;
    std::map<std::string, Tally> m_tallies;
};

void TestGolden::count(const std::string& family, const std::string& id, const Verdict& verdict)
{
    Tally& tally = m_tallies[family];
    if (verdict.outcome == Outcome::BitEqual)
        ++tally.bitEqual;
    else if (verdict.outcome == Outcome::WithinTolerance)
        ++tally.withinTolerance;
    else {
        ++tally.failed;
        std::printf("FAILED %s %s: %s\n", family.c_str(), id.c_str(), verdict.reason.c_str());
    }
}

void TestGolden::expectNoFailures(const std::string& family)
{
    QCOMPARE(m_tallies[family].failed, 0);
}

void TestGolden::tensors_data()
{
    QTest::addColumn<QString>("family");
    std::map<std::string, int> families;
    for (const json& entry : m_golden.index().at("cases"))
        ++families[entry.at("family").get<std::string>()];
    for (const auto& [family, cases] : families)
        QTest::newRow(family.c_str()) << QString::fromStdString(family);
}

void TestGolden::tensors()
{
    QFETCH(QString, family);
    const std::string familyName = family.toStdString();
    for (const json& entry : m_golden.cases(familyName))
        count(familyName, entry.at("id").get<std::string>(), checkTensorCase(m_golden, entry));
    expectNoFailures(familyName);
}

void TestGolden::metrics()
{
    const json& metrics = m_golden.index().at("metrics");
    for (const json& entry : metrics.at("cases"))
        for (const Metric metric : {Metric::Psnr, Metric::Snr, Metric::Iou})
            count("metrics", entry.at("name").get<std::string>() + " " + std::string(name(metric)),
                  checkMetric(m_golden, entry, metric));
    expectNoFailures("metrics");
}

void TestGolden::sizes()
{
    int number = 0;
    for (const json& entry : m_golden.index().at("size"))
        count("size (reference)", std::to_string(number++), checkReferenceSize(entry));
    expectNoFailures("size (reference)");
}

void TestGolden::sweepNames()
{
    const auto names = m_golden.index().at("sweep").get<std::vector<std::string>>();
    const std::vector<CompressionConfig> configs = baseConfigurations();
    for (std::size_t i = 0; i < names.size(); ++i)
        count("sweep names", names[i],
              i < configs.size() && configs[i].name == names[i] ? bitEqual()
                                                                : failed("not at this place"));
    expectNoFailures("sweep names");
    QCOMPARE(configs.size(), names.size());
}

void TestGolden::endToEnd_data()
{
    QTest::addColumn<QString>("model");
    std::map<std::string, int> models;
    for (const json& record : m_golden.index().at("e2e").at("records"))
        ++models[record.at("model").get<std::string>()];
    for (const auto& [model, records] : models)
        QTest::newRow(model.c_str()) << QString::fromStdString(model);
}

void TestGolden::endToEnd()
{
    QFETCH(QString, model);
    const std::string modelName = model.toStdString();
    const std::string family = "e2e " + modelName;
    for (const json& record : m_golden.index().at("e2e").at("records"))
        if (record.at("model") == modelName && record.at("mode") == "eager")
            count(family, record.at("config").at("name").get<std::string>(),
                  checkEndToEnd(m_golden, record));
    expectNoFailures(family);
}

void TestGolden::joint_data()
{
    QTest::addColumn<int>("position");
    for (int i = 0; i < static_cast<int>(m_golden.index().at("joint").size()); ++i)
        QTest::addRow("joint %d", i) << i;
}

void TestGolden::joint()
{
    QFETCH(int, position);
    const json& entry = m_golden.index().at("joint").at(static_cast<std::size_t>(position));
    for (const auto& [id, verdict] : checkJoint(m_golden, entry))
        count("joint " + entry.at("model").get<std::string>(), id, verdict);
    expectNoFailures("joint " + entry.at("model").get<std::string>());
}

void TestGolden::cleanupTestCase()
{
    std::printf("\n%-20s %6s %10s %17s %7s\n", "family", "cases", "bit-equal", "within tolerance",
                "failed");
    Tally all;
    const auto line = [](const char* family, const Tally& tally) {
        std::printf("%-20s %6d %10d %17d %7d\n", family,
                    tally.bitEqual + tally.withinTolerance + tally.failed, tally.bitEqual,
                    tally.withinTolerance, tally.failed);
    };
    for (const auto& [family, tally] : m_tallies) {
        line(family.c_str(), tally);
        all.bitEqual += tally.bitEqual;
        all.withinTolerance += tally.withinTolerance;
        all.failed += tally.failed;
    }
    line("all", all);
    int graph = 0;
    for (const json& record : m_golden.index().at("e2e").at("records"))
        graph += record.at("mode") == "eager" ? 0 : 1;
    std::printf(
        "Not compared: %d end-to-end records of the reference's graph mode, which quantizes "
        "weights with batch norm folded in.\n",
        graph);
    std::fflush(stdout);
}

QTEST_GUILESS_MAIN(TestGolden)
#include "tst_golden.moc"
