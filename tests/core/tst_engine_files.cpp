// SPDX-License-Identifier: GPL-3.0-or-later
// The readers that stand between files of unknown origin and the rest, fed with made-up bytes.
#include "core/engine/files/json_text.h"
#include "core/engine/files/model_file.h"
#include "core/engine/files/pickle_scan.h"
#include "core/engine/files/script_scan.h"
#include "core/engine/files/sha256.h"
#include "core/engine/files/zip_archive.h"
#include "core/engine/inputs/token_file.h"
#include "tests/support/engine_data.h"

#include <QElapsedTimer>
#include <QTest>

using namespace bitfront;
using namespace bitfront::test;

namespace {

FileBytes bytesOf(const std::string& text)
{
    return {text.begin(), text.end()};
}

FileBytes safetensors(const std::string& header, std::size_t dataBytes)
{
    FileBytes bytes;
    for (int i = 0; i < 8; ++i)
        bytes.push_back(static_cast<std::uint8_t>(header.size() >> (8 * i)));
    bytes.insert(bytes.end(), header.begin(), header.end());
    bytes.resize(bytes.size() + dataBytes);
    return bytes;
}

FileBytes npy(const std::string& header, std::size_t dataBytes)
{
    FileBytes bytes = bytesOf("\x93NUMPY\x01");
    bytes.push_back(0);
    bytes.push_back(static_cast<std::uint8_t>(header.size()));
    bytes.push_back(0);
    bytes.insert(bytes.end(), header.begin(), header.end());
    bytes.resize(bytes.size() + dataBytes);
    return bytes;
}

} // namespace

class TestEngineFiles : public QObject
{
    Q_OBJECT

private slots:
    void sha256_data();
    void sha256();
    void zip64AndDeflate();
    void zipDamage();
    void safetensorsRefused_data();
    void safetensorsRefused();
    void safetensorsRead();
    void npyRefused_data();
    void npyRefused();
    void everyFlippedByte();
    void pickles_data();
    void pickles();
    void scripts_data();
    void scripts();
    void largeTokenFiles_data();
    void largeTokenFiles();
    void twinKeys_data();
    void twinKeys();
};

void TestEngineFiles::sha256_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("digest");
    QTest::newRow("empty") << QByteArray()
                           << QByteArray("e3b0c44298fc1c149afbf4c8996fb924"
                                         "27ae41e4649b934ca495991b7852b855");
    QTest::newRow("abc") << QByteArray("abc")
                         << QByteArray("ba7816bf8f01cfea414140de5dae2223"
                                       "b00361a396177a9cb410ff61f20015ad");
    QTest::newRow("two blocks") << QByteArray("abcdbcdecdefdefgefghfghighijhijk"
                                              "ijkljklmklmnlmnomnopnopq")
                                << QByteArray("248d6a61d20638b8e5c026930c3e6039"
                                              "a33ce45964ff2167f6ecedd419db06c1");
    QTest::newRow("four blocks")
        << QByteArray(119, 'b') + QByteArray(64, '\xff')
        << QByteArray("d254c95105e702b21d232f16a786be1154e51a22b615a017b247fe1e00734730");
    QTest::newRow("a million a") << QByteArray(1'000'000, 'a')
                                 << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67"
                                               "f1809a48a497200e046d39ccc7112cd0");
}

void TestEngineFiles::sha256()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, digest);
    const auto bytes = bytesOf(text.toStdString());
    QCOMPARE(QByteArray::fromStdString(sha256Hex(bytes)), digest);
    QCOMPARE(QByteArray::fromStdString(sha256Hex(bytes, true)), digest);
}

void TestEngineFiles::zip64AndDeflate()
{
    const FileBytes bytes = readFileBytes(modelPath("in_deflated.npz"));
    const ZipArchive zip(bytes);
    const ZipEntry* const entry = zip.find("x.npy");
    QVERIFY(entry != nullptr);
    QCOMPARE(entry->method, 8);
    QCOMPARE(zip.read(*entry, 1 << 20).size(), std::size_t {128 + 32 * 24 * 4});
    const auto tooMuch = failureOf([&] { (void)zip.read(*entry, 100); });
    QVERIFY2(says(tooMuch, "claims to hold"), textOf(tooMuch).c_str());
    QCOMPARE(ZipArchive::withoutTop("model/code/x.py"), std::string("code/x.py"));
    QCOMPARE(ZipArchive::withoutTop("x.py"), std::string("x.py"));
}

