// SPDX-License-Identifier: GPL-3.0-or-later
// Every case of a golden directory (BITFRONT_GOLDEN_DIR, default: the committed one), ending with a
// table of how each family fared. A case that nothing here covers counts as failed.
#include "tests/support/golden_checks.h"

#include <QTest>

#include <cstdio>
#include <functional>
#include <map>
#include <set>

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
    void sections();
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
    /// Counts what `check` finds; an exception is a failure.
    void judge(const std::string& family, const std::string& id,
               const std::function<Verdict()>& check);
    /// Entries of index.json under `keys`, one below the other; none when a key is missing.
    std::vector<json> entries(const std::vector<const char*>& keys) const;
    /// One row for each value of `field` among `list`, or one without a name: a test needs a row.
    static void addRows(const char* column, const std::vector<json>& list, const char* field);
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

void TestGolden::judge(const std::string& family, const std::string& id,
                       const std::function<Verdict()>& check)
{
    try {
        count(family, id, check());
    } catch (const std::exception& error) {
        count(family, id, failed(error.what()));
    }
}

std::vector<json> TestGolden::entries(const std::vector<const char*>& keys) const
{
    json section = m_golden.index();
    for (const char* key : keys)
        section = section.value(key, json());
    return section.is_array() ? section.get<std::vector<json>>() : std::vector<json> {};
}

void TestGolden::addRows(const char* column, const std::vector<json>& list, const char* field)
{
    QTest::addColumn<QString>(column);
    std::set<std::string> names;
    for (const json& entry : list)
        names.insert(entry.at(field).get<std::string>());
    for (const std::string& name : names)
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    if (names.empty())
        QTest::newRow("none") << QString();
}

void TestGolden::sections()
{
    const std::set<std::string> known {"format",       "split", "seed",    "reference",
                                       "weights_file", "cases", "metrics", "e2e",
                                       "joint",        "size",  "sweep"};
    for (const auto& [key, section] : m_golden.index().items())
        if (!known.contains(key))
            count("unknown", key, failed("nothing here covers this section"));
    expectNoFailures("unknown");
}

void TestGolden::expectNoFailures(const std::string& family)
{
    QCOMPARE(m_tallies[family].failed, 0);
}

void TestGolden::tensors_data()
{
    addRows("family", entries({"cases"}), "family");
}

void TestGolden::tensors()
{
    QFETCH(QString, family);
    const std::string familyName = family.toStdString();
    for (const json& entry : m_golden.cases(familyName))
        judge(familyName, entry.at("id").get<std::string>(),
              [&] { return checkTensorCase(m_golden, entry); });
    expectNoFailures(familyName);
}

void TestGolden::metrics()
{
    for (const json& entry : entries({"metrics", "cases"}))
        for (const Metric metric : {Metric::Psnr, Metric::Snr, Metric::Iou})
            judge("metrics", entry.at("name").get<std::string>() + " " + std::string(name(metric)),
                  [&] { return checkMetric(m_golden, entry, metric); });
    expectNoFailures("metrics");
}

void TestGolden::sizes()
{
    int number = 0;
    for (const json& entry : entries({"size"}))
        judge("size (reference)", std::to_string(number++),
              [&] { return checkReferenceSize(entry); });
    expectNoFailures("size (reference)");
}

void TestGolden::sweepNames()
{
    const std::vector<json> names = entries({"sweep"});
    const std::vector<CompressionConfig> configs = baseConfigurations();
    for (std::size_t i = 0; i < names.size(); ++i)
        count("sweep names", names[i].get<std::string>(),
              i < configs.size() && names[i] == configs[i].name ? bitEqual()
                                                                : failed("not at this place"));
    expectNoFailures("sweep names");
    QVERIFY(names.empty() || names.size() == configs.size());
}

void TestGolden::endToEnd_data()
{
    addRows("model", entries({"e2e", "records"}), "model");
}

void TestGolden::endToEnd()
{
    QFETCH(QString, model);
    const std::string modelName = model.toStdString();
    const std::string graphFamily = "e2e " + modelName + ", graph";
    for (const json& record : entries({"e2e", "records"}))
        if (record.at("model") == modelName)
            judge(record.at("mode") == "graph" ? graphFamily : "e2e " + modelName,
                  record.at("config").at("name").get<std::string>(),
                  [&] { return checkEndToEnd(m_golden, record); });
    expectNoFailures("e2e " + modelName);
    expectNoFailures(graphFamily);
}

void TestGolden::joint_data()
{
    addRows("model", entries({"joint"}), "model");
}

void TestGolden::joint()
{
    QFETCH(QString, model);
    const std::string family = "joint " + model.toStdString();
    for (const json& entry : entries({"joint"})) {
        if (entry.at("model") != model.toStdString())
            continue;
        try {
            for (const auto& [id, verdict] : checkJoint(m_golden, entry))
                count(family, id, verdict);
        } catch (const std::exception& error) {
            count(family, "model", failed(error.what()));
        }
    }
    expectNoFailures(family);
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
        if (tally.bitEqual + tally.withinTolerance + tally.failed == 0)
            continue;
        line(family.c_str(), tally);
        all.bitEqual += tally.bitEqual;
        all.withinTolerance += tally.withinTolerance;
        all.failed += tally.failed;
    }
    line("all", all);
    std::fflush(stdout);
}

QTEST_GUILESS_MAIN(TestGolden)
#include "tst_golden.moc"
