// SPDX-License-Identifier: GPL-3.0-or-later
// The window on the real engine: the demo, a transformer encoder with two inputs, and files that
// are no models, by the same clicks as on the fake.
#include "app/gui/main_window.h"
#include "core/engine/engine_loader.h"
#include "widgets/setup/file_cards.h"

#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace bitfront;

namespace {

constexpr int kPatienceMs = 120000;

} // namespace

class TestWindowEngine : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void wholeSweep_data();
    void wholeSweep();
    void refusals_data();
    void refusals();

private:
    QTemporaryDir m_folder;
};

void TestWindowEngine::initTestCase()
{
    try {
        loadEngine();
    } catch (const Error& error) {
        QFAIL(error.what());
    }
}

void TestWindowEngine::wholeSweep_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("inputs");
    QTest::addColumn<int>("layers");
    QTest::newRow("demo") << QStringLiteral(BITFRONT_RESOURCES "/demo/digits_cnn.pt")
                          << QStringLiteral(BITFRONT_RESOURCES "/demo/digits_inputs.pt") << 13;
    QTest::newRow("encoder") << QStringLiteral(BITFRONT_TEST_DATA "/models/encoder.pt")
                             << QStringLiteral(BITFRONT_TEST_DATA
                                               "/models/encoder.inputs.safetensors")
                             << 0;
}

void TestWindowEngine::wholeSweep()
{
    QFETCH(QString, model);
    QFETCH(QString, inputs);
    QFETCH(int, layers);
    QSettings store(m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    MainWindow window(loadEngine, store);
    window.show();
    window.openFromCommandLine(model, inputs);
    QTRY_COMPARE_WITH_TIMEOUT(window.setup().inputsState(), LoadState::Ready, kPatienceMs);
    if (layers > 0)
        QCOMPARE(static_cast<int>(window.setup().model()->layers.size()), layers);
    window.setup().setRunFolder(m_folder.filePath(QString::fromLatin1(QTest::currentDataTag())));
    const auto click = [&window](const char* name) {
        QTest::mouseClick(window.findChild<QPushButton*>(QLatin1String(name)), Qt::LeftButton);
    };
    click("confirmMetrics");
    click("estimate");
    QTRY_VERIFY_WITH_TIMEOUT(window.setup().probe().has_value(), kPatienceMs);
    click("quickSweep");
    click("startSweep");
    QTRY_VERIFY_WITH_TIMEOUT(window.run().hasRun() && !window.run().isRunning(), kPatienceMs);
    QTRY_VERIFY(window.run().snapshot() && window.run().snapshot()->records.size() == 12);
    QCOMPARE(window.run().state(), RunState::Finished);
    for (const ResultRecord& record : window.run().snapshot()->records) {
        QVERIFY2(record.measurement(), record.failure() ? record.failure()->message.c_str() : "");
        QVERIFY(record.measurement()->size.compressionRatio() > 1);
    }
    QVERIFY(!window.run().snapshot()->analysis.front.empty());
}

void TestWindowEngine::refusals_data()
{
    QTest::addColumn<QString>("file");
    for (const char* name : {"bad_state_dict.pt", "bad_text.pt", "bad_truncated.pt", "bad_onnx.pt"})
        QTest::newRow(name) << QStringLiteral(BITFRONT_TEST_DATA "/models/") + QLatin1String(name);
}

void TestWindowEngine::refusals()
{
    QFETCH(QString, file);
    QSettings store(m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    MainWindow window(loadEngine, store);
    window.show();
    window.openModel(file);
    QTRY_COMPARE_WITH_TIMEOUT(window.setup().modelState(), LoadState::Failed, kPatienceMs);
    const QString message = window.findChild<ModelCard*>()->errorMessage();
    QVERIFY2(message.size() > 40, qPrintable(message));
}

QTEST_MAIN(TestWindowEngine)
#include "tst_window_engine.moc"
