// SPDX-License-Identifier: GPL-3.0-or-later
// A window with runs on the disk that can be gone on with, for several tests.
#pragma once

#include "analyst.h"

#include "core/plan/mixed_config.h"
#include "widgets/panels/plot_panel.h"
#include "widgets/parts/message_banner.h"

#include <QAction>
#include <QSignalSpy>
#include <QTabBar>
#include <QTreeView>

namespace bitfront::test {

/// Model and inputs on the disk, and runs of them.
class Again : public Analyst
{
public:
    using Analyst::Analyst;

    RunHeader header(const SweepPlan& plan)
    {
        RunHeader header = fakeRun().header;
        header.model.path = file(QStringLiteral("tiny.pt"), "cnn").toStdString();
        header.inputsPath = file(QStringLiteral("inputs.npy"), "inputs").toStdString();
        header.plan = plan;
        return header;
    }
    QString writeRun(const char* name, const SweepPlan& plan, std::vector<ResultRecord> records,
                     RunState state = RunState::Stopped)
    {
        const QString path = folder.filePath(QLatin1String(name));
        RunWriter writer(path.toStdString(), header(plan));
        for (ResultRecord& record : records)
            writer.append(record);
        writer.finish(state, 1000);
        return path;
    }
    bool openRun(const QString& path)
    {
        window->openRun(path);
        return QTest::qWaitFor([&] {
            return window->run().hasRun() && window->run().folder() == path
                && window->run().snapshot();
        });
    }
    void choose(const std::string& name)
    {
        const auto& all = snapshot().records;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].config.name == name)
                selection().setCurrent(static_cast<RecordId>(i));
    }
    QString message() const { return window->findChild<PlotPanel*>()->message(); }
    void trigger(const char* action) const { find<QAction>(action)->trigger(); }
    /// Whatever is opened has been read, and nothing was resumed: that shows at once.
    bool isAtRest() const
    {
        return !window->run().isRunning() && find<QAction>("actionResume")->isEnabled();
    }
    /// Waits for what the window's run was asked to read before. Fails where it became another.
    bool haveRead() const
    {
        QSignalSpy spy(&window->run(), &RunController::recipeLoaded);
        window->run().requestRecipe(0);
        return spy.wait();
    }
    /// A new window at whose start the run is offered as unfinished.
    bool offer(const QString& path)
    {
        RecentRun entry;
        entry.folder = path;
        entry.when = QDateTime::currentDateTimeUtc();
        entry.finished = false;
        Settings(settings).addRecentRun(entry);
        window = std::make_unique<MainWindow>([this] { return engine; }, settings);
        window->show();
        return QTest::qWaitFor(
            [this] { return find<MessageBanner>("unfinishedRun")->isVisible(); });
    }
    /// All that failed, from the queue.
    void tryAllAgain() const
    {
        find<QTabBar>("resultTabs")->setCurrentIndex(3);
        auto* list = find<QTreeView>("queueList");
        list->selectAll();
        QTest::keyClick(list, Qt::Key_R);
    }
    bool resumes() const { return find<QAction>("actionResume")->isVisible(); }
};

inline SweepPlan basePlan()
{
    return makePlan({}, {}, false, IndivisiblePolicy::Nearest);
}

inline const std::string& failedName()
{
    static const std::string name = baseConfigurations()[2].name;
    return name;
}

inline std::vector<ResultRecord> first(std::size_t count, const FakeOptions& options = {})
{
    std::vector<ResultRecord> records = fakeRecords(basePlan(), options);
    records.resize(count);
    return records;
}

/// `count` results with layers kept, as no sweep makes them.
inline std::vector<ResultRecord> mixed(std::size_t count)
{
    const ModelInfo model = fakeModelInfo();
    std::vector<ResultRecord> records;
    for (const ResultRecord& base : fakeRecords(basePlan())) {
        if (records.size() == count)
            break;
        if (!base.measurement() || base.config.name.find("int4") == std::string::npos)
            continue;
        ResultRecord record = base;
        record.config =
            withLayerKept(model, base, model.layers.front().name, KeptFormat::EightBits);
        record.configPath.clear();
        records.push_back(record);
    }
    return records;
}

inline ResultRecord failedRecipe()
{
    ResultRecord recipe = mixed(1).front();
    recipe.outcome = Failure {ErrorCode::OutOfMemory, "There was not enough memory.", "", ""};
    return recipe;
}

inline FakeOptions failing()
{
    return {.failing = {failedName()}};
}

} // namespace bitfront::test
