// SPDX-License-Identifier: GPL-3.0-or-later
// What a forward pass is given: values that nobody named, lists that the model writes into, state
// that an earlier batch has changed.
#include "core/engine/engine_loader.h"
#include "tests/support/engine_data.h"
#include "tests/support/raw_floats.h"

#include <QTest>

using namespace bitfront;
using namespace bitfront::test;

class TestEngineArguments : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { m_engine = loadEngine(); }
    void defaultsOfTheModel();
    void listsAreNotWrittenTo();
    void stateOfTheFirstBatch();

private:
    std::vector<float> outputOf(const Model& model, const std::string& inputs);
    std::shared_ptr<Experiment> experiment(const std::string& name);

    std::shared_ptr<Engine> m_engine;
};

std::vector<float> TestEngineArguments::outputOf(const Model& model, const std::string& inputs)
{
    const auto outputs = m_engine->forward(model, *m_engine->loadInputs(modelPath(inputs), model));
    return floatsOf(outputs.at(0));
}

std::shared_ptr<Experiment> TestEngineArguments::experiment(const std::string& name)
{
    const auto model = m_engine->openModel(modelPath(name + ".pt"));
    return m_engine->createExperiment(model,
                                      m_engine->loadInputs(modelPath(name + ".inputs.pt"), *model));
}

void TestEngineArguments::defaultsOfTheModel()
{
    const auto model = m_engine->openModel(modelPath("defaults.pt"));
    const std::vector<float> unnamed = outputOf(*model, "defaults.inputs.pt");
    QVERIFY(!unnamed.empty());
    QCOMPARE(unnamed, outputOf(*model, "defaults.half.pt"));
    // A whole number is one for a float argument, too.
    std::vector<float> fourfold;
    for (const float value : unnamed)
        fourfold.push_back(4 * value);
    QCOMPARE(outputOf(*model, "defaults.whole.pt"), fourfold);
}

void TestEngineArguments::listsAreNotWrittenTo()
{
    const auto ready = experiment("writes_list");
    for (const std::string& note : ready->model().notes)
        QVERIFY2(note.find("different outputs") == std::string::npos, note.c_str());
    const auto evaluator = ready->createEvaluator({{"out_0", Metric::Psnr, 10}}, 1);
    CompressionConfig config;
    config.spec = QuantConfig {};
    config.name = canonicalName(config.spec);
    const double once = evaluator->evaluate(config, {}).outputs.at(0).value;
    QVERIFY(once > 20);
    QCOMPARE(evaluator->evaluate(config, {}).outputs.at(0).value, once);
}

void TestEngineArguments::stateOfTheFirstBatch()
{
    const auto ready = experiment("remembers");
    const auto& notes = ready->model().notes;
    QVERIFY(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
        return note.find("changes its own state") != std::string::npos;
    }));
}

QTEST_APPLESS_MAIN(TestEngineArguments)
#include "tst_engine_arguments.moc"
