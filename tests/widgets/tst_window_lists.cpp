// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep is made of and what became of earlier ones: presets and own configurations, the list
// of runs, runs that ended early, runs that another process writes.
#include "tests/widgets/window_fixture.h"
#include "widgets/dialogs/command_search.h"
#include "widgets/dialogs/config_editor.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/parts/chip.h"
#include "widgets/parts/list_row.h"
#include "widgets/parts/message_banner.h"
#include "widgets/parts/run_picture.h"
#include "widgets/theme.h"

#include <QAction>
#include <QComboBox>
#include <QImage>
#include <QLineEdit>
#include <QPainter>
#include <QSpinBox>
#include <QTextBrowser>
#include <QTreeWidget>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// A run folder that holds the first `count` results of a whole run and was never ended.
RunContents writePart(RunWriter& writer, int count)
{
    const RunContents whole = fakeRun();
    for (int i = 0; i < count; ++i) {
        ResultRecord record = whole.records[static_cast<std::size_t>(i)];
        writer.append(record);
    }
    return whole;
}

void choose(const ConfigEditor& editor, const char* combo, const QString& text)
{
    auto* box = editor.findChild<QComboBox*>(QLatin1String(combo));
    box->setCurrentIndex(box->findText(text, Qt::MatchStartsWith));
}

QTreeWidgetItem* branch(const QTreeWidget& tree, const QString& title)
{
    for (int i = 0; i < tree.topLevelItemCount(); ++i)
        if (tree.topLevelItem(i)->text(0) == title)
            return tree.topLevelItem(i);
    return nullptr;
}

} // namespace

class TestWindowLists : public QObject
{
    Q_OBJECT

private slots:
    void presets();
    void ownConfiguration();
    void ownConfigurationsStay();
    void duplicateAndChange();
    void runsHavePictures();
    void unfinishedRunIsOffered();
    void followsAnotherWriter();
    void commandSearch();
    void shortcutList();
    void panelsByNumber();
};

void TestWindowLists::presets()
{
    WindowFixture f;
    QVERIFY(f.openProject());
    const auto on = [&f](const char* chip) { return f.find<Chip>(chip)->isChecked(); };
    const auto press = [&f](const char* chip) {
        QTest::mouseClick(f.find<Chip>(chip), Qt::LeftButton);
        return f.window->setup().plan().count();
    };
    QVERIFY(on("presetStandard"));
    QCOMPARE(press("presetQuick"), 12);
    QVERIFY(on("presetQuick") && !on("presetStandard"));
    QCOMPARE(press("presetThorough"), 31 + static_cast<int>(moreConfigurations().size()));
    QVERIFY(on("presetThorough"));
    QCOMPARE(press("presetThorough"), 31 + static_cast<int>(moreConfigurations().size()));
    QVERIFY(on("presetThorough")); // a second click takes nothing away
    QCOMPARE(press("presetStandard"), 31);
    PlanChoice plan = f.window->setup().plan();
    plan.select({"perchannel_int8_symmetric"}, false);
    f.window->setup().setPlan(plan);
    QVERIFY(!on("presetQuick") && !on("presetStandard") && !on("presetThorough"));
}

void TestWindowLists::ownConfiguration()
{
    WindowFixture f;
    QVERIFY(f.openProject());
    PlanChoice none = f.window->setup().plan();
    none.selectQuick();
    for (const GroupId group : kGroups)
        none.selectGroup(group, false);
    f.window->setup().setPlan(none);
    f.click("newConfiguration");
    auto* editor = f.window->findChild<ConfigEditor*>();
    QVERIFY(editor && editor->isVisible());
    const QString before = editor->summary();
    QVERIFY2(before.contains(QStringLiteral("bits")) && before.contains(QStringLiteral("×")),
             qPrintable(before));
    choose(*editor, "configType", QStringLiteral("int2"));
    QVERIFY(editor->summary() != before);
    choose(*editor, "configType", QStringLiteral("float8_e4m3fn"));
    choose(*editor, "configScheme", QStringLiteral("Asymmetric"));
    QVERIFY(!editor->findChild<QPushButton*>(QStringLiteral("configAdd"))->isEnabled());
    QVERIFY(editor->summary().contains(QStringLiteral("symmetric only")));
    choose(*editor, "configMethod", QStringLiteral("Palette"));
    choose(*editor, "configBits", QStringLiteral("3"));
    choose(*editor, "configTables", QStringLiteral("A group"));
    editor->findChild<QSpinBox*>(QStringLiteral("configGroup"))->setValue(2);
    QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("configAdd")), Qt::LeftButton);
    const std::string name = "palette_grouped_gs2_3bit_pcs0";
    QVERIFY(f.window->setup().plan().isSelected(name));
    const auto* tree = f.find<QTreeWidget>("configurationTree");
    QTreeWidgetItem* own = branch(*tree, QStringLiteral("Own configurations"));
    QVERIFY(own && own->childCount() == 1);
    // It is measured like any other, and its run opens again with it.
    f.click("confirmMetrics");
    f.click("estimate");
    QVERIFY(QTest::qWaitFor([&] { return f.window->setup().probe().has_value(); }));
    f.click("startSweep");
    QVERIFY(f.waitForEnd());
    QVERIFY(f.waitForRecords(1));
    QCOMPARE(f.window->run().snapshot()->records.front().config.name, name);
    const RunContents again = readRun(f.window->run().folder().toStdString());
    QCOMPARE(again.records.front().config.name, name);
    QVERIFY(QString::fromStdString(again.header.commandLine)
                .contains(QStringLiteral("--configs palette_grouped_gs2_3bit_pcs0")));
    QVERIFY(PlanChoice(again.header.plan).isSelected(name));
}

