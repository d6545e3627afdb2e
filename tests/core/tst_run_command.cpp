// SPDX-License-Identifier: GPL-3.0-or-later
// The command line that repeats a run.
#include "core/run/headless_command.h"
#include "tests/support/fake_engine.h"

#include <QtTest>

using namespace bitfront;

class TestRunCommand : public QObject
{
    Q_OBJECT

private slots:
    void commandRepeatsTheRun();
    void commandEndsByTheBudget_data();
    void commandEndsByTheBudget();
};

void TestRunCommand::commandRepeatsTheRun()
{
    const auto experiment = test::fakeExperiment();
    RunHeader header = test::fakeHeader(*experiment, makePlan({}, {}, true, {}));
    header.model.path = "/data/my model's.pt";
    header.inputsPath = "/data/x.npz";
    header.metrics = {{"out_0", Metric::Iou, defaultFloor(Metric::Iou)}};
    const std::string start = "bitfront-cli run '/data/my model'\\''s.pt' --inputs /data/x.npz "
                              "--out /out/run --metric out_0=iou";
    QCOMPARE(headlessCommand(header, "/out/run"), start + " --indivisible nearest --yes");
    header.metrics.front().floor = 0.00025;
    header.plan.refine = false;
    header.plan.indivisible = IndivisiblePolicy::Skip;
    header.plan.configs.resize(2);
    QCOMPARE(headlessCommand(header, "/out/run"),
             start
                 + " --floor 0.00025 --configs perchannel_int8_symmetric,"
                   "perchannel_int8_asymmetric --no-refine --indivisible skip --yes");
}

void TestRunCommand::commandEndsByTheBudget_data()
{
    QTest::addColumn<double>("minutes");
    QTest::addColumn<int>("results");
    QTest::addColumn<bool>("targets");
    QTest::addColumn<QString>("words");
    QTest::newRow("none") << 0.0 << 0 << false << "";
    QTest::newRow("seconds") << 1.5 << 0 << false << " --max-time 90s";
    QTest::newRow("minutes") << 30.0 << 0 << false << " --max-time 30m";
    QTest::newRow("hours") << 120.0 << 0 << false << " --max-time 2h";
    QTest::newRow("number") << 0.0 << 20 << false << " --max-runs 20";
    QTest::newRow("targets") << 0.0 << 0 << true << " --stop-at 35,3.5";
    QTest::newRow("all") << 1.0 << 7 << true << " --max-time 1m --max-runs 7 --stop-at 35,3.5";
}

void TestRunCommand::commandEndsByTheBudget()
{
    QFETCH(double, minutes);
    QFETCH(int, results);
    QFETCH(bool, targets);
    QFETCH(QString, words);
    const auto experiment = test::fakeExperiment();
    const RunHeader header = test::fakeHeader(*experiment, makePlan({}, {}, true, {}));
    SweepBudget budget;
    if (minutes > 0)
        budget.maxMs = minutes * 60000;
    if (results > 0)
        budget.maxResults = results;
    if (targets)
        budget.targets = Targets {35, 3.5};
    QString expected = QString::fromStdString(headlessCommand(header, "/out/run"));
    expected.replace(QStringLiteral(" --indivisible"), words + QStringLiteral(" --indivisible"));
    QCOMPARE(QString::fromStdString(headlessCommand(header, "/out/run", budget)), expected);
}

QTEST_GUILESS_MAIN(TestRunCommand)
#include "tst_run_command.moc"
