// SPDX-License-Identifier: GPL-3.0-or-later
// The window on the real engine: the demo, a transformer encoder with two inputs, and files that
// are no models, by the same clicks as on the fake.
#include "app/gui/main_window.h"
#include "core/engine/engine_loader.h"
#include "widgets/parts/drop_hint.h"
#include "widgets/setup/file_cards.h"

#include <QDragEnterEvent>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace bitfront;

namespace {

constexpr int kPatienceMs = 120000;

QString dataFile(const char* name)
{
    return QStringLiteral(BITFRONT_TEST_DATA "/models/") + QLatin1String(name);
}

/// Drags files over the window and lets them go at its centre.
void drop(MainWindow& window, const QStringList& files)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& file : files)
        urls << (file.contains(QLatin1String("://")) ? QUrl(file) : QUrl::fromLocalFile(file));
    data.setUrls(urls);
    const QPoint centre = window.rect().center();
    QDragEnterEvent enter(centre, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    if (!enter.isAccepted())
        return;
    QVERIFY(window.findChild<DropHint*>()->isVisible());
    QDropEvent let(QPointF(centre), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &let);
    QVERIFY(!window.findChild<DropHint*>()->isVisible());
}

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
    void drops_data();
    void drops();
    void dropsAreExplained_data();
    void dropsAreExplained();

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

// What a dropped file is shows in its content: a tensor named .pt is no model, a second model is no
// input of the first.
void TestWindowEngine::drops_data()
{
    QTest::addColumn<QStringList>("opened");
    QTest::addColumn<QStringList>("dropped");
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("inputs");
    const QString mlp = dataFile("mlp.pt"), cnn = dataFile("cnn.pt");
    const QString mlpInputs = dataFile("mlp.inputs.npy"), cnnInputs = dataFile("cnn.inputs.npz");
    QTest::newRow("model") << QStringList() << QStringList {mlp} << mlp << QString();
    QTest::newRow("inputs") << QStringList {mlp} << QStringList {mlpInputs} << mlp << mlpInputs;
    QTest::newRow("inputs named like a model")
        << QStringList {dataFile("upsampler.pt")} << QStringList {dataFile("upsampler.inputs.pt")}
        << dataFile("upsampler.pt") << dataFile("upsampler.inputs.pt");
    QTest::newRow("another model while the first waits for inputs")
        << QStringList {mlp} << QStringList {cnn} << cnn << QString();
    QTest::newRow("both, inputs first")
        << QStringList() << QStringList {mlpInputs, mlp} << mlp << mlpInputs;
    QTest::newRow("both, over another pair")
        << QStringList {mlp, mlpInputs} << QStringList {cnn, cnnInputs} << cnn << cnnInputs;
    QTest::newRow("a link of a web page among them")
        << QStringList() << QStringList {QStringLiteral("https://example.org/x.pt"), mlp} << mlp
        << QString();
}

void TestWindowEngine::drops()
{
    QFETCH(QStringList, opened);
    QFETCH(QStringList, dropped);
    QFETCH(QString, model);
    QFETCH(QString, inputs);
    QSettings store(m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    MainWindow window(loadEngine, store);
    window.show();
    if (!opened.isEmpty())
        window.openFromCommandLine(opened.first(), opened.value(1));
    drop(window, dropped);
    QTRY_COMPARE_WITH_TIMEOUT(window.setup().modelPath(), model, kPatienceMs);
    QTRY_COMPARE_WITH_TIMEOUT(window.setup().modelState(), LoadState::Ready, kPatienceMs);
    QTRY_COMPARE_WITH_TIMEOUT(window.setup().inputsState(),
                              inputs.isEmpty() ? LoadState::Nothing : LoadState::Ready,
                              kPatienceMs);
    if (!inputs.isEmpty())
        QCOMPARE(window.setup().inputsPath(), inputs);
}

void TestWindowEngine::dropsAreExplained_data()
{
    QTest::addColumn<QStringList>("dropped");
    QTest::addColumn<QString>("message");
    QTest::newRow("inputs without a model")
        << QStringList {dataFile("mlp.inputs.npy")} << QStringLiteral("no model is open");
    QTest::newRow("two models") << QStringList {dataFile("mlp.pt"), dataFile("cnn.pt")}
                                << QStringLiteral("2 models");
}

void TestWindowEngine::dropsAreExplained()
{
    QFETCH(QStringList, dropped);
    QFETCH(QString, message);
    QSettings store(m_folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    MainWindow window(loadEngine, store);
    window.show();
    drop(window, dropped);
    QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QMessageBox*>(), kPatienceMs);
    const QMessageBox* box = window.findChild<QMessageBox*>();
    QVERIFY2(box->text().contains(message), qPrintable(box->text()));
    QVERIFY(!box->informativeText().isEmpty());
    QCOMPARE(window.setup().modelState(), LoadState::Nothing);
    QCOMPARE(window.setup().inputsState(), LoadState::Nothing);
}

QTEST_MAIN(TestWindowEngine)
#include "tst_window_engine.moc"
