// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is, by content alone, and what is said when it is no model; and torch.save files that
// were made to do harm.
#include "core/engine/files/model_file.h"
#include "core/engine/files/torch_file.h"
#include "tests/support/engine_data.h"
#include "tests/support/small_zip.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace bitfront;
using namespace bitfront::test;

namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

FileBytes bytesOf(const std::string& text)
{
    return {text.begin(), text.end()};
}

std::string u32(std::uint32_t value)
{
    std::string text;
    for (int i = 0; i < 4; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

std::string shortText(const std::string& text)
{
    return std::string("X") + u32(static_cast<std::uint32_t>(text.size())) + text;
}

/// _rebuild_tensor_v2(storage "0" of floats, offset, (extent,), (stride,), False, OrderedDict())
std::string tensorPickle(std::int32_t offset, std::int32_t extent, std::int32_t stride)
{
    const auto number = [](std::int32_t value) {
        return std::string("J").append(u32(static_cast<std::uint32_t>(value)));
    };
    return "\x80\x02"
           "ctorch._utils\n_rebuild_tensor_v2\n(("
        + shortText("storage") + "ctorch\nFloatStorage\n" + shortText("0") + shortText("cpu")
        + number(4) + "tQ" + number(offset) + number(extent) + "\x85" + number(stride) + "\x85\x89"
        + "ccollections\nOrderedDict\n)RtR.";
}

FileBytes torchFile(const std::string& pickle, const std::string& storage = std::string(16, '\0'))
{
    return smallZip({{"archive/data.pkl", pickle}, {"archive/data/0", storage}});
}

} // namespace

class TestFileKinds : public QObject
{
    Q_OBJECT

private slots:
    void kinds_data();
    void kinds();
    void folders();
    void hostilePickles_data();
    void hostilePickles();
    void tensors();
};

void TestFileKinds::kinds_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("says"); ///< when it is opened as a model; empty: it is one
    const auto row = [](const char* name, const FileBytes& bytes, FileKind kind, const char* text) {
        QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(bytes.data()),
                                          static_cast<qsizetype>(bytes.size()))
                            << static_cast<int>(kind) << text;
    };
    const auto raw = [&](const char* name, const std::string& text, FileKind kind,
                         const char* words) { row(name, bytesOf(text), kind, words); };
    const auto zip = [&](const char* name, const Entries& entries, FileKind kind,
                         const char* words) { row(name, smallZip(entries), kind, words); };
    const std::string pickle = "\x80\x02}.";
    zip("TorchScript", {{"m/constants.pkl", ")."}, {"m/code/m.py", "x"}, {"m/data.pkl", pickle}},
        FileKind::TorchScript, "");
    zip("program", {{"m/archive_format", "pt2"}, {"m/models/model.json", "{}"}},
        FileKind::ExportedProgram, "");
    zip("flat program", {{"serialized_exported_program.json", "{}"}}, FileKind::ExportedProgram,
        "");
    zip("unfinished program", {{"m/archive_format", "pt2"}, {"m/data/weights/weight_0", "x"}},
        FileKind::UnfinishedProgram, "without a program in it|flex_attention|TorchScript");
    zip("compiled", {{"m/archive_format", "pt2"}, {"m/data/aotinductor/model/a.so", "x"}},
        FileKind::CompiledPackage, "AOTInductor|machine code|torch.export.save");
    zip("tensors", {{"a/data.pkl", pickle}}, FileKind::Tensors,
        "tensors saved by torch.save|reference inputs");
    zip("state dict", {{"a/data.pkl", "\x80\x02}" + shortText("conv.weight") + "K\1s."}},
        FileKind::Tensors,
        "is a state dict|model.load_state_dict(torch.load(\"thing.pt\"));|torch.jit.trace");
    zip("checkpoint", {{"a/data.pkl", "\x80\x02}" + shortText("state_dict") + "K\1s."}},
        FileKind::Tensors, "is a checkpoint|torch.load(\"thing.pt\")[\"state_dict\"]");
    zip("pickled module",
        {{"a/data.pkl",
          "\x80\x02"
          "cmy.model\nNet\n)R."}},
        FileKind::PickledModule,
        "“my.model.Net”|running Python code|torch.load(\"thing.pt\", weights_only=False); "
        "torch.export");
    zip("phone", {{"m/bytecode.pkl", ")."}, {"m/data.pkl", pickle}}, FileKind::TorchLite,
        "for phones|Save the full model|torch.jit.script(model.eval())");
    raw("phone, flat", u32(44) + "PTMF" + u32(0), FileKind::TorchLite, "for phones");
    raw("ExecuTorch", u32(44) + "ET12" + u32(0), FileKind::ExecuTorch, "an ExecuTorch program");
    raw("bare pickle", "\x80\x04\x8c\x05posix\x8c\x06system\x93.", FileKind::LegacyPickle,
        "“posix.system”|Python code");
    raw("old torch.save",
        "\x80\x02\x8a\x0al\xfc\x9c"
        "F\xf9 j\xa8P\x19.",
        FileKind::LegacyPickle, "before PyTorch 1.6");
    raw("safetensors", std::string("\x02\0\0\0\0\0\0\0{\"", 10), FileKind::Safetensors,
        "a safetensors file|load_state_dict(safetensors.torch.load_file(\"thing.pt\"))");
    raw("npy", "\x93NUMPY\x01", FileKind::Npy, "NumPy array|reference inputs");
    zip("npz", {{"x.npy", "x"}}, FileKind::Npz, "NumPy archive|reference inputs");
    raw("ONNX", "\x08\x08\x12\x07pytorch\x1a", FileKind::Onnx, "an ONNX model");
    raw("Core ML", std::string("\x08\x04\x12\x50\x0a\x0e", 6) + "input and more", FileKind::CoreMl,
        "a Core ML model");
    zip("mlpackage", {{"m.mlpackage/Manifest.json", "{}"}}, FileKind::CoreMl, "a Core ML model");
    raw("GGUF", "GGUF\3", FileKind::Gguf, "GGUF|llama.cpp");
    raw("HDF5", "\x89HDF\r\n\x1a\n", FileKind::Hdf5, "an HDF5 file");
    zip("Keras", {{"config.json", "{}"}, {"model.weights.h5", "x"}}, FileKind::Keras,
        "a Keras model");
    raw("TFLite", u32(28) + "TFL3", FileKind::TfLite, "a TensorFlow Lite model");
    raw("picture", "\x89PNG\r\n\x1a\n", FileKind::Picture, "a PNG picture|reference inputs");
    raw("sound", std::string("RIFF").append(u32(40)).append("WAVEfmt "), FileKind::Sound,
        "a sound|reference inputs");
    raw("gzip", "\x1f\x8b\x08", FileKind::Packed, "a gzip archive|Unpack it");
    raw("tar", std::string(257, 'a') + "ustar", FileKind::Packed, "a tar archive|Unpack it");
    raw("LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", FileKind::LfsPointer,
        "a Git LFS pointer|git lfs pull");
    raw("web page", "<!DOCTYPE html>\n<html><body>404</body></html>", FileKind::WebPage,
        "a web page|Download the file itself");
    raw("JSON", "{\"a\": 1}", FileKind::Json, "a JSON file");
    raw("text", "hello\n", FileKind::Text, "a text file");
    raw("empty", "", FileKind::Empty, "is empty");
    zip("other zip", {{"readme.md", "x"}}, FileKind::OtherZip, "no kind known here");
    raw("unknown", "\x01\x02\x03\x04\x05\x06\x07\x08\x09", FileKind::Unknown, "no kind known here");
}

