// SPDX-License-Identifier: GPL-3.0-or-later
// Browsing results as a person does: whatever is clicked, typed, hidden, zoomed and undone, plot,
// table and detail show the same; nothing is nameless and nothing is cut off.
#include "browser.h"

#include "widgets/panels/target_bar.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QCompleter>
#include <QElapsedTimer>
#include <QLabel>
#include <QRandomGenerator>
#include <QTabBar>
#include <QTimer>

using namespace bitfront;
using test::Browser;
using test::ground;

class WindowBrowseTest : public QObject
{
    Q_OBJECT

private slots:
    void answersWhileRunning();
    void thousandActionsAgree();
    void brushFilters();
    void typedFilters();
    void filteredToNothing();
    void targetsNameTheWinner();
    void axesKeepEveryPointClickable();
    void everythingNamed();
    void noTextIsCut_data();
    void noTextIsCut();
};

/// How late a timer is heard while results arrive: what a click would have to wait.
void WindowBrowseTest::answersWhileRunning()
{
    const auto lateness = [](int milliseconds) {
        std::vector<double> late;
        QElapsedTimer sinceTick;
        QTimer tick;
        tick.setTimerType(Qt::PreciseTimer);
        connect(&tick, &QTimer::timeout, &tick, [&] {
            late.push_back(std::max(double(sinceTick.nsecsElapsed()) / 1e6 - 5, 0.0));
            sinceTick.restart();
        });
        sinceTick.start();
        tick.start(5);
        QTest::qWait(milliseconds);
        std::ranges::sort(late);
        return late;
    };
    const auto share = [](const std::vector<double>& sorted, double part) {
        return sorted[static_cast<std::size_t>(part * double(sorted.size() - 1))];
    };
    test::FakeOptions options;
    options.delayMs = 60;
    Browser f(options);
    QVERIFY(f.openEstimate());
    const std::vector<double> idle = lateness(600);
    f.click("startSweep");
    QVERIFY(f.waitForRecords(2));
    const std::vector<double> busy = lateness(1500);
    QVERIFY(f.window->run().isRunning());
    qInfo(
        "Event latency while a sweep runs: median %.1f ms, p99 %.1f ms, longest %.1f ms (idle p99 "
        "%.1f ms)",
        share(busy, 0.5), share(busy, 0.99), busy.back(), share(idle, 0.99));
    QVERIFY(share(busy, 0.99) <= std::max(50.0, 3 * share(idle, 0.99)));
    QVERIFY(f.waitForEnd());
}

void WindowBrowseTest::thousandActionsAgree()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    const ViewState start = f.selection().view();
    QRandomGenerator random(20240607);
    const char* const filters[] = {"front:yes",  "bits<6",     "-group:2",
                                   "quality>30", "refined:no", "ratio:2..4"};
    const auto any = [&](int count) { return static_cast<int>(random.bounded(count)); };
    for (int i = 0; i < 1000; ++i) {
        const int record = any(f.records());
        const int action = any(13);
        switch (action) {
        case 0:
        case 1:
            if (!f.plot().markerPosition(record).isNull())
                f.clickPoint(record, action == 1 ? Qt::ControlModifier : Qt::NoModifier);
            break;
        case 2: {
            const ResultProxy& proxy = f.table().proxy();
            if (proxy.rowCount() > 0)
                f.table().setCurrentIndex(proxy.index(any(proxy.rowCount()), 0));
            break;
        }
        case 3:
            f.type(filters[any(6)]);
            break;
        case 4:
            f.selection().removeFilter(static_cast<std::size_t>(any(3)));
            break;
        case 5:
            f.selection().hide(f.selection().selected());
            break;
        case 6:
            f.selection().showHidden();
            break;
        case 7:
            f.selection().setGroupVisible(kGroups[any(3)], any(3) > 0);
            break;
        case 8:
            QTest::keyClick(&f.plot(), any(2) ? Qt::Key_Right : Qt::Key_Up);
            break;
        case 9:
            any(2) ? f.plot().zoomIn() : f.plot().resetZoom();
            break;
        case 10:
            f.selection().undoStack().undo();
            break;
        case 11:
            f.selection().undoStack().redo();
            break;
        default:
            f.table().sortByColumn(any(6), any(2) ? Qt::AscendingOrder : Qt::DescendingOrder);
            break;
        }
        const QString wrong = f.disagreement();
        QVERIFY2(
            wrong.isEmpty(),
            qPrintable(QStringLiteral("step %1, action %2: %3").arg(i).arg(action).arg(wrong)));
    }
    while (f.selection().undoStack().canUndo())
        f.selection().undoStack().undo();
    QVERIFY(f.selection().view() == start);
    QCOMPARE(static_cast<int>(f.tableRows().size()), f.records());
    QVERIFY(!f.plot().zoom());
}

