// SPDX-License-Identifier: GPL-3.0-or-later
// Bad input of every kind shows its message inside the card it belongs to, and nothing else
// happens.
#include "tests/widgets/window_fixture.h"
#include "widgets/dialogs/help_dialogs.h"
#include "widgets/setup/estimate_sheet.h"
#include "widgets/setup/file_cards.h"
#include "widgets/setup/metrics_card.h"
#include "widgets/welcome/welcome_page.h"

#include <QComboBox>
#include <QFile>
#include <QLineEdit>

using namespace bitfront;
using namespace bitfront::test;

class TestWindowErrors : public QObject
{
    Q_OBJECT

private slots:
    void wrongModel_data();
    void wrongModel();
    void wrongInputs_data();
    void wrongInputs();
    void remedies_data();
    void remedies();
    void bindingByHand();
    void pictureSettings();
    void outputsThatAreNotFinite();
    void anotherModelClearsTheError();
    void noiseIsSaid();
    void readOnlyRunFolder();
    void sweepThatCannotBegin();
    void folderWithoutRun();
    void engineThatIsMissing();
};

void TestWindowErrors::wrongModel_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("offersExport");
    QTest::newRow("weights only") << QByteArray("state-dict") << true;
    QTest::newRow("nothing to compress") << QByteArray("empty") << true;
    QTest::newRow("missing") << QByteArray() << false;
}

void TestWindowErrors::wrongModel()
{
    QFETCH(QByteArray, content);
    QFETCH(bool, offersExport);
    WindowFixture f;
    const QString path = content.isEmpty() ? f.folder.filePath(QStringLiteral("gone.pt"))
                                           : f.file(QStringLiteral("bad.pt"), content);
    f.window->openModel(path);
    auto* card = f.window->findChild<ModelCard*>();
    QTRY_COMPARE(card->state(), StepCard::State::Failed);
    QVERIFY(card->errorMessage().size() > 20);
    QCOMPARE(f.window->stage(), MainWindow::Stage::Setup);
    QVERIFY(!f.find<QPushButton>("estimate")->isEnabled());
    QPushButton* help = nullptr;
    const auto buttons = card->findChildren<QPushButton*>();
    for (QPushButton* button : buttons) {
        if (button->text() == QStringLiteral("Show how to export"))
            help = button;
    }
    QVERIFY(help);
    QCOMPARE(help->isVisible(), offersExport);
    if (offersExport) {
        QTest::mouseClick(help, Qt::LeftButton);
        QVERIFY(f.find<ExportSnippetDialog>("exportSnippet"));
    }
}

void TestWindowErrors::wrongInputs_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("title");
    QTest::newRow("shape") << QByteArray("mismatch")
                           << QStringLiteral("The inputs do not fit the model.");
    QTest::newRow("not tensors") << QByteArray("garbage")
                                 << QStringLiteral("These inputs could not be loaded.");
    QTest::newRow("missing") << QByteArray() << QStringLiteral("The file could not be read.");
}

void TestWindowErrors::wrongInputs()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, title);
    WindowFixture f;
    f.window->openModel(f.file(QStringLiteral("tiny.pt"), "cnn"));
    f.window->openInputs({content.isEmpty() ? f.folder.filePath(QStringLiteral("gone.npy"))
                                            : f.file(QStringLiteral("bad.npy"), content)});
    auto* card = f.window->findChild<InputsCard*>();
    QTRY_COMPARE(card->state(), StepCard::State::Failed);
    QVERIFY2(card->errorMessage().startsWith(title), qPrintable(card->errorMessage()));
    QCOMPARE(f.window->findChild<ModelCard*>()->state(), StepCard::State::Ready);
    QVERIFY(!f.find<QPushButton>("estimate")->isEnabled());
}

void TestWindowErrors::remedies_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("button");
    QTest::newRow("batch") << QByteArray("unbatched") << QStringLiteral("Add the batch dimension");
    QTest::newRow("types") << QByteArray("doubles")
                           << QStringLiteral("Convert to the model's types");
}

/// What does not fit is mended by the button that says so, never by itself.
void TestWindowErrors::remedies()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, button);
    WindowFixture f;
    f.window->openModel(f.file(QStringLiteral("tiny.pt"), "cnn"));
    f.window->openInputs({f.file(QStringLiteral("some.npy"), content)});
    auto* card = f.window->findChild<InputsCard*>();
    QTRY_COMPARE(card->state(), StepCard::State::Failed);
    auto* remedy = f.find<QPushButton>("inputRemedy");
    QVERIFY(remedy->isVisible());
    QCOMPARE(remedy->text(), button);
    QTest::mouseClick(remedy, Qt::LeftButton);
    QTRY_COMPARE(card->state(), StepCard::State::Ready);
    QVERIFY(!remedy->isVisible());
}

void TestWindowErrors::bindingByHand()
{
    WindowFixture f;
    f.window->openModel(f.file(QStringLiteral("tiny.pt"), "cnn"));
    f.window->openInputs({f.file(QStringLiteral("some.npz"), "unnamed")});
    auto* card = f.window->findChild<InputsCard*>();
    QTRY_COMPARE(card->state(), StepCard::State::Failed);
    QTRY_VERIFY(f.window->findChild<QComboBox*>(QStringLiteral("bind:x")) != nullptr);
    auto* choice = f.window->findChild<QComboBox*>(QStringLiteral("bind:x"));
    QVERIFY(choice->isVisible());
    QCOMPARE(choice->count(), 3); // nothing yet, pixels, labels
    choice->setCurrentIndex(1);
    emit choice->activated(1);
    QTRY_COMPARE(card->state(), StepCard::State::Ready);
    QCOMPARE(f.window->setup().inputOptions().bindings.front().name, std::string("pixels"));
}

