// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs of every kind read into values, compared with what Pillow and numpy make of the same files
// (tests/data/make_inputs.py), and the sentence for each file that cannot be read.
#include "core/engine/inputs/input_file.h"
#include "core/engine/inputs/picture.h"
#include "core/engine/inputs/wav_file.h"
#include "core/plan/layer_info.h"
#include "tests/support/engine_data.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <fstream>

using namespace bitfront;
using namespace bitfront::test;

namespace {

std::string inputPath(const std::string& name)
{
    return std::string(BITFRONT_TEST_DATA) + "/inputs/" + name;
}

std::vector<float> floats(const RawTensor& tensor)
{
    std::vector<float> values(tensor.data.size() / sizeof(float));
    std::memcpy(values.data(), tensor.data.data(), tensor.data.size());
    return values;
}

const RawTensor& expectedTensor(const std::string& name)
{
    static const std::vector<RawTensor> all =
        readSafetensors(readFileBytes(inputPath("expected.safetensors")));
    return *std::find_if(all.begin(), all.end(), [&](const auto& t) { return t.name == name; });
}

const RawTensor& only(const InputFile& file)
{
    return file.batches.at(0).values.at(0).value.tensor;
}

/// Largest difference; infinite for other sizes.
double difference(const std::vector<float>& a, const std::vector<float>& b)
{
    if (a.size() != b.size())
        return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - b[i]));
    return largest;
}

InputOptions imageOptions(const QString& json)
{
    InputOptions options;
    if (!json.isEmpty())
        options.images = imageOptionsFromText(json.toStdString(), "test");
    return options;
}

} // namespace

class TestInputFiles : public QObject
{
    Q_OBJECT

private slots:
    void pictures_data();
    void pictures();
    void folder();
    void sounds_data();
    void sounds();
    void tokens_data();
    void tokens();
    void padding();
    void batches_data();
    void batches();
    void options_data();
    void options();
    void refused_data();
    void refused();
    void hugePictures_data();
    void hugePictures();
    void everyTruncation();

private:
    std::string write(const QByteArray& content, const char* name = "file");
    QTemporaryDir m_folder;
};

std::string TestInputFiles::write(const QByteArray& content, const char* name)
{
    const std::string path = m_folder.filePath(name).toStdString();
    std::ofstream(path, std::ios::binary).write(content.data(), content.size());
    return path;
}

void TestInputFiles::pictures_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<double>("tolerance");
    const auto row = [](const char* file, const char* json, const char* expected,
                        double tolerance = 0) {
        QTest::newRow(expected) << file << json << expected << tolerance;
    };
    row("pictures/a.png", R"({"resize": [13, 90]})", "a.bilinear.13x90");
    row("pictures/a.png", R"({"resize": [20, 33], "interpolation": "bicubic"})", "a.bicubic.20x33");
    row("pictures/a.png", R"({"resize": [100, 100], "interpolation": "bicubic"})",
        "a.bicubic.100x100");
    row("pictures/a.png", R"({"resize": [31, 20], "interpolation": "nearest"})", "a.nearest.31x20");
    row("pictures/a.png", R"({"channels": "gray"})", "a.gray");
    row("pictures/a.png", R"({"channels": "bgr", "range": 255})", "a.bgr255");
    row("pictures/a.png", R"({"layout": "nhwc"})", "a.nhwc");
    for (const char* name : {"rgba.png", "palette.png", "gray.png", "bilevel.png"})
        QTest::newRow(name) << QString("modes/") + name << "" << name << 0.0;
    // JPEG decoders may differ by one step.
    for (const char* name : {"gray.jpg", "progressive.jpg"})
        QTest::newRow(name) << QString("modes/") + name << "" << name << 1.01 / 255;
}

void TestInputFiles::pictures()
{
    QFETCH(QString, file);
    QFETCH(QString, json);
    QFETCH(QString, expected);
    QFETCH(double, tolerance);
    const InputFile read = readInputFile(inputPath(file.toStdString()), imageOptions(json));
    const RawTensor& want = expectedTensor(expected.toStdString());
    std::vector<std::int64_t> shape = want.shape;
    shape.insert(shape.begin(), 1);
    QCOMPARE(only(read).shape, shape);
    const double error = difference(floats(only(read)), floats(want));
    QVERIFY2(error <= tolerance, qPrintable(QString::number(error)));
    QVERIFY(read.ordered && read.notes.size() == 1);
}

