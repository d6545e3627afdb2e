// SPDX-License-Identifier: GPL-3.0-or-later
// The shared selection: what is chosen follows what is visible, every change of the view can be
// undone.
#include "plot_data.h"

#include "core/plan/targets.h"
#include "widgets/selection.h"

#include <QSignalSpy>
#include <QtTest>

#include <algorithm>

using namespace bitfront;

namespace {

std::vector<FilterTerm> terms(const char* text)
{
    const ParsedFilter parsed = parseFilter(text);
    return parsed.error ? std::vector<FilterTerm>() : parsed.terms;
}

} // namespace

class SelectionTest : public QObject
{
    Q_OBJECT

private slots:
    void choosing();
    void pinsHaveLetters();
    void filteredOutIsNotChosen();
    void viewStepsUndo();
    void stepsOfOneKindMerge();
    void revealChangesOnlyWhatIsInTheWay();
    void resetForgets();
    void targetsNameTheWinner();
    void randomStepsUndoToTheStart();
};

void SelectionTest::choosing()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot());
    QSignalSpy current(&selection, &Selection::currentChanged);
    QSignalSpy selected(&selection, &Selection::selectedChanged);
    selection.setCurrent(3);
    selection.setCurrent(3);
    QCOMPARE(current.size(), 1);
    selection.toggle(5);
    QCOMPARE(selection.current(), 5);
    QCOMPARE(selection.selected(), (std::vector<RecordId> {3, 5}));
    selection.toggle(5);
    QCOMPARE(selection.current(), 3);
    selection.toggle(3);
    QCOMPARE(selection.current(), kNoRecord);
    QVERIFY(selection.selected().empty());
    QCOMPARE(selected.size(), 4);
    selection.setSelected({7, 2, 9}, 2);
    QVERIFY(selection.isSelected(9) && selection.current() == 2);
}

void SelectionTest::pinsHaveLetters()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot());
    for (const int record : {4, 8, 15, 16, 23})
        QVERIFY(selection.togglePin(record));
    QVERIFY(!selection.togglePin(42)); // no letter left
    QCOMPARE(selection.pinLetter(15), 'C');
    QVERIFY(selection.togglePin(8));
    QCOMPARE(selection.pinLetter(8), char(0));
    QCOMPARE(selection.pinLetter(15), 'C'); // the others keep theirs
    QVERIFY(selection.togglePin(42));
    QCOMPARE(selection.pinLetter(42), 'B');
    QVERIFY(!selection.togglePin(kNoRecord));
}

void SelectionTest::filteredOutIsNotChosen()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot());
    const auto& analysis = selection.snapshot()->analysis;
    const RecordId beaten =
        static_cast<RecordId>(std::ranges::find(analysis.points, false, &AnalysedPoint::onFront)
                              - analysis.points.begin());
    selection.setCurrent(beaten);
    QSignalSpy current(&selection, &Selection::currentChanged);
    selection.addFilter(terms("front:yes"));
    QCOMPARE(selection.current(), kNoRecord);
    QCOMPARE(selection.count(Visibility::Shown), static_cast<int>(analysis.front.size()));
    QCOMPARE(selection.visibility(beaten), Visibility::Filtered);
    selection.undoStack().undo();
    QCOMPARE(selection.current(), beaten); // comes back with its point
    QCOMPARE(current.size(), 2);
    selection.hide({beaten});
    QCOMPARE(selection.visibility(beaten), Visibility::Hidden);
    QCOMPARE(selection.current(), kNoRecord);
    selection.showHidden();
    QCOMPARE(selection.current(), beaten);
}

void SelectionTest::viewStepsUndo()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot());
    const ViewState start = selection.view();
    selection.addFilter(terms("group:2 bits<8"));
    selection.addFilter(terms("bits<8")); // already there: no step
    QCOMPARE(selection.undoStack().count(), 1);
    QCOMPARE(selection.view().filter.size(), std::size_t(2));
    selection.removeFilter(0);
    QCOMPARE(selection.view().filter.size(), std::size_t(1));
    selection.removeFilter(7);
    selection.setGroupVisible(GroupId::PerBlock, false);
    selection.setRefinementsVisible(false);
    selection.clearFilter();
    QCOMPARE(selection.undoStack().count(), 5);
    const ViewState end = selection.view();
    while (selection.undoStack().canUndo())
        selection.undoStack().undo();
    QVERIFY(selection.view() == start);
    QCOMPARE(selection.count(Visibility::Shown), 60);
    while (selection.undoStack().canRedo())
        selection.undoStack().redo();
    QVERIFY(selection.view() == end);
}