void TestFileKinds::kinds()
{
    QFETCH(QByteArray, content);
    QFETCH(int, kind);
    QFETCH(QString, says);
    const FileIdentity identity = identifyFile(FileBytes(content.begin(), content.end()));
    QCOMPARE(static_cast<int>(identity.kind), kind);
    QVERIFY(!describe(identity).empty());
    if (says.isEmpty())
        return;
    const Failure failure = notAModel("/models/thing.pt", identity).failure();
    QVERIFY2(test::says(failure, "bad_format|“thing.pt”|" + says.toStdString()),
             textOf(failure).c_str());
    QVERIFY(!failure.hint.empty());
}

void TestFileKinds::folders()
{
    const QTemporaryDir root;
    const auto make = [&](const char* folder, const char* file) {
        QDir(root.path()).mkpath(folder);
        std::ofstream(root.filePath(folder).toStdString() + "/" + file) << "x";
        return std::filesystem::path(root.filePath(folder).toStdString());
    };
    const auto package = identifyFolder(make("a.mlpackage", "Manifest.json"));
    QVERIFY(package && package->kind == FileKind::CoreMl);
    const auto saved = identifyFolder(make("saved", "saved_model.pb"));
    QVERIFY(saved && saved->kind == FileKind::TensorFlow);
    QVERIFY(!identifyFolder(make("other", "file")));
}

