// SPDX-License-Identifier: GPL-3.0-or-later
// Every committed model and input file, damaged at seeded places: cut off, with bits turned, with
// bytes overwritten, and resealed, so that checksums hold and the readers behind them are met. What
// is opened must load or be refused with a sentence, in bounded time and memory. Models that still
// open run once: their outputs may be anything, or there is a sentence.
// BITFRONT_DAMAGE_ROUNDS=50 looks at more places, BITFRONT_DAMAGE_SEED at others.
#include "core/base/printable.h"
#include "core/engine/engine.h"
#include "core/engine/engine_loader.h"
#include "core/engine/files/zip_archive.h"
#include "tests/support/engine_data.h"
#include "tests/support/small_zip.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <random>
#include <sys/resource.h>

using namespace bitfront;
using namespace bitfront::test;
namespace fs = std::filesystem;

namespace {

constexpr qint64 kMaxMs = 5000; ///< for one file; a loaded machine is slow
constexpr long kMaxGrowthKiB = 256 * 1024;
/// Address space for all of it: damaged extents ask for more, and must be told that there is none.
constexpr rlim_t kMaxAddressBytes = rlim_t {8} << 30;

using Random = std::mt19937;

std::size_t below(std::size_t limit, Random& random)
{
    return limit == 0 ? 0 : random() % limit;
}

void turnBits(FileBytes& bytes, Random& random)
{
    const std::size_t count = 1 + below(8, random);
    for (std::size_t i = 0; i < count && !bytes.empty(); ++i)
        bytes[below(bytes.size(), random)] ^= static_cast<std::uint8_t>(1U << below(8, random));
}

/// Numbers that readers trip over: all ones, the largest, zero, in eight bytes or fewer.
void overwrite(FileBytes& bytes, Random& random)
{
    static constexpr std::uint8_t values[] {0xff, 0x7f, 0x00, 0x80};
    const std::size_t start = below(bytes.size(), random), count = 1 + below(8, random);
    const std::uint8_t value = values[below(std::size(values), random)];
    for (std::size_t i = start; i < std::min(start + count, bytes.size()); ++i)
        bytes[i] = value;
}

/// Copies a piece of a text over another one: well-formed names and numbers in wrong places.
void shuffle(FileBytes& bytes, Random& random)
{
    const std::size_t count = std::min<std::size_t>(1 + below(64, random), bytes.size());
    const std::size_t from = below(bytes.size() - count + 1, random);
    const std::size_t to = below(bytes.size() - count + 1, random);
    const FileBytes piece(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                          bytes.begin() + static_cast<std::ptrdiff_t>(from + count));
    std::copy(piece.begin(), piece.end(), bytes.begin() + static_cast<std::ptrdiff_t>(to));
}

/// One entry changed, all checksums right.
FileBytes resealed(const FileBytes& bytes, Random& random)
{
    const ZipArchive zip(bytes);
    std::vector<std::pair<std::string, std::string>> entries;
    const std::size_t chosen = below(zip.entries().size(), random);
    for (std::size_t i = 0; i < zip.entries().size(); ++i) {
        FileBytes content = zip.read(zip.entries()[i], std::uint64_t {1} << 30);
        // Text and pickles more often than the data of tensors.
        const bool dull = zip.entries()[i].name.find("/data/") != std::string::npos;
        if ((i == chosen || (!dull && below(4, random) == 0)) && !content.empty()) {
            const std::size_t way = below(4, random);
            if (way == 0)
                content.resize(below(content.size(), random));
            else if (way == 1)
                shuffle(content, random);
            else if (way == 2)
                overwrite(content, random);
            else
                turnBits(content, random);
        }
        entries.emplace_back(zip.entries()[i].name, std::string(content.begin(), content.end()));
    }
    return smallZip(entries);
}

FileBytes damaged(const FileBytes& whole, int way, Random& random)
{
    FileBytes bytes = whole;
    switch (way % 4) {
    case 0:
        bytes.resize(below(bytes.size(), random));
        return bytes;
    case 1:
        turnBits(bytes, random);
        return bytes;
    case 2:
        overwrite(bytes, random);
        return bytes;
    default:
        break;
    }
    FileBytes sealed; // damaged archives are committed too: those cannot be sealed again
    if (ZipArchive::looksLikeZip(whole) && !failureOf([&] { sealed = resealed(whole, random); }))
        return sealed;
    shuffle(bytes, random);
    return bytes;
}

std::vector<fs::path> filesBelow(const char* folder)
{
    std::vector<fs::path> files;
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(BITFRONT_TEST_DATA) / folder))
        if (entry.is_regular_file() && entry.file_size() > 0)
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// The rest of a folder of models are inputs for them.
bool isModel(const fs::path& path)
{
    const std::string name = path.filename().string();
    const bool hasSuffix = path.extension() == ".pt" || path.extension() == ".pt2";
    return hasSuffix && name.rfind("in_", 0) != 0 && name.find(".inputs.") == std::string::npos;
}

