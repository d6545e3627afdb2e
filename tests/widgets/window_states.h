// SPDX-License-Identifier: GPL-3.0-or-later
// Walks a window through everything it can show, for checks that must hold everywhere.
#pragma once

#include "tests/widgets/window_fixture.h"
#include "widgets/dialogs/format_picker.h"
#include "widgets/panels/scan_page.h"
#include "widgets/results/filter_edit.h"
#include "widgets/results/result_model.h"

#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QTabBar>
#include <QTreeView>

#include <functional>

namespace bitfront::test {

/// Slow enough for a look at the running sweep; one configuration fails.
inline FakeOptions slowWithOneFailure()
{
    FakeOptions options;
    options.delayMs = 20;
    options.failing = {baseConfigurations().front().name};
    return options;
}

/// Called in every state, with the window or the dialog that is looked at.
using StateCheck = std::function<void(const char* state, QWidget& window)>;

/// A dialog of the window that an action opens.
inline bool visitDialog(const WindowFixture& f, const char* action, const StateCheck& check)
{
    f.find<QAction>(action)->trigger();
    for (QDialog* dialog : f.window->findChildren<QDialog*>()) {
        if (!dialog->isVisible())
            continue;
        check(action, *dialog);
        dialog->close();
        return true;
    }
    return false;
}

inline bool visitSetup(WindowFixture& f, const StateCheck& check)
{
    f.window->openModel(f.file(QStringLiteral("bad.pt"), "state-dict"));
    if (!QTest::qWaitFor([&] { return f.window->setup().modelState() == LoadState::Failed; }))
        return false;
    check("model error", *f.window);
    f.window->openModel(f.file(QStringLiteral("encoder.pt"), "transformer"));
    f.window->openInputs({f.file(QStringLiteral("bad.npy"), "mismatch")});
    if (!QTest::qWaitFor([&] { return f.window->setup().inputsState() == LoadState::Failed; }))
        return false;
    check("inputs error", *f.window);
    f.window->openInputs({f.file(QStringLiteral("noise.npy"), "noise")});
    if (!QTest::qWaitFor([&] { return f.window->setup().inputsState() == LoadState::Ready; }))
        return false;
    check("setup", *f.window);
    f.click("newConfiguration");
    for (QDialog* dialog : f.window->findChildren<QDialog*>()) {
        check("editor", *dialog);
        dialog->close();
    }
    return visitDialog(f, "actionHelp", check) && visitDialog(f, "actionExportHelp", check)
        && visitDialog(f, "actionShortcuts", check);
}

inline bool visitEstimateAndSweep(WindowFixture& f, const StateCheck& check)
{
    if (!f.openEstimate())
        return false;
    check("estimate", *f.window);
    f.find<QPushButton>("trimSweep")->click();
    auto* budget = f.find<QComboBox>("budgetKind");
    for (int kind = 1; kind < budget->count(); ++kind) {
        budget->setCurrentIndex(kind);
        check("budget", *f.window);
    }
    budget->setCurrentIndex(0);
    f.click("startSweep");
    if (!f.waitForRecords(2))
        return false;
    f.window->run().setPaused(true);
    f.find<QTabBar>("resultTabs")->setCurrentIndex(3);
    f.find<QTreeView>("queueList")
        ->setCurrentIndex(f.find<QTreeView>("queueList")->model()->index(0, 0));
    check("queue", *f.window);
    f.window->run().setPaused(false);
    return f.waitForEnd()
        && QTest::qWaitFor([&] { return f.records() == f.window->run().progress().done; });
}

inline void visitResults(WindowFixture& f, const StateCheck& check)
{
    Selection& selection = f.window->selection();
    auto* tabs = f.find<QTabBar>("resultTabs");
    auto* queue = f.find<QTreeView>("queueList");
    queue->setCurrentIndex(queue->model()->index(0, 0));
    check("queue of an ended run", *f.window);
    tabs->setCurrentIndex(0);
    const ResultSnapshot snapshot = *f.window->run().snapshot();
    for (std::size_t i = 0; i < snapshot.records.size(); ++i)
        if (snapshot.records[i].failure())
            selection.setCurrent(static_cast<RecordId>(i));
    check("failed result", *f.window);
    const RecordId first = snapshot.analysis.front.front(), last = snapshot.analysis.front.back();
    selection.setCurrent(first);
    auto* layers = f.find<QTreeView>("layersTable");
    layers->setCurrentIndex(layers->model()->index(1, 0));
    f.find<QAction>("actionTargets")->trigger();
    QTest::qWait(300);
    check("result with a layer open and targets", *f.window);
    f.find<QTabBar>("detailTabs")->setCurrentIndex(1);
    auto* field = f.find<FilterEdit>("filterField");
    field->setText(QStringLiteral("group:2 bits<7"));
    QTest::keyClick(field, Qt::Key_Return);
    check("recipe and filter", *f.window);
    field->setText(QStringLiteral("bits<1"));
    QTest::keyClick(field, Qt::Key_Return);
    check("filtered to nothing", *f.window);
    selection.clearFilter();
    for (int tab = 1; tab < 3; ++tab) {
        tabs->setCurrentIndex(tab);
        selection.setSelected({first, last}, last);
        QTest::qWait(500);
        if (tab == 2) {
            auto* compared = f.find<QTreeView>("compareLayers");
            compared->setCurrentIndex(compared->model()->index(0, 0));
            QTest::qWait(200);
        }
        check(tab == 1 ? "outputs" : "compare", *f.window);
    }
    f.find<QAction>("actionSensitivity")->trigger();
    QTest::qWait(200);
    check("question before a scan", *f.window);
    f.window->findChild<ScanPage*>()->pickFormats();
    auto* formats = f.window->findChild<FormatPicker*>();
    check("formats of a scan", *formats);
    formats->close();
    tabs->setCurrentIndex(0);
}

/// False when a state could not be reached.
inline bool visitStates(WindowFixture& f, const StateCheck& check)
{
    check("welcome", *f.window);
    if (!visitSetup(f, check) || !visitEstimateAndSweep(f, check))
        return false;
    visitResults(f, check);
    f.find<QAction>("actionSearch")->trigger();
    check("search", *f.window);
    return true;
}

} // namespace bitfront::test
