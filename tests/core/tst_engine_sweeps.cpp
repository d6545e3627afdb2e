// SPDX-License-Identifier: GPL-3.0-or-later
// All base configurations on every model in both file formats: each is measured, and both formats
// of a model give the same records.
#include "core/engine/engine_loader.h"
#include "core/plan/sweep_plan.h"
#include "tests/support/engine_data.h"

#include <QTest>

#include <cmath>

using namespace bitfront;
using namespace bitfront::test;
using nlohmann::json;

namespace {

/// Half precision outputs are rounded coarsely; sums may be rounded in another order.
double toleranceDb(const std::string& name)
{
    return name == "half" || name == "bfloat16" ? 0.05 : 1e-3;
}

} // namespace

class TestEngineSweeps : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void sweep_data();
    void sweep();

private:
    std::vector<Measurement> measureAll(const std::string& name, const char* suffix);

    std::shared_ptr<Engine> m_engine;
    SweepPlan m_plan;
};

void TestEngineSweeps::initTestCase()
{
    m_engine = loadEngine();
    m_plan = makePlan({}, {}, false, IndivisiblePolicy::Nearest);
    QVERIFY(m_plan.configs.size() >= 31);
}

void TestEngineSweeps::sweep_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("script");
    QTest::addColumn<bool>("program");
    const auto path = std::filesystem::path(BITFRONT_TEST_DATA) / "pairs" / "expected.json";
    const json content = json::parse(std::ifstream(path));
    for (const auto& [name, entry] : content.items())
        QTest::newRow(name.c_str()) << QString::fromStdString(name) << entry.at("ts").get<bool>()
                                    << entry.at("pt2").get<bool>();
}

std::vector<Measurement> TestEngineSweeps::measureAll(const std::string& name, const char* suffix)
{
    const auto folder = std::filesystem::path(BITFRONT_TEST_DATA) / "pairs";
    const auto model = m_engine->openModel(folder / (name + suffix));
    const auto experiment = m_engine->createExperiment(
        model, m_engine->loadInputs(folder / (name + ".inputs.safetensors"), *model));
    std::vector<MetricChoice> choices;
    for (const OutputInfo& output : experiment->outputs())
        if (metricUnfitReason(output, Metric::Psnr).empty())
            choices.push_back({output.name, Metric::Psnr, 10});
    const auto evaluator = experiment->createEvaluator(choices, 1);
    std::vector<Measurement> results;
    for (const CompressionConfig& config : m_plan.configs)
        results.push_back(evaluator->evaluate(config, {}));
    return results;
}

void TestEngineSweeps::sweep()
{
    QFETCH(QString, name);
    QFETCH(bool, script);
    QFETCH(bool, program);
    std::vector<std::vector<Measurement>> formats;
    if (script)
        formats.push_back(measureAll(name.toStdString(), ".pt"));
    if (program)
        formats.push_back(measureAll(name.toStdString(), ".pt2"));
    const std::vector<Measurement>& first = formats.front();
    for (const Measurement& result : first) {
        QVERIFY(!result.outputs.empty());
        QVERIFY(!std::isnan(result.outputs.front().value));
    }
    double largest = 0;
    const std::vector<Measurement>& last = formats.back();
    for (std::size_t i = 0; i < m_plan.configs.size(); ++i) {
        const QByteArray config = QByteArray::fromStdString(m_plan.configs[i].name);
        QVERIFY2(last[i].size == first[i].size && last[i].layers == first[i].layers, config);
        QCOMPARE(last[i].outputs.size(), first[i].outputs.size());
        for (std::size_t k = 0; k < first[i].outputs.size(); ++k) {
            QCOMPARE(last[i].outputs[k].output, first[i].outputs[k].output);
            const double a = first[i].outputs[k].value, b = last[i].outputs[k].value;
            if (a != b)
                largest = std::max(largest, std::abs(a - b));
        }
    }
    qInfo("largest difference %g dB", largest);
    QVERIFY(largest <= toleranceDb(name.toStdString()));
}

QTEST_GUILESS_MAIN(TestEngineSweeps)
#include "tst_engine_sweeps.moc"
