// SPDX-License-Identifier: GPL-3.0-or-later
// The room the window gives to each of its parts, in small windows too, and how it looks: themes,
// what is in line with what, icons of dialogs.
#include "tests/widgets/window_fixture.h"
#include "widgets/panels/results_panel.h"
#include "widgets/results/filter_bar.h"
#include "widgets/theme.h"

#include <QAction>
#include <QDockWidget>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QToolButton>

using namespace bitfront;
using namespace bitfront::test;

class TestWindowLayout : public QObject
{
    Q_OBJECT

private slots:
    void countAboveTheTable();
    void tableGetsItsRoomBack();
    void smallWindows_data();
    void smallWindows();
    void longOutputNames();
    void movedRunStaysInTheList();
    void themesSwitch();
    void themeFollowsTheDesktop();
    void menusInLineWithTheSearch();
    void fileDialogHasOurIcons();
};

void TestWindowLayout::countAboveTheTable()
{
    WindowFixture f;
    const QString folder = f.folder.filePath(QStringLiteral("kept.bitfront"));
    writeFakeRun(folder.toStdString());
    f.window->openRun(folder);
    QVERIFY(f.waitForRecords(31));
    const auto* counts = f.find<QLabel>("filterCounts");
    QTRY_COMPARE(counts->text(), QStringLiteral("%1 results").arg(f.records()));
}

void TestWindowLayout::tableGetsItsRoomBack()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    auto* table = f.find<QDockWidget>("tableDock");
    auto* detail = f.find<QDockWidget>("detailDock");
    QTRY_VERIFY(table->height() > 200);
    const int high = table->height();
    const int wide = detail->width();
    f.window->resize(900, 420);
    QTest::qWait(50);
    QVERIFY(table->height() < high);
    f.window->resize(760, 420);
    QTest::qWait(50);
    QVERIFY(!detail->isVisible());
    f.window->resize(1440, 900);
    QTRY_COMPARE(table->height(), high);
    QTRY_COMPARE(detail->width(), wide);
    QVERIFY(f.find<QDockWidget>("projectDock")->isVisible());
    // Nor is it kept squeezed for the next start.
    f.window->resize(760, 420);
    QTest::qWait(50);
    f.window->close();
    const QString folder = f.window->run().folder();
    f.window = std::make_unique<MainWindow>([&f] { return f.engine; }, f.settings);
    f.window->resize(1440, 900);
    f.window->show();
    f.window->openRun(folder);
    QVERIFY(f.waitForRecords(31));
    QTRY_COMPARE(f.find<QDockWidget>("tableDock")->height(), high);
}

void TestWindowLayout::smallWindows_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("720 x 450") << QSize(720, 450);
    QTest::newRow("800 x 500") << QSize(800, 500);
    QTest::newRow("1024 x 600") << QSize(1024, 600);
}

/// Every page fits into a small window, and no word is cut that is not made to be shortened.
void TestWindowLayout::smallWindows()
{
    QFETCH(QSize, size);
    WindowFixture f;
    const auto fits = [&](const char* page) {
        f.window->resize(size);
        QTest::qWait(80);
        if (f.window->size() != size)
            return QStringLiteral("%1: %2 x %3")
                .arg(QLatin1String(page))
                .arg(f.window->width())
                .arg(f.window->height());
        QStringList cut;
        for (QWidget* widget : f.window->findChildren<QWidget*>()) {
            const auto* label = qobject_cast<QLabel*>(widget);
            const auto* button = qobject_cast<QAbstractButton*>(widget);
            const QString text = label ? label->text() : button ? button->text() : QString();
            if (text.isEmpty() || !widget->isVisible() || widget->visibleRegion().isEmpty())
                continue;
            const bool outside =
                widget->mapTo(f.window.get(), QPoint(widget->width(), 0)).x() > f.window->width();
            const bool narrow = widget->minimumSizeHint().width() > widget->width() + 1
                && !(label && label->wordWrap());
            if (narrow || outside)
                cut << QLatin1String(page) + QStringLiteral(": ") + text;
        }
        return cut.join(QLatin1Char('\n'));
    };
    QCOMPARE(fits("welcome"), QString());
    QVERIFY(f.openProject());
    QCOMPARE(fits("setup"), QString());
    f.click("confirmMetrics");
    f.click("estimate");
    QVERIFY(QTest::qWaitFor([&] { return f.window->setup().probe().has_value(); }));
    QCOMPARE(fits("estimate"), QString());
    f.click("startSweep");
    QVERIFY(f.waitForEnd());
    f.window->selection().setCurrent(3);
    QCOMPARE(fits("results"), QString());
}