void TestWindowErrors::pictureSettings()
{
    WindowFixture f;
    f.window->openModel(f.file(QStringLiteral("tiny.pt"), "cnn"));
    f.window->openInputs({f.file(QStringLiteral("photo.png"), "picture")});
    auto* card = f.window->findChild<InputsCard*>();
    QTRY_COMPARE(card->state(), StepCard::State::Ready);
    f.click("showPictures");
    auto* resize = f.find<QLineEdit>("pictureResize");
    QTRY_VERIFY(resize->isVisible());
    resize->setText(QStringLiteral("no size"));
    f.click("applyPictures");
    QCOMPARE(card->state(), StepCard::State::Ready); // nothing was loaded again
    QVERIFY(!f.window->setup().inputOptions().images);
    resize->setText(QStringLiteral("256 × 200"));
    f.find<QLineEdit>("pictureMean")->setText(QStringLiteral("0.5"));
    f.click("applyPictures");
    QTRY_COMPARE(card->state(), StepCard::State::Ready);
    QVERIFY(f.window->setup().inputOptions().images);
    QCOMPARE(f.window->setup().inputOptions().images->resize,
             (std::vector<std::int64_t> {256, 200}));
    QCOMPARE(f.window->setup().inputOptions().images->mean, (std::vector<double> {0.5}));
}

void TestWindowErrors::outputsThatAreNotFinite()
{
    FakeOptions options;
    options.nanBaseline = true;
    WindowFixture f(options);
    QVERIFY(!f.openProject());
    QVERIFY(
        f.window->findChild<InputsCard*>()->errorMessage().contains(QStringLiteral("not finite")));
}

void TestWindowErrors::anotherModelClearsTheError()
{
    WindowFixture f;
    f.window->openModel(f.file(QStringLiteral("bad.pt"), "state-dict"));
    QTRY_COMPARE(f.window->setup().modelState(), LoadState::Failed);
    QVERIFY(f.openProject());
    QVERIFY(f.window->findChild<ModelCard*>()->errorMessage().isEmpty());
    QCOMPARE(f.window->findChild<MetricsCard*>()->state(), StepCard::State::Attention);
}

void TestWindowErrors::noiseIsSaid()
{
    WindowFixture f;
    f.window->openModel(f.file(QStringLiteral("tiny.pt"), "cnn"));
    f.window->openInputs({f.file(QStringLiteral("noise.npy"), "noise")});
    QTRY_COMPARE(f.window->setup().inputsState(), LoadState::Ready);
    bool said = false;
    const auto labels = f.window->findChild<InputsCard*>()->findChildren<QLabel*>();
    for (const QLabel* label : labels)
        said = said
            || (label->isVisible() && label->text().contains(QStringLiteral("look like noise")));
    QVERIFY(said);
    QVERIFY(f.find<QPushButton>("chooseOtherInputs")->isVisible());
    f.click("useNoise");
    QVERIFY(!f.find<QWidget>("noiseWarning")->isVisible());
    // Other inputs are asked about again.
    f.window->openInputs({f.file(QStringLiteral("more.npy"), "noise")});
    QTRY_VERIFY(f.find<QWidget>("noiseWarning")->isVisible());
}

void TestWindowErrors::readOnlyRunFolder()
{
    WindowFixture f;
    QVERIFY(f.openEstimate());
    // A file where a folder should be made: refused for root as well.
    const QString blocker = f.file(QStringLiteral("blocker"), "x");
    f.window->setup().setRunFolder(blocker + QStringLiteral("/run.bitfront"));
    f.click("startSweep");
    auto* sheet = f.find<EstimateSheet>("estimateSheet");
    QTRY_VERIFY2(sheet->errorMessage().startsWith(QStringLiteral("The folder cannot be written.")),
                 qPrintable(sheet->errorMessage()));
    QCOMPARE(f.window->stage(), MainWindow::Stage::Estimate);
    f.window->setup().setRunFolder(f.folder.filePath(QStringLiteral("good.bitfront")));
    QVERIFY(sheet->errorMessage().isEmpty());
    f.click("startSweep");
    QVERIFY(f.waitForRecords(1));
    QVERIFY(f.waitForEnd());
}

void TestWindowErrors::sweepThatCannotBegin()
{
    FakeOptions options;
    options.failEvaluators = true;
    WindowFixture f(options);
    QVERIFY(f.openProject());
    f.click("confirmMetrics");
    f.click("estimate");
    auto* sheet = f.find<EstimateSheet>("estimateSheet");
    QTRY_VERIFY(!sheet->errorMessage().isEmpty());
    QVERIFY(!f.find<QPushButton>("startSweep")->isEnabled());
    f.click("cancelEstimate");
    QCOMPARE(f.window->stage(), MainWindow::Stage::Setup);
}

void TestWindowErrors::folderWithoutRun()
{
    WindowFixture f;
    f.window->openFromCommandLine(f.folder.path(), {});
    auto* welcome = f.find<WelcomePage>("welcomePage");
    QTRY_VERIFY(!welcome->errorMessage().isEmpty());
    QCOMPARE(f.window->stage(), MainWindow::Stage::Welcome);
}

void TestWindowErrors::engineThatIsMissing()
{
    QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    MainWindow window(
        []() -> std::shared_ptr<Engine> {
            throw Error(ErrorCode::Internal, "The engine library could not be loaded.",
                        "Install LibTorch.");
        },
        settings);
    window.show();
    auto* welcome = window.findChild<WelcomePage*>();
    QTRY_VERIFY(welcome->errorMessage().contains(QStringLiteral("Install LibTorch.")));
}

QTEST_MAIN(TestWindowErrors)
#include "tst_window_errors.moc"