void SelectionTest::stepsOfOneKindMerge()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot());
    for (int i = 1; i <= 20; ++i) {
        ViewState view = selection.view();
        view.zoom = PlotZoom {"axes", 1.0 * i, 100, 0, 10};
        selection.changeView(view, QStringLiteral("zoom"), Selection::ZoomStep);
    }
    QCOMPARE(selection.undoStack().count(), 1);
    ViewState view = selection.view();
    view.targetRatio = 2;
    selection.changeView(view, QStringLiteral("target"), Selection::TargetStep);
    QCOMPARE(selection.undoStack().count(), 2);
    selection.undoStack().undo();
    selection.undoStack().undo();
    QVERIFY(!selection.view().zoom);
}

void SelectionTest::revealChangesOnlyWhatIsInTheWay()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot());
    selection.addFilter(terms("group:2 failed:no"));
    selection.setGroupVisible(GroupId::PerChannel, false);
    selection.setGroupVisible(GroupId::PerBlock, false);
    selection.reveal(0); // group 1a
    QCOMPARE(selection.current(), 0);
    QVERIFY(selection.isShown(0));
    QCOMPARE(selection.view().filter.size(), std::size_t(1)); // failed:no was not in the way
    QVERIFY(selection.view().hiddenGroups.count(GroupId::PerBlock) == 1);
    const int steps = selection.undoStack().count();
    selection.reveal(3);
    selection.reveal(999);
    QCOMPARE(selection.undoStack().count(), steps);
}

void SelectionTest::resetForgets()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot());
    selection.setCurrent(2);
    selection.togglePin(2);
    selection.setCompared(1, 2);
    selection.addFilter(terms("front:no"));
    selection.reset();
    QCOMPARE(selection.current(), kNoRecord);
    QCOMPARE(selection.pinLetter(2), char(0));
    QCOMPARE(selection.compared().first, kNoRecord);
    QVERIFY(selection.view() == ViewState());
    QVERIFY(!selection.undoStack().canUndo());
}

void SelectionTest::targetsNameTheWinner()
{
    const SnapshotPtr snapshot = testdata::snapshot();
    const Analysis& analysis = snapshot->analysis;
    const TargetAnswer smallest = meetTargets(analysis, {40, std::nullopt});
    QVERIFY(smallest.winner != kNoRecord);
    int survivors = 0;
    for (const AnalysedPoint& point : analysis.points) {
        const bool counts = !point.failed && !point.belowFloor && point.quality >= 40;
        survivors += counts;
        if (counts)
            QVERIFY(point.ratio
                    <= analysis.points[static_cast<std::size_t>(smallest.winner)].ratio);
    }
    QCOMPARE(smallest.survivors, survivors);
    QVERIFY(analysis.points[static_cast<std::size_t>(smallest.winner)].onFront);
    const TargetAnswer best = meetTargets(analysis, {std::nullopt, 3.0});
    for (const AnalysedPoint& point : analysis.points)
        if (point.ratio >= 3 && !point.failed && !point.belowFloor)
            QVERIFY(point.quality
                    <= analysis.points[static_cast<std::size_t>(best.winner)].quality);
    QCOMPARE(meetTargets(analysis, {1000, std::nullopt}).winner, kNoRecord);
    std::vector<bool> nobody(analysis.points.size(), false);
    QCOMPARE(meetTargets(analysis, {}, nobody).survivors, 0);
}

void SelectionTest::randomStepsUndoToTheStart()
{
    Selection selection;
    selection.setSnapshot(testdata::snapshot({200, true, Metric::Psnr}));
    std::uint32_t state = 7;
    const auto random = [&state](int below) {
        state = state * 1664525u + 1013904223u;
        return static_cast<int>((state >> 8) % static_cast<std::uint32_t>(below));
    };
    const char* const filters[] = {"front:yes", "bits<6", "-group:2", "psnr>30", "config_1"};
    for (int i = 0; i < 1000; ++i) {
        switch (random(6)) {
        case 0:
            selection.addFilter(terms(filters[random(5)]));
            break;
        case 1:
            selection.removeFilter(static_cast<std::size_t>(random(3)));
            break;
        case 2:
            selection.hide({random(200), random(200)});
            break;
        case 3:
            selection.setGroupVisible(kGroups[random(3)], random(2) == 0);
            break;
        case 4:
            selection.toggle(random(205));
            break;
        default:
            selection.showHidden();
            break;
        }
    }
    while (selection.undoStack().canUndo())
        selection.undoStack().undo();
    QVERIFY(selection.view() == ViewState());
    QCOMPARE(selection.count(Visibility::Shown), 205);
}

QTEST_MAIN(SelectionTest)
#include "tst_selection.moc"
