// SPDX-License-Identifier: GPL-3.0-or-later
// What people open instead of a model, on the real engine: the card says what the file is, why it
// cannot be used and what to do, all of it to be read; and the choice of layers of those that can.
#include "app/gui/main_window.h"
#include "core/engine/engine_loader.h"
#include "widgets/setup/file_cards.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace bitfront;

namespace {

constexpr int kPatienceMs = 120000;

QString dataFile(const QString& name)
{
    return QStringLiteral(BITFRONT_TEST_DATA "/") + name;
}

/// Words of `root` that have less room than they ask for.
QStringList cutTexts(const QWidget* root)
{
    QStringList cut;
    for (const QWidget* widget : root->findChildren<QWidget*>()) {
        const auto* label = qobject_cast<const QLabel*>(widget);
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        const QString text = label ? label->text() : button ? button->text() : QString();
        if (text.isEmpty() || !widget->isVisible())
            continue;
        QSize needed = widget->minimumSizeHint();
        if (label && label->wordWrap()) {
            needed = {0, label->heightForWidth(label->width())};
            static const QRegularExpression kBreaks(QStringLiteral("[\\s\\x{200b}]"));
            for (const QString& word : text.split(kBreaks))
                needed.setWidth(
                    std::max(needed.width(), label->fontMetrics().horizontalAdvance(word)));
        }
        if (needed.width() > widget->width() + 1 || needed.height() > widget->height() + 1)
            cut << QStringLiteral("%1 has %2 x %3, needs %4 x %5")
                       .arg(text)
                       .arg(widget->width())
                       .arg(widget->height())
                       .arg(needed.width())
                       .arg(needed.height());
    }
    return cut;
}

} // namespace

class TestWindowModels : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void wrongFiles_data();
    void wrongFiles();
    void longNames_data();
    void longNames();
    void recurrentLayers();