void TestInputFiles::folder()
{
    // By path, with the options that lie in the folder; other files are passed over.
    const InputFile file = readInputFile(inputPath("pictures"), {});
    const RawTensor& want = expectedTensor("pictures");
    QCOMPARE(only(file).shape, want.shape);
    QVERIFY(difference(floats(only(file)), floats(want)) < 0.02); // one is a JPEG
    const std::vector<float> ours = floats(only(file)), theirs = floats(want);
    const std::size_t one = ours.size() / 3;
    QVERIFY(
        std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(one), theirs.begin()));
    QVERIFY(file.options.images && file.options.images->crop.size() == 2);
    QCOMPARE(file.sha256.size(), std::size_t {64});

    InputOptions two;
    two.batchSize = 2;
    const InputFile batches = readInputFile(inputPath("pictures"), two);
    QCOMPARE(batches.batches.size(), std::size_t {2});
    QCOMPARE(batches.batches[1].values[0].value.tensor.shape.front(), 1);
    QCOMPARE(batches.sha256, file.sha256);

    InputOptions named;
    named.images = file.options.images;
    named.moreFiles = {inputPath("pictures/more/c.png")};
    const InputFile list = readInputFile(inputPath("pictures/a.png"), named);
    QCOMPARE(only(list).shape.front(), 2);
}

void TestInputFiles::sounds_data()
{
    QTest::addColumn<double>("tolerance");
    QTest::newRow("tone8.wav") << 0.02;
    QTest::newRow("tone16.wav") << 1e-4;
    QTest::newRow("tone24.wav") << 1e-6;
    QTest::newRow("tone32.wav") << 1e-7;
    QTest::newRow("tone_float.wav") << 0.0;
    QTest::newRow("tone_double.wav") << 0.0;
}

void TestInputFiles::sounds()
{
    QFETCH(double, tolerance);
    const InputFile file =
        readInputFile(inputPath(std::string("sounds/") + QTest::currentDataTag()), {});
    const auto tone = readSafetensors(readFileBytes(inputPath("sounds/tone.safetensors")));
    QCOMPARE(only(file).shape, (std::vector<std::int64_t> {1, 40}));
    QVERIFY(difference(floats(only(file)), floats(tone[0])) <= tolerance);
    QVERIFY(file.notes.at(0).find("8000 samples per second") != std::string::npos);
}

void TestInputFiles::tokens_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("expected"); // name dtype shape; …
    const auto row = [](const char* json, const char* expected) {
        QTest::newRow(json) << QByteArray(json) << expected;
    };
    row("[1, 2, 3]", "0 int64 3;");
    row("[[1, 2], [3, -4], [5, 6]]", "0 int64 3 × 2;");
    row("[0.5, 1]", "0 float32 2;");
    row("[[true, false]]", "0 bool 1 × 2;");
    row(R"({"ids": [[1, 2]], "mask": [[1, 0]], "scale": 2, "on": true, "none": null})",
        "ids int64 1 × 2;mask int64 1 × 2;scale a number ;on a number ;none nothing (None) ;");
    row("[[[1], [2]], [[3], [4]]]", "0 int64 2 × 2 × 1;");
}

void TestInputFiles::tokens()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, expected);
    const InputFile file = readInputFile(write(json), {});
    std::string text;
    for (const NamedValue& one : file.batches.at(0).values) {
        const bool tensor = one.value.kind == DataValue::Kind::Tensor;
        text += one.name + ' '
            + (tensor ? std::string(name(one.value.tensor.dtype)) : one.value.kindText()) + ' '
            + (tensor ? shapeText(one.value.tensor.shape) : "") + ';';
    }
    QCOMPARE(QString::fromStdString(text), expected);
}