void TestWindowLists::ownConfigurationsStay()
{
    WindowFixture f;
    PlanChoice plan = f.window->setup().plan();
    plan.addOwn(
        QuantConfig {CodeType::Int4, QuantScheme::Symmetric, QuantGranularity::PerBlock, 8});
    f.window->setup().setPlan(plan);
    f.window = std::make_unique<MainWindow>([&f] { return f.engine; }, f.settings);
    f.window->show();
    QCOMPARE(f.window->setup().plan().own().size(), std::size_t(1));
    QCOMPARE(f.window->setup().plan().count(), 31); // known, not ticked
    QVERIFY(f.openProject());
    auto* tree = f.find<QTreeWidget>("configurationTree");
    QTreeWidgetItem* own = branch(*tree, QStringLiteral("Own configurations"));
    QVERIFY(own);
    tree->setCurrentItem(own->child(0));
    QTest::keyClick(tree, Qt::Key_Delete);
    QVERIFY(f.window->setup().plan().own().empty());
    QVERIFY(!branch(*tree, QStringLiteral("Own configurations")));
    QVERIFY(Settings(f.settings).ownConfigurations().isEmpty());
}

void TestWindowLists::duplicateAndChange()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    RecordId record = 0;
    while (f.window->run().snapshot()->records[static_cast<std::size_t>(record)].config.name
           != "perblock_bs32_int4_asymmetric")
        ++record;
    f.window->selection().setCurrent(record);
    f.find<QAction>("actionDuplicate")->trigger();
    auto* editor = f.window->findChild<ConfigEditor*>();
    QVERIFY(editor);
    QCOMPARE(canonicalName(editor->spec()), std::string("perblock_bs32_int4_asymmetric"));
    editor->findChild<QSpinBox*>(QStringLiteral("configBlock"))->setValue(8);
    QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("configAdd")), Qt::LeftButton);
    QCOMPARE(f.window->stage(), MainWindow::Stage::Setup);
    QVERIFY(f.window->setup().plan().isSelected("perblock_bs8_int4_asymmetric"));
    QCOMPARE(f.window->setup().plan().count(), 32);
}

void TestWindowLists::runsHavePictures()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    const RecentRun run = Settings(f.settings).recentRuns().value(0);
    QVERIFY(run.finished);
    QVERIFY2(run.summary.contains(QStringLiteral("×")), qPrintable(run.summary));
    QVERIFY(!run.picture.isEmpty());
    const auto inked = [](const QString& picture) {
        QImage image(60, 40, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        paintRunPicture(painter, image.rect(), picture);
        painter.end();
        QImage blank(image.size(), image.format());
        blank.fill(Qt::white);
        return image != blank;
    };
    QVERIFY(inked(run.picture));
    // A recipe among the results (group 3) is part of the picture.
    QVERIFY(inked(QStringLiteral("0 10 10 1,3 50 50 1")));
    for (const QString& broken : {QStringLiteral("7 1 1 1"), QStringLiteral("0 1 1"),
                                  QStringLiteral("0 1000 1 1"), QStringLiteral("x")})
        QVERIFY(!inked(broken));
}

void TestWindowLists::unfinishedRunIsOffered()
{
    WindowFixture f;
    QVERIFY(f.openProject());
    const QString folder = f.folder.filePath(QStringLiteral("part.bitfront"));
    {
        RunContents whole = fakeRun();
        whole.header.model.path = f.folder.filePath(QStringLiteral("tiny.pt")).toStdString();
        whole.header.inputsPath = f.folder.filePath(QStringLiteral("inputs.npy")).toStdString();
        RunWriter writer(folder.toStdString(), whole.header);
        writePart(writer, 7);
    }
    RecentRun entry;
    entry.folder = folder;
    entry.when = QDateTime::currentDateTimeUtc();
    entry.finished = false;
    Settings(f.settings).addRecentRun(entry);
    const auto reopenWindow = [&f] {
        f.window = std::make_unique<MainWindow>([&f] { return f.engine; }, f.settings);
        f.window->show();
    };
    reopenWindow();
    auto* banner = f.find<MessageBanner>("unfinishedRun");
    QTRY_VERIFY(banner->isVisible());
    QVERIFY2(banner->message().contains(QStringLiteral("7 results are kept")),
             qPrintable(banner->message()));
    f.click("forgetUnfinished");
    QVERIFY(!f.find<MessageBanner>("unfinishedRun")->isVisible());
    QVERIFY(isRunFolder(folder.toStdString())); // its files stay
    Settings(f.settings).addRecentRun(entry);
    reopenWindow();
    QTRY_VERIFY(f.find<MessageBanner>("unfinishedRun")->isVisible());
    f.click("resumeUnfinished");
    QVERIFY(QTest::qWaitFor([&] { return f.window->run().isRunning(); }, 20000));
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(f.window->run().state(), RunState::Finished);
    QVERIFY(f.waitForRecords(31));
    QTRY_VERIFY(Settings(f.settings).recentRuns().value(0).finished);
}

