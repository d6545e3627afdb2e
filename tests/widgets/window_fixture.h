// SPDX-License-Identifier: GPL-3.0-or-later
// A window on the fake engine with files of its own, and the clicks that tests have in common.
#pragma once

#include "app/gui/main_window.h"
#include "tests/support/fake_engine.h"
#include "widgets/results/results_view.h"

#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace bitfront::test {

class WindowFixture
{
public:
    explicit WindowFixture(FakeOptions options = {})
        : engine(std::make_shared<FakeEngine>(std::move(options)))
        , settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat)
        , window(std::make_unique<MainWindow>([this] { return engine; }, settings))
    {
        window->resize(1440, 900);
        window->show();
    }

    QString file(const QString& name, const QByteArray& content)
    {
        QFile output(folder.filePath(name));
        if (output.open(QIODevice::WriteOnly))
            output.write(content);
        return output.fileName();
    }

    template<class Widget>
    Widget* find(const char* name) const
    {
        return window->findChild<Widget*>(QLatin1String(name));
    }

    void click(const char* button) const
    {
        QTest::mouseClick(find<QPushButton>(button), Qt::LeftButton);
    }

    /// Opens a model and inputs and waits until both are ready.
    bool openProject(const QByteArray& model = "cnn")
    {
        window->openModel(file(QStringLiteral("tiny.pt"), model));
        window->openInputs({file(QStringLiteral("inputs.npy"), "inputs")});
        return QTest::qWaitFor(
            [this] { return window->setup().inputsState() == LoadState::Ready; });
    }

    /// From a fresh window to the estimate, by clicks.
    bool openEstimate(const QByteArray& model = "cnn")
    {
        if (!openProject(model))
            return false;
        click("confirmMetrics");
        click("estimate");
        return QTest::qWaitFor([this] { return window->setup().probe().has_value(); });
    }

    bool waitForRecords(int count) const
    {
        return QTest::qWaitFor([this, count] { return records() >= count; }, 20000);
    }

    bool waitForEnd() const
    {
        return QTest::qWaitFor(
            [this] {
                return window->run().hasRun() && !window->run().isRunning()
                    && window->run().snapshot();
            },
            30000);
    }

    /// A whole sweep of the standard plan.
    bool sweep()
    {
        if (!openEstimate())
            return false;
        click("startSweep");
        return waitForEnd()
            && QTest::qWaitFor([this] { return records() == window->run().progress().done; });
    }

    int records() const
    {
        const auto& snapshot = window->run().snapshot();
        return snapshot ? static_cast<int>(snapshot->records.size()) : 0;
    }

    ResultsView& table() const { return *find<ResultsView>("resultsTable"); }

    QTemporaryDir folder;
    std::shared_ptr<FakeEngine> engine;
    QSettings settings;
    std::unique_ptr<MainWindow> window;
};

} // namespace bitfront::test
