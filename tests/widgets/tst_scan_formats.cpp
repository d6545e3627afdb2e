// SPDX-License-Identifier: GPL-3.0-or-later
// Which formats a scan tries: presets and somebody's own choice, ticked in the window or named on
// the command line; and what the question says about it.
#include "analyst.h"
#include "picker_hands.h"

#include "core/run/scan_log.h"
#include "widgets/panels/scan_page.h"

#include <QComboBox>
#include <QTabBar>

#include <algorithm>
#include <cmath>

using namespace bitfront;
using namespace bitfront::test;

using Formats = std::vector<CompressionSpec>;
Q_DECLARE_METATYPE(Formats)
Q_DECLARE_METATYPE(std::optional<bitfront::ScanPreset>)
Q_DECLARE_METATYPE(std::optional<bitfront::SampleSplit>)

class ScanFormatsTest : public QObject
{
    Q_OBJECT

private slots:
    void wishOfAScan_data();
    void wishOfAScan();
    void ownChoiceIsScanned();
    void fewFormatsCanBeProbed_data();
    void fewFormatsCanBeProbed();
    void nothingTickedScansNothing();
    void impossibleFormatsAreSaid();
    void scanOfTheCommandLineComesBack();
    void saysWhatIsHeldOut_data();
    void saysWhatIsHeldOut();
    void fitsASmallWindow();
};

namespace {

Formats reversed(Formats formats)
{
    std::ranges::reverse(formats);
    return formats;
}

Formats without(Formats formats, std::size_t one)
{
    formats.erase(formats.begin() + std::ptrdiff_t(one));
    return formats;
}

/// Chooses the entry of the formats' box as a person with a keyboard does.
void chooseEntry(const Analyst& f, Qt::Key key)
{
    auto* box = f.find<QComboBox>("scanPreset");
    box->setFocus();
    QTest::keyClick(box, key);
}

FormatPicker* picker(const Analyst& f)
{
    return f.window->findChild<FormatPicker*>();
}

} // namespace

void ScanFormatsTest::wishOfAScan_data()
{
    QTest::addColumn<Formats>("formats");
    QTest::addColumn<std::optional<ScanPreset>>("preset");
    const Formats quick = scanFormats(ScanPreset::Quick);
    QTest::newRow("quick") << quick << std::optional(ScanPreset::Quick);
    QTest::newRow("thorough") << scanFormats(ScanPreset::Thorough)
                              << std::optional(ScanPreset::Thorough);
    QTest::newRow("quick in another order") << reversed(quick) << std::optional(ScanPreset::Quick);
    QTest::newRow("one less than quick") << without(quick, 3) << std::optional<ScanPreset>();
    QTest::newRow("named on the command line")
        << formatsFromKeys({"palette_grouped_gs8_4bit_pcs0", "palette_pertensor_6bit_pcs1"})
        << std::optional<ScanPreset>();
    QTest::newRow("all") << allScanFormats() << std::optional<ScanPreset>();
    QTest::newRow("one twice") << Formats {quick[0], quick[0]} << std::optional<ScanPreset>();
}

void ScanFormatsTest::wishOfAScan()
{
    QFETCH(const Formats, formats);
    QFETCH(const std::optional<ScanPreset>, preset);
    QCOMPARE(presetOf(formats), preset);
    ScanHeader header;
    header.settings.formats = formats;
    header.settings.method = ScanMethod::Probed;
    header.heldOutShare = 0.5;
    RunHeader run;
    run.model = test::fakeModelInfo();
    const ScanWish wish = wishOf(header, run.model);
    QVERIFY(wish.formats == formats);
    QCOMPARE(wish.heldOutShare, 0.5);
    QVERIFY(settingsOf(wish, run) == header.settings); // its measurements are found again
}

