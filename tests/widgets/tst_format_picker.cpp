// SPDX-License-Identifier: GPL-3.0-or-later
// The dialog in which the formats of a scan are ticked, by mouse and keys, one by one and in
// groups.
#include "picker_hands.h"

#include "core/plan/scan_space.h"
#include "widgets/workbench/text.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <algorithm>

using namespace bitfront;
using namespace bitfront::test;

using Formats = std::vector<CompressionSpec>;
Q_DECLARE_METATYPE(Formats)

class FormatPickerTest : public QObject
{
    Q_OBJECT

private slots:
    void tablesHoldEveryFormat();
    void ticksGroups_data();
    void ticksGroups();
    void startsFrom_data();
    void startsFrom();
    void keysTick();
};

/// Whatever the command line can name can be ticked, in one place, and nothing else.
void FormatPickerTest::tablesHoldEveryFormat()
{
    const FormatModel palettes(FormatModel::Family::Palettes);
    const FormatModel integers(FormatModel::Family::Integers);
    for (const CompressionSpec& format : allScanFormats())
        QVERIFY2(palettes.indexOf(format).isValid() != integers.indexOf(format).isValid(),
                 formatKey(format).c_str());
    Formats held = palettes.formatsAt(palettes.index(0, 0));
    for (const CompressionSpec& format : integers.formatsAt(integers.index(0, 0)))
        held.push_back(format);
    QVERIFY(std::ranges::is_permutation(held, allScanFormats()));
    for (const FormatModel* model : {&palettes, &integers})
        for (int row = 0; row < model->rowCount(); ++row)
            for (int column = 0; column < model->columnCount(); ++column)
                QVERIFY(
                    !model->index(row, column).data(Qt::AccessibleTextRole).toString().isEmpty());
}

void FormatPickerTest::ticksGroups_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("row");
    QTest::addColumn<int>("column");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("first"); // of the formats, which begin with the most bits
    const QByteArray palettes = "paletteFormats", integers = "integerFormats";
    QTest::newRow("one palette") << palettes << 2 << 2 << 1 << "6-bit palette, group 16";
    QTest::newRow("bits") << palettes << 3 << 0 << 4 << "4-bit palette, group 4";
    QTest::newRow("scaled bits") << palettes << 10 << 0 << 4
                                 << "2-bit palette, group 4, channel scales";
    QTest::newRow("per tensor") << palettes << 0 << 1 << 10 << "8-bit palette, per-tensor";
    QTest::newRow("all palettes") << palettes << 0 << 0 << 40 << "8-bit palette, group 4";
    QTest::newRow("one integer") << integers << 6 << 4 << 1 << "int4 block 16, clipped";
    QTest::newRow("scheme") << integers << 2 << 0 << 4 << "int8 block 16, asymmetric";
    QTest::newRow("blocks") << integers << 0 << 3 << 6 << "int8 block 32";
    QTest::newRow("all integers") << integers << 0 << 0 << 24 << "int8 block 16";
}

void FormatPickerTest::ticksGroups()
{
    QFETCH(const QByteArray, name);
    QFETCH(const int, row);
    QFETCH(const int, column);
    QFETCH(const int, count);
    FormatPicker dialog({});
    dialog.show();
    FormatTable& view = *table(dialog, name.constData());
    const QModelIndex cell = view.model()->index(row, column);
    clickCell(view, row, column);
    QCOMPARE(int(dialog.formats().size()), count);
    QTEST(toQString(formatTitle(dialog.formats().front())), "first");
    QCOMPARE(words(dialog, "formatCount"), formatCountText(std::size_t(count)));
    QCOMPARE(cell.data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
    if (count > 1) { // one less of the group: partly, and the next click completes it
        clickCell(view, std::max(row, 1), std::max(column, 1));
        QCOMPARE(int(dialog.formats().size()), count - 1);
        QCOMPARE(cell.data(Qt::CheckStateRole).toInt(), int(Qt::PartiallyChecked));
        clickCell(view, row, column);
        QCOMPARE(int(dialog.formats().size()), count);
    }
    clickCell(view, row, column);
    QVERIFY(dialog.formats().empty());
}

void FormatPickerTest::startsFrom_data()
{
    QTest::addColumn<QByteArray>("link");
    QTest::addColumn<Formats>("formats");
    QTest::newRow("quick") << QByteArray("formatsQuick") << scanFormats(ScanPreset::Quick);
    QTest::newRow("thorough") << QByteArray("formatsThorough") << scanFormats(ScanPreset::Thorough);
    QTest::newRow("none") << QByteArray("formatsNone") << Formats {};
}

void FormatPickerTest::startsFrom()
{
    QFETCH(const QByteArray, link);
    QFETCH(const Formats, formats);
    FormatPicker dialog(formatsFromKeys({"palette_grouped_gs8_4bit_pcs0"}));
    dialog.show();
    clickLink(dialog, link.constData());
    QVERIFY(dialog.formats() == formats);
    // There and back is the preset again, in its own order.
    FormatTable& view = *table(dialog, "integerFormats");
    clickCell(view, 1, 1);
    QVERIFY(dialog.formats() != formats);
    clickCell(view, 1, 1);
    QVERIFY(dialog.formats() == formats);
}

void FormatPickerTest::keysTick()
{
    FormatPicker dialog({});
    dialog.show();
    dialog.activateWindow();
    FormatTable& view = *table(dialog, "paletteFormats");
    const QAbstractItemModelTester sound(view.model(),
                                         QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTRY_VERIFY(view.hasFocus());
    for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Space})
        QTest::keyClick(&view, key);
    QVERIFY((dialog.formats() == Formats {PaletteConfig {6, 0, false}}));
    QTest::keyClick(&view, Qt::Key_Left);
    QTest::keyClick(&view, Qt::Key_Space); // the rest of the row
    QCOMPARE(dialog.formats().size(), std::size_t(4));
    QSignalSpy scan(&dialog, &FormatPicker::scanRequested);
    QTest::keyClick(&view, Qt::Key_Return); // ticks, presses no button
    QVERIFY(dialog.formats().empty() && dialog.isVisible() && scan.isEmpty());
    QTest::keyClick(&view, Qt::Key_Tab); // out of the table, not into the next cell
    QVERIFY(table(dialog, "integerFormats")->hasFocus());
    QTest::keyClick(&dialog, Qt::Key_Escape);
    QVERIFY(!dialog.isVisible());
}

QTEST_MAIN(FormatPickerTest)
#include "tst_format_picker.moc"