void TestWindowLists::followsAnotherWriter()
{
    WindowFixture f;
    const QString folder = f.folder.filePath(QStringLiteral("other.bitfront"));
    const RunContents whole = fakeRun();
    RunWriter writer(folder.toStdString(), whole.header);
    writePart(writer, 5);
    f.window->openRun(folder);
    QVERIFY(f.waitForRecords(5));
    QVERIFY(f.window->run().isFollowing());
    QVERIFY(!f.window->run().canResume());
    auto* plot = f.window->findChild<PlotPanel*>();
    QTRY_VERIFY(plot->headline().startsWith(QStringLiteral("Following")));
    f.window->selection().setCurrent(2);
    for (std::size_t i = 5; i < whole.records.size(); ++i) {
        ResultRecord record = whole.records[i];
        writer.append(record);
    }
    QTRY_COMPARE(f.records(), static_cast<int>(whole.records.size()));
    QCOMPARE(f.window->selection().current(), 2);
    writer.finish(RunState::Finished, 1234);
    QTRY_VERIFY(!f.window->run().isFollowing());
    QCOMPARE(f.window->run().state(), RunState::Finished);
    QTRY_VERIFY(plot->headline().startsWith(QStringLiteral("Front")));
}

void TestWindowLists::commandSearch()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    f.table().setFocus();
    QTest::keyClick(f.window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* search = f.find<CommandSearch>("commandSearch");
    QVERIFY(search && search->isVisible());
    QVERIFY(!search->found().contains(QStringLiteral("int8 per-channel"))); // not before one types
    auto* field = f.find<QLineEdit>("commandField");
    QVERIFY(field->hasFocus());
    QTest::keyClicks(field, QStringLiteral("theme dark"));
    QCOMPARE(search->found(), QStringList {QStringLiteral("Dark")});
    QTest::keyClick(field, Qt::Key_Return);
    QVERIFY(!search->isVisible());
    QVERIFY(Theme::current().dark);
    QVERIFY(f.table().hasFocus());
    f.window->setThemeMode(ThemeMode::Light);
    QTest::keyClick(f.window.get(), Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(field, QStringLiteral("block 32 clip"));
    QVERIFY(!search->found().isEmpty());
    QTest::keyClick(field, Qt::Key_Down);
    QTest::keyClick(field, Qt::Key_Up);
    QTest::keyClick(field, Qt::Key_Return);
    const auto& record = f.window->run()
                             .snapshot()
                             ->records[static_cast<std::size_t>(f.window->selection().current())];
    QVERIFY(record.config.name.starts_with("perblock_bs32_int4_symmetric_with_clipping"));
    QTest::keyClick(f.window.get(), Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(field, QStringLiteral("no such thing"));
    QVERIFY(search->found().isEmpty());
    QTest::keyClick(field, Qt::Key_Return); // does nothing
    QVERIFY(search->isVisible());
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(!search->isVisible());
    QVERIFY(f.window->selection().current() != kNoRecord); // Escape was the search's
}

void TestWindowLists::shortcutList()
{
    WindowFixture f;
    f.find<QAction>("actionShortcuts")->trigger();
    auto* dialog = f.find<QDialog>("shortcutDialog");
    QVERIFY(dialog && dialog->isVisible());
    const QString text = dialog->findChild<QTextBrowser*>()->toPlainText();
    for (const char* word : {"Ctrl+O", "F5", "F11", "Ctrl+K", "Pin, compare", "Run next"})
        QVERIFY2(text.contains(QLatin1String(word)), word);
}

void TestWindowLists::panelsByNumber()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    const char* const kInside[] = {"projectDock", nullptr,     "tableDock", "detailDock",
                                   "tableDock",   "tableDock", "tableDock"};
    for (int i = 0; i < 7; ++i) {
        QTest::keyClick(f.window.get(), static_cast<Qt::Key>(Qt::Key_1 + i), Qt::ControlModifier);
        QWidget* focus = QApplication::focusWidget();
        QVERIFY2(focus, qPrintable(QString::number(i + 1)));
        if (kInside[i])
            QVERIFY2(f.find<QWidget>(kInside[i])->isAncestorOf(focus),
                     qPrintable(QString::number(i + 1)));
        else
            QVERIFY(f.window->centralWidget()->isAncestorOf(focus));
    }
}

QTEST_MAIN(TestWindowLists)
#include "tst_window_lists.moc"