void TestEngineFiles::zipDamage()
{
    FileBytes bytes = readFileBytes(modelPath("cnn.inputs.npz"));
    const auto directory = static_cast<std::size_t>(
        std::search(bytes.begin(), bytes.end(), "PK\x01\x02", "PK\x01\x02" + 4) - bytes.begin());
    // An entry that begins, or ends, beyond the file.
    for (const std::size_t field : {std::size_t {20}, std::size_t {42}}) {
        FileBytes broken = bytes;
        for (std::size_t i = 0; i < 4; ++i)
            broken[directory + field + i] = 0xf0;
        const auto failure = failureOf([&] { const ZipArchive zip(broken); });
        QVERIFY2(says(failure, "bad_format|damaged"), textOf(failure).c_str());
    }
}

void TestEngineFiles::safetensorsRefused_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("dataBytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* header, int bytes, const char* text) {
        QTest::newRow(name) << QByteArray(header) << bytes << text;
    };
    row("offsets outside", R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 4,
        "outside of the file");
    row("end before begin", R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8,
        "outside of the file");
    row("unknown dtype", R"({"x":{"dtype":"X9","shape":[2],"data_offsets":[0,8]}})", 8, "type X9");
    row("negative offset", R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}})", 8,
        "not a whole number");
    row("product overflows",
        R"({"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})", 0,
        "too large");
    row("negative extent", R"({"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8,
        "not a whole number");
    row("shape and bytes differ", R"({"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8,
        "do not match");
    row("overlap",
        R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
        6, "overlaps");
    row("gap", R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})", 6, "gap");
    row("rest", R"({"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 6, "no tensor");
    row("no json", "{\"x\":", 0, "cannot be read");
    row("no object", "[1]", 0, "cannot be read");
    row("incomplete", R"({"x":{"dtype":"F32"}})", 0, "incomplete");
}

void TestEngineFiles::safetensorsRefused()
{
    QFETCH(QByteArray, header);
    QFETCH(int, dataBytes);
    QFETCH(QString, says);
    const FileBytes bytes = safetensors(header.toStdString(), static_cast<std::size_t>(dataBytes));
    const auto failure = failureOf([&] { (void)readSafetensors(bytes); });
    QVERIFY2(test::says(failure, "bad_format|" + says.toStdString()), textOf(failure).c_str());
}

void TestEngineFiles::safetensorsRead()
{
    // Length fields: larger than the file, and so large that adding 8 would wrap around.
    for (const int byte : {0x10, 0xff}) {
        FileBytes bytes(8, static_cast<std::uint8_t>(byte));
        bytes.push_back('{');
        const auto failure = failureOf([&] { (void)readSafetensors(bytes); });
        QVERIFY2(says(failure, "longer than the file"), textOf(failure).c_str());
    }
    const auto tensors = readSafetensors(safetensors(
        R"({"__metadata__":{"a":"b"},"e":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},)"
        R"("x":{"dtype":"I64","shape":[],"data_offsets":[0,8]}})",
        8));
    QCOMPARE(tensors.size(), std::size_t {2});
    QCOMPARE(tensors[1].name, std::string("x"));
    QCOMPARE(tensors[1].dtype, DType::Int64);
    QVERIFY(tensors[1].shape.empty());
}