void TestInputFiles::padding()
{
    InputOptions options;
    options.padToken = 7;
    options.padMask = "mask";
    const InputFile file = readInputFile(write(R"({"ids": [[1, 2, 3], [4]]})"), options);
    const auto& values = file.batches.at(0).values;
    QCOMPARE(values.size(), std::size_t {2});
    QCOMPARE(values[1].name, std::string("mask"));
    std::vector<std::int64_t> ids(6), mask(6);
    std::memcpy(ids.data(), values[0].value.tensor.data.data(), 48);
    std::memcpy(mask.data(), values[1].value.tensor.data.data(), 48);
    QCOMPARE(ids, (std::vector<std::int64_t> {1, 2, 3, 4, 7, 7}));
    QCOMPARE(mask, (std::vector<std::int64_t> {1, 1, 1, 1, 0, 0}));
    QVERIFY(file.notes.at(0).find("filled up with 7") != std::string::npos);
    const auto refused =
        failureOf([&] { readInputFile(write(R"({"ids": [[1], [2, 3]]})"), InputOptions {}); });
    QVERIFY2(says(refused, "input_mismatch|different lengths (1 and 2)"), textOf(refused).c_str());
    QVERIFY(refused->remedy == Remedy::PadTokens);
    const auto twice =
        failureOf([&] { readInputFile(write(R"({"ids": [1], "ids": [2]})"), InputOptions {}); });
    QVERIFY2(says(twice, "bad_format|“ids” stands twice"), textOf(twice).c_str());
}

void TestInputFiles::batches_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("batchSize");
    QTest::addColumn<int>("count");
    QTest::newRow("one") << QByteArray("[[1], [2], [3]]") << 0 << 1;
    QTest::newRow("cut") << QByteArray("[[1], [2], [3]]") << 2 << 2;
    QTest::newRow("cut, with a number")
        << QByteArray(R"({"x": [[1], [2], [3]], "scale": 2})") << 1 << 3;
    QTest::newRow("list of batches")
        << QByteArray(R"([{"x": [[1]]}, {"x": [[2], [3]]}])") << 0 << 2;
    QTest::newRow("names with numbers") << QByteArray(R"({"0/x": [1], "1/x": [2]})") << 0 << 1;
}

void TestInputFiles::batches()
{
    QFETCH(QByteArray, json);
    QFETCH(int, batchSize);
    QFETCH(int, count);
    InputOptions options;
    options.batchSize = batchSize;
    const InputFile file = readInputFile(write(json), options);
    QCOMPARE(static_cast<int>(file.batches.size()), count);
}

void TestInputFiles::options_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("says"); ///< empty: fine
    const auto row = [](const char* json, const char* says) {
        QTest::newRow(json) << QByteArray(json) << says;
    };
    row(R"({"bind": {"x": "images"}, "add_batch": true, "convert_dtypes": true, "batch_size": 4})",
        "");
    row(R"({"images": {"resize": [224, 224], "crop": 200, "mean": [0.5], "std": [0.5]}})", "");
    row(R"({"pad_token": 0, "pad_mask": "attention_mask"})", "");
    row(R"({"resize": 224})", "bad_format|“resize” that means nothing|images");
    row(R"({"images": {"size": 224}})", "“size” that means nothing|interpolation");
    row(R"({"images": {"resize": 0}})", "bad_argument|“resize”|from 1 to");
    row(R"({"images": {"resize": [1, 2, 3]}})", "“resize”|one size or [height, width]");
    row(R"({"images": {"std": [0.5, 0, 0.5]}})", "“std” must hold numbers above 0");
    row(R"({"images": {"mean": [0.5, 0.5]}})", "“mean”|3 channels");
    row(R"({"images": {"channels": "cmyk"}})", "channels|rgb, bgr, gray");
    row(R"({"pad_mask": "m"})", "“pad_mask” needs a pad_token");
    row(R"({"batch_size": "four"})", "batch_size");
    row("[1]", "not a JSON object");
    row("{", "not valid JSON");
}

