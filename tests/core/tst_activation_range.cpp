// SPDX-License-Identifier: GPL-3.0-or-later
// Activation ranges against the sites of the reference's jointly compressed models, and the
// observers.
#include "core/kernels/activation_range.h"
#include "tests/support/golden.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// "relu_2" is the third relu of the graph.
std::string operatorOf(const std::string& node)
{
    const std::size_t end = node.find_last_not_of("0123456789");
    return end != std::string::npos && end + 1 < node.size() && node[end] == '_'
        ? node.substr(0, end)
        : node;
}

} // namespace

class TestActivationRange : public QObject
{
    Q_OBJECT

private slots:
    void goldenSites_data();
    void goldenSites();
    void goldenObservation_data();
    void goldenObservation();
    void methods_data();
    void methods();
    void rules_data();
    void rules();
    void fakeQuantization();
    void wrongArgumentsThrow();

private:
    Golden m_golden;
};

void TestActivationRange::goldenSites_data()
{
    QTest::addColumn<int>("model");
    QTest::addColumn<int>("site");
    int model = 0;
    for (const nlohmann::json& joint : m_golden.index().at("joint")) {
        int site = 0;
        for (const nlohmann::json& entry : joint.at("sites"))
            QTest::addRow("%s %s", joint.at("model").get<std::string>().c_str(),
                          entry.at("input_node").get<std::string>().c_str())
                << model << site++;
        ++model;
    }
}

void TestActivationRange::goldenSites()
{
    QFETCH(int, model);
    QFETCH(int, site);
    const nlohmann::json& sites =
        m_golden.index().at("joint").at(static_cast<std::size_t>(model)).at("sites");
    const nlohmann::json& entry = sites.at(static_cast<std::size_t>(site));
    // Pooling and the mean quantize with the parameters of what they read.
    std::string operatorName = operatorOf(entry.at("input_node").get<std::string>());
    for (int before = site - 1; before >= 0 && sharesInputRange(operatorName); --before)
        operatorName = operatorOf(
            sites.at(static_cast<std::size_t>(before)).at("input_node").get<std::string>());
    const ActivationRule rule = activationRule(operatorName);
    QCOMPARE(std::string(name(rule.scheme)), entry.at("qscheme").get<std::string>());
    const auto low = entry.at("running_min").get<float>();
    const auto high = entry.at("running_max").get<float>();
    const BlockParameters parameters = activationParameters(low, high, rule);
    QCOMPARE(firstDifference({parameters.scale}, {entry.at("scale").get<float>()}), -1);
    QCOMPARE(parameters.zeroPoint, entry.at("zero_point").get<int>());
}

void TestActivationRange::goldenObservation_data()
{
    QTest::addColumn<int>("model");
    for (int model = 0; model < static_cast<int>(m_golden.index().at("joint").size()); ++model)
        QTest::addRow("model %d", model) << model;
}

/// The model's input: seeded by the example input, then moved by each calibration batch.
void TestActivationRange::goldenObservation()
{
    QFETCH(int, model);
    const nlohmann::json& joint = m_golden.index().at("joint").at(static_cast<std::size_t>(model));
    const auto modelName = joint.at("model").get<std::string>();
    const GoldenTensor batches =
        m_golden.file("joint_" + modelName + ".safetensors").read("calibration");
    const std::vector<float> values = batches.floats();
    RangeObserver observer;
    observer.observe(m_golden.file("e2e_" + modelName + ".safetensors").read("input").floats());
    const std::size_t length = values.size() / static_cast<std::size_t>(batches.shape.at(0));
    for (std::size_t start = 0; start < values.size(); start += length)
        observer.observe(std::span(values).subspan(start, length));
    const nlohmann::json& site = joint.at("sites").at(0);
    QCOMPARE(
        firstDifference({observer.low(), observer.high()},
                        {site.at("running_min").get<float>(), site.at("running_max").get<float>()}),
        -1);
}

void TestActivationRange::methods_data()
{
    QTest::addColumn<int>("method");
    QTest::addColumn<float>("low");
    QTest::addColumn<float>("high");
    QTest::newRow("moving average") << static_cast<int>(RangeMethod::MovingAverage) << 0.99F * -1.0F
                                    << 0.01F * 5.0F + 0.99F * 2.0F;
    QTest::newRow("all batches") << static_cast<int>(RangeMethod::GlobalMinMax) << -1.0F << 5.0F;
    QTest::newRow("last batch") << static_cast<int>(RangeMethod::LastBatch) << 0.0F << 5.0F;
}