void TestEngineFiles::npyRefused_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("dataBytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const char* header, int bytes, const char* text) {
        QTest::newRow(name) << QByteArray(header) << bytes << text;
    };
    row("cut off", "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8, "cut off");
    row("complex", "{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", 16, "<c16");
    row("records", "{'descr': [('a','<f4')], 'fortran_order': False, 'shape': (1,), }", 8,
        "records");
    row("objects", "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8, "Python objects");
    row("negative", "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 8, "negative");
    row("overflow", "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }",
        8, "too large");
    row("no shape", "{'descr': '<f4', 'fortran_order': False}", 8, "header");
    row("no header", "", 0, "header");
}

void TestEngineFiles::npyRefused()
{
    QFETCH(QByteArray, header);
    QFETCH(int, dataBytes);
    QFETCH(QString, says);
    const auto failure = failureOf(
        [&] { (void)readNpy(npy(header.toStdString(), static_cast<std::size_t>(dataBytes))); });
    QVERIFY2(test::says(failure, "bad_format|" + says.toStdString()), textOf(failure).c_str());
}

/// One byte of a file at a time set to something else: an Error or a result, never anything worse.
void TestEngineFiles::everyFlippedByte()
{
    const auto tryAll = [](const char* file, std::size_t limit, const auto& read) {
        FileBytes bytes = readFileBytes(modelPath(file));
        int failures = 0;
        for (std::size_t i = 0; i < std::min(limit, bytes.size()); ++i)
            for (const std::uint8_t mask : {0xff, 0x01, 0x80}) {
                bytes[i] ^= mask;
                failures += failureOf([&] { read(bytes); }).has_value() ? 1 : 0;
                bytes[i] ^= mask;
            }
        return failures;
    };
    QVERIFY(tryAll("in_named.safetensors", 200, [](const auto& b) { (void)readSafetensors(b); })
            > 50);
    QVERIFY(tryAll("mlp.inputs.npy", 200, [](const auto& b) { (void)readNpy(b); }) > 10);
    QVERIFY(tryAll("in_deflated.npz", 3000, [](const auto& b) { (void)readNpz(b); }) > 500);
    QVERIFY(tryAll("bad_state_dict.pt", 3000, [](const auto& b) { (void)identifyFile(b); }) >= 0);
}

void TestEngineFiles::pickles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("complete");
    QTest::addColumn<QString>("globals");
    QTest::newRow("protocol 0") << QByteArray("cos\nsystem\n(S'x'\ntR.") << true << "os.system";
    QTest::newRow("protocol 4") << QByteArray(
        "\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.", 22)
                                << true << "posix.system";
    QTest::newRow("through the memo")
        << QByteArray("\x80\x04\x8c\x02os\x94\x8c\x06system\x94K\x01h\x00h\x01\x93.", 24) << true
        << "os.system";
    QTest::newRow("extension") << QByteArray("\x80\x02\x82\x01.", 5) << true << "copyreg.extension";
    QTest::newRow("numbers") << QByteArray("\x80\x02]q\x00(K\x01K\x02"
                                           "e.",
                                           12)
                             << true << "";
    QTest::newRow("cut off") << QByteArray("\x80\x02X\xff\xff\xff\x7f", 7) << false << "";
    QTest::newRow("unknown opcode") << QByteArray("\x80\x02\xfe.", 4) << false << "";
    QTest::newRow("empty") << QByteArray() << false << "";
}

void TestEngineFiles::pickles()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, complete);
    QFETCH(QString, globals);
    const PickleScan scan = scanPickle(bytesOf(bytes.toStdString()));
    QCOMPARE(scan.complete, complete);
    QCOMPARE(scan.globals.empty() ? std::string() : scan.globals.front(), globals.toStdString());
    QVERIFY(globals.isEmpty() || !isTensorGlobal(globals.toStdString()));
    QVERIFY(isTensorGlobal("torch._utils._rebuild_tensor_v2"));
    QVERIFY(isTensorGlobal("torch.FloatStorage"));
    QVERIFY(!isTensorGlobal("torch.load"));
}