private:
    QString write(const QString& name, const QByteArray& content) const
    {
        QFile file(m_folder.filePath(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
        return file.fileName();
    }
    QString messageFor(const QString& file);

    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_store;
    std::unique_ptr<MainWindow> m_window;
};

void TestWindowModels::initTestCase()
{
    QVERIFY(m_folder.isValid());
    m_store = std::make_unique<QSettings>(m_folder.filePath(QStringLiteral("settings.ini")),
                                          QSettings::IniFormat);
}

void TestWindowModels::init()
{
    m_window = std::make_unique<MainWindow>(loadEngine, *m_store);
    m_window->resize(1280, 800);
    m_window->show();
}

QString TestWindowModels::messageFor(const QString& file)
{
    m_window->openModel(file);
    const bool failed = QTest::qWaitFor(
        [this] { return m_window->setup().modelState() == LoadState::Failed; }, kPatienceMs);
    QTest::qWait(20); // laid out
    return failed ? m_window->findChild<ModelCard*>()->errorMessage() : QString();
}

void TestWindowModels::wrongFiles_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says"); ///< parts: what it is | why, or what to do
    QTest::addColumn<bool>("offersExport");
    const auto row = [](const char* name, const QString& file, const char* says,
                        bool offersExport = true) {
        QTest::newRow(name) << file << says << offersExport;
    };
    const auto model = [&](const char* name, const char* file, const char* says) {
        row(name, dataFile(QStringLiteral("models/") + QLatin1String(file)), says);
    };
    const auto program = [&](const char* name, const char* file, const char* says) {
        row(name, dataFile(QStringLiteral("pairs/") + QLatin1String(file)), says);
    };
    const auto made = [&](const char* name, const char* file, const QByteArray& content,
                          const char* says) {
        row(name, write(QLatin1String(file), content), says);
    };
    model("state dict", "bad_state_dict.pt", "is a state dict|without the code|load_state_dict(");
    model("pickled module", "bad_pickled_module.pt",
          "Python pickle|running Python code|If you trust");
    model("pickle before 1.6", "bad_legacy.pt", "before PyTorch 1.6|torch.load(");
    model("foreign pickle", "in_evil.pt", "Python pickle|posix.system|If you trust");
    model("tensors", "in_tensor.pt", "tensors saved by torch.save|reference inputs");
    model("AOTInductor", "bad_compiled.pt2",
          "AOTInductor|machine code|Go back to the Python model");
    model("safetensors", "bad_model.safetensors",
          "is a safetensors file|safetensors.torch.load_file");
    model("ONNX", "bad_onnx.pt", "is an ONNX model|Start from the PyTorch model");
    model("Core ML", "bad_coreml.mlpackage.zip", "is a Core ML model|Start from the PyTorch model");
    model("text", "bad_text.pt", "is a web page|Download the file itself");
    model("empty", "bad_empty.pt", "is empty|Copy or export it again");
    model("truncated", "bad_truncated.pt", "cut off|again");
    model("flipped bit", "bad_bit.pt", "damaged|again");
    model("array", "mlp.inputs.npy", "NumPy array|reference inputs");
    model("writes files", "bad_writer.pt", "uses “torch.save”|reaches files|take that call out");
    model("writes while loading", "bad_writer_at_load.pt",
          "uses “torch.save”|reaches files|out of its code");
    model("foreign operators", "bad_foreign_ops.pt", "uses “ops.torchvision.nms”|not loaded");
    model("hostile script", "bad_evil_script.pt", "posix.system");
    model("nothing to compress", "no_layers.pt", "no weights that could be compressed|right model");
    model("quantized already", "quantized.pt", "quantized already|before quantization");
    model("double precision", "double.pt", "float64|model.float()");
    program("layout of 2.8", "old_2_8.pt2", "PyTorch 2.8|2.9 and newer|torch.export.load");
    program("layout of 2.5", "old_2_5.pt2", "PyTorch 2.1 to 2.7|2.9 and newer");
    program("newer layout", "bad_schema.pt2", "version 9 of the export format");
    program("unknown operator", "bad_operator.pt2", "torchvision.nms.default");
    program("operator on files", "bad_file_operator.pt2", "aten.from_file.default");
    program("huge header", "bad_sizes.pt2", "head.weight|beyond its data");
    program("pickled weight", "bad_pickled_weight.pt2", "head.weight|Python object");
    program("truncated program", "bad_truncated.pt2", "cut off|again");
    made("huge safetensors header", "huge.safetensors",
         QByteArray("\xff\xff\xff\xff\x7f\0\0\0{\"", 10), "is a safetensors file");
    made("GGUF", "llama.gguf", "GGUF\3", "GGUF|llama.cpp");
    made("LFS pointer", "lfs.pt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
         "Git LFS pointer|git lfs pull");
    made("web page", "download.pt", "<!DOCTYPE html>\n<html><body>404</body></html>",
         "web page|Download the file itself");
    made("zip of something", "cut.zip", QByteArray("PK\3\4\0\0\0\0", 8), "cut off");
    row("picture", dataFile(QStringLiteral("inputs/pictures/a.png")),
        "PNG picture|reference inputs");
    row("folder", m_folder.path(), "folder", false);
    QDir(m_folder.path()).mkpath(QStringLiteral("a.mlpackage"));
    write(QStringLiteral("a.mlpackage/Manifest.json"), "{}");
    row("Core ML folder", m_folder.filePath(QStringLiteral("a.mlpackage")), "Core ML");
    row("gone", m_folder.filePath(QStringLiteral("gone.pt")), "gone.pt", false);
}