void TestWindowLayout::longOutputNames()
{
    const QString name = QStringLiteral("decoder_block_3_attention_probabilities_after_softmax");
    Label label(name);
    label.setElided(true);
    label.setToolTip(QStringLiteral("its shape"));
    label.resize(80, 20);
    label.grab();
    QCOMPARE(label.toolTip(), QStringLiteral("its shape")); // kept
    label.setToolTip({});
    label.grab();
    QCOMPARE(label.toolTip(), name);
    WindowFixture f;
    QVERIFY(f.openProject());
    for (auto* found : f.find<QWidget>("metricsCard")->findChildren<Label*>())
        if (found->text() == QStringLiteral("out_0"))
            QVERIFY(found->minimumSizeHint().width()
                    < found->fontMetrics().horizontalAdvance(name));
}

void TestWindowLayout::movedRunStaysInTheList()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    const QString folder = f.window->run().folder();
    f.find<QAction>("actionPrimary")->trigger(); // run again: to the setup
    f.click("estimate");
    QVERIFY(QTest::qWaitFor([&] { return f.window->stage() == MainWindow::Stage::Estimate; }));
    f.click("startSweep");
    QVERIFY(QTest::qWaitFor([&] { return f.window->run().isRunning(); }));
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(Settings(f.settings).recentRuns().size(), 2);
    QStringList recent;
    for (const RecentRun& run : Settings(f.settings).recentRuns())
        recent << run.folder;
    QCOMPARE(recent, (QStringList {folder, folder + QStringLiteral(".1")}));
}

void TestWindowLayout::themesSwitch()
{
    WindowFixture f;
    QVERIFY(f.sweep());
    const auto corner = [&f] { return f.window->grab().toImage().pixelColor(5, 5); };
    f.window->findChild<QAction*>(QStringLiteral("theme2"))->trigger();
    QCOMPARE(corner(), Theme::darkTheme().window);
    QCOMPARE(Settings(f.settings).themeMode(), ThemeMode::Dark);
    f.window->findChild<QAction*>(QStringLiteral("theme1"))->trigger();
    QCOMPARE(corner(), Theme::light().window);
}

/// In the mode "System" a change of the platform's theme is taken up, and our palette stays.
void TestWindowLayout::themeFollowsTheDesktop()
{
    WindowFixture f;
    f.find<QAction>("theme0")->trigger();
    const auto corner = [&f] { return f.window->grab().toImage().pixelColor(5, 5); };
    for (const bool dark : {true, false}) {
        setSystemPrefersDark(dark);
        QEvent changed(QEvent::ThemeChange);
        QApplication::sendEvent(f.window.get(), &changed);
        const Theme expected = dark ? Theme::darkTheme() : Theme::light();
        QTRY_COMPARE(corner(), expected.window);
        QCOMPARE(QApplication::palette().color(QPalette::Window), expected.window);
    }
    setSystemPrefersDark(true);
    f.find<QAction>("theme1")->trigger();
    QEvent changed(QEvent::ThemeChange);
    QApplication::sendEvent(f.window.get(), &changed);
    QTest::qWait(50);
    QCOMPARE(corner(), Theme::light().window);
    setSystemPrefersDark(std::nullopt);
}

void TestWindowLayout::menusInLineWithTheSearch()
{
    WindowFixture f;
    QTest::qWait(50);
    const QMenuBar& bar = *f.window->menuBar();
    const auto* button = f.find<QWidget>("searchButton");
    const double middle = button->mapTo(f.window.get(), QPoint()).y() + button->height() / 2.0;
    const QRect file = bar.actionGeometry(bar.actions().front());
    const double text = bar.y() + file.y() + file.height() / 2.0;
    QVERIFY2(std::abs(text - middle) <= 1,
             qPrintable(QStringLiteral("%1 and %2").arg(text).arg(middle)));
}

/// Where Qt's file dialog is shown it has the theme's icons: one colour, no pictures of its own.
void TestWindowLayout::fileDialogHasOurIcons()
{
    WindowFixture f;
    f.find<QAction>("theme1")->trigger();
    f.find<QAction>("actionOpenModel")->trigger();
    QTRY_VERIFY(f.window->findChild<QFileDialog*>());
    auto* dialog = f.window->findChild<QFileDialog*>();
    int icons = 0;
    for (const QToolButton* button : dialog->findChildren<QToolButton*>()) {
        if (button->icon().isNull() || !button->isVisible())
            continue;
        ++icons;
        const QImage picture = button->icon().pixmap(16, 16).toImage();
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x)
                if (const QColor colour = picture.pixelColor(x, y); colour.alpha() > 200)
                    QVERIFY2(contrastRatio(colour, Theme::light().text2) < 1.05,
                             qPrintable(button->objectName() + colour.name()));
    }
    QVERIFY(icons >= 5);
    dialog->close();
}

QTEST_MAIN(TestWindowLayout)
#include "tst_window_layout.moc"