void TestEngineFiles::scripts_data()
{
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("found");
    const auto row = [](const char* name, const char* code, const char* found) {
        QTest::newRow(name) << code << found;
    };
    row("harmless", "x = torch.relu(torch.conv2d(x, (self).weight, None))\n", "");
    row("prim", "n = ops.prim.NumToTensor(torch.size(x, 0))\n", "");
    row("remote call", "y = ops.prim.rpc_sync(a, b, c)\n", "ops.prim.rpc_sync");
    row("Python call", "y = ops.prim.PythonOp(x)\n", "ops.prim.PythonOp");
    row("network", "y = ops.c10d.send(x)\n", "ops.c10d.send");
    row("attribute named like it", "y = (self).saved.forward(x, )\n", "");
    row("text", "assert b, \"torch ops\"\n", "");
    row("save", "_0 = torch.save(x, \"f\")\n", "torch.save");
    row("spread out", "_0 = torch . \\\n  save(x, \"f\")\n", "torch.save");
    row("from_file", "y = torch.from_file(\"f\")\n", "torch.from_file");
    row("method form", "_0 = (x).save(\"f\")\n", "(…).save");
    row("renamed", "t = torch\nt.relu(x)\n", "torch (under another name)");
    row("foreign operator", "y = ops.torchvision.nms(x, s, 0.5)\n", "ops.torchvision.nms");
    row("network", "y = ops.c10d.send(x)\n", "ops.c10d.send");
    row("foreign class", "  p : __torch__.torch.classes.dist_rpc.X\n",
        "__torch__.torch.classes.dist_rpc.X");
    row("packed weights", "  p : __torch__.torch.classes.quantized.LinearPackedParamsBase\n", "");
}

void TestEngineFiles::scripts()
{
    QFETCH(QString, code);
    QFETCH(QString, found);
    QCOMPARE(QString::fromStdString(forbiddenOperator(code.toStdString()).value_or("")), found);
}

void TestEngineFiles::largeTokenFiles_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("batches");
    QTest::addColumn<int>("values");
    constexpr int kMany = 400000;
    QByteArray empty = "[{}", batches = R"([{"x":[1]})", keys = "{\"first\":[1]";
    for (int i = 1; i < kMany; ++i) {
        empty += ",{}";
        batches += R"(,{"x":[1]})";
        keys += ",\"k" + QByteArray::number(i) + "\":[1]";
    }
    QTest::newRow("empty batches") << empty + ']' << kMany << 0;
    QTest::newRow("batches") << batches + ']' << kMany << 1;
    QTest::newRow("keys") << keys + '}' << 1 << kMany;
}

/// Twice as much takes twice as long: in the square of it these would take minutes.
void TestEngineFiles::largeTokenFiles()
{
    QFETCH(QByteArray, json);
    QFETCH(int, batches);
    QFETCH(int, values);
    const FileBytes bytes = bytesOf(json.toStdString());
    InputFile file;
    QElapsedTimer clock;
    clock.start();
    readTokenFile(bytes, {}, file);
    QVERIFY2(clock.elapsed() < 20000, qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(static_cast<int>(file.batches.size()), batches);
    QCOMPARE(static_cast<int>(file.batches.back().values.size()), values);
}

void TestEngineFiles::twinKeys_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("twin");
    QTest::newRow("in a batch") << QByteArray(R"([{"a": 1}, {"a": 1, "b": 2, "a": 3}])") << "a";
    QTest::newRow("after a list") << QByteArray(R"({"a": [{"b": 1}], "b": 2, "b": 3})") << "b";
    QTest::newRow("further in") << QByteArray(R"({"a": {"b": 1, "b": 2}})") << "b";
    QTest::newRow("escaped") << QByteArray(R"({"a": 1, "\u0061": 2})") << "a";
    QTest::newRow("in other objects") << QByteArray(R"([{"a": {"a": 1}}, {"a": {"a": 1}}])") << "";
}

void TestEngineFiles::twinKeys()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, twin);
    const FileBytes bytes = bytesOf(json.toStdString());
    const auto failure = failureOf([&] {
        const nlohmann::ordered_json document = parseBoundedJson(bytes, 10, "the file");
        QVERIFY(document == nlohmann::ordered_json::parse(json.toStdString()));
    });
    QCOMPARE(failure.has_value(), !twin.isEmpty());
    if (failure)
        QCOMPARE(QString::fromStdString(failure->message),
                 QStringLiteral("The key “%1” stands twice in the file.").arg(twin));
}

QTEST_GUILESS_MAIN(TestEngineFiles)
#include "tst_engine_files.moc"
