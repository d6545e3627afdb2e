// SPDX-License-Identifier: GPL-3.0-or-later
// The window without a mouse: the whole job by keys alone, from the first page to the written
// report; and in every state that Tab reaches every control, that one sees where the focus is, that
// every control says what it is, and that the theme can be switched.
#include "tests/widgets/window_fixture.h"
#include "tests/widgets/window_states.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/scatter_plot.h"

#include <QAccessible>
#include <QDockWidget>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// Where the keys of a person go.
QWidget* keyboard()
{
    if (QApplication::activePopupWidget())
        return QApplication::activePopupWidget();
    if (QApplication::focusWidget())
        return QApplication::focusWidget();
    return QApplication::activeWindow();
}

void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    QTest::keyClick(keyboard(), key, modifiers);
}

void type(const QString& text)
{
    QTest::keyClicks(keyboard(), text);
}

/// Presses Tab until `wanted` has the focus.
bool tabTo(const QWidget* wanted)
{
    for (int i = 0; i < 120 && !wanted->hasFocus(); ++i)
        press(Qt::Key_Tab);
    return wanted->hasFocus();
}

/// Answers the file dialog that is about to open.
bool typeFileName(const QString& path)
{
    const auto open = [] {
        return qobject_cast<QFileDialog*>(QApplication::activeWindow()) && keyboard()
            && qobject_cast<QLineEdit*>(keyboard());
    };
    if (!QTest::qWaitFor(open))
        return false;
    const auto* dialog = QApplication::activeWindow();
    QWidget* window = dialog->parentWidget();
    static_cast<QLineEdit*>(keyboard())->selectAll();
    type(path);
    press(Qt::Key_Return);
    if (!QTest::qWaitFor([dialog] { return QApplication::activeWindow() != dialog; }))
        return false;
    // What the desktop does, and the platform of the tests does not.
    window->activateWindow();
    return QTest::qWaitForWindowActive(window);
}

QString nameOf(const QWidget* widget)
{
    return QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ')
        + widget->objectName();
}

/// Whether Tab is to come to the widget: it is in sight and takes the focus by it.
bool isControl(const QWidget* widget)
{
    return widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus)
        && !widget->focusProxy() && !widget->visibleRegion().isEmpty()
        && !widget->inherits("QMenuBar") && !widget->inherits("QMenu")
        && !widget->inherits("QScrollArea") && !widget->inherits("QDockWidget");
}

QList<QWidget*> controlsOf(const QWidget& window)
{
    QList<QWidget*> controls;
    const auto all = window.findChildren<QWidget*>();
    for (QWidget* widget : all)
        if (widget->window() == &window && isControl(widget))
            controls << widget;
    return controls;
}

QStringList unreachable(QWidget& window)
{
    QSet<const QWidget*> reached;
    window.setFocus();
    for (int i = 0; i < 200; ++i) {
        press(Qt::Key_Tab);
        reached << QApplication::focusWidget();
    }
    QStringList missed;
    for (const QWidget* widget : controlsOf(window))
        if (!reached.contains(widget))
            missed << QStringLiteral("not reached: ") + nameOf(widget);
    return missed;
}

QStringList unseen(QWidget& window)
{
    QStringList missed;
    for (QWidget* widget : controlsOf(window)) {
        window.setFocus();
        QTest::qWait(5);
        const QImage without = widget->grab().toImage();
        widget->setFocus(Qt::TabFocusReason);
        if (widget->hasFocus()
            && !QTest::qWaitFor([&] { return widget->grab().toImage() != without; }, 300))
            missed << QStringLiteral("focus not seen: ") + nameOf(widget);
    }
    return missed;
}

QStringList nameless(QWidget& window)
{
    QStringList missed;
    const auto all = window.findChildren<QWidget*>();
    for (QWidget* widget : all) {
        if (widget->window() != &window || !widget->isVisible()
            || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy()
            || widget->inherits("QMenu") || widget->inherits("QScrollArea")
            || widget->inherits("QMenuBar"))
            continue;
        auto* accessible = QAccessible::queryAccessibleInterface(widget);
        if (!accessible || accessible->text(QAccessible::Name).trimmed().isEmpty())
            missed << QStringLiteral("no name: ") + nameOf(widget);
    }
    return missed;
}

QStringList unthemed(MainWindow& main, QWidget& window)
{
    QStringList missed;
    for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
        main.setThemeMode(mode);
        QTest::qWait(20);
        const bool dark = window.grab().toImage().pixelColor(2, 2).lightness() < 128;
        if (dark != (mode == ThemeMode::Dark))
            missed << QStringLiteral("not in the colours of the theme");
    }
    return missed;
}

} // namespace

class TestWindowKeys : public QObject
{
    Q_OBJECT

private slots:
    void wholeFlow();
    void everyState_data();
    void everyState();
    void menusHaveKeys();
};