void WindowBrowseTest::brushFilters()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    const RecordId inside = f.snapshot().analysis.front.front();
    const QPoint at = f.plot().markerPosition(inside).toPoint() - ground(f.plot())->pos();
    f.drag(at - QPoint(30, 30), at + QPoint(30, 30));
    QCOMPARE(f.selection().view().filter.size(), std::size_t(2));
    QVERIFY(f.selection().isShown(inside));
    QVERIFY(static_cast<int>(f.tableRows().size()) < f.records());
    QCOMPARE(f.disagreement(), QString());
    QVERIFY(f.find<QAbstractButton>("filterChip0"));
    // What is filtered out stays as a ghost: not clickable, but the axes do not move.
    QCOMPARE(f.plot().markerPosition(inside).toPoint() - ground(f.plot())->pos(), at);
    f.selection().undoStack().undo();
    QCOMPARE(static_cast<int>(f.tableRows().size()), f.records());
    f.drag(at - QPoint(30, 30), at + QPoint(30, 30), Qt::ControlModifier);
    QVERIFY(f.selection().view().filter.empty());
    QVERIFY(f.selection().isSelected(inside));
    QCOMPARE(f.disagreement(), QString());
}

void WindowBrowseTest::typedFilters()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    f.type("group:2 front:yes");
    QCOMPARE(f.selection().view().filter.size(), std::size_t(2));
    for (const int record : f.tableRows()) {
        const auto index = static_cast<std::size_t>(record);
        QCOMPARE(f.snapshot().records[index].config.group, GroupId::Palette);
        QVERIFY(f.snapshot().analysis.points[index].onFront);
    }
    QTest::mouseClick(f.find<QAbstractButton>("filterChip1"), Qt::LeftButton);
    QTRY_COMPARE(f.selection().view().filter.size(), std::size_t(1));
    auto* field = f.find<FilterEdit>("filterField");
    f.type("bits<five");
    QVERIFY(field->showsError());
    QCOMPARE(field->text(), QStringLiteral("bits<five")); // to be mended, not thrown away
    QVERIFY(f.find<QLabel>("filterMessage")->text().contains(QStringLiteral("not a number")));
    field->setText(QStringLiteral("bits<"));
    QVERIFY(!field->showsError()); // still being written
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(field->text().isEmpty());
    QTest::keyClicks(field, QStringLiteral("gro"));
    QAbstractItemView* list = field->findChild<QCompleter*>()->popup();
    QVERIFY(list->isVisible());
    QCOMPARE(list->model()->rowCount(), static_cast<int>(std::size(kGroups)));
    list->hide();
}

void WindowBrowseTest::filteredToNothing()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    f.selection().setCurrent(3);
    f.type("bits<1");
    auto* words = f.find<QLabel>("nothingMatches");
    QVERIFY(words->isVisible());
    QVERIFY(words->text().contains(QStringLiteral("bits<1")));
    QVERIFY(f.tableRows().empty());
    QCOMPARE(f.selection().current(), kNoRecord);
    f.click("clearFilter");
    QVERIFY(!words->isVisible());
    QCOMPARE(f.selection().current(), 3);
    QCOMPARE(f.disagreement(), QString());
}

