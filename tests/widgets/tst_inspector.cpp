// SPDX-License-Identifier: GPL-3.0-or-later
// How a result is looked into: with what the run was made of, and never with anything else.
#include "tests/support/fake_engine.h"
#include "widgets/workbench/inspector.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace bitfront;
using namespace bitfront::test;

namespace {

/// Counts how often inputs were loaded, and keeps how.
class WatchedEngine : public FakeEngine
{
public:
    using FakeEngine::FakeEngine;
    std::shared_ptr<const ReferenceData> loadInputs(const std::filesystem::path& path,
                                                    const Model& model,
                                                    const InputOptions& options) override
    {
        ++loads;
        loadedWith = options;
        return FakeEngine::loadInputs(path, model, options);
    }

    std::atomic<int> loads {0};
    InputOptions loadedWith; ///< of the last load; read it when that is over
};

} // namespace

class InspectorTest : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void inputsAreReadAsTheRunDid_data();
    void inputsAreReadAsTheRunDid();
    void uncompressedValuesAreShared();
    void nobodyHearsOfOldFailures();

private:
    std::string write(const char* name, const char* text) const
    {
        QFile file(m_folder->filePath(QLatin1String(name)));
        if (file.open(QIODevice::WriteOnly))
            file.write(text);
        return file.fileName().toStdString();
    }
    RunHeader headerOf(Experiment& experiment) const
    {
        RunHeader header =
            fakeHeader(experiment, makePlan({}, {}, false, IndivisiblePolicy::Nearest));
        header.inputOptions = experiment.inputs().options();
        return header;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<WatchedEngine> m_engine;
    std::unique_ptr<Inspector> m_inspector;
};

void InspectorTest::init()
{
    m_inspector.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_engine = std::make_shared<WatchedEngine>();
    m_inspector = std::make_unique<Inspector>([this] { return m_engine; });
}

void InspectorTest::inputsAreReadAsTheRunDid_data()
{
    QTest::addColumn<bool>("offered");
    QTest::addColumn<bool>("sameWay");
    QTest::addColumn<int>("loads");
    QTest::newRow("nothing open") << false << false << 1;
    QTest::newRow("open as in the run") << true << true << 0;
    QTest::newRow("open in another way") << true << false << 1;
}

void InspectorTest::inputsAreReadAsTheRunDid()
{
    QFETCH(bool, offered);
    QFETCH(bool, sameWay);
    QFETCH(int, loads);
    const std::string modelPath = write("tiny.pt", "cnn");
    const std::string inputsPath = write("inputs.npy", "unbatched"); // refused without addBatch
    const auto model = m_engine->openModel(modelPath);
    const auto open = [&](const std::vector<InputBinding>& bindings) {
        InputOptions options;
        options.addBatch = true;
        options.bindings = bindings;
        return m_engine->createExperiment(model, m_engine->loadInputs(inputsPath, *model, options));
    };
    const auto ofRun = open({{"x", "pixels"}});
    const auto other = open({{"x", "labels"}});
    m_engine->loads = 0;
    if (offered)
        m_inspector->offer(model, sameWay ? ofRun : other);
    const RunHeader header = headerOf(*ofRun);
    m_inspector->setRun(std::make_shared<const RunHeader>(header));
    QSignalSpy ready(m_inspector.get(), &Inspector::outputsReady);
    QSignalSpy failed(m_inspector.get(), &Inspector::outputsFailed);
    m_inspector->requestOutputs(header.plan.configs.front());
    QTRY_COMPARE(ready.count() + failed.count(), 1);
    QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
    QCOMPARE(m_engine->loads.load(), loads);
    if (loads > 0)
        QVERIFY(m_engine->loadedWith == header.inputOptions);
}

void InspectorTest::uncompressedValuesAreShared()
{
    const auto model = m_engine->openModel(write("tiny.pt", "cnn"));
    const auto experiment = m_engine->createExperiment(
        model, m_engine->loadInputs(write("inputs.npy", "inputs"), *model, {}));
    const RunHeader header = headerOf(*experiment);
    m_inspector->setRun(std::make_shared<const RunHeader>(header));
    std::vector<OutputViewsPtr> views;
    connect(m_inspector.get(), &Inspector::outputsReady, this,
            [&views](const OutputViewsPtr& ready) { views.push_back(ready); });
    for (std::size_t i = 0; i < 3; ++i) {
        m_inspector->requestOutputs(header.plan.configs[i % 2]);
        QTRY_COMPARE(views.size(), i + 1);
    }
    QVERIFY(views[0] != views[1]);
    QCOMPARE(views[0]->outputs[0].baseline(0).data(), views[1]->outputs[0].baseline(0).data());
    QCOMPARE(views[2], views[0]); // known still
}

void InspectorTest::nobodyHearsOfOldFailures()
{
    const auto experiment = fakeExperiment();
    RunHeader header = headerOf(*experiment);
    header.model.path = m_folder->filePath(QStringLiteral("gone.pt")).toStdString();
    const auto run = std::make_shared<const RunHeader>(header);
    const auto layers =
        fakeMeasurement(header.model, header.metrics, header.plan.configs[0]).layers;
    QSignalSpy failed(m_inspector.get(), &Inspector::layerFailed);
    m_inspector->setRun(run);
    m_inspector->requestLayer(header.plan.configs[0], layers[0]);
    QTRY_COMPARE(failed.count(), 1);
    m_inspector->requestLayer(header.plan.configs[0], layers[0]);
    QThread::msleep(200); // the answer is on its way
    m_inspector->setRun(nullptr);
    QTest::qWait(50);
    QCOMPARE(failed.count(), 1);
}

QTEST_MAIN(InspectorTest)
#include "tst_inspector.moc"