void TestWindowKeys::wholeFlow()
{
    WindowFixture f;
    MainWindow& window = *f.window;
    QVERIFY(QTest::qWaitForWindowActive(&window));
    const QString model = f.file(QStringLiteral("tiny.pt"), "cnn");
    const QString inputs = f.file(QStringLiteral("inputs.npy"), "inputs");
    press(Qt::Key_O, Qt::ControlModifier);
    QVERIFY(typeFileName(model));
    QTRY_COMPARE(window.setup().modelState(), LoadState::Ready);
    press(Qt::Key_I, Qt::ControlModifier);
    QVERIFY(typeFileName(inputs));
    QTRY_COMPARE(window.setup().inputsState(), LoadState::Ready);

    QVERIFY(tabTo(f.find<QPushButton>("confirmMetrics")));
    press(Qt::Key_Space);
    QVERIFY(window.setup().metricsConfirmed());
    press(Qt::Key_F5);
    QTRY_COMPARE(window.stage(), MainWindow::Stage::Estimate);
    QTRY_VERIFY(f.find<QPushButton>("startSweep")->isEnabled());
    QVERIFY(tabTo(f.find<QPushButton>("startSweep")));
    press(Qt::Key_Space);
    QVERIFY(f.waitForEnd());
    QTRY_COMPARE(f.records(), window.run().progress().done);

    // Along the front, and from a point to its detail.
    press(Qt::Key_2, Qt::ControlModifier);
    auto* plot = window.findChild<ScatterPlot*>();
    QVERIFY(plot->hasFocus());
    press(Qt::Key_Escape);
    QCOMPARE(window.selection().current(), kNoRecord);
    for (const RecordId expected : window.run().snapshot()->analysis.front) {
        press(Qt::Key_Right);
        QCOMPARE(window.selection().current(), expected);
    }
    press(Qt::Key_Return);
    QVERIFY(f.find<QWidget>("detailDock")->isAncestorOf(QApplication::focusWidget()));

    press(Qt::Key_F, Qt::ControlModifier);
    type(QStringLiteral("group:2 bits<7"));
    press(Qt::Key_Return);
    QCOMPARE(window.selection().view().filter.size(), std::size_t(2));

    // Two results side by side: the first one pinned.
    press(Qt::Key_2, Qt::ControlModifier);
    press(Qt::Key_Home);
    const RecordId first = window.selection().current();
    press(Qt::Key_P);
    QCOMPARE(window.selection().pinLetter(first), 'A');
    press(Qt::Key_Right);
    const RecordId second = window.selection().current();
    QVERIFY(second != first);
    press(Qt::Key_C);
    QCOMPARE(window.selection().compared(), std::make_pair(first, second));
    QVERIFY(window.findChild<ComparePanel*>()->isVisible());

    // The table says the same, row by row.
    press(Qt::Key_3, Qt::ControlModifier);
    QVERIFY(f.table().hasFocus());
    QCOMPARE(f.table().currentIndex().siblingAtColumn(0).data(ResultModel::RecordIdRole).toInt(),
             second);

    press(Qt::Key_E, Qt::ControlModifier);
    QTRY_VERIFY(QFileInfo::exists(window.run().folder() + QStringLiteral("/report.html")));
    const QString picture = f.folder.filePath(QStringLiteral("plot.svg"));
    press(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(typeFileName(picture));
    QTRY_VERIFY(QFileInfo(picture).size() > 1000);
}

void TestWindowKeys::everyState_data()
{
    QTest::addColumn<int>("check");
    QTest::newRow("Tab reaches everything") << 0;
    QTest::newRow("the focus is seen") << 1;
    QTest::newRow("everything has a name") << 2;
    QTest::newRow("the theme can be switched") << 3;
}

void TestWindowKeys::everyState()
{
    QFETCH(int, check);
    WindowFixture f {slowWithOneFailure()};
    QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
    QStringList found;
    const bool complete = visitStates(f, [&](const char* state, QWidget& window) {
        window.activateWindow();
        // Not qWaitForWindowActive(): it takes a dialog for active where its window is.
        if (!QTest::qWaitFor([&window] { return QApplication::activeWindow() == &window; }))
            found << QLatin1String(state) + QStringLiteral(": not active");
        for (const QString& what : check == 0 ? unreachable(window)
                 : check == 1                 ? unseen(window)
                 : check == 2                 ? nameless(window)
                                              : unthemed(*f.window, window))
            found << QLatin1String(state) + QStringLiteral(": ") + what;
    });
    for (const QString& what : found) // a message of the test is cut off after a few lines
        qWarning("%s", qPrintable(what));
    QVERIFY(found.isEmpty());
    QVERIFY(complete);
}

/// What the tool bar and the menus do can be reached by keys: F10 or Alt opens the menus.
void TestWindowKeys::menusHaveKeys()
{
    WindowFixture f;
    const auto buttons = f.find<QWidget>("toolBar")->findChildren<QToolButton*>();
    QSet<QAction*> inMenus;
    std::function<void(const QList<QAction*>&)> collect = [&](const QList<QAction*>& actions) {
        for (QAction* action : actions) {
            inMenus << action;
            if (action->menu())
                collect(action->menu()->actions());
        }
    };
    collect(f.window->menuBar()->actions());
    for (const QToolButton* button : buttons)
        if (button->defaultAction())
            QVERIFY2(inMenus.contains(button->defaultAction()),
                     qPrintable(button->defaultAction()->text()));
    for (const QAction* menu : f.window->menuBar()->actions())
        QVERIFY2(menu->text().contains(QLatin1Char('&')), qPrintable(menu->text()));
}

QTEST_MAIN(TestWindowKeys)
#include "tst_window_keys.moc"