void WindowBrowseTest::targetsNameTheWinner()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    f.plot().setFocus();
    QTest::keyClick(&f.plot(), Qt::Key_T);
    auto* targets = f.window->findChild<TargetBar*>();
    if (!targets->isVisible())
        f.find<QAction>("actionTargets")->trigger();
    QVERIFY(targets->isVisible());
    QVERIFY(!f.plot().qualityTargetRect().isNull());
    const double before = f.selection().view().targetQuality.begin()->second;
    const QPoint handle =
        (f.plot().qualityTargetRect().center() - ground(f.plot())->pos()).toPoint();
    f.drag(handle, handle - QPoint(0, 40));
    QVERIFY(f.selection().view().targetQuality.begin()->second > before);
    QVERIFY(targets->answer().contains(QStringLiteral("Smallest")));
    f.click("targetWinner");
    const auto& point =
        f.snapshot().analysis.points[static_cast<std::size_t>(f.selection().current())];
    QVERIFY(point.quality >= f.selection().view().targetQuality.begin()->second);
    f.selection().undoStack().undo();
    QCOMPARE(f.selection().view().targetQuality.begin()->second, before);
}

void WindowBrowseTest::axesKeepEveryPointClickable()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    for (int axis = 0; axis < 8; ++axis) {
        f.find<QAction>(qPrintable(QStringLiteral("axis%1").arg(axis / 2)))->trigger();
        if (f.selection().view().logarithmic != (axis % 2 == 1))
            f.find<QAction>("axisLogarithmic")->trigger();
        QTest::qWait(60);
        for (int id = 0; id < f.records(); ++id) {
            const QPointF at = f.plot().markerPosition(id);
            QVERIFY2(!at.isNull(), qPrintable(QStringLiteral("axis %1, %2").arg(axis).arg(id)));
            const auto stack = f.plot().recordsAt(at);
            QVERIFY(std::ranges::find(stack, id) != stack.end());
        }
    }
    while (f.selection().undoStack().canUndo())
        f.selection().undoStack().undo();
    QCOMPARE(f.selection().view().axis, PlotAxis::Ratio);
}

/// Everything that takes the focus says what it is.
void WindowBrowseTest::everythingNamed()
{
    Browser f;
    QVERIFY(f.openFinishedRun());
    QStringList nameless;
    for (QWidget* widget : f.window->findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy()
            || widget->inherits("QMenu") || widget->inherits("QTabBar")
            || widget->inherits("QScrollArea"))
            continue;
        auto* accessible = QAccessible::queryAccessibleInterface(widget);
        if (!accessible || accessible->text(QAccessible::Name).isEmpty())
            nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ')
                    + widget->objectName();
    }
    QCOMPARE(nameless, QStringList());
}

void WindowBrowseTest::noTextIsCut_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("tab");
    for (int tab = 0; tab < 3; ++tab) {
        QTest::addRow("1280 x 800, tab %d", tab) << QSize(1280, 800) << tab;
        QTest::addRow("1440 x 900, tab %d", tab) << QSize(1440, 900) << tab;
    }
}

/// Words must have the room they ask for, unless they are made to be shortened.
void WindowBrowseTest::noTextIsCut()
{
    QFETCH(QSize, size);
    QFETCH(int, tab);
    Browser f;
    f.window->resize(size);
    QVERIFY(f.openFinishedRun());
    const auto front = f.snapshot().analysis.front;
    f.selection().setCurrent(front.front());
    f.selection().setCompared(front.front(), front.back());
    f.find<QTabBar>("resultTabs")->setCurrentIndex(tab);
    f.find<QAction>("actionTargets")->trigger();
    QTest::qWait(400);
    QStringList cut;
    for (QWidget* widget : f.window->findChildren<QWidget*>()) {
        const auto* label = qobject_cast<QLabel*>(widget);
        const auto* button = qobject_cast<QAbstractButton*>(widget);
        if (!widget->isVisible() || (!label && !button))
            continue;
        const QString text = label ? label->text() : button->text();
        if (text.isEmpty() || widget->visibleRegion().isEmpty())
            continue;
        QSize needed = widget->minimumSizeHint();
        if (label && label->wordWrap())
            needed = {0, label->heightForWidth(label->width())};
        if (needed.width() > widget->width() + 1 || needed.height() > widget->height() + 1)
            cut << QStringLiteral("%1 '%2' has %3 x %4, needs %5 x %6")
                       .arg(QString::fromLatin1(widget->metaObject()->className()), text)
                       .arg(widget->width())
                       .arg(widget->height())
                       .arg(needed.width())
                       .arg(needed.height());
    }
    QCOMPARE(cut, QStringList());
}

QTEST_MAIN(WindowBrowseTest)
#include "tst_window_browse.moc"