void TestActivationRange::methods()
{
    QFETCH(int, method);
    QFETCH(float, low);
    QFETCH(float, high);
    RangeObserver observer(static_cast<RangeMethod>(method));
    QVERIFY(!observer.hasRange());
    observer.observe({});
    QVERIFY(!observer.hasRange());
    const std::vector<float> first = {-1.0F, 2.0F, 0.0F};
    const std::vector<float> second = {0.5F, 5.0F}; // zero belongs to its range, too
    observer.observe(first);
    QCOMPARE(observer.low(), -1.0F);
    QCOMPARE(observer.high(), 2.0F);
    observer.observe(second);
    QVERIFY(observer.hasRange());
    QCOMPARE(observer.low(), low);
    QCOMPARE(observer.high(), high);
    const std::vector<float> bad = {1.0F, std::numeric_limits<float>::quiet_NaN()};
    observer.observe(bad);
    QVERIFY(std::isnan(observer.low()) && std::isnan(observer.high()));
    if (static_cast<RangeMethod>(method) != RangeMethod::LastBatch) {
        observer.observe(second);
        QVERIFY(std::isnan(observer.low()) && std::isnan(observer.high()));
    }
}

void TestActivationRange::rules_data()
{
    QTest::addColumn<QString>("operatorName");
    QTest::addColumn<float>("scale");
    QTest::addColumn<int>("zeroPoint");
    QTest::newRow("conv2d") << QStringLiteral("conv2d") << 4.0F / 127.5F << 0;
    QTest::newRow("relu") << QStringLiteral("relu") << 4.0F / 255.0F << -128;
    QTest::newRow("relu6") << QStringLiteral("relu6") << 6.0F / 255.0F << -128;
    QTest::newRow("sigmoid") << QStringLiteral("sigmoid") << 1.0F / 255.0F << -128;
    QTest::newRow("hardsigmoid") << QStringLiteral("hardsigmoid") << 1.0F / 255.0F << -128;
    QTest::newRow("tanh") << QStringLiteral("tanh") << 1.0F / 127.5F << 0;
    QTest::newRow("gelu") << QStringLiteral("gelu") << 4.0F / 127.5F << 0;
}

void TestActivationRange::rules()
{
    QFETCH(QString, operatorName);
    QFETCH(float, scale);
    QFETCH(int, zeroPoint);
    const ActivationRule rule = activationRule(operatorName.toStdString());
    const BlockParameters parameters = activationParameters(-3.0F, 4.0F, rule);
    QCOMPARE(parameters.scale, scale);
    QCOMPARE(parameters.zeroPoint, zeroPoint);
    QCOMPARE(fusesWithProducer(operatorName.toStdString()),
             operatorName != QStringLiteral("conv2d"));
    QCOMPARE(activationParameters(-3.0F, 4.0F, hardtanhRule(-2.0F, 2.0F)).scale, 2.0F / 127.5F);
}

void TestActivationRange::fakeQuantization()
{
    const ActivationRule rule = activationRule("relu");
    const BlockParameters parameters = activationParameters(0.0F, 2.55F, rule);
    std::vector<float> values;
    for (int i = -20; i < 300; ++i)
        values.push_back(0.01F * static_cast<float>(i));
    std::vector<float> out(values.size());
    fakeQuantizeActivations(values, parameters, rule.scheme, CodeType::Int8, out);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float held = std::clamp(values[i], 0.0F, 2.55F);
        QVERIFY(std::fabs(out[i] - held) <= 0.5F * parameters.scale * 1.0001F);
        QVERIFY(out[i] >= 0.0F);
    }
    std::vector<float> again = out;
    fakeQuantizeActivations(again, parameters, rule.scheme, CodeType::Int8, again);
    QCOMPARE(firstDifference(again, out), -1);
}

void TestActivationRange::wrongArgumentsThrow()
{
    std::vector<float> values(3);
    std::vector<float> shorter(2);
    QVERIFY_EXCEPTION_THROWN(
        fakeQuantizeActivations(values, {}, QuantScheme::Symmetric, CodeType::Int8, shorter),
        std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(
        fakeQuantizeActivations(values, {}, QuantScheme::Symmetric, CodeType::Float8E4M3, values),
        std::invalid_argument);
}

QTEST_GUILESS_MAIN(TestActivationRange)
#include "tst_activation_range.moc"