/// The inputs beside a model; empty where there are none.
fs::path inputsOf(const fs::path& model)
{
    for (const char* suffix : {".inputs.safetensors", ".inputs.npy", ".inputs.npz", ".inputs.pt"}) {
        const fs::path path = model.parent_path() / (model.stem().string() + suffix);
        if (fs::exists(path))
            return path;
    }
    return {};
}

long peakKiB()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int numberFrom(const char* variable, int otherwise)
{
    bool given = false;
    const int number = qEnvironmentVariableIntValue(variable, &given);
    return given ? number : otherwise;
}

} // namespace

class TestEngineDamage : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void models_data() { addFiles({"models", "pairs", "recurrent"}, true); }
    void models();
    void inputs_data() { addFiles({"models", "pairs", "inputs"}, false); }
    void inputs();
    void noise_data();
    void noise();
    void cleanupTestCase();

private:
    void addFiles(std::initializer_list<const char*> folders, bool wantsModels);
    void open(const FileBytes& bytes, bool asModel, const fs::path& inputs = {});
    void runOnce(const Model& model, const fs::path& inputs);
    std::shared_ptr<Engine> m_engine;
    std::shared_ptr<const Model> m_model; ///< for inputs
    QTemporaryDir m_folder;
    int m_loaded = 0, m_refused = 0, m_ran = 0, m_failed = 0;
    long m_peak = 0;
};