void ScanFormatsTest::ownChoiceIsScanned()
{
    Analyst f;
    QVERIFY(f.open());
    auto* box = f.find<QComboBox>("scanPreset");
    chooseEntry(f, Qt::Key_End);
    FormatPicker* dialog = picker(f);
    QVERIFY(dialog && dialog->isVisible());
    QCOMPARE(words(*dialog, "formatCount"), QStringLiteral("16 formats")); // from Quick on
    QCOMPARE(box->currentData().toInt(), int(ScanPreset::Quick)); // nothing was changed yet
    clickLink(*dialog, "formatsNone");
    clickCell(*table(*dialog, "paletteFormats"), 3, 1);
    clickCell(*table(*dialog, "integerFormats"), 1, 1);
    QCOMPARE(words(*dialog, "formatCount"), QStringLiteral("2 formats"));
    QCOMPARE(box->currentText(), QStringLiteral("Own choice: 2 formats"));
    auto* start = dialog->findChild<QPushButton*>(QStringLiteral("scanFormats"));
    QTRY_VERIFY(start->isEnabled());
    QVERIFY2(words(*dialog, "formatOutlook").contains(QStringLiteral("up to 2 formats: 10 short")),
             qPrintable(words(*dialog, "formatOutlook")));
    QVERIFY(f.text("scanWords").contains(QStringLiteral("10 short runs")));
    const int before = f.forwards();
    QTest::mouseClick(start, Qt::LeftButton);
    QVERIFY(f.scanned());
    QCOMPARE(f.forwards() - before, 10);
    QTRY_VERIFY(!picker(f)); // gone with the question
    QCOMPARE(f.panel().model().columnCount(), 3); // fp16, int8, 4-bit palette
    // Asked again, it is the own choice; a preset in between does not lose it.
    f.click("scanAgain");
    QTRY_COMPARE(f.find<QPushButton>("startScan")->text(), QStringLiteral("Show the scan"));
    QCOMPARE(box->currentText(), QStringLiteral("Own choice: 2 formats"));
    QVERIFY(f.find<QPushButton>("changeFormats")->isVisible());
    chooseEntry(f, Qt::Key_Home);
    QVERIFY(!f.find<QPushButton>("changeFormats")->isVisible());
    QTRY_VERIFY(f.text("scanWords").contains(QStringLiteral("16 formats")));
    QVERIFY(f.text("scanWords").contains(QStringLiteral("of them are there")));
    chooseEntry(f, Qt::Key_End);
    QCOMPARE(picker(f)->formats().size(), std::size_t(2));
    QCOMPARE(box->currentText(), QStringLiteral("Own choice: 2 formats"));
    f.find<QTabBar>("resultTabs")->setCurrentIndex(0); // where nobody asks about formats
    QTRY_VERIFY(!picker(f));
}

void ScanFormatsTest::fewFormatsCanBeProbed_data()
{
    QTest::addColumn<Formats>("formats");
    QTest::newRow("one palette") << formatsFromKeys({"palette_pertensor_4bit_pcs0"});
    QTest::newRow("two palettes") << formatsFromKeys(
        {"palette_pertensor_6bit_pcs0", "palette_grouped_gs8_2bit_pcs1"});
    QTest::newRow("an integer") << Formats {QuantConfig {}};
    QTest::newRow("all") << allScanFormats();
}

/// A probe needs formats to probe with: whatever is ticked gives a whole scan and a recipe.
void ScanFormatsTest::fewFormatsCanBeProbed()
{
    QFETCH(const Formats, formats);
    Analyst f;
    QVERIFY(f.open());
    ScanWish wish;
    wish.formats = formats;
    wish.method = ScanMethod::Probed;
    f.window->findChild<ScanPage*>()->setWish(wish);
    QTRY_VERIFY(f.text("scanWords").contains(toQString(probedCostText())));
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    f.click("startScan");
    QVERIFY(f.scanned());
    const ScanView& view = *f.scan().view();
    for (std::size_t unit = 0; unit < view.space.units.size(); ++unit)
        for (std::size_t option = 1; option < view.space.options[unit].size(); ++option)
            QVERIFY(std::isfinite(view.sensitivity.cost(unit, option)));
    QVERIFY(f.budget(15));
    QVERIFY(f.scan().forecast().recipe);
}

void ScanFormatsTest::nothingTickedScansNothing()
{
    Analyst f;
    QVERIFY(f.open());
    chooseEntry(f, Qt::Key_End);
    FormatPicker* dialog = picker(f);
    auto* start = dialog->findChild<QPushButton*>(QStringLiteral("scanFormats"));
    ScanEstimate before;
    connect(&f.scan(), &ScanController::estimateReady, this,
            [&before](const ScanEstimate& estimate) { before = estimate; });
    clickCell(*table(*dialog, "integerFormats"), 1, 1);
    QTRY_VERIFY(start->isEnabled() && before.runs > 0);
    clickLink(*dialog, "formatsNone");
    QVERIFY(!start->isEnabled());
    QVERIFY(!f.find<QPushButton>("startScan")->isEnabled());
    QVERIFY(words(*dialog, "formatOutlook").contains(QStringLiteral("at least one format")));
    QVERIFY(f.text("scanObstacle").contains(QStringLiteral("at least one format")));
    emit f.scan().estimateReady(before); // nor does one of before that comes late
    QVERIFY(!start->isEnabled() && !f.text("scanWords").contains(QStringLiteral("short run")));
    clickCell(*table(*dialog, "paletteFormats"), 2, 1);
    QTRY_VERIFY(start->isEnabled());
    QVERIFY(f.text("scanObstacle").isEmpty());
}

