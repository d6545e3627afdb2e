// SPDX-License-Identifier: GPL-3.0-or-later
// A window in which somebody scans layers and looks for recipes, for several tests.
#pragma once

#include "browser.h"

#include "widgets/panels/recipe_bar.h"
#include "widgets/panels/sensitivity_panel.h"
#include "widgets/results/sensitivity_model.h"
#include "widgets/results/sensitivity_view.h"

#include <QAction>
#include <QLabel>
#include <QSignalSpy>

#include <string>

namespace bitfront::test {

/// A window with a finished run whose Sensitivity tab is in front.
class Analyst : public Browser
{
public:
    using Browser::Browser;

    bool open()
    {
        if (!openFinishedRun())
            return false;
        find<QAction>("actionGoTo8")->trigger();
        return QTest::qWaitFor([this] { return find<QPushButton>("startScan")->isEnabled(); });
    }
    bool scanned()
    {
        return QTest::qWaitFor(
            [this] { return scan().view() && scan().view()->isComplete() && idle(); }, 30000);
    }
    bool openScanned()
    {
        if (!open())
            return false;
        click("startScan");
        return scanned();
    }
    /// Of the transformer, which has two outputs and an attention.
    bool openScannedTransformer()
    {
        if (!openProject("transformer"))
            return false;
        click("confirmMetrics");
        click("estimate");
        if (!QTest::qWaitFor([this] { return window->setup().probe().has_value(); }))
            return false;
        click("startSweep");
        if (!waitForEnd())
            return false;
        find<QAction>("actionGoTo8")->trigger();
        if (!QTest::qWaitFor([this] { return find<QPushButton>("startScan")->isEnabled(); }))
            return false;
        click("startScan");
        return scanned();
    }
    bool idle() const { return !scan().isWorking(); }
    ScanController& scan() const { return window->scan(); }
    SensitivityPanel& panel() const { return *window->findChild<SensitivityPanel*>(); }
    int forwards() const { return engine->counters().evaluations; }
    QString text(const char* label) const { return find<QLabel>(label)->text(); }

    /// Moves the slider to that size and waits for the prediction.
    bool budget(double bits) const
    {
        QSignalSpy spy(&scan(), &ScanController::predicted);
        panel().bar().setTargetBits(bits);
        return spy.count() > 0 || spy.wait(5000);
    }
    void key(Qt::Key key) const { QTest::keyClick(&panel().view(), key); }
    const ResultRecord& current() const
    {
        return snapshot().records[static_cast<std::size_t>(selection().current())];
    }
    bool waitForNew(int before) const
    {
        return QTest::qWaitFor(
            [this, before] {
                return records() > before && idle() && selection().current() == records() - 1;
            },
            20000);
    }
    int bitsOf(const ResultRecord& record, const std::string& layer) const
    {
        for (const LayerStorage& storage : record.measurement()->layers)
            if (storage.layer == layer)
                return storage.bitsPerCode;
        return 0;
    }
};

} // namespace bitfront::test
