// SPDX-License-Identifier: GPL-3.0-or-later
// The filter language: what is accepted, what each term matches, and where an error is.
#include "core/plan/record_filter.h"

#include <QtTest>

#include <cmath>

using namespace bitfront;

namespace {

ResultRecord record(GroupId group, double psnr, double ratio, double mask = 0.9)
{
    ResultRecord r;
    r.config.group = group;
    r.config.spec = group == GroupId::Palette
        ? CompressionSpec(PaletteConfig {4, 8, false})
        : CompressionSpec(
            QuantConfig {CodeType::Int4, QuantScheme::Symmetric, QuantGranularity::PerChannel, 0});
    r.config.name = canonicalName(r.config.spec) + "_" + std::to_string(int(psnr));
    Measurement m;
    m.outputs = {{"logits", Metric::Psnr, psnr, psnr}, {"my mask", Metric::Iou, mask, mask}};
    m.size.totalElements = 1 << 20;
    m.size.compressed.codes = std::llround(16.0 * (1 << 20) / ratio);
    m.size.compressedLayers = 3;
    m.size.totalLayers = 4;
    m.timeMs = 1500;
    r.outcome = std::move(m);
    return r;
}

struct Fixture
{
    std::vector<ResultRecord> records;
    Analysis analysis;
    std::vector<std::string> outputs {"logits", "my mask"};

    Fixture()
    {
        records.push_back(record(GroupId::PerChannel, 50, 2)); // 0
        records.push_back(record(GroupId::PerBlock, 30, 3.8)); // 1
        records.push_back(record(GroupId::Palette, 36, 3.9)); // 2
        records.push_back(record(GroupId::Palette, 5, 4.5, 0.2)); // 3: below the floor
        records.push_back(record(GroupId::Palette, 34, 3.5)); // 4: refines 2
        records.back().config.seed = records[2].config.name;
        records.push_back(record(GroupId::PerChannel, std::numeric_limits<double>::infinity(), 1));
        ResultRecord failed;
        failed.config.group = GroupId::PerBlock;
        failed.config.name = "broken";
        failed.outcome = Failure {ErrorCode::ForwardFailed, "No.", "", ""};
        records.push_back(failed); // 6
        analysis = analyse(records, 0, 10);
    }

    QString matching(const QString& text) const
    {
        const ParsedFilter parsed = parseFilter(text.toStdString(), outputs);
        if (parsed.error)
            return QStringLiteral("error at %1+%2")
                .arg(parsed.error->position)
                .arg(parsed.error->length);
        const auto fits = filterRecords(parsed.terms, {records, analysis, 0});
        QString ids;
        for (std::size_t i = 0; i < fits.size(); ++i)
            if (fits[i])
                ids += QString::number(i);
        return ids;
    }
};

} // namespace

class PlanFilterTest : public QObject
{
    Q_OBJECT

private slots:
    void matchesRecords_data();
    void matchesRecords();
    void termsSurviveWriting_data();
    void termsSurviveWriting();
    void errorsSayWhere_data();
    void errorsSayWhere();
    void rangesAreRoundedOutwards();
    void rangesReplaceRanges();
    void hintsParse();
};

void PlanFilterTest::matchesRecords_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("ids");
    const auto row = [](const char* text, const char* ids) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(ids);
    };
    row("", "0123456");
    row("   ", "0123456");
    row("group:2", "234");
    row("group:1a,1b", "0156");
    row("group:1", "0156");
    row("GROUP:1A", "05");
    row("-group:2", "0156");
    row("group!=2", "0156");
    row("bits<5", "1234");
    row("bits < 5", "1234");
    row("bits<=8", "01234");
    row("bits≥8", "05");
    row("bits=8", "0");
    row("-bits<5", "05"); // what failed has no bits at all
    row("bits!=8", "12345");
    row("ratio:3..4", "124");
    row("ratio:..2x", "05");
    row("ratio>2.0×", "1234");
    row("ratio>2,0×", "1234");
    row("ratio:3,0..4,0", "124");
    row("psnr>35", "025"); // identical is better than any number
    row("snr>1", "");
    row("quality>=36dB", "025");
    row("logits<20", "3");
    row("iou<0.5", "3");
    row("\"my mask\">0.5", "01245");
    row("coverage=75%", "012345");
    row("time<1s", "");
    row("size<0.6MB", "1234");
    row("mb<0.6", "1234");
    row("front:yes", "025");
    row("front:no", "1346");
    row("failed:yes", "6");
    row("identical:yes", "5");
    row("floor:below", "36");
    row("floor:above", "01245");
    row("refined:yes", "4");
    row("refined:no bits<5", "123");
    row("broken", "6");
    row("palette", "234");
    row("\"4-bit palette\"", "234");
    row("p4 -refined:yes", "23");
    row("-broken group:1b", "1");
    row("group:2 bits<5 psnr>35 front:yes", "2");
}

void PlanFilterTest::matchesRecords()
{
    QFETCH(QString, text);
    QFETCH(QString, ids);
    QCOMPARE(Fixture().matching(text), ids);
}