void TestWindowModels::wrongFiles()
{
    QFETCH(QString, file);
    QFETCH(QString, says);
    QFETCH(bool, offersExport);
    const QString message = messageFor(file);
    for (const QString& part : says.split(QLatin1Char('|')))
        QVERIFY2(message.contains(part),
                 qPrintable(part + QStringLiteral(" is missing in: ") + message));
    QVERIFY2(message.endsWith(QLatin1Char('.')) || message.endsWith(QLatin1Char(')')),
             qPrintable(message));
    const auto* card = m_window->findChild<ModelCard*>();
    QTRY_VERIFY2(cutTexts(card).isEmpty(), qPrintable(cutTexts(card).join(QLatin1Char('\n'))));
    bool offered = false;
    for (const auto* button : card->findChildren<QPushButton*>())
        offered = offered
            || (button->isVisible() && button->text() == QStringLiteral("Show how to export"));
    QCOMPARE(offered, offersExport);
    QCOMPARE(m_window->setup().missing(), QStringLiteral("Choose another model to continue"));
    if (const QString folder = qEnvironmentVariable("BITFRONT_PICTURES"); !folder.isEmpty())
        m_window->grab().save(
            folder + '/' + QString::fromLatin1(QTest::currentDataTag()).replace(' ', '_') + ".png");
}

/// Names that offer no place to break a line.
void TestWindowModels::longNames_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("says");
    QTest::newRow("text") << QByteArray("hello\n") << QStringLiteral("is a text file");
    QTest::newRow("weights") << QByteArray("\x02\0\0\0\0\0\0\0{\"", 10)
                             << QStringLiteral("safetensors.torch.load_file(path)");
}

void TestWindowModels::longNames()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, says);
    const QString message =
        messageFor(write(QString(180, QLatin1Char('x')) + QStringLiteral(".pt"), content));
    QVERIFY2(message.contains(says), qPrintable(message));
    const auto* card = m_window->findChild<ModelCard*>();
    QTRY_VERIFY2(cutTexts(card).isEmpty(), qPrintable(cutTexts(card).join(QLatin1Char('\n'))));
    QVERIFY(card->width() < m_window->width() / 2);
}

void TestWindowModels::recurrentLayers()
{
    auto* box = m_window->findChild<QCheckBox*>(QStringLiteral("recurrent"));
    const ProjectSetup& setup = m_window->setup();
    const auto open = [&](const QString& model) {
        m_window->openFromCommandLine(dataFile(model),
                                      dataFile(model.left(model.lastIndexOf(QLatin1Char('.'))))
                                          + QStringLiteral(".inputs.safetensors"));
        return QTest::qWaitFor([&] { return setup.inputsState() == LoadState::Ready; },
                               kPatienceMs);
    };
    QVERIFY(open(QStringLiteral("pairs/mlp.pt2")));
    QVERIFY(!box->isVisible()); // no such weights
    QVERIFY(open(QStringLiteral("recurrent/alone.pt")));
    QVERIFY(!box->isVisible()); // nothing else: no choice
    QVERIFY(open(QStringLiteral("recurrent/lstm.pt")));
    QVERIFY(box->isVisible() && !box->isChecked());
    QCOMPARE(setup.model()->layers.size(), std::size_t {1});
    m_window->setup().confirmMetrics();
    box->click();
    QTRY_COMPARE_WITH_TIMEOUT(setup.model()->layers.size(), std::size_t {9}, kPatienceMs);
    QVERIFY(setup.metricsConfirmed()); // the outputs are the same
    QVERIFY(setup.missing().isEmpty());
    m_window->setup().startEstimate();
    QTRY_VERIFY_WITH_TIMEOUT(setup.probe(), kPatienceMs);
    const SweepRequest request = setup.request();
    QVERIFY(request.header.model.layerOptions.recurrent);
    QCOMPARE(request.experiment->model().layers.size(), std::size_t {9});
    QVERIFY(request.header.commandLine.find(" --recurrent") != std::string::npos);
    box->click();
    QTRY_COMPARE_WITH_TIMEOUT(setup.model()->layers.size(), std::size_t {1}, kPatienceMs);
    QVERIFY(!setup.probe());
    // Another model starts without.
    box->click();
    QVERIFY(open(QStringLiteral("recurrent/twins.pt")));
    QVERIFY(box->isVisible() && !box->isChecked());
}

QTEST_MAIN(TestWindowModels)
#include "tst_window_models.moc"
