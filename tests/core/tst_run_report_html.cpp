// SPDX-License-Identifier: GPL-3.0-or-later
// The HTML report: one well-formed file without outside references, and its plot.
#include "core/run/report.h"
#include "tests/support/fake_engine.h"
#include "tests/support/hand_run.h"

#include <QtTest>

using namespace bitfront;
using test::handRecord;
using test::handRun;

namespace {

QString text(const std::string& value)
{
    return QString::fromStdString(value);
}

} // namespace

class TestRunReportHtml : public QObject
{
    Q_OBJECT

private slots:
    void htmlIsSelfContained_data();
    void htmlIsSelfContained();
    void htmlEmbedsThePicture();
    void htmlEscapes();
    void plotShowsEveryPoint();
    void axesOfOddNumbers_data();
    void axesOfOddNumbers();
};

void TestRunReportHtml::htmlIsSelfContained_data()
{
    QTest::addColumn<bool>("transformer");
    QTest::newRow("cnn") << false;
    QTest::newRow("transformer") << true;
}

void TestRunReportHtml::htmlIsSelfContained()
{
    QFETCH(bool, transformer);
    test::FakeOptions options;
    options.model = transformer ? test::FakeModelKind::Transformer : test::FakeModelKind::Cnn;
    options.failing = {"perchannel_int8_symmetric"};
    const QString html = text(htmlReport(test::fakeRun(options), ""));
    for (const char* reference :
         {"http", "src=", "href", "url(", "@import", "<script", "<link", "//"})
        QVERIFY2(!html.contains(reference), reference);
    QVERIFY(html.contains("prefers-color-scheme: dark") && html.contains("@media print"));
    // Tags nest: every one that opens closes, in order.
    QStringList open {"html"};
    static const QRegularExpression tag("<(/?)([a-z0-9]+)[^>]*?(/?)>");
    const QString body = html.section("<body>", 1);
    for (auto match = tag.globalMatch("<body>" + body); match.hasNext();) {
        const auto one = match.next();
        if (!one.captured(3).isEmpty())
            continue;
        if (one.captured(1).isEmpty())
            open.append(one.captured(2));
        else if (open.isEmpty() || open.takeLast() != one.captured(2))
            QFAIL(qPrintable("</" + one.captured(2) + "> closes what is not open"));
    }
    QVERIFY2(open.isEmpty(), qPrintable(open.join(' ')));
}

void TestRunReportHtml::htmlEmbedsThePicture()
{
    const RunContents run = test::fakeRun();
    const QString html = text(htmlReport(run, std::string("\x89PNG\0x", 6)));
    QVERIFY(html.contains("src='data:image/png;base64,iVBORwB4'"));
    QVERIFY(!html.contains("<svg class='plot'"));
    QVERIFY(text(htmlReport(run, "a")).contains("base64,YQ=='"));
    QVERIFY(text(htmlReport(run, "ab")).contains("base64,YWI='"));
}

void TestRunReportHtml::htmlEscapes()
{
    RunContents run = handRun();
    run.header.model.fileName = "<b>&\"x\".pt";
    run.records = {handRecord("w8<script>", GroupId::PerChannel, 8, 40)};
    const QString html = text(htmlReport(run, ""));
    QVERIFY(html.contains("<h1>Compression exploration of &lt;b&gt;&amp;&quot;x&quot;.pt</h1>"));
    QVERIFY(!html.contains("<script"));
}

void TestRunReportHtml::plotShowsEveryPoint()
{
    test::FakeOptions options;
    options.failing = {"perchannel_int8_symmetric"};
    options.identical = {"perchannel_int8_asymmetric"};
    const RunContents run = test::fakeRun(options);
    const QString html = text(htmlReport(run, ""));
    const QString plot = html.section("<svg class='plot'", 1).section("</svg>", 0, 0);
    const int titles = static_cast<int>(plot.count("<title>"));
    QCOMPARE(titles, static_cast<int>(run.records.size())); // one failed, but fp16 has its star
    QVERIFY(plot.contains("class='front' d='M"));
    QVERIFY(plot.contains("floor 10.00 dB"));
    QVERIFY(plot.contains("perchannel_int8_asymmetric: identical at"));
    // Nothing is drawn outside the picture.
    static const QRegularExpression circle("c([xy])='([-0-9.]+)'");
    for (auto match = circle.globalMatch(plot); match.hasNext();) {
        const auto one = match.next();
        const double at = one.captured(2).toDouble();
        QVERIFY(at >= 0 && at <= (one.captured(1) == "x" ? 960 : 480));
    }
}

void TestRunReportHtml::axesOfOddNumbers_data()
{
    QTest::addColumn<double>("floor");
    QTest::addColumn<double>("quality");
    QTest::newRow("usual") << 10.0 << 30.0;
    QTest::newRow("one value") << 30.0 << 30.0;
    QTest::newRow("below one last digit") << 1e16 << 1e16;
    QTest::newRow("large floor") << 1e16 << 30.0;
    QTest::newRow("large negative floor") << -1e16 << 30.0;
    QTest::newRow("largest") << -1e308 << 1e308;
    QTest::newRow("infinite floor") << -std::numeric_limits<double>::infinity() << 30.0;
    QTest::newRow("no floor") << std::numeric_limits<double>::quiet_NaN() << 30.0;
}

/// Readers refuse such floors; the drawing ends all the same, with lines that can be counted.
void TestRunReportHtml::axesOfOddNumbers()
{
    QFETCH(double, floor);
    QFETCH(double, quality);
    RunContents run = handRun();
    run.header.metrics.front().floor = floor;
    for (ResultRecord& record : run.records)
        if (auto* measured = std::get_if<Measurement>(&record.outcome))
            measured->outputs.front().value = quality;
    const QString html = text(htmlReport(run, ""));
    const QString plot = html.section("<svg class='plot'", 1).section("</svg>", 0, 0);
    const qsizetype lines = plot.count("class='grid'");
    QVERIFY2(lines >= 4 && lines <= 40, qPrintable(QString::number(lines)));
    if (std::isfinite(floor))
        QVERIFY(!plot.contains("NaN"));
}

QTEST_GUILESS_MAIN(TestRunReportHtml)
#include "tst_run_report_html.moc"