void PlanFilterTest::termsSurviveWriting_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"group:1a,2", "bits<=6.1", "-front:yes", "\"my mask\">0.5", "palette", "4-bit",
          "\"4-bit palette\"", "ratio:2.10..3.40", "bits!=8", "-p4", "psnr>=28dB"})
        QTest::newRow(text) << QString::fromUtf8(text);
}

void PlanFilterTest::termsSurviveWriting()
{
    QFETCH(QString, text);
    const std::vector<std::string> outputs {"my mask"};
    const ParsedFilter once = parseFilter(text.toStdString(), outputs);
    QVERIFY2(!once.error, once.error ? once.error->message.c_str() : "");
    QCOMPARE(once.terms.size(), std::size_t(1));
    QCOMPARE(QString::fromStdString(once.terms.front().text), text);
    const ParsedFilter again = parseFilter(once.terms.front().text, outputs);
    QVERIFY(!again.error);
    QVERIFY(again.terms == once.terms);
}

void PlanFilterTest::errorsSayWhere_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("position");
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("termsBefore");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* text, int position, int length, int before, const char* says) {
        QTest::newRow(text) << QString::fromUtf8(text) << position << length << before
                            << QString::fromUtf8(says);
    };
    row("bitz<5", 0, 4, 0, "Did you mean “bits”?");
    row("group:2 bits<five", 13, 4, 1, "“five” is not a number");
    row("group:7", 6, 1, 0, "there are 1a, 1b, 2");
    row("group:1a,x", 9, 1, 0, "“x” is not a group");
    row("front:maybe", 6, 5, 0, "front:yes or front:no");
    row("floor:maybe", 6, 5, 0, "floor:above or floor:below");
    row("front<yes", 5, 1, 0, "front:yes");
    row("bits<", 0, 5, 0, "a value is missing");
    row("bits<3..4", 4, 1, 0, "colon");
    row("bits:5..3", 5, 4, 0, "ends before it begins");
    row("\"open", 0, 5, 0, "closing quotation mark");
    row("nothing>3", 0, 7, 0, "Results have no “nothing”");
    row("bits<3..", 4, 1, 0, "colon");
    row("bits<nan", 5, 3, 0, "not a number");
    row("bits<3,5,1", 5, 5, 0, "not a number");
    row("bits<1.234,5", 5, 7, 0, "not a number");
    row("<5", 0, 1, 0, "Results have no “”");
}

void PlanFilterTest::errorsSayWhere()
{
    QFETCH(QString, text);
    QFETCH(int, position);
    QFETCH(int, length);
    QFETCH(int, termsBefore);
    QFETCH(QString, says);
    const ParsedFilter parsed = parseFilter(text.toStdString());
    QVERIFY(parsed.error.has_value());
    QCOMPARE(static_cast<int>(parsed.error->position), position);
    QCOMPARE(static_cast<int>(parsed.error->length), length);
    QCOMPARE(static_cast<int>(parsed.terms.size()), termsBefore);
    const QString message = QString::fromStdString(parsed.error->message);
    QVERIFY2(message.contains(says), qPrintable(message));
}

void PlanFilterTest::rangesReplaceRanges()
{
    std::vector<FilterTerm> terms = parseFilter("ratio:1..2 ratio>1 front:yes quality:30..").terms;
    const std::vector<FilterTerm> before = terms;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(!replaceRanges(terms,
                           rangeTerm("ratio", 2, 3, 1) + ' ' + rangeTerm("quality", nan, nan, 1)));
    QVERIFY(terms == before); // nothing is lost to a text that cannot be read
    QVERIFY(replaceRanges(terms, "ratio:2..3 quality:35..40"));
    QVERIFY(terms == parseFilter("ratio>1 front:yes ratio:2..3 quality:35..40").terms);
}

void PlanFilterTest::rangesAreRoundedOutwards()
{
    QCOMPARE(rangeTerm("ratio", 2.104, 3.396, 2), std::string("ratio:2.10..3.40"));
    QCOMPARE(rangeTerm("psnr", -3.25, 41.01, 1), std::string("psnr:-3.3..41.1"));
    QCOMPARE(quotedFilterWord("out_0"), std::string("out_0"));
    QCOMPARE(quotedFilterWord("my mask"), std::string("\"my mask\""));
    QCOMPARE(quotedFilterWord("0"), std::string("\"0\""));
}

void PlanFilterTest::hintsParse()
{
    const std::vector<std::string> outputs {"logits", "my mask"};
    for (const FilterHint& hint : filterHints(outputs)) {
        const bool open = hint.token.ends_with('<') || hint.token.ends_with('>');
        const ParsedFilter parsed = parseFilter(hint.token + (open ? "1" : ""), outputs);
        QVERIFY2(!parsed.error && parsed.terms.size() == 1, hint.token.c_str());
        QVERIFY(!hint.meaning.empty());
    }
}

QTEST_APPLESS_MAIN(PlanFilterTest)
#include "tst_plan_filter.moc"
