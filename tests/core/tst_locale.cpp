// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as text and back where the C library has a decimal comma, as Qt gives it to half of the
// world: files, filters, messages and reports must not change.
#include "core/base/number_text.h"
#include "core/engine/files/pickle_machine.h"
#include "core/plan/json.h"
#include "core/plan/record_filter.h"
#include "core/run/report_facts.h"
#include "tests/core/plan_builders.h"
#include "tests/support/comma_locale.h"
#include "tests/support/fake_engine.h"

#include <QTemporaryDir>
#include <QtTest>

#include <cstdio>
#include <memory>

using namespace bitfront;
using namespace bitfront::test;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

} // namespace

/// Every case runs under the comma.
class TestLocale : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void cleanupTestCase() { m_locale.reset(); }
    void numbersAsText();
    void textAsNumbers_data();
    void textAsNumbers();
    void filterRanges();
    void kneeOfTheFront();
    void unfitMetric();
    void floatsOfPickles();
    void runFolders();

private:
    std::unique_ptr<CommaLocale> m_locale;
};

void TestLocale::initTestCase()
{
    m_locale = std::make_unique<CommaLocale>();
    if (!m_locale->found())
        QSKIP("NOT TESTED: no locale with a decimal comma is installed and none could be made "
              "(localedef and the sources of de_DE are in the packages of the C library)");
    char text[8];
    std::snprintf(text, sizeof text, "%.1f", 1.5);
    QCOMPARE(std::string_view(text), std::string_view("1,5")); // else nothing below says anything
}

void TestLocale::numbersAsText()
{
    QCOMPARE(fixedText(3.14159, 2), std::string("3.14"));
    QCOMPARE(fixedText(-0.0001, 2), std::string("0.00"));
    QCOMPARE(fixedText(1e300, 1), std::string("1.0e+300"));
    QCOMPARE(fixedText(-kInfinity, 1), std::string("-inf"));
    QCOMPARE(shortText(-9.2), std::string("-9.2"));
    QCOMPARE(shortText(14), std::string("14"));
    QCOMPARE(shortText(0.00312), std::string("0.00312"));
    QCOMPARE(shortText(1234567), std::string("1.23e+06"));
    QCOMPARE(shortText(kNan), std::string("NaN"));
    QCOMPARE(exactText(0.1), std::string("0.1"));
    QCOMPARE(exactText(0.00025), std::string("0.00025"));
    QCOMPARE(qualityText(Metric::Psnr, 38.625), std::string("38.62"));
}

void TestLocale::textAsNumbers_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("value"); // NaN: no number
    QTest::newRow("fraction") << "-1.5" << -1.5;
    QTest::newRow("exponent") << "1e-05" << 1e-5;
    QTest::newRow("infinite") << "-inf" << -kInfinity;
    QTest::newRow("comma") << "1,5" << kNan;
    QTest::newRow("rest") << "1.5 " << kNan;
    QTest::newRow("too large") << "1e999" << kNan;
    QTest::newRow("nothing") << "" << kNan;
}

void TestLocale::textAsNumbers()
{
    QFETCH(QString, text);
    QFETCH(double, value);
    const std::optional<double> number = numberFromText(text.toStdString());
    QCOMPARE(number.has_value(), !std::isnan(value));
    if (number)
        QCOMPARE(*number, value);
}

void TestLocale::filterRanges()
{
    const std::string text = rangeTerm("ratio", 2.104, 3.396, 2);
    QCOMPARE(text, std::string("ratio:2.10..3.40"));
    const ParsedFilter parsed = parseFilter(text);
    QVERIFY(!parsed.error);
    QCOMPARE(parsed.terms.at(0).low, 2.1);
    QCOMPARE(parsed.terms.at(0).high, 3.4);
}

void TestLocale::kneeOfTheFront()
{
    std::vector<ResultRecord> records;
    const std::pair<double, double> points[] = {{1, 50}, {2, 48}, {3, 46}, {4, 10}};
    for (const auto& [ratio, quality] : points)
        records.push_back(makeRecord("perchannel_int8_symmetric", quality, ratio));
    QCOMPARE(analyse(records, 0, 10).knee.reason,
             std::string("Past here each extra 0.1× costs about 3.6 dB."));
    for (ResultRecord& record : records) {
        OutputQuality& output = std::get<Measurement>(record.outcome).outputs.front();
        output.metric = Metric::Iou;
        output.value /= 100;
    }
    QCOMPARE(analyse(records, 0, 0.1).knee.reason,
             std::string("Past here each extra 0.1× costs about 0.036."));
}

void TestLocale::unfitMetric()
{
    OutputInfo scores;
    scores.name = "logits";
    scores.dtype = "float32";
    scores.shape = {2, 10};
    scores.min = -9.25;
    scores.max = 14.5;
    QCOMPARE(metricUnfitReason(scores, Metric::Iou),
             std::string("IoU needs masks; “logits” ranges -9.25…14.5. Use psnr or snr."));
}

/// Protocol 0 writes floats as decimals.
void TestLocale::floatsOfPickles()
{
    const auto read = [](const std::string& text) {
        const std::vector<std::uint8_t> bytes(text.begin(), text.end());
        const PickleMachine machine(bytes, [](const std::string&) { return false; });
        return machine.node(machine.root()).number;
    };
    QCOMPARE(read("F1.25\n."), 1.25);
    QCOMPARE(read("F-1e-05\n."), -1e-5);
    QCOMPARE(read("Finf\n."), kInfinity);
    QVERIFY_EXCEPTION_THROWN(read("F1,25\n."), Error);
    QVERIFY_EXCEPTION_THROWN(read("Fx\n."), Error);
}

void TestLocale::runFolders()
{
    const QTemporaryDir folder;
    const auto path = std::filesystem::path(folder.path().toStdString()) / "run";
    writeFakeRun(path);
    const std::string underComma = recordLine(fakeRun().records.front());
    const std::string again = recordLine(readRun(path).records.front());
    const char* const comma = std::setlocale(LC_ALL, nullptr);
    const std::string name = comma;
    std::setlocale(LC_ALL, "C");
    const std::string plain = recordLine(fakeRun().records.front());
    std::setlocale(LC_ALL, name.c_str());
    QCOMPARE(underComma, plain);
    QCOMPARE(again, plain);
}

QTEST_GUILESS_MAIN(TestLocale)
#include "tst_locale.moc"