void TestInputFiles::options()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, says);
    InputOptions read;
    const auto failure =
        failureOf([&] { read = inputOptionsFromText(json.toStdString(), "options"); });
    QCOMPARE(failure.has_value(), !says.isEmpty());
    if (failure) {
        QVERIFY2(test::says(failure, says.toStdString()), textOf(failure).c_str());
        return;
    }
    // What is written is read back as it was.
    const nlohmann::json written = read;
    QVERIFY(inputOptionsFromText(written.dump(), "options") == read);
}

void TestInputFiles::refused_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* file, const char* says) {
        QTest::newRow(file) << file << says;
    };
    row("sounds/stereo.wav", "2 channels|Mix");
    row("sounds/mp3_inside.wav", "format 85|16-bit PCM");
    row("sounds/cut.wav", "cut off: 80 bytes");
    row("sounds/no_sound.wav", "holds no sound");
    row("sounds", "cut.wav|cut off");
    row("modes/cmyk.jpg", "CMYK");
    row("modes/picture.webp", "a WebP picture|PNG and JPEG");
    row("modes/picture.bmp", "a BMP picture|PNG and JPEG");
    row("modes", "bilevel.png|cmyk.jpg");
    row("nowhere", "does not exist");
}

void TestInputFiles::refused()
{
    QFETCH(QString, file);
    QFETCH(QString, says);
    const auto failure = failureOf([&] { readInputFile(inputPath(file.toStdString()), {}); });
    const QStringList parts = says.split('|');
    QVERIFY2(failure, "was read");
    // A folder is refused at its first bad file, whichever of the named ones that is.
    const bool any = file == "modes"
        ? std::any_of(parts.begin(), parts.end(),
                      [&](const QString& p) { return test::says(failure, p.toStdString()); })
        : test::says(failure, says.toStdString());
    QVERIFY2(any, textOf(failure).c_str());
    QVERIFY(!failure->hint.empty());
}

void TestInputFiles::hugePictures_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("at"); ///< of the extents in the header, big-endian
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const QByteArray huge = QByteArray::fromHex("7fffffff7fffffff");
    const QByteArray wide = QByteArray::fromHex("00001f4000001f40");
    QTest::newRow("png beyond the limit") << "pictures/a.png" << 16 << huge << "damaged";
    QTest::newRow("png beyond its bytes") << "pictures/a.png" << 16 << wide << "damaged";
    QTest::newRow("jpeg beyond the limit")
        << "modes/gray.jpg" << -1 << QByteArray::fromHex("ffc0ffc0") << "at most 67 million";
    QTest::newRow("jpeg beyond its bytes")
        << "modes/gray.jpg" << -1 << QByteArray::fromHex("1f401f40") << "more than its";
}

/// A header that claims much is answered before memory is taken.
void TestInputFiles::hugePictures()
{
    QFETCH(QString, file);
    QFETCH(int, at);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    QFile original(QString::fromStdString(inputPath(file.toStdString())));
    QVERIFY(original.open(QIODevice::ReadOnly));
    QByteArray content = original.readAll();
    if (at < 0) // behind the frame marker, length and precision
        at = static_cast<int>(content.indexOf(QByteArray::fromHex("ffc0"))) + 5;
    content.replace(at, bytes.size(), bytes);
    const auto failure = failureOf([&] { readInputFile(write(content), {}); });
    QVERIFY2(test::says(failure, "bad_format|" + says.toStdString()), textOf(failure).c_str());
}

void TestInputFiles::everyTruncation()
{
    for (const char* name :
         {"pictures/a.png", "modes/gray.jpg", "modes/progressive.jpg", "sounds/tone24.wav"}) {
        QFile original(QString::fromStdString(inputPath(name)));
        QVERIFY(original.open(QIODevice::ReadOnly));
        const QByteArray whole = original.readAll();
        // The last bytes of a JPEG are its end mark, which decoders do without.
        for (qsizetype size = 0; size + 8 < whole.size(); size += 13) {
            const auto failure = failureOf([&] { readInputFile(write(whole.left(size)), {}); });
            QVERIFY2(failure && failure->code == ErrorCode::BadFormat,
                     qPrintable(QString("%1 at %2").arg(name).arg(size)));
        }
    }
}

QTEST_GUILESS_MAIN(TestInputFiles)
#include "tst_input_files.moc"
