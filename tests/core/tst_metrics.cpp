// SPDX-License-Identifier: GPL-3.0-or-later
// Quality metrics against the reference's values, and the scale-free ones in every awkward case.
#include "core/kernels/metrics.h"
#include "tests/support/golden.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace bitfront;
using namespace bitfront::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr float kNanF = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinityF = std::numeric_limits<float>::infinity();

/// Value of a metric in index.json, where non-finite ones are words.
double storedValue(const nlohmann::json& value)
{
    if (value.is_number())
        return value.get<double>();
    const auto text = value.get<std::string>();
    return text == "nan" ? std::numeric_limits<double>::quiet_NaN()
        : text[0] == '-' ? -kInfinity
                         : kInfinity;
}

bool near(double value, double expected, double tolerance)
{
    if (std::isnan(expected))
        return std::isnan(value);
    if (std::isinf(expected))
        return value == expected;
    return std::fabs(value - expected) <= tolerance;
}

} // namespace

class TestMetrics : public QObject
{
    Q_OBJECT

private slots:
    void golden_data();
    void golden();
    void exactValues_data();
    void exactValues();
    void scaleDoesNotMatter();
    void lengthsMustAgree();
    void relativeError_data();
    void relativeError();

private:
    Golden m_golden;
};

void TestMetrics::golden_data()
{
    QTest::addColumn<int>("position");
    QTest::addColumn<int>("metric");
    int position = 0;
    for (const nlohmann::json& entry : m_golden.index().at("metrics").at("cases")) {
        for (const Metric metric : {Metric::Psnr, Metric::Snr, Metric::Iou})
            QTest::addRow("%s %s", entry.at("name").get<std::string>().c_str(),
                          std::string(name(metric)).c_str())
                << position << static_cast<int>(metric);
        ++position;
    }
}

void TestMetrics::golden()
{
    QFETCH(int, position);
    QFETCH(int, metric);
    const nlohmann::json& metrics = m_golden.index().at("metrics");
    const nlohmann::json& entry = metrics.at("cases").at(static_cast<std::size_t>(position));
    const SafetensorsFile& file = m_golden.file(metrics.at("file").get<std::string>());
    const std::vector<float> outputs = file.read(entry.at("out").get<std::string>()).floats();
    const std::vector<float> reference = file.read(entry.at("ref").get<std::string>()).floats();
    const auto kind = static_cast<Metric>(metric);
    const double expected = storedValue(entry.at(std::string(name(kind))));
    const double value = measure(kind, outputs, reference).reference;
    QVERIFY2(near(value, expected, 1e-4),
             qPrintable(QString("%1, not %2").arg(value).arg(expected)));
}

void TestMetrics::exactValues_data()
{
    QTest::addColumn<int>("metric");
    QTest::addColumn<QList<float>>("outputs");
    QTest::addColumn<QList<float>>("reference");
    QTest::addColumn<double>("expected");
    const int psnr = static_cast<int>(Metric::Psnr);
    const int snr = static_cast<int>(Metric::Snr);
    const int iou = static_cast<int>(Metric::Iou);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    using F = QList<float>;
    QTest::newRow("psnr") << psnr << F {1.125F, -2.0F} << F {1.0F, -2.0F}
                          << 10.0 * std::log10(4.0 / (0.015625 / 2));
    QTest::newRow("snr") << snr << F {3.0F, 5.0F} << F {3.0F, 4.0F} << 10.0 * std::log10(25.0);
    QTest::newRow("identical") << psnr << F {1.0F, -2.0F} << F {1.0F, -2.0F} << kInfinity;
    QTest::newRow("identical and tiny") << psnr << F {1e-30F} << F {1e-30F} << kInfinity;
    QTest::newRow("both zero") << psnr << F {0.0F, 0.0F} << F {0.0F, -0.0F} << kInfinity;
    QTest::newRow("zero signal") << psnr << F {1.0F} << F {0.0F} << -kInfinity;
    QTest::newRow("zero signal snr") << snr << F {1.0F} << F {0.0F} << -kInfinity;
    QTest::newRow("nan output") << psnr << F {1.0F, kNanF} << F {1.0F, 1.0F} << nan;
    QTest::newRow("nan on both sides") << snr << F {1.0F, kNanF} << F {1.0F, kNanF} << nan;
    QTest::newRow("nan in the reference") << snr << F {1.0F} << F {kNanF} << nan;
    QTest::newRow("infinite output")
        << psnr << F {kInfinityF, 1.0F} << F {1.0F, 1.0F} << -kInfinity;
    QTest::newRow("infinite but identical")
        << psnr << F {-kInfinityF, 1.0F} << F {-kInfinityF, 1.0F} << kInfinity;
    QTest::newRow("huge, beyond float32 squares") << snr << F {2e30F} << F {1e30F} << 0.0;
    QTest::newRow("empty") << psnr << F {} << F {} << kInfinity;
    QTest::newRow("empty snr") << snr << F {} << F {} << kInfinity;
    QTest::newRow("empty masks") << iou << F {0.2F} << F {0.5F} << 1.0;
    QTest::newRow("no mask at all") << iou << F {} << F {} << 1.0;
    QTest::newRow("nan is outside of no mask") << iou << F {kNanF, 1.0F} << F {0.0F, 1.0F} << nan;
    QTest::newRow("nan in the wanted mask") << iou << F {0.0F, 1.0F} << F {kNanF, 1.0F} << nan;
    QTest::newRow("nan beside an infinity")
        << iou << F {kNanF, kInfinityF} << F {0.0F, 1.0F} << nan;
    QTest::newRow("infinity is inside of no mask")
        << iou << F {kInfinityF, 0.0F} << F {1.0F, 0.0F} << -kInfinity;
    QTest::newRow("negative infinity in a mask")
        << iou << F {1.0F, -kInfinityF} << F {1.0F, 0.0F} << -kInfinity;
    QTest::newRow("infinite masks, but identical")
        << iou << F {kInfinityF, 0.0F} << F {kInfinityF, 0.0F} << 1.0;
    QTest::newRow("half the mask") << iou << F {1.0F, 0.0F} << F {1.0F, 1.0F} << 0.5;
    QTest::newRow("disjoint masks") << iou << F {1.0F, 0.0F} << F {0.0F, 1.0F} << 0.0;
}