/// Not only formats: a model whose layers they cannot compress gets the core's own words.
void ScanFormatsTest::impossibleFormatsAreSaid()
{
    Analyst f;
    QVERIFY(f.open());
    auto* page = f.window->findChild<ScanPage*>();
    ScanWish wish;
    wish.ties = {{"no.such.layer", "body.conv1"}};
    page->setWish(wish);
    QTRY_VERIFY(f.text("scanObstacle").contains(QStringLiteral("no.such.layer")));
    QVERIFY(!f.find<QPushButton>("startScan")->isEnabled());
    f.click("scanUntie");
    QTRY_VERIFY(f.find<QPushButton>("startScan")->isEnabled());
    QVERIFY(f.text("scanObstacle").isEmpty());
}

/// What `bitfront-cli scan --formats … --held-out 0.5` leaves is gone on with as it is.
void ScanFormatsTest::scanOfTheCommandLineComesBack()
{
    Analyst f;
    QVERIFY(f.open());
    ScanWish wish;
    wish.formats = formatsFromKeys({"palette_pertensor_4bit_pcs0", "palette_pertensor_8bit_pcs0"});
    wish.heldOutShare = 0.5;
    f.scan().startScan(wish);
    QVERIFY(f.scanned());
    Analyst other;
    other.window->openRun(f.window->run().folder());
    QVERIFY(other.scanned());
    other.find<QAction>("actionGoTo8")->trigger();
    other.click("scanAgain");
    auto* box = other.find<QComboBox>("scanPreset");
    QCOMPARE(box->currentText(), QStringLiteral("Own choice: 2 formats"));
    QTRY_COMPARE(other.find<QPushButton>("startScan")->text(), QStringLiteral("Show the scan"));
    QVERIFY2(other.text("scanWords").contains(QStringLiteral("8 of 16 samples")),
             qPrintable(other.text("scanWords")));
    other.click("startScan");
    QVERIFY(other.scanned());
    const auto scan = readScan(toPath(f.window->run().folder()));
    QVERIFY(scan->header.settings.formats == wish.formats);
    QCOMPARE(scan->header.heldOutShare, 0.5);
    QCOMPARE(other.forwards(), 0); // it was all there
}

void ScanFormatsTest::saysWhatIsHeldOut_data()
{
    QTest::addColumn<std::optional<SampleSplit>>("split");
    QTest::addColumn<QString>("words");
    QTest::newRow("not known") << std::optional<SampleSplit>() << "Where there are enough samples";
    QTest::newRow("samples") << std::optional(SampleSplit {16, 4, false, {}}) << "4 of 16 samples";
    QTest::newRow("batches") << std::optional(SampleSplit {8, 2, true, {}}) << "2 of 8 batches";
    QTest::newRow("too few") << std::optional(SampleSplit {3, 0, false, "There are too few."})
                             << "There are too few.";
    QTest::newRow("none asked for")
        << std::optional(SampleSplit {16, 0, false, {}}) << "No samples are held out";
}

void ScanFormatsTest::saysWhatIsHeldOut()
{
    QFETCH(const std::optional<SampleSplit>, split);
    QFETCH(const QString, words);
    Analyst f;
    QVERIFY(f.open());
    ScanEstimate estimate;
    estimate.wish = f.window->findChild<ScanPage*>()->wish();
    estimate.split = split;
    emit f.scan().estimateReady(estimate);
    QVERIFY2(f.text("scanWords").contains(words), qPrintable(f.text("scanWords")));
    QVERIFY(f.text("scanWords").contains(QStringLiteral("quarter")) == !split.has_value());
}

void ScanFormatsTest::fitsASmallWindow()
{
    Analyst f;
    QVERIFY(f.open());
    f.window->resize(900, 600);
    chooseEntry(f, Qt::Key_End);
    FormatPicker* dialog = picker(f);
    QVERIFY(dialog->width() <= 900 && dialog->height() <= 600);
    for (const char* name : {"paletteFormats", "integerFormats"}) {
        FormatTable& view = *table(*dialog, name);
        const QModelIndex last =
            view.model()->index(view.model()->rowCount() - 1, view.model()->columnCount() - 1);
        // Wholly in sight, without scrolling.
        const QRect cell = view.visualRect(last);
        QVERIFY(view.viewport()->visibleRegion().contains(cell.topLeft()));
        QVERIFY(view.viewport()->visibleRegion().contains(cell.bottomRight()));
    }
    dialog->close();
    auto* start = f.find<QPushButton>("startScan");
    QVERIFY(start->isVisible());
}

QTEST_MAIN(ScanFormatsTest)
#include "tst_scan_formats.moc"