void TestFileKinds::hostilePickles_data()
{
    QTest::addColumn<QByteArray>("pickle");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& pickle, const char* text) {
        QTest::newRow(name) << QByteArray::fromStdString(pickle) << text;
    };
    row("system call",
        "\x80\x02"
        "cposix\nsystem\n("
            + shortText("touch /tmp/x") + "tR.",
        "“posix.system”|not loaded");
    row("eval by stack",
        std::string("\x80\x04\x8c\x08"
                    "builtins\x8c\x04"
                    "eval\x93."),
        "“builtins.eval”");
    row("instance", "\x80\x02(iposix\nsystem\n.", "unknown or of no use");
    row("new object",
        "\x80\x02"
        "ccollections\nOrderedDict\n)\x81.",
        "unknown or of no use");
    row("registry", "\x80\x02\x82\x01.", "unknown or of no use");
    row("beyond the storage", tensorPickle(0, 5, 1), "beyond its storage");
    row("offset beyond", tensorPickle(4, 1, 1), "beyond its storage");
    row("stride beyond", tensorPickle(0, 2, 4), "beyond its storage");
    row("negative offset", tensorPickle(-1, 1, 1), "beyond its storage");
    row("negative extent", tensorPickle(0, -1, 1), "whole numbers");
    row("endless repetition", tensorPickle(0, 0x7fffffff, 0), "claim");
    row("list in itself", std::string("\x80\x02]q\0h\0a.", 10), "nested without end");
    std::string laughs = "\x80\x02]q";
    laughs += '\0';
    for (int i = 0; i < 30; ++i) // each list holds the one before it eight times
        laughs += std::string("](") + std::string("h") + static_cast<char>(i) + std::string("h")
            + static_cast<char>(i) + std::string("h") + static_cast<char>(i) + std::string("h")
            + static_cast<char>(i) + "eq" + static_cast<char>(i + 1);
    row("lists that explode", laughs + ".", "more than a million values");
    row("memo far away", "\x80\x02Nr\xff\xff\xff\x7f.", "remembers nothing");
    row("text without end", std::string("\x80\x02X\xff\xff\xff\xff", 7), "breaks off");
    row("no end mark", "\x80\x02N", "breaks off");
    row("empty stack", "\x80\x02.", "its stack is empty");
    row("mark without begin", "\x80\x02t.", "did not begin");
    row("wide number", std::string("\x80\x02\x8a\x09", 4) + std::string(9, '\1') + ".",
        "more than 64 bits");
}

void TestFileKinds::hostilePickles()
{
    QFETCH(QByteArray, pickle);
    QFETCH(QString, says);
    const auto failure = failureOf([&] { readTorchFile(torchFile(pickle.toStdString())); });
    QVERIFY2(test::says(failure, "bad_format|" + says.toStdString()), textOf(failure).c_str());
}

void TestFileKinds::tensors()
{
    const float stored[] {1, 2, 3, 4};
    const std::string storage(reinterpret_cast<const char*>(stored), sizeof(stored));
    const DataValue value = readTorchFile(torchFile(tensorPickle(1, 2, 2), storage));
    QVERIFY(value.kind == DataValue::Kind::Tensor);
    QCOMPARE(value.tensor.shape, (std::vector<std::int64_t> {2}));
    float values[2];
    std::memcpy(values, value.tensor.data.data(), sizeof(values));
    QCOMPARE(values[0], 2.0F);
    QCOMPARE(values[1], 4.0F);
}

QTEST_GUILESS_MAIN(TestFileKinds)
#include "tst_file_kinds.moc"