void TestMetrics::exactValues()
{
    QFETCH(int, metric);
    QFETCH(QList<float>, outputs);
    QFETCH(QList<float>, reference);
    QFETCH(double, expected);
    const std::vector<float> o(outputs.begin(), outputs.end());
    const std::vector<float> r(reference.begin(), reference.end());
    const double value = measure(static_cast<Metric>(metric), o, r).exact;
    QVERIFY2(near(value, expected, 2e-6),
             qPrintable(QString("%1, not %2").arg(value).arg(expected)));
}

/// A power of two changes neither ratio; the reference's epsilon does.
void TestMetrics::scaleDoesNotMatter()
{
    std::vector<float> reference;
    std::vector<float> outputs;
    for (int i = 0; i < 1003; ++i) {
        reference.push_back(std::sin(0.1F * static_cast<float>(i)));
        outputs.push_back(reference.back() + 1e-3F * std::cos(static_cast<float>(i)));
    }
    const MetricValue before = measure(Metric::Psnr, outputs, reference);
    for (std::size_t i = 0; i < reference.size(); ++i) {
        reference[i] *= 0x1p-20F;
        outputs[i] *= 0x1p-20F;
    }
    const MetricValue after = measure(Metric::Psnr, outputs, reference);
    QVERIFY(near(after.exact, before.exact, 1e-12));
    QVERIFY(after.reference < before.reference - 50.0);
}

void TestMetrics::lengthsMustAgree()
{
    const std::vector<float> one(1);
    const std::vector<float> two(2);
    QVERIFY_EXCEPTION_THROWN(measure(Metric::Psnr, one, two), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(relativeErrorDb(one, two), std::invalid_argument);
}

void TestMetrics::relativeError_data()
{
    QTest::addColumn<QList<float>>("weights");
    QTest::addColumn<QList<float>>("changed");
    QTest::addColumn<double>("expected");
    using F = QList<float>;
    QTest::newRow("equal") << F {1.0F, 2.0F} << F {1.0F, 2.0F} << -kInfinity;
    QTest::newRow("all lost") << F {1.0F, 2.0F} << F {0.0F, 0.0F} << 0.0;
    QTest::newRow("a tenth") << F {1.0F} << F {1.125F} << 20.0 * std::log10(0.125);
    QTest::newRow("from nothing") << F {0.0F} << F {1.0F} << kInfinity;
    QTest::newRow("both zero") << F {0.0F} << F {0.0F} << -kInfinity;
    QTest::newRow("empty") << F {} << F {} << -kInfinity;
    QTest::newRow("nan") << F {1.0F} << F {kNanF} << std::numeric_limits<double>::quiet_NaN();
    QTest::newRow("infinite") << F {1.0F} << F {kInfinityF} << kInfinity;
}

void TestMetrics::relativeError()
{
    QFETCH(QList<float>, weights);
    QFETCH(QList<float>, changed);
    QFETCH(double, expected);
    const std::vector<float> w(weights.begin(), weights.end());
    const std::vector<float> c(changed.begin(), changed.end());
    const double value = relativeErrorDb(w, c);
    QVERIFY2(near(value, expected, 1e-9),
             qPrintable(QString("%1, not %2").arg(value).arg(expected)));
}

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