void TestEngineDamage::initTestCase()
{
    m_engine = loadEngine();
    m_model = m_engine->openModel(modelPath("mlp.pt"));
    m_engine->openModel(fs::path(BITFRONT_TEST_DATA) / "pairs" / "mlp.pt2");
    m_peak = peakKiB();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // they reserve terabytes
    rlimit limit {};
    QCOMPARE(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = std::min(limit.rlim_max, kMaxAddressBytes);
    QCOMPARE(setrlimit(RLIMIT_AS, &limit), 0);
#endif
}

void TestEngineDamage::addFiles(std::initializer_list<const char*> folders, bool wantsModels)
{
    QTest::addColumn<QString>("path");
    for (const char* folder : folders)
        for (const fs::path& path : filesBelow(folder))
            if (isModel(path) == wantsModels && path.extension() != ".md"
                && path.filename() != "expected.json")
                QTest::newRow(qPrintable(
                    QString::fromStdString(std::string(folder) + '/' + path.filename().string())))
                    << QString::fromStdString(path.string());
}

/// A forward pass of a model that was damaged and opened all the same.
void TestEngineDamage::runOnce(const Model& model, const fs::path& inputs)
{
    const auto failure = failureOf([&] {
        const auto data = model.hasStoredInputs() ? m_engine->loadInputs(kStoredInputs, model)
                                                  : m_engine->loadInputs(inputs, model);
        m_engine->forward(model, *data);
    });
    ++(failure ? m_failed : m_ran);
    if (failure)
        QVERIFY2(failure->code != ErrorCode::Internal && failure->message.size() > 10
                     && printable(failure->message) == failure->message,
                 textOf(failure).c_str());
}

/// Loads, or is refused with a sentence that can be shown.
void TestEngineDamage::open(const FileBytes& bytes, bool asModel, const fs::path& inputs)
{
    const fs::path path = m_folder.filePath("damaged.bin").toStdString();
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    QElapsedTimer timer;
    timer.start();
    std::shared_ptr<const Model> model;
    const auto failure = failureOf([&] {
        if (!asModel) {
            m_engine->loadInputs(path, *m_model);
            return;
        }
        model = m_engine->openModel(path);
        if (model->hasStoredInputs())
            m_engine->loadInputs(kStoredInputs, *model);
    });
    QVERIFY2(timer.elapsed() < kMaxMs, qPrintable(QString::number(timer.elapsed())));
    ++(failure ? m_refused : m_loaded);
    if (!failure) {
        if (model && (model->hasStoredInputs() || !inputs.empty()))
            runOnce(*model, inputs);
        QVERIFY2(timer.elapsed() < 2 * kMaxMs, qPrintable(QString::number(timer.elapsed())));
        return;
    }
    const std::string text = textOf(failure);
    const bool expected = failure->code != ErrorCode::Internal
        && failure->code != ErrorCode::OutOfMemory && failure->code != ErrorCode::ForwardFailed;
    QVERIFY2(expected && failure->message.size() > 10 && failure->message.size() < 1000,
             text.c_str());
    QVERIFY2(printable(failure->message) == failure->message, text.c_str());
}

void TestEngineDamage::models()
{
    QFETCH(QString, path);
    const FileBytes whole = readFileBytes(path.toStdString());
    Random random(static_cast<unsigned>(numberFrom("BITFRONT_DAMAGE_SEED", 5)));
    const int rounds = numberFrom("BITFRONT_DAMAGE_ROUNDS", 1);
    for (int i = 0; i < 6 * rounds && !QTest::currentTestFailed(); ++i)
        open(damaged(whole, i % 6 < 4 ? i % 6 : 3, random), true, inputsOf(path.toStdString()));
}

void TestEngineDamage::inputs()
{
    QFETCH(QString, path);
    const FileBytes whole = readFileBytes(path.toStdString());
    Random random(static_cast<unsigned>(numberFrom("BITFRONT_DAMAGE_SEED", 5)));
    const int rounds = numberFrom("BITFRONT_DAMAGE_ROUNDS", 1);
    for (int i = 0; i < 8 * rounds && !QTest::currentTestFailed(); ++i)
        open(damaged(whole, i, random), false);
}

void TestEngineDamage::noise_data()
{
    QTest::addColumn<QByteArray>("head");
    const auto row = [](const char* name, const char* head, int size) {
        QTest::newRow(name) << QByteArray(head, size);
    };
    row("plain", "", 0);
    row("zip", "PK\3\4", 4);
    row("empty zip", "PK\5\6", 4);
    row("pickle", "\x80\x02", 2);
    row("npy", "\x93NUMPY\1\0", 8);
    row("safetensors", "\x10\0\0\0\0\0\0\0{\"", 10);
    row("json", "{\"x\": [", 7);
    row("png", "\x89PNG\r\n\x1a\n", 8);
    row("jpeg", "\xff\xd8\xff\xe0", 4);
    row("wav", "RIFF\xff\xff\xff\x7fWAVEfmt ", 16);
    row("onnx", "\x08\x08\x12\x07pytorch", 11);
}

void TestEngineDamage::noise()
{
    QFETCH(QByteArray, head);
    Random random(7);
    for (int i = 0; i < 12 && !QTest::currentTestFailed(); ++i) {
        FileBytes bytes(head.begin(), head.end());
        for (std::size_t left = below(4096, random); left > 0; --left)
            bytes.push_back(static_cast<std::uint8_t>(random()));
        open(bytes, true);
        open(bytes, false);
    }
}

void TestEngineDamage::cleanupTestCase()
{
    qInfo("%d loaded, %d refused; %d ran, %d did not; peak memory grew by %ld MiB", m_loaded,
          m_refused, m_ran, m_failed, (peakKiB() - m_peak) / 1024);
    QVERIFY(m_refused > m_loaded && m_loaded > 0);
    QVERIFY(peakKiB() - m_peak < kMaxGrowthKiB);
}

QTEST_GUILESS_MAIN(TestEngineDamage)
#include "tst_engine_damage.moc"
